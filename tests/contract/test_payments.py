"""PaymentIntents through the official SDK: hold, capture, release, decline, 3-D Secure, and what is refused."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.bank import HOLD_SECONDS, VISA_OFF_SESSION_HOLD_SECONDS
from tests.contract.calls import RETURN_URL, authorize, code_of, create, types_of


def test_hold_then_full_capture(client: stripe.StripeClient) -> None:
    intent = authorize(client, expand=["latest_charge"])
    charge: Any = intent.latest_charge
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 7000, 0)
    assert (charge.status, charge.paid, charge.captured, charge.amount_captured) == ("succeeded", True, False, 0)
    assert charge.payment_method_details.card.capture_before == charge.created + HOLD_SECONDS
    assert charge.outcome.type == "authorized" and charge.balance_transaction is None
    taken = client.v1.payment_intents.capture(intent.id, {"expand": ["latest_charge"]})
    after: Any = taken.latest_charge
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, 7000)
    assert (after.captured, after.amount_captured, after.amount_refunded, after.refunded) == (True, 7000, 0, False)
    assert types_of(client) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


def test_partial_capture_releases_the_rest_without_a_refund(client: stripe.StripeClient) -> None:
    intent = authorize(client)
    taken = client.v1.payment_intents.capture(
        intent.id,
        {"amount_to_capture": 5000, "metadata": {"sd_op": "1"}, "expand": ["latest_charge.refunds"]},
    )
    charge: Any = taken.latest_charge
    assert (taken.amount, taken.amount_received, taken.amount_capturable) == (7000, 5000, 0)
    assert (charge.amount, charge.amount_captured, charge.amount_refunded) == (7000, 5000, 0)
    assert charge.refunds.data == [] and taken.metadata["sd_op"] == "1"
    assert client.v1.refunds.list({"payment_intent": intent.id}).data == []


def test_second_capture_is_refused_with_the_whole_intent(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 5000})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1000})
    assert (refusal.value.http_status, code_of(refusal)) == (400, "payment_intent_unexpected_state")
    snapshot: Any = refusal.value.error.payment_intent  # type: ignore[union-attr]
    assert (snapshot.id, snapshot.status, snapshot.amount_received) == (intent.id, "succeeded", 5000)
    assert sandbox.world.dump()["captures"] == 1


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (7001, "amount_too_large"),
        (0, "parameter_invalid_integer"),
        (-1, "parameter_invalid_integer"),
        ("12,50", "parameter_invalid_integer"),
        ("7e3", "parameter_invalid_integer"),
    ],
)
def test_capture_amounts_that_are_refused(client: stripe.StripeClient, amount: Any, code: str) -> None:
    intent = authorize(client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": amount})
    assert (code_of(refusal), refusal.value.param) == (code, "amount_to_capture")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_several_captures_are_not_available(client: stripe.StripeClient) -> None:
    intent = authorize(client)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 100, "final_capture": False})
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_release_leaves_no_refund(client: stripe.StripeClient) -> None:
    intent = authorize(client)
    released = client.v1.payment_intents.cancel(
        intent.id, {"cancellation_reason": "requested_by_customer", "expand": ["latest_charge"]}
    )
    charge: Any = released.latest_charge
    assert (released.status, released.cancellation_reason) == ("canceled", "requested_by_customer")
    assert released.canceled_at is not None and released.amount_capturable == 0
    assert (charge.status, charge.captured, charge.amount_refunded, charge.refunded) == ("succeeded", False, 0, False)
    assert types_of(client)[-1] == "payment_intent.canceled"
    for call in (client.v1.payment_intents.cancel, client.v1.payment_intents.capture):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            call(intent.id)
        assert code_of(refusal) == "payment_intent_unexpected_state"


@pytest.mark.parametrize("make", [create, lambda client: create(client, payment_method="pm_card_visa")])
def test_release_before_any_hold(client: stripe.StripeClient, make: Any) -> None:
    released = client.v1.payment_intents.cancel(make(client).id)
    assert (released.status, released.cancellation_reason) == ("canceled", None)


def test_captured_money_cannot_be_released(client: stripe.StripeClient) -> None:
    intent = authorize(client)
    client.v1.payment_intents.capture(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.cancel(intent.id)
    assert code_of(refusal) == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        ("pm_card_radarBlock", "card_declined", "fraudulent"),
    ],
)
def test_a_decline_leaves_the_intent_alive(client: stripe.StripeClient, card: str, code: str, decline: str) -> None:
    intent = create(client)
    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_intents.confirm(intent.id, {"payment_method": card, "return_url": RETURN_URL})
    error: Any = refusal.value.error
    assert (refusal.value.http_status, error.code, error.decline_code) == (402, code, decline)
    assert error.payment_intent.status == "requires_payment_method"
    after = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    last: Any = after.last_payment_error
    charge: Any = after.latest_charge
    assert after.payment_method is None and last.payment_method.card.last4 == charge.payment_method_details.card.last4
    assert (last.charge, charge.status, charge.paid, charge.failure_code) == (charge.id, "failed", False, code)
    assert charge.receipt_url is None
    assert types_of(client)[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    paid = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL})
    assert (paid.status, paid.last_payment_error) == ("requires_capture", None)
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 2


def test_outcomes_of_risk(client: stripe.StripeClient) -> None:
    elevated: Any = authorize(client, "pm_card_riskLevelElevated", expand=["latest_charge"]).latest_charge
    assert (elevated.outcome.risk_level, elevated.outcome.type) == ("elevated", "manual_review")
    with pytest.raises(stripe.CardError) as refusal:
        authorize(client, "pm_card_radarBlock")
    error: Any = refusal.value.error
    outcome: Any = client.v1.charges.retrieve(error.charge).outcome
    assert (outcome.type, outcome.network_status, outcome.reason) == (
        "blocked",
        "not_sent_to_network",
        "highest_risk_level",
    )


@pytest.mark.parametrize(
    "card",
    ["pm_card_authenticationRequired", "pm_card_authenticationRequiredOnSetup", "pm_card_threeDSecure2Required"],
)
def test_3d_secure_is_asked_on_session(client: stripe.StripeClient, card: str) -> None:
    intent = authorize(client, card, use_stripe_sdk=True)
    assert (intent.status, intent.latest_charge) == ("requires_action", None)
    assert intent.payment_method is not None and intent.next_action is not None
    assert intent.next_action.type == "use_stripe_sdk"
    assert types_of(client)[-1] == "payment_intent.requires_action"


def test_3d_secure_by_redirect_names_the_way_back(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent: Any = authorize(client, "pm_card_authenticationRequired")
    assert intent.next_action.redirect_to_url.return_url == RETURN_URL
    assert intent.next_action.redirect_to_url.url.startswith(sandbox.url)


def test_optional_3d_secure_only_on_request(client: stripe.StripeClient) -> None:
    assert authorize(client, "pm_card_threeDSecureOptional").status == "requires_capture"
    asked = authorize(
        client,
        "pm_card_threeDSecureOptional",
        payment_method_options={"card": {"request_three_d_secure": "any"}},
    )
    assert asked.status == "requires_action"


def test_saved_card_is_charged_later(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Mara"}).id
    first = authorize(client, customer=customer, setup_future_usage="off_session")
    saved = client.v1.customers.payment_methods.list(customer).data
    assert [method.id for method in saved] == [first.payment_method]
    later = create(
        client,
        customer=customer,
        payment_method=saved[0].id,
        off_session=True,
        confirm=True,
        expand=["latest_charge"],
    )
    charge: Any = later.latest_charge
    assert later.status == "requires_capture"
    assert charge.payment_method_details.card.capture_before == charge.created + VISA_OFF_SESSION_HOLD_SECONDS


def test_saved_card_may_want_its_holder(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        create(client, payment_method="pm_card_authenticationRequired", off_session=True, confirm=True)
    error: Any = refusal.value.error
    assert (error.code, error.decline_code) == ("authentication_required", "authentication_required")
    assert error.payment_intent.status == "requires_payment_method"
    assert client.v1.charges.list({"payment_intent": error.payment_intent.id}).data == []


def test_whose_card_it_is(client: stripe.StripeClient) -> None:
    one, other = client.v1.customers.create({}).id, client.v1.customers.create({}).id
    saved = authorize(client, customer=one, setup_future_usage="off_session").payment_method
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, customer=other, payment_method=saved, confirm=True, off_session=True)
    assert (code_of(refusal), refusal.value.param) == (None, "payment_method")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, payment_method=saved, confirm=True, off_session=True)
    assert code_of(refusal) == "parameter_missing"
    loose = authorize(client).payment_method
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        authorize(client, str(loose))
    assert "used before" in str(refusal.value.user_message)


def test_confirmation_token_is_good_once(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    token = client.v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"}).id
    confirm: Any = {"confirmation_token": token, "return_url": RETURN_URL}
    first = create(client)
    assert client.v1.payment_intents.confirm(first.id, confirm).status == "requires_capture"
    assert client.v1.confirmation_tokens.retrieve(token).payment_intent == first.id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.confirm(create(client).id, confirm)
    assert "already been used" in str(refusal.value.user_message)
    late = client.v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_visa"}).id
    sandbox.world.clock.advance(12 * 3600)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.confirm(create(client).id, {"confirmation_token": late, "return_url": RETURN_URL})
    assert "expired" in str(refusal.value.user_message)
