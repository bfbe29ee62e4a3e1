"""Addresses that belong to an order: the shopper's page, the payment at Stripe, a mail that is ready to send."""

import re
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from sellerdesk.domain.declines import explain
from sellerdesk.domain.order import Order
from sellerdesk.services.desk import Mode, ShopInfo
from sellerdesk.ui import plain
from sellerdesk.ui.panel_words import sum_words

_DASHBOARD = "https://dashboard.stripe.com"
_INTENT = re.compile(r"pi_[A-Za-z0-9_]{1,250}")
# What HTML takes for an address (https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address), with a dot
# in its domain.
_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
_MAIL_LENGTH = 254
# Some systems take no address longer than 2,000 letters.
_NAME_LENGTH = 40


def pay_link(info: ShopInfo, order: Order) -> str:
    """Where the shopper can pay this order, or '' when the desk does not know the checkout page's address."""
    if urlsplit(info.checkout_url).scheme not in {"http", "https"}:
        return ""
    return f"{info.checkout_url.rstrip('/')}/o/{quote(order.link_token, safe='')}"


def is_local(link: str) -> bool:
    """Whether ``link`` leads to this computer only, whoever opens it."""
    host = urlsplit(link).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def stripe_page(info: ShopInfo, order: Order) -> str:
    """The payment in Stripe's Dashboard, or '' when there is none: the demo shop and other addresses have none."""
    if info.mode is Mode.DEMO or info.other_address or not _INTENT.fullmatch(order.payment.intent_id):
        return ""
    test = "/test" if info.mode is Mode.TEST else ""
    return f"{_DASHBOARD}{test}/payments/{order.payment.intent_id}"


def pay_mail(info: ShopInfo, order: Order, link: str) -> str:
    """A ``mailto:`` address (RFC 6068) with recipient, subject and text, or '' when the shopper's address cannot be
    trusted in one. Everything from outside is cut, made harmless and percent-encoded."""
    address = order.shopper.email
    if len(address) > _MAIL_LENGTH or not _MAIL.fullmatch(address):
        return ""
    subject = f"Your order {order.shown_reference} at {_short(info.name)}: payment"
    body = "\r\n".join(_mail_lines(info, order, link))
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"


def _mail_lines(info: ShopInfo, order: Order, link: str) -> tuple[str, ...]:
    amount = sum_words(order.total, order.currency).replace("\u00a0", " ")
    return (
        f"Hello {_short(order.shopper.name)},",
        "",
        f"your order {order.shown_reference} over {amount} is not paid yet.{_reason(order)}",
        "Nothing was charged and nothing is held.",
        "",
        "You can pay here, with this or another card:",
        link,
        "",
        _short(info.name),
    )


def _reason(order: Order) -> str:
    """What the shopper may be told, and politely."""
    problem = order.payment.problem
    if problem is None:
        return ""
    explanation = explain(problem)
    return " Your bank did not approve the payment." if explanation.politely else f" {explanation.reason}"


def _short(text: str) -> str:
    """A name on one line, without anything that could reverse or break the text around it."""
    return " ".join(plain.one_line(text).replace("\ufffd", "").split())[:_NAME_LENGTH]
