"""The first start: two ways to begin, and what each of them means."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.ui.buttons import DeskButton, PlainButton, PrimaryButton
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.widgets import IconLabel, IconText, Tone, label

_DEMO_FACTS = ("No account, no internet", "Sixty orders to practise on", "Cards are pretend, nothing reaches Stripe")
_STRIPE_FACTS = (
    "The key stays in the system keyring",
    "Each permission is checked and named",
    "Connecting changes nothing at Stripe",
)


class FirstStart(QWidget):
    """Stands where the orders will be, as long as no shop is open. The keys on its buttons are the File menu's.

    Signals:
        demo_requested: the seller wants the demo shop.
        connect_requested: the seller wants to connect Stripe.
    """

    demo_requested = Signal()
    connect_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.demo = PrimaryButton("Try the demo shop", key="Ctrl D", tall=True)
        self.connect_stripe = PlainButton("Connect Stripe…", key="Ctrl K", tall=True)
        self.demo.clicked.connect(self.demo_requested)
        self.connect_stripe.clicked.connect(self.connect_requested)
        self._lay_out()
        self.setFocusProxy(self.demo)

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(pixels(690))
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(label("Hold the money first. Take it when you pack.", size=Size.BIG, strong=True))
        rows.addWidget(
            label(
                "Choose how to begin. You can do the other one at any time from the File menu.",
                tone=Tone.MUTED, wrap=True,
            )
        )  # fmt: skip
        rows.addSpacing(8)
        cards = QHBoxLayout()
        cards.setSpacing(20)
        cards.addWidget(
            _card(
                "graduation-cap", "Try the demo shop",
                "A practice shop on this computer: a checkout page to pay on, orders to pack and ship.",
                _DEMO_FACTS, self.demo,
            )
        )  # fmt: skip
        cards.addWidget(
            _card(
                "key-round", "Connect Stripe",
                "Your own orders, read with a restricted key. Start in test mode, go live when you are sure.",
                _STRIPE_FACTS, self.connect_stripe,
            )
        )  # fmt: skip
        rows.addLayout(cards)
        rows.addSpacing(4)
        rows.addWidget(IconText("lock", "No card number ever reaches this program.", tone=Tone.MUTED, size=Size.SMALL))
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(inner, 1000)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)


def _card(icon: str, title: str, text: str, facts: tuple[str, ...], button: DeskButton) -> QFrame:
    made = QFrame()
    made.setProperty("part", "card")
    rows = QVBoxLayout(made)
    rows.setContentsMargins(20, 20, 20, 20)
    rows.setSpacing(4)
    rows.addWidget(IconLabel(icon, 32, Tone.ACCENT))
    rows.addSpacing(12)
    rows.addWidget(label(title, size=Size.NAME, strong=True))
    rows.addWidget(fitting(label(text, tone=Tone.MUTED, wrap=True)))
    rows.addSpacing(12)
    for fact in facts:
        rows.addWidget(IconText("check", fact, wrap=True))
    rows.addStretch(1)
    rows.addSpacing(12)
    rows.addWidget(button)
    return made
