"""The head of the order panel: number, sum, name, chip, deadline, open question, and the one primary button."""

from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.operation import OpenOperation
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.formats import countdown, when, when_exact
from sellerdesk.ui import panel_words, plain
from sellerdesk.ui.bars import DeadlineBar
from sellerdesk.ui.buttons import PrimaryButton
from sellerdesk.ui.chips import LAPSED, REFUSED, SHIPPED, Chip, ChipLabel, operation_chip, short_chip
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.more_menu import MoreButton
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_question import OpenQuestion
from sellerdesk.ui.panel_words import Work
from sellerdesk.ui.widgets import IconText, Tone, label

_HOUR = 3600
_SOON = 24 * _HOUR
_VERY_SOON = 6 * _HOUR
_OVER = "Nothing can be captured any more. Stripe ends the hold by itself."
_PRIMARY = {
    Stage.TO_PREPARE: "Prepare…",
    Stage.TO_SHIP: "Ship…",
    Stage.PROBLEM: "Copy pay link",
    Stage.UNFINISHED: "Copy pay link",
}


class PanelHead(QWidget):
    """What stays in place while the panel scrolls.

    Signals:
        prepare, ship, link: the primary button was pressed, in a stage where it does that.
    """

    prepare = Signal()
    ship = Signal()
    link = Signal()

    def __init__(self, zone: tzinfo | None) -> None:
        super().__init__()
        self._zone = zone
        self._stage: Stage | None = None
        self._lapsed = False
        self.work: Work | None = None
        self.reference = label(size=Size.BIG, strong=True, elide=True, selectable=True)
        self.sum = label(size=Size.BIG, strong=True, selectable=True)
        self.name = label(size=Size.NAME, strong=True, elide=True)
        self.chip = ChipLabel()
        self.left = IconText("clock", strong=True)
        self.left_rest = label(tone=Tone.MUTED, elide=True)
        self.until = label(tone=Tone.MUTED)
        self.bar = DeadlineBar()
        self.status = fitting(label(tone=Tone.MUTED, wrap=True))
        self.question = OpenQuestion(zone)
        self.busy = IconText("loader-circle", tone=Tone.MUTED, icon_size=16, wrap=True)
        self.primary = PrimaryButton("", tall=True)
        self.primary.clicked.connect(self._pressed)
        self.more = MoreButton()
        self._lay_out()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 12, 16, 8)
        rows.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self.reference, 1)
        top.addWidget(self.sum)
        second = QHBoxLayout()
        second.addWidget(self.name, 1)
        second.addWidget(self.chip)
        self._deadline_row = QWidget()
        third = QHBoxLayout(self._deadline_row)
        third.setContentsMargins(0, 0, 0, 0)
        third.setSpacing(6)
        third.addWidget(self.left)
        third.addWidget(self.left_rest, 1)
        third.addWidget(self.until)
        for each in (top, second):
            rows.addLayout(each)
        rows.addSpacing(4)
        for widget in (self._deadline_row, self.bar, self.status):
            rows.addWidget(widget)
        rows.addSpacing(8)
        work = QVBoxLayout()
        work.setSpacing(8)
        for widget in (self.question, self.busy):
            work.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.primary, 1)
        # Where nothing comes next, the other button stays where it was.
        buttons.addStretch()
        buttons.addWidget(self.more)
        work.addLayout(buttons)
        rows.addLayout(work)
        rows.addSpacing(4)

    def show_order(self, order: Order, now: int, system_now: int) -> None:
        """Show the head of ``order`` as it is at ``now``, seconds UTC, and at the computer's own ``system_now``."""
        self._stage = stage_of(order)
        operation = order.open_operation
        self.work = panel_words.work_of(operation, now) if operation is not None else None
        self.reference.set_shorter(order.shown_reference)
        self.reference.setText(f"Order {order.shown_reference}")
        self.sum.setText(panel_words.sum_words(order.total, order.currency))
        self.name.setText(order.shopper.name)
        # Letters of another script may be lower than ours.
        self.name.setMinimumHeight(self.name.fontMetrics().height())
        self.chip.show_chip(_chip(order, self._stage, now))
        self._show_deadline(order, now)
        self._lapsed = self._stage is Stage.TO_PREPARE and (order.payment.capture_before or now + 1) <= now
        self.status.setText(_OVER if self._lapsed else panel_words.stage_line(order))
        self.status.setVisible(bool(self.status.full_text))
        self._show_work(order, now)
        self.question.show_question(order, self.work, now, system_now)
        self._show_primary(operation)

    def _show_deadline(self, order: Order, now: int) -> None:
        facts = order.payment.facts
        shown = self._stage is Stage.TO_PREPARE and facts is not None and facts.capture_before is not None
        self._deadline_row.setVisible(shown)
        self.bar.setVisible(shown)
        if not shown:
            return
        assert facts is not None
        assert facts.capture_before is not None
        seconds = facts.capture_before - now
        tone = Tone.RED if seconds <= _VERY_SOON else Tone.AMBER if seconds <= _SOON else Tone.TEXT
        icon = "circle-x" if seconds <= 0 else "triangle-alert" if seconds <= _VERY_SOON else "clock"
        self.left.say(countdown(seconds), icon, tone)
        self.left_rest.set_shorter("to capture" if seconds > 0 else "")
        self.left_rest.setText("to capture, not paid yet" if seconds > 0 else "the hold is over")
        self.until.setText(_until(facts.capture_before, now, self._zone))
        self.until.setToolTip(plain.tip(when_exact(facts.capture_before, self._zone)))
        self.bar.show_hold(facts.authorized_at or order.placed_at, facts.capture_before, now)
        self.bar.setAccessibleName(f"Time left on the hold: {countdown(seconds)}")

    def sit_at(self, seat: str) -> None:
        """What other seats do is shown with their names; ``seat`` is this one's."""
        self.question.own_seat = seat

    def _show_work(self, order: Order, now: int) -> None:
        operation = order.open_operation
        self.busy.setVisible(self.work is Work.BUSY)
        if operation is not None and self.work is Work.BUSY:
            words = panel_words.busy_words(operation, order.currency, now, self.question.own_seat, self._zone)
            self.busy.say(plain.one_line(words))

    def _show_primary(self, operation: OpenOperation | None) -> None:
        words = _PRIMARY.get(self._stage) if self._stage else None
        self.primary.setVisible(words is not None)
        if words is None:
            return
        self.primary.set_label(words)
        self.primary.setEnabled(operation is None and not self._lapsed)
        rest = "hold is over" if self._lapsed else "Enter"
        keys = {None: rest, Work.BUSY: "off while sending", Work.WAITING: "off while waiting"}
        self.primary.set_key(keys.get(self.work, "off until decided"))

    def _pressed(self) -> None:
        if self._stage is Stage.TO_PREPARE:
            self.prepare.emit()
        elif self._stage is Stage.TO_SHIP:
            self.ship.emit()
        elif self._stage in {Stage.PROBLEM, Stage.UNFINISHED}:
            self.link.emit()


def _until(deadline: int, now: int, zone: tzinfo | None) -> str:
    words = when(deadline, now, zone)
    today = "today\u00a0" if len(words) == len("18:20") else ""
    return f"{'until' if deadline > now else 'since'} {today}{words}"


def _chip(order: Order, stage: Stage, now: int) -> Chip | None:
    """The one exception that matters most, or none."""
    if order.open_operation is not None:
        return operation_chip(order.open_operation)
    deadline = order.payment.capture_before
    if stage is Stage.TO_PREPARE and deadline is not None and deadline <= now:
        return LAPSED
    if stage is Stage.TO_PREPARE and order.short:
        return short_chip(order.short)
    if stage is Stage.ENDED and order.payment.facts is not None and order.payment.facts.has_lapsed:
        return LAPSED
    return {Stage.PROBLEM: REFUSED, Stage.SHIPPED: SHIPPED}.get(stage)
