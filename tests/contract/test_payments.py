"""PaymentIntents through the official SDK: hold, capture, release, decline, 3-D Secure, and what is refused."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.bank import HOLD_SECONDS, VISA_OFF_SESSION_HOLD_SECONDS
from tests.contract.conftest import make_client

RETURN_URL = "http://127.0.0.1/back"


def create(client: stripe.StripeClient, **more: Any) -> stripe.PaymentIntent:
    wanted: Any = {
        "amount": 7000,
        "currency": "eur",
        "capture_method": "manual",
        "allowed_payment_method_types": ["card"],
        **more,
    }
    return client.v1.payment_intents.create({name: value for name, value in wanted.items() if value is not None})


def authorize(client: stripe.StripeClient, card: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
    return create(client, payment_method=card, confirm=True, return_url=RETURN_URL, **more)


def code_of(refusal: pytest.ExceptionInfo[stripe.StripeError]) -> Any:
    return getattr(refusal.value.error, "code", None)


def types_of(client: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(client.v1.events.list({"limit": 100}).data)]


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
    assert (elevated.outcome.risk_level, elevated.outcome.type) == ("elevated", "authorized")
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


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types_no_longer_supported", "payment_method_types"),
        ({"colour": "blue"}, "parameter_unknown", "colour"),
        ({"shipping": {"name": "x", "address": {"planet": "y"}}}, "parameter_unknown", "shipping[address][planet]"),
        ({"shipping": {"name": "x"}}, "parameter_missing", "shipping[address]"),
        ({"automatic_payment_methods": {"enabled": True}, "confirmation_method": "manual",
          "allowed_payment_method_types": None}, None, "automatic_payment_methods"),
        ({"automatic_payment_methods": {"enabled": True}}, None, "automatic_payment_methods"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": -5}, "parameter_invalid_integer", "amount"),
        ({"amount": "70,00"}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"amount": None}, "parameter_missing", "amount"),
        ({"currency": "xyz"}, None, "currency"),
        ({"currency": "isk", "amount": 150}, None, "amount"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"return_url": RETURN_URL}, None, "return_url"),
        ({"confirm": True, "payment_method": "pm_card_visa"}, None, "return_url"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, None, "metadata"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"expand": ["colour"]}, None, "expand"),
        ({"expand": ["a.b.c.d.e"]}, None, "expand"),
        ({"amount_details": {"line_items": [{"product_name": "x", "quantity": 1, "unit_cost": 1}]}},
         "amount_details_amount_mismatch", "amount_details"),
    ],
)  # fmt: skip
def test_create_refusals(
    client: stripe.StripeClient, sandbox: Sandbox, params: dict[str, Any], code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, **params)
    assert (code_of(refusal), refusal.value.param) == (code, param)
    if param != "expand":
        assert sandbox.world.dump()["intents"] == {}


def test_older_versions_may_still_name_types(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    old: Any = {"amount": 7000, "currency": "eur", "payment_method_types": ["card"]}
    intent = client.v1.payment_intents.create(old, {"stripe_version": "2026-08-26.dahlia"})
    assert intent.payment_method_types == ["card"]


def test_confirm_without_a_method(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.confirm(create(client).id, {"return_url": RETURN_URL})
    assert code_of(refusal) == "payment_intent_unexpected_state"
    assert "payment method" in str(refusal.value.user_message)


def test_confirm_after_success_is_refused(client: stripe.StripeClient) -> None:
    intent = authorize(client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL})
    assert (code_of(refusal), refusal.value.param) == ("payment_intent_unexpected_state", "payment_method")


SHIPPING: Any = {"name": "Mara", "address": {"line1": "Allee 1", "country": "DE"}, "tracking_number": "123"}


def test_what_may_change_when(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client)
    update = client.v1.payment_intents.update
    assert update(intent.id, {"amount": 6000}).amount == 6000
    update(intent.id, {"amount": 7000, "payment_method": "pm_card_visa"})
    client.v1.payment_intents.confirm(intent.id, {"return_url": RETURN_URL})
    frozen: list[tuple[Any, str]] = [
        ({"amount": 100}, "amount"),
        ({"payment_method": "pm_card_visa"}, "payment_method"),
    ]
    for params, name in frozen:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            update(intent.id, params)
        assert (code_of(refusal), refusal.value.param) == ("payment_intent_unexpected_state", name)
    shipped: Any = update(intent.id, {"shipping": SHIPPING, "metadata": {"payment_intent_ship_status": "true"}})
    assert shipped.shipping.tracking_number == "123" and shipped.shipping.address.city is None
    client.v1.payment_intents.capture(intent.id)
    assert update(intent.id, {"shipping": SHIPPING}).status == "succeeded"
    sandbox.world.refuse_shipping_after_authorization = True
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        update(intent.id, {"shipping": SHIPPING})
    assert (code_of(refusal), refusal.value.param) == ("payment_intent_unexpected_state", "shipping")
    charge: Any = client.v1.charges.update(str(shipped.latest_charge), {"shipping": SHIPPING})
    assert charge.shipping.tracking_number == "123"


def test_metadata_is_merged_and_deleted(client: stripe.StripeClient) -> None:
    intent = create(client, metadata={"a": "1", "b": "2"})
    changed = client.v1.payment_intents.update(intent.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


def test_lines_and_reference_are_kept(client: stripe.StripeClient) -> None:
    intent = create(
        client,
        amount_details={
            "line_items": [
                {"product_name": "Mug", "product_code": "MUG-1", "quantity": 2, "unit_cost": 2400},
                {"product_name": "Tea", "quantity": 1, "unit_cost": 1800, "discount_amount": 200},
            ],
            "shipping": {"amount": 600},
        },
        payment_details={"order_reference": "K7QP-3MX2"},
        expand=["amount_details.line_items"],
    )
    lines = client.v1.payment_intents.amount_details_line_items.list(intent.id).data
    assert [(line.product_name, line.quantity, line.unit_cost) for line in lines] == [
        ("Mug", 2, 2400),
        ("Tea", 1, 1800),
    ]
    details: Any = intent
    assert details.amount_details.line_items.data[0].product_code == "MUG-1"
    assert details.payment_details.order_reference == "K7QP-3MX2"
    loose: Any = create(
        client,
        amount_details={
            "enforce_arithmetic_validation": False,
            "line_items": [{"product_name": "Mug", "quantity": 1, "unit_cost": 1}],
        },
    )
    assert loose.amount_details.error.code == "amount_details_amount_mismatch"


def test_page_sees_only_its_part(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client, metadata={"secret": "1"})
    page = make_client(sandbox, sandbox.publishable_key)
    shown = page.v1.payment_intents.retrieve(intent.id, {"client_secret": str(intent.client_secret)})
    assert shown.status == "requires_payment_method" and "metadata" not in shown and "latest_charge" not in shown
    for wrong in ({}, {"client_secret": "pi_x_secret_y"}):
        with pytest.raises(stripe.InvalidRequestError):
            page.v1.payment_intents.retrieve(intent.id, wrong)  # type: ignore[arg-type]
