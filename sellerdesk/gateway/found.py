"""Reads what an intent tells of the order behind it: lines, address, e-mail, reference."""

from collections.abc import Iterable

from sellerdesk.domain.adoption import FoundPayment
from sellerdesk.domain.payment import PaymentFacts, ShippingFacts
from sellerdesk.domain.requests import LineItem
from sellerdesk.gateway.reading import Json, OddAnswer, flag, part, text, whole, whole_or_none
from sellerdesk.gateway.translate import shipping_facts

EXPAND = ["latest_charge", "amount_details.line_items"]


def found_payment(intent: Json, facts: PaymentFacts, lines: Iterable[LineItem]) -> FoundPayment:
    """What the intent tells. Raises OddAnswer."""
    details = part(intent, "amount_details")
    charge = intent.get("latest_charge")
    billing = part(charge, "billing_details") if isinstance(charge, dict) else {}
    return FoundPayment(
        facts=facts,
        description=text(intent, "description"),
        reference=text(part(intent, "payment_details"), "order_reference"),
        lines=tuple(lines),
        shipping_amount=whole_or_none(part(details, "shipping"), "amount") or 0,
        discount=whole_or_none(details, "discount_amount") or 0,
        billing=_billing(billing),
        email=facts.receipt_email or text(billing, "email"),
        captured_by_hand=text(intent, "capture_method") == "manual",
    )


def first_lines(intent: Json) -> tuple[list[LineItem], bool]:
    """The lines that came along with the intent, and whether there are more than those."""
    listed = part(part(intent, "amount_details"), "line_items")
    if not listed:
        return [], False
    data = listed.get("data")
    if not isinstance(data, list):
        raise OddAnswer("line_items")
    return [line_item(each) for each in data], flag(listed, "has_more")


def line_item(line: object) -> LineItem:
    """https://docs.stripe.com/api/payment_intents/amount_details_line_items. Raises OddAnswer."""
    if not isinstance(line, dict):
        raise OddAnswer("line_items")
    return LineItem(
        name=text(line, "product_name"),
        sku=text(line, "product_code"),
        quantity=whole(line, "quantity"),
        unit_cost=whole(line, "unit_cost"),
        discount=whole_or_none(line, "discount_amount") or 0,
    )


def _billing(billing: Json) -> ShippingFacts | None:
    named = text(billing, "name") or text(part(billing, "address"), "line1")
    return shipping_facts(billing) if named else None
