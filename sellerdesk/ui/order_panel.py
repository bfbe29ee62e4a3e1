"""The order panel: one order with its deadline, the one thing that comes next, items, money, people and history."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Stage
from sellerdesk.domain.stages import stage_of
from sellerdesk.services.desk import Mode
from sellerdesk.ui.panel_body import Scene, body_of
from sellerdesk.ui.panel_head import PanelHead
from sellerdesk.ui.panel_parts import Fold
from sellerdesk.ui.panel_tries import ShowsTries, TriesRead
from sellerdesk.ui.widgets import Tone, label

_PADDING = 16


class OrderPanel(QWidget):
    """Shows one order. The head with the button stays, the rest scrolls.

    Signals:
        prepare_requested: the seller wants to prepare the order shown.
        ship_requested: the seller wants to ship the order shown.
        link_requested: the seller wants the pay link of the order shown.
        check_requested: the seller wants Stripe asked at once about what is open.
        decide_requested: the seller wants to decide what nothing settles by itself.
        copy_requested: carries plain text for the clipboard.
        tries_wanted: the tries of the order shown should be read from Stripe again.
    """

    prepare_requested = Signal()
    ship_requested = Signal()
    link_requested = Signal()
    check_requested = Signal()
    decide_requested = Signal()
    copy_requested = Signal(str)
    tries_wanted = Signal()

    def __init__(
        self,
        now: Callable[[], int],
        system_now: Callable[[], int],
        zone: tzinfo | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``now`` gives seconds UTC as Stripe counts them, ``system_now`` as this computer does; ``zone`` None is this
        computer's."""
        super().__init__(parent)
        self._now, self._system_now, self._zone = now, system_now, zone
        self._view: OrderView | None = None
        self._mode = Mode.TEST
        self._drawn_work: object = None
        self._drawn_minute = 0
        self._tries = TriesRead()
        self.setProperty("part", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(320)
        self.setAccessibleName(self.tr("Order"))
        self.head = PanelHead(zone)
        self.head.prepare.connect(self.prepare_requested)
        self.head.ship.connect(self.ship_requested)
        self.head.link.connect(self.link_requested)
        self.head.question.check.connect(self.check_requested)
        self.head.question.decide.connect(self.decide_requested)
        self.body = QScrollArea()
        self.body.setWidgetResizable(True)
        self.body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, and seen only where it is of use: one that comes and goes changes the width of the text, and
        # with it whether it is needed.
        self.body.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.body.setAccessibleName(self.tr("The rest of the order"))
        self.body.setProperty("ring_inside", True)
        self.body.viewport().setAutoFillBackground(False)
        self.body.verticalScrollBar().rangeChanged.connect(self._scrollable)
        self._nothing = label(self.tr("No order selected"), tone=Tone.MUTED, wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.head)
        rows.addWidget(self.body, 1)
        rows.addWidget(self._nothing, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self.show_order(None, Mode.TEST)

    @property
    def view(self) -> OrderView | None:
        return self._view

    def show_order(self, view: OrderView | None, mode: Mode) -> None:
        """Show ``view``, or that nothing is chosen. The same order keeps its place in the scrolling part."""
        if view is not None and view == self._view and mode is self._mode:
            self.tick()
            return
        same = view is not None and self._view is not None and view.order.id == self._view.order.id
        if not same:
            self._tries = TriesRead()
        self._view, self._mode = view, mode
        self.head.setVisible(view is not None)
        self.body.setVisible(view is not None)
        self._nothing.setVisible(view is None)
        if view is None:
            self._take_body()
            return
        self._draw(keep_place=same)

    def show_tries(self, order_id: str, read: TriesRead) -> None:
        """What Stripe told about the tries of an order; of another one than is shown it is forgotten."""
        if self._view is not None and self._view.order.id == order_id:
            self._tries = read
            self._pass_tries_on()

    def tick(self) -> None:
        """Bring countdown and waiting up to date. Called by the panel's own timer while it can be seen."""
        if self._view is None:
            return
        self.head.show_order(self._view.order, self._now(), self._system_now())
        if self.head.work is not self._drawn_work or self._has_aged():
            self._draw(keep_place=True)

    def _has_aged(self) -> bool:
        """Whether the body counts minutes and says an old one. Nothing changes under the hands of whoever is in it."""
        assert self._view is not None
        focused: object = self.window().focusWidget()
        at_work = isinstance(focused, QWidget) and self.body.isAncestorOf(focused)
        counts = stage_of(self._view.order) in {Stage.PROBLEM, Stage.UNFINISHED}
        return counts and not at_work and self._now() // 60 != self._drawn_minute

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the next step, as the button says; on another button it presses that one. No money moves by
        it: both steps begin with a dialog."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or event.modifiers() & ~_KEYPAD:
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        target = focused if isinstance(focused, QAbstractButton) else self.head.primary
        if not event.isAutoRepeat() and target.isVisible():
            target.click()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._view is not None:
            self._draw(keep_place=True)

    def _draw(self, *, keep_place: bool) -> None:
        assert self._view is not None
        place = self.body.verticalScrollBar().value() if keep_place else 0
        now = self._now()
        self.head.show_order(self._view.order, now, self._system_now())
        self._drawn_work, self._drawn_minute = self.head.work, now // 60
        content = QWidget()
        rows = QVBoxLayout(content)
        # The scroll bar stands in the padding, so that head and body keep one right edge.
        bar = self.body.verticalScrollBar().sizeHint().width()
        rows.setContentsMargins(_PADDING, 0, max(0, _PADDING - bar), _PADDING)
        rows.setSpacing(12)
        scene = Scene(self._mode, now, self._zone, self.copy_requested.emit, self.tries_wanted.emit)
        for each in body_of(self._view, scene):
            rows.addWidget(each)
        rows.addStretch(1)
        content.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        unfolded = self._unfolded() if keep_place else ()
        self._take_body()
        self.body.setWidget(content)
        content.setAutoFillBackground(False)
        for fold in content.findChildren(Fold):
            fold.button.setChecked(fold.title in unfolded)
        self._pass_tries_on()
        self.body.verticalScrollBar().setValue(place)

    def _unfolded(self) -> tuple[str, ...]:
        """The titles of what is open now."""
        content = self.body.widget()
        folds = content.findChildren(Fold) if content is not None else []
        return tuple(fold.title for fold in folds if fold.button.isChecked())

    def _pass_tries_on(self) -> None:
        content = self.body.widget()
        for each in content.findChildren(ShowsTries) if content is not None else []:
            each.show_tries(self._tries)

    def _scrollable(self, _least: int, most: int) -> None:
        """Where there is more to read than can be seen, the keyboard must get there, too."""
        self.body.verticalScrollBar().setEnabled(most > 0)
        self.body.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most > 0 else Qt.FocusPolicy.ClickFocus)

    def _take_body(self) -> None:
        old = self.body.takeWidget()
        if old is not None:
            old.deleteLater()


_KEYPAD = Qt.KeyboardModifier.KeypadModifier
