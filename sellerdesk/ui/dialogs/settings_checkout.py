"""The page of the checkout page: where it runs, under which address, and what stands above the goods."""

from sellerdesk.services.desk import Mode
from sellerdesk.settings import CHECKOUT_PORT, HEADLINE, PUBLIC_ADDRESS, SHOP_NAME, TAGLINE, Settings
from sellerdesk.ui.dialogs.accent_entry import AccentEntry
from sellerdesk.ui.dialogs.settings_pages import DEMO_AGAIN, PAGE_AGAIN
from sellerdesk.ui.dialogs.settings_parts import SettingsPage, TextEntry

_ABOUT = (
    "It runs on this computer only (127.0.0.1), and is started with: sellerdesk checkout. "
    "To make it public, put a web server with HTTPS before it."
)
_ABOUT_DEMO = "The demo shop starts its own on this computer, at a free port."


class CheckoutSettingsPage(SettingsPage):
    """Port, public address, words and colour. The port belongs to this computer, everything else to the shop."""

    def __init__(self, program: Settings, shop: Settings | None, mode: Mode | None) -> None:
        super().__init__("Checkout page", "shopping-cart", _ABOUT_DEMO if mode is Mode.DEMO else _ABOUT)
        if mode is not Mode.DEMO:
            self.port = TextEntry(
                CHECKOUT_PORT,
                program,
                "1024 to 65535 are free to choose from. 0 takes any free one, but then the desk cannot find the page.",
                read=_number,
                narrow=True,
            )
            self.add(self.port)
        if shop is not None:
            if mode is not Mode.DEMO:
                self.public = TextEntry(
                    PUBLIC_ADDRESS,
                    shop,
                    "Where shoppers reach it, once a web server with HTTPS leads there. Pay links begin with it.",
                    placeholder="https://shop.example",
                )
                self.add(self.public)
                self.name = TextEntry(SHOP_NAME, shop, "On every page, on the desk’s band and in its title.")
                self.add(self.name)
            self.headline = TextEntry(HEADLINE, shop, "Above the goods. Empty means the name of the shop.")
            self.tagline = TextEntry(TAGLINE, shop, placeholder="We charge your card only when we pack.")
            self.accent = AccentEntry(shop)
            self.add(self.headline)
            self.add(self.tagline)
            self.add(self.accent)
        self.add_line(DEMO_AGAIN if mode is Mode.DEMO else PAGE_AGAIN)
        self.end()


def _number(text: str) -> object:
    """A whole number, or the text as it is, which the setting refuses with a sentence."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
