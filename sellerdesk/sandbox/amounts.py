"""``amount_details``: the lines of an order and whether they add up.

https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount_details
"""

from sellerdesk.sandbox.errors import ApiError, invalid
from sellerdesk.sandbox.objects import Intent, Json
from sellerdesk.sandbox.params import UNSET
from sellerdesk.sandbox.state import State


def take_amount_details(state: State, intent: Intent, params: Json, amount: int) -> None:
    """Keep ``amount_details`` on the intent after checking that they add up to ``amount`` (minor units).

    Sums that do not fit are refused with 400 unless ``enforce_arithmetic_validation`` is false; then the mismatch
    is shown in ``amount_details.error``.
    """
    if "amount_details" not in params:
        return
    details = params["amount_details"]
    if details == UNSET:
        intent.amount_details, intent.line_items, intent.amount_error = {}, [], None
        return
    kept = {**intent.amount_details}
    for name in ("discount_amount", "shipping", "tax"):
        if name in details:
            kept[name] = details[name]
    lines = intent.line_items
    if "line_items" in details:
        lines = [{"id": state.ids.new("uli"), **line} for line in details["line_items"] or []]
    _refuse_doubles(kept, lines)
    problem = _mismatch(kept, lines, amount)
    if problem is not None and details.get("enforce_arithmetic_validation", True):
        raise ApiError(400, problem["message"], code=problem["code"], param="amount_details")
    intent.amount_details, intent.line_items, intent.amount_error = kept, lines, problem


def _refuse_doubles(details: Json, lines: list[Json]) -> None:
    if details.get("discount_amount") and any(line.get("discount_amount") for line in lines):
        raise invalid("Send the discount either as a whole or per line, not both.", "amount_details[discount_amount]")
    if details.get("tax") and any(line.get("tax") for line in lines):
        raise invalid("Send the tax either as a whole or per line, not both.", "amount_details[tax]")


def _mismatch(details: Json, lines: list[Json], amount: int) -> Json | None:
    tax = (details.get("tax") or {}).get("total_tax_amount", 0)
    shipping = (details.get("shipping") or {}).get("amount", 0)
    discount = details.get("discount_amount") or 0
    if not lines:
        if max(tax + shipping, discount) > amount:
            return {
                "code": "amount_details_tax_shipping_discount_greater_than_amount",
                "message": "Tax, shipping and discount in amount_details exceed the amount.",
            }
        return None
    total = tax + shipping - discount
    for line in lines:
        total += line["unit_cost"] * line["quantity"] - line.get("discount_amount", 0)
        total += (line.get("tax") or {}).get("total_tax_amount", 0)
    if total == amount:
        return None
    return {
        "code": "amount_details_amount_mismatch",
        "message": f"amount_details add up to {total}, but the amount is {amount}.",
    }
