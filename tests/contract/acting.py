"""The calls of the lifecycle table, done by a client to one intent, and what the table expects of them."""

from collections.abc import Callable
from typing import Any

from sellerdesk.sandbox.bank import HOLD_SECONDS
from sellerdesk.sandbox.world import World
from tests.contract.calls import RETURN_URL
from tests.contract.inside import Answer, Client
from tests.contract.lifecycle import UNEXPECTED, Outcome

APPROVED, REFUSED, ASKED = "pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_authenticationRequired"
ASKED_THEN_REFUSED = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
AMOUNT = 7000
SHIPPING = {"name": "Mara Lind", "address": {"line1": "Gasse 1", "country": "AT"}, "tracking_number": "7"}


def create(client: Client, **more: Any) -> Answer:
    """An intent whose money is to be held."""
    wanted = {"amount": AMOUNT, "currency": "eur", "capture_method": "manual", "allowed_payment_method_types": ["card"]}
    return client.post("payment_intents", **wanted | more)


def confirm(client: Client, intent: str, card: str | None, **more: Any) -> Answer:
    """Confirm with a card, or with the one that is there already."""
    method = {} if card is None else {"payment_method": card}
    return client.post(f"payment_intents/{intent}/confirm", return_url=RETURN_URL, **method, **more)


def capture(client: Client, intent: str, amount: int | None = None, **more: Any) -> Answer:
    """Take all that is held, or ``amount`` of it."""
    wanted = {} if amount is None else {"amount_to_capture": amount}
    return client.post(f"payment_intents/{intent}/capture", **wanted, **more)


def refund(client: Client, intent: str, amount: int | None = None, **more: Any) -> Answer:
    """Give back all that is left, or ``amount`` of it."""
    wanted = {} if amount is None else {"amount": amount}
    return client.post("refunds", payment_intent=intent, **wanted, **more)


def bring(client: Client, world: World, status: str, card: str = ASKED) -> str:
    """A new intent in a status; ``card`` is what asks in ``requires_action``. Returns its id."""
    intent = str(
        create(client, **({"payment_method": APPROVED} if status == "requires_confirmation" else {})).body["id"]
    )
    if status == "requires_action":
        confirm(client, intent, card)
    if status in ("requires_capture", "succeeded"):
        confirm(client, intent, APPROVED)
    if status == "succeeded":
        capture(client, intent)
    if status == "canceled":
        client.post(f"payment_intents/{intent}/cancel")
    assert client.get(f"payment_intents/{intent}").body["status"] == status
    return intent


Act = Callable[[Client, World, str], Answer | None]
"""Does one call; ``None`` where it is nobody's call but something that happens."""


def _update(**params: Any) -> Act:
    return lambda client, _, intent: client.post(f"payment_intents/{intent}", **params)


def _answer(approve: bool) -> Act:
    return lambda _, world, intent: world.answer_challenge(intent, approve=approve)


def _wait(_client: Client, world: World, _intent: str) -> None:
    world.clock.advance(HOLD_SECONDS)


ACTS: dict[str, Act] = {
    "update amount": _update(amount=AMOUNT + 500),
    "update method": _update(payment_method=APPROVED),
    "update words": _update(description="Two cups", metadata={"order": "7"}, receipt_email="mara@example.com"),
    "update shipping": _update(shipping=SHIPPING),
    "confirm nothing": lambda client, _, intent: confirm(client, intent, None),
    "confirm approved": lambda client, _, intent: confirm(client, intent, APPROVED),
    "confirm refused": lambda client, _, intent: confirm(client, intent, REFUSED),
    "confirm asked": lambda client, _, intent: confirm(client, intent, ASKED),
    "pass the challenge": _answer(approve=True),
    "pass it and be refused": _answer(approve=True),
    "fail the challenge": _answer(approve=False),
    "capture all": lambda client, _, intent: capture(client, intent),
    "capture part": lambda client, _, intent: capture(client, intent, AMOUNT // 3),
    "capture too much": lambda client, _, intent: capture(client, intent, AMOUNT * 2),
    "cancel": lambda client, _, intent: client.post(f"payment_intents/{intent}/cancel"),
    "let the window end": _wait,
    "refund all": lambda client, _, intent: refund(client, intent),
    "refund part": lambda client, _, intent: refund(client, intent, AMOUNT // 3),
    "refund too much": lambda client, _, intent: refund(client, intent, AMOUNT * 2),
}


def judge(answer: Answer | None, expected: Outcome) -> None:
    """An answer is what the table says; what it left behind is judged elsewhere."""
    if answer is None:
        return
    assert answer.status == expected.http, answer.body
    if expected.http == 200:
        assert not answer.error
        return
    if expected.http == 402:
        assert answer.error["type"] == "card_error" and answer.error["decline_code"] == "generic_decline"
        assert answer.error["payment_intent"]["status"] == expected.status
        return
    assert (answer.error["type"], answer.error.get("code")) == ("invalid_request_error", expected.code)
    if expected.blamed is not None:
        assert answer.error["param"] == expected.blamed
    if expected.code == UNEXPECTED:
        assert answer.error["payment_intent"]["status"] == expected.status


def events_after(client: Client, last: str | None) -> list[tuple[str, str]]:
    """Id and type of the events after one of them (of all, for ``None``), oldest first."""
    found: list[tuple[str, str]] = []
    while True:
        cursor = {"starting_after": found[-1][0]} if found else {}
        page = client.get("events", limit=100, **cursor).body
        for event in page["data"]:
            if event["id"] == last:
                return found[::-1]
            found.append((event["id"], event["type"]))
        if not page["has_more"]:
            return found[::-1]
