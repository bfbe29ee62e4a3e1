"""Compare with Stripe: the sentence of the last audit, and each order that does not agree with what mends it."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sellerdesk.domain.audit import Audit, Break
from sellerdesk.formats import when
from sellerdesk.ui.buttons import PlainButton
from sellerdesk.ui.dialogs.frame import FramedDialog
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.widgets import IconText, Tone, label

_WIDTH, _HEIGHT, _EDGE = 560, 420, 20
_EXPLANATION = (
    "Once a day, and whenever you want, every order that is not over is read at Stripe and compared with what is known "
    "here. An order that was merely behind is brought up to date by that. What stays different is listed."
)


class AuditDialog(FramedDialog):
    """Shows an ``Audit``, and asks for another one.

    Signals:
        wanted: the seller wants all orders compared now. UI thread.
        order_wanted: carries the reference of the order to go to. UI thread.
    """

    wanted = Signal()
    order_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare with Stripe")
        self.sentence = IconText("rotate-cw", "Not compared yet", tone=Tone.MUTED, size=Size.BIG)
        self.moment = label("", tone=Tone.MUTED, wrap=True)
        self.again = PlainButton("Compare now")
        self.again.clicked.connect(self._ask)
        self._close = PlainButton("Close", key="Esc")
        self._close.clicked.connect(self.close)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(_EDGE, 16, _EDGE, 16)
        rows.setSpacing(12)
        rows.addWidget(self.sentence)
        rows.addWidget(self.moment)
        rows.addWidget(self._area, 1)
        rows.addWidget(label(_EXPLANATION, size=Size.SMALL, tone=Tone.MUTED, wrap=True))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.again)
        foot.addWidget(self._close)
        rows.addLayout(foot)
        self.setFixedWidth(pixels(_WIDTH))
        self._close.setFocus()

    def show_audit(self, audit: Audit, now: int) -> None:
        """The audit made last; ``now`` is seconds UTC."""
        self.again.set_busy("")
        bad = bool(audit.breaks)
        self.sentence.say(audit.sentence, "octagon-alert" if bad else "check", Tone.RED if bad else Tone.GREEN)
        self.moment.setText(f"Checked {when(audit.at, now)}.{_mended(audit.mended)}")
        entries = self._list(audit.breaks)
        self._area.setWidget(entries)
        self._area.setVisible(bad)
        wanted = rows.heightForWidth(pixels(_WIDTH) - 2 * _EDGE) if (rows := entries.layout()) is not None else 0
        self._area.setFixedHeight(min(pixels(_HEIGHT), wanted))
        self.adjustSize()

    def show_trouble(self, sentence: str) -> None:
        """It could not be done."""
        self.again.set_busy("")
        self.moment.setText(sentence)

    def _ask(self) -> None:
        self.again.set_busy("Comparing…")
        self.wanted.emit()

    def _list(self, breaks: tuple[Break, ...]) -> QWidget:
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        for each in breaks:
            rows.addWidget(self._entry(each))
        rows.addStretch(1)
        return made

    def _entry(self, each: Break) -> QFrame:
        made = QFrame()
        made.setProperty("part", "box")
        rows = QVBoxLayout(made)
        rows.setContentsMargins(12, 10, 12, 10)
        rows.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(label(each.name, strong=True), 1)
        if each.reference:
            go = PlainButton("Go to the order")
            go.clicked.connect(partial(self._go, each.reference))
            head.addWidget(go)
        rows.addLayout(head)
        rows.addWidget(label(each.what, wrap=True))
        rows.addWidget(label(each.mending, tone=Tone.MUTED, wrap=True))
        return made

    def _go(self, reference: str) -> None:
        self.close()
        self.order_wanted.emit(reference)


def _mended(mended: int) -> str:
    if not mended:
        return ""
    return f" {mended} {'was' if mended == 1 else 'were'} behind and {'is' if mended == 1 else 'are'} up to date now."
