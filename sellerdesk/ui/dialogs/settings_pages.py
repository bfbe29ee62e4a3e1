"""The pages of the settings that are nothing but choices: confirmation, polling, appearance, this seat."""

from PySide6.QtCore import QSysInfo

from sellerdesk.domain.road import EXPLANATION, MANUAL_WARNING, ConfirmationRoad
from sellerdesk.services.desk import Mode, ShopInfo
from sellerdesk.services.pace import READS_AT_LEAST, READS_PER_PAYMENT, payments_for, reads_a_month
from sellerdesk.settings import (
    COLOUR_SCHEME,
    CONFIRMATION_ROAD,
    LETTER_SIZE,
    POLL_SECONDS,
    SEAT_NAME,
    Settings,
)
from sellerdesk.ui.dialogs.settings_parts import ChoiceEntry, SettingsPage, TextEntry
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.widgets import Tone

NEXT_ORDER = "Takes effect with the next order."
PAGE_AGAIN = "Takes effect after the checkout page is started again."
DEMO_AGAIN = "Takes effect when the demo shop is opened again."
SHOP_AGAIN = "Takes effect at once; the shop is opened again for it."

_ROADS = (
    (
        ConfirmationRoad.SERVER,
        "The card becomes a token, and the server holds the money with it in one call. This is the usual road.",
    ),
    (
        ConfirmationRoad.PAGE,
        "The shopper’s browser holds the money with the publishable key; the server reads what came of it.",
    ),
    (ConfirmationRoad.MANUAL, "For special cases: the server confirms, and once more after 3-D Secure."),
)
_PAUSES = {60: "Every minute", 120: "Every 2 minutes", 300: "Every 5 minutes"}
_SCHEMES = (("system", "As the system", ""), ("light", "Light", ""), ("dark", "Dark", ""))
_LETTERS = (("usual", "As the system", ""), ("large", "Large, 125 %", ""), ("largest", "Largest, 150 %", ""))


class ConfirmationPage(SettingsPage):
    """Who confirms a payment: the three roads, and what is untried about one of them."""

    def __init__(self, values: Settings) -> None:
        super().__init__("Confirmation", "shield-check", EXPLANATION)
        choices = tuple((road.value, road.label, words) for road, words in _ROADS)
        self.road = ChoiceEntry(CONFIRMATION_ROAD, values, choices)
        self.add(self.road)
        self.untried = NoteBox()
        self.content.addWidget(self.untried)
        self.road.changed.connect(self._show_untried)
        self.add_line(NEXT_ORDER)
        self.end()
        self._show_untried()

    def _show_untried(self) -> None:
        is_manual = self.road.entered() == ConfirmationRoad.MANUAL.value
        self.untried.say(
            MANUAL_WARNING if is_manual else "",
            "Try it in test mode first. A shopper whose 3-D Secure takes longer than an hour has to begin again.",
            Tone.AMBER,
        )


class PollingPage(SettingsPage):
    """How often Stripe is asked, and what that costs of the reads Stripe allows."""

    def __init__(self, values: Settings, mode: Mode) -> None:
        super().__init__(
            "Polling",
            "refresh-cw",
            "SellerDesk asks Stripe for news by itself: every 10 seconds for two minutes after anything happened, then "
            "less and less often, down to what is chosen here. F5 asks at once.",
        )
        kept = values.get(POLL_SECONDS)
        pauses = _PAUSES if kept in _PAUSES else dict(sorted({**_PAUSES, kept: f"Every {kept} seconds"}.items()))
        self.pause = ChoiceEntry(POLL_SECONDS, values, tuple((each, name, cost(each)) for each, name in pauses.items()))
        self.add(self.pause)
        self.add_line(
            f"Stripe allows about {READS_PER_PAYMENT} reads for each payment and never fewer than {READS_AT_LEAST:,} a "
            "month. SellerDesk means to use half of that at most; the rest is for your other programs."
        )
        self.add_line(DEMO_AGAIN if mode is Mode.DEMO else SHOP_AGAIN)
        self.end()


def cost(pause: int) -> str:
    """What asking each ``pause`` seconds costs, as a sentence."""
    reads = f"{reads_a_month(pause):,} reads a month if the desk never closes"
    payments = payments_for(pause)
    return f"{reads}: fine from {payments} payments a month on." if payments else f"{reads}: fine for every shop."


class AppearancePage(SettingsPage):
    """Colours and the size of letters."""

    def __init__(self, values: Settings) -> None:
        super().__init__("Appearance", "contrast", "")
        self.scheme = ChoiceEntry(COLOUR_SCHEME, values, _SCHEMES, "Takes effect at once.")
        self.letters = ChoiceEntry(
            LETTER_SIZE, values, _LETTERS, "Takes effect when SellerDesk is started again. Everything grows with them."
        )
        self.add(self.scheme)
        self.add(self.letters)
        self.end()


class SeatPage(SettingsPage):
    """What this place is called in the timelines, and where the orders are that it works on."""

    def __init__(self, values: Settings, shop: ShopInfo | None) -> None:
        super().__init__(
            "This seat",
            "monitor",
            "Several people can work on one shop. The timeline of each order names the seat where something was done; "
            "shoppers never see it.",
        )
        computer = QSysInfo.machineHostName()[:40]
        self.name = TextEntry(
            SEAT_NAME, values, "Empty means the name of this computer.", placeholder=computer or "This computer"
        )
        self.add(self.name)
        is_demo = shop is not None and shop.mode is Mode.DEMO
        demo = "The demo shop keeps its own seat. Your shop has this one from the next time it is opened."
        self.add_line(demo if is_demo else SHOP_AGAIN)
        if shop is not None and not is_demo:
            self.add_line(where_the_orders_are(shop), "archive")
        self.end()


def where_the_orders_are(shop: ShopInfo) -> str:
    """In words, with what it takes to share them."""
    if shop.shared_database:
        return f"The orders are in the database “{shop.shared_database}”, where several seats can share them."
    return (
        "The orders are in a file of this computer. “sellerdesk move-database --help” tells how to move them to a "
        "PostgreSQL server, where several seats can share them."
    )
