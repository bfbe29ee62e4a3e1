"""What the JSON side answers, refusals included. Each refusal is a sentence for the shopper, never a trace."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse

from sellerdesk.checkout.bodies import BodyRefused, CardNumberRefused
from sellerdesk.checkout.limits import TooOften
from sellerdesk.checkout.order_words import state_of
from sellerdesk.checkout.threads import AllWait
from sellerdesk.domain.declines import explain
from sellerdesk.domain.errors import (
    CartRefused,
    CheckoutClosed,
    OperationInProgress,
    RefusedError,
    ShopperRefused,
    TokenRefused,
    UnknownOrder,
)
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.payment import ShippingFacts
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.formats import money
from sellerdesk.services.approving import Approval
from sellerdesk.services.pay_answer import PayAnswer, PayState

RETRY_SECONDS = 12


def order_json(order: Order) -> dict[str, Any]:
    """What the page needs to go on with an order; the amount is the one that will be held."""
    return {
        "reference": order.reference,
        "link": f"/o/{order.link_token}",
        "state": state_of(order).value,
        "amount": order.total,
        "currency": order.currency,
        "total": money(order.total, order.currency),
        "items": items_json(order.lines),
        "by_page": road_of(order.payment) is ConfirmationRoad.PAGE,
    }


def items_json(lines: tuple[OrderLine, ...]) -> list[dict[str, Any]]:
    """What was ordered, as the page keeps its cart: so that only this leaves the cart when it is held."""
    return [{"sku": line.sku, "quantity": line.quantity} for line in lines]


def pay_json(answer: PayAnswer) -> dict[str, Any]:
    """Where the payment stands. The client secret leaves the server here and nowhere else."""
    told: dict[str, Any] = {"state": answer.state.value, "link": f"/o/{answer.order.link_token}"}
    match answer.state:
        case PayState.ACTION:
            told["client_secret"] = answer.client_secret
        case PayState.READY:
            told |= page_json(answer)
        case PayState.DECLINED if answer.problem is None:
            told["state"] = "open"
        case PayState.DECLINED:
            assert answer.problem is not None
            reason, _, rest = explain(answer.problem).shopper.partition(". ")
            told["reason"] = f"{reason.removesuffix('.')}."
            told["advice"] = rest
    return told


def approval_json(approval: Approval, script_url: str) -> dict[str, Any]:
    """Where an approval stands. A page is named only where it can be one of Stripe's, which live where its script
    does."""
    told = {"state": approval.state.value}
    if approval.url and urlsplit(approval.url).scheme in ("https", urlsplit(script_url).scheme):
        told["url"] = approval.url
    return told


def page_json(answer: PayAnswer) -> dict[str, Any]:
    """What a page needs to confirm by itself, in the words of Stripe's script; nothing when it may not.
    https://docs.stripe.com/js/payment_intents/confirm_payment"""
    if answer.state is not PayState.READY:
        return {}
    confirm: dict[str, Any] = {}
    if answer.receipt_email:
        confirm["receipt_email"] = answer.receipt_email
    if answer.shipping is not None:
        confirm["shipping"] = _shipping(answer.shipping)
    return {"client_secret": answer.client_secret, "confirm": confirm}


def _shipping(facts: ShippingFacts) -> dict[str, Any]:
    parts = ("line1", "line2", "city", "state", "postal_code", "country")
    address = {name: getattr(facts, name) for name in parts if getattr(facts, name)}
    return {"name": facts.name, "address": address, **({"phone": facts.phone} if facts.phone else {})}


def refusal(status: int, code: str, message: str, **more: Any) -> JSONResponse:
    """One refused request."""
    return JSONResponse({"error": {"code": code, "message": message, **more}}, status)


def unavailable(code: str, message: str) -> JSONResponse:
    """Something outside failed: the page may ask again."""
    answer = refusal(503, code, message)
    answer.headers["retry-after"] = str(RETRY_SECONDS)
    return answer


def refused(error: RefusedError) -> JSONResponse:
    """The answer for a rule that said no; nothing was sent to Stripe."""
    match error:
        case BodyRefused():
            answer = refusal(error.status, "request", str(error))
            if error.status == HTTPStatus.REQUEST_TIMEOUT:
                answer.headers["connection"] = "close"
            return answer
        case CardNumberRefused():
            return refusal(422, "card_number", str(error))
        case CartRefused():
            return refusal(422, "cart", str(error), sku=error.sku)
        case ShopperRefused():
            return refusal(422, "fields", "Some fields need another look.", fields=error.problems)
        case TokenRefused():
            return refusal(422, "token", str(error))
        case TooOften():
            answer = refusal(429, "too_often", str(error))
            answer.headers["retry-after"] = str(error.seconds)
            return answer
        case AllWait():
            return unavailable("busy", str(error))
        case CheckoutClosed():
            return refusal(409, "closed", str(error))
        case OperationInProgress():
            return refusal(409, "in_progress", "This order is already being paid. Please wait for the bank’s answer.")
        case UnknownOrder():
            return refusal(404, "unknown", "There is no such order in this browser.")
        case _:
            return refusal(422, "refused", str(error))
