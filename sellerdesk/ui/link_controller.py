"""What leads out of the window for one order: the pay link, a mail with it, and the payment at Stripe."""

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from sellerdesk.domain.order import Order
from sellerdesk.services.desk import Mode, ShopInfo
from sellerdesk.ui.clipboard import copy_text
from sellerdesk.ui.notices import Kind, Notice, Notices
from sellerdesk.ui.order_links import is_local, pay_link, pay_mail, stripe_page
from sellerdesk.ui.panel_parts import open_page

_ENTER_ADDRESS = "Enter the page’s public address in Settings (Ctrl+,), Checkout page, then do this again."


class LinkController(QObject):
    """Copies, opens, and says in a notice what it did."""

    def __init__(self, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._notices = notices

    def copy_link(self, info: ShopInfo, order: Order) -> None:
        """Put the address where the shopper can pay ``order`` on the clipboard."""
        link = self._link(info, order)
        if not link:
            return
        copy_text(link)
        copied = f"The pay link of order {order.shown_reference} is on the clipboard."
        if is_local(link) and info.mode is not Mode.DEMO:
            self._notices.say(Notice(Kind.NOTE, copied, "It works on this computer only.", _ENTER_ADDRESS))
        else:
            self._notices.note(copied)

    def send_link(self, info: ShopInfo, order: Order) -> None:
        """Open a mail to the shopper in the system's mail program; a person sends it."""
        link = self._link(info, order)
        if not link:
            return
        if is_local(link) and info.mode is not Mode.DEMO:
            happened = (
                "Your checkout page is on this computer only, so a link in a mail would lead the shopper nowhere."
            )
            self._notices.say(Notice(Kind.RULE, happened, "No mail was opened.", _ENTER_ADDRESS))
            return
        mail = pay_mail(info, order, link)
        if not mail:
            copy_text(link)
            self._notices.note("No mail can be addressed to this shopper. The pay link is on the clipboard instead.")
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
            happened = "SellerDesk does not know where your checkout page is, so there is no pay link."
            self._notices.say(Notice(Kind.RULE, happened, "No money moved.", _ENTER_ADDRESS))
        return link
