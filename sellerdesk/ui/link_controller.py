"""What leads out of the window for one order: the pay link, a mail with it, and the payment at Stripe."""

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from sellerdesk.domain.order import Order
from sellerdesk.services.desk import ShopInfo
from sellerdesk.ui.clipboard import copy_text
from sellerdesk.ui.notices import Kind, Notice, Notices
from sellerdesk.ui.order_links import pay_link, pay_mail, stripe_page
from sellerdesk.ui.panel_parts import open_page


class LinkController(QObject):
    """Copies, opens, and says in a notice what it did."""

    def __init__(self, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._notices = notices

    def copy_link(self, info: ShopInfo, order: Order) -> None:
        """Put the address where the shopper can pay ``order`` on the clipboard."""
        link = self._link(info, order)
        if link:
            copy_text(link)
            self._notices.note(f"The pay link of order {order.shown_reference} is on the clipboard.")

    def send_link(self, info: ShopInfo, order: Order) -> None:
        """Open a mail to the shopper in the system's mail program; a person sends it."""
        link = self._link(info, order)
        if not link:
            return
        mail = pay_mail(info, order, link)
        if not mail:
            copy_text(link)
            self._notices.note(
                "No mail can be made for the shopper’s address. The pay link is on the clipboard instead."
            )
        elif not QDesktopServices.openUrl(QUrl(mail, QUrl.ParsingMode.StrictMode)):
            copy_text(link)
            self._notices.note("No mail program could be opened. The pay link is on the clipboard instead.")

    def open_at_stripe(self, info: ShopInfo, order: Order) -> None:
        """Show the payment in Stripe's Dashboard."""
        address = stripe_page(info, order)
        if address and not open_page(address):
            self._notices.note(f"No browser could be opened. The payment is at {address}")

    def _link(self, info: ShopInfo, order: Order) -> str:
        link = pay_link(info, order)
        if not link:
            self._notices.say(
                Notice(
                    Kind.RULE,
                    "SellerDesk does not know where your checkout page is, so there is no pay link.",
                    "No money moved.",
                    "Enter the page’s address in Settings, Checkout, then copy the link again.",
                )
            )
        return link
