"""Deadlines: each kind of hold has its own, and a clock that jumps passes them in order."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.bank import HOLD_SECONDS, VISA_OFF_SESSION_HOLD_SECONDS
from tests.contract.calls import authorize, create, types_of

DAY = 24 * 3600


def saved(client: stripe.StripeClient, card: str) -> dict[str, Any]:
    """A customer with a saved card, ready to be charged without the shopper."""
    customer = client.v1.customers.create({}).id
    method = client.v1.payment_methods.attach(card, {"customer": customer}).id
    return {"customer": customer, "payment_method": method, "off_session": True, "confirm": True}


def deadline(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> int:
    """Seconds from the authorization until the hold lapses."""
    charge: Any = client.v1.charges.retrieve(str(intent.latest_charge))
    return int(charge.payment_method_details.card.capture_before) - int(charge.created)


@pytest.mark.parametrize(
    ("card", "off_session", "window"),
    [
        ("pm_card_visa", False, HOLD_SECONDS),
        ("pm_card_mastercard", False, HOLD_SECONDS),
        ("pm_card_amex", False, HOLD_SECONDS),
        ("pm_card_visa", True, VISA_OFF_SESSION_HOLD_SECONDS),
        ("pm_card_mastercard", True, HOLD_SECONDS),
        ("pm_card_amex", True, HOLD_SECONDS),
    ],
)
def test_how_long_a_hold_lasts(
    client: stripe.StripeClient, sandbox: Sandbox, card: str, off_session: bool, window: int
) -> None:
    assert (HOLD_SECONDS, VISA_OFF_SESSION_HOLD_SECONDS) == (7 * DAY, 4 * DAY + 18 * 3600)
    intent = create(client, **saved(client, card)) if off_session else authorize(client, card)
    assert deadline(client, intent) == window
    sandbox.world.clock.advance(window - 1)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    sandbox.world.clock.advance(1)
    lapsed = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    charge: Any = lapsed.latest_charge
    assert (lapsed.status, lapsed.cancellation_reason, lapsed.amount_capturable) == ("canceled", "expired", 0)
    assert lapsed.canceled_at == charge.payment_method_details.card.capture_before
    assert (charge.status, charge.captured, charge.amount_refunded, charge.refunded) == ("succeeded", False, 0, False)
    assert types_of(client)[-2:] == ["charge.expired", "payment_intent.canceled"]


def test_the_hold_begins_with_the_approval_not_with_the_intent(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client)
    sandbox.world.clock.advance(3 * DAY)
    params: Any = {"payment_method": "pm_card_visa", "return_url": "http://127.0.0.1/back"}
    held = client.v1.payment_intents.confirm(intent.id, params)
    sandbox.world.clock.advance(HOLD_SECONDS - 1)
    assert client.v1.payment_intents.retrieve(held.id).status == "requires_capture"


def test_a_jump_passes_every_deadline_in_order(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    """Holds lapse, approvals end, refunds settle and balances are booked, each at its own second."""
    clock = sandbox.world.clock
    start = clock.now()
    first = authorize(client)  # lapses on day 7
    clock.advance(DAY)
    visa = create(client, **saved(client, "pm_card_visa"))  # day 1 + 4 d 18 h
    card = create(client, **saved(client, "pm_card_mastercard"))  # day 8
    taken = authorize(client, "pm_card_pendingRefund")
    client.v1.payment_intents.capture(taken.id)  # booked an hour later
    refund = client.v1.refunds.create({"payment_intent": taken.id})  # settles a minute later
    clock.advance(30 * DAY)
    events = list(reversed(client.v1.events.list({"limit": 100, "created": {"gte": start + DAY + 1}}).data))
    assert [(event.type, event.created - start) for event in events] == [
        ("refund.updated", DAY + 60),
        ("charge.updated", DAY + 3600),
        ("charge.expired", DAY + VISA_OFF_SESSION_HOLD_SECONDS),
        ("payment_intent.canceled", DAY + VISA_OFF_SESSION_HOLD_SECONDS),
        ("charge.expired", 7 * DAY),
        ("payment_intent.canceled", 7 * DAY),
        ("charge.expired", 8 * DAY),
        ("payment_intent.canceled", 8 * DAY),
    ]
    canceled = [event.data.object["id"] for event in events if event.type == "payment_intent.canceled"]
    assert canceled == [visa.id, first.id, card.id]
    for event in events:
        if event.type == "payment_intent.canceled":
            assert (event.data.object["cancellation_reason"], event.data.object["canceled_at"]) == (
                "expired",
                event.created,
            )
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert client.v1.payment_intents.retrieve(taken.id).status == "succeeded"


def test_captured_and_released_holds_do_not_lapse(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    taken, released = authorize(client), authorize(client)
    client.v1.payment_intents.capture(taken.id, {"amount_to_capture": 100})
    client.v1.payment_intents.cancel(released.id, {"cancellation_reason": "abandoned"})
    sandbox.world.clock.advance(HOLD_SECONDS)
    assert client.v1.payment_intents.retrieve(taken.id).amount_received == 100
    assert client.v1.payment_intents.retrieve(released.id).cancellation_reason == "abandoned"
    assert "charge.expired" not in types_of(client)


def test_a_clock_that_goes_back_lapses_nothing_twice(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    start = sandbox.world.clock.now()
    sandbox.world.clock.advance(HOLD_SECONDS)
    sandbox.world.clock.set(start)
    sandbox.world.clock.advance(HOLD_SECONDS)
    assert types_of(client).count("charge.expired") == 1
    assert client.v1.payment_intents.retrieve(intent.id).status == "canceled"
