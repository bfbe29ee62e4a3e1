"""What a PaymentIntent takes and keeps: refused parameters, what may change when, lines, metadata, the page's view."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.payments import MOST_CONFIRMATIONS
from tests.contract.calls import RETURN_URL, authorize, code_of, create, made_nothing, make_client


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
def test_create_refusals(client: stripe.StripeClient, params: dict[str, Any], code: str | None, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, **params)
    assert (code_of(refusal), refusal.value.param) == (code, param)
    assert made_nothing(client)


def test_older_versions_may_still_name_types(client: stripe.StripeClient) -> None:
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


def test_an_intent_that_is_confirmed_too_often_is_canceled(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client)
    wanted: Any = {"payment_method": "pm_card_visa_chargeDeclined", "return_url": RETURN_URL}
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(intent.id, wanted)
    sandbox.world.store.intents[intent.id].confirmations = MOST_CONFIRMATIONS - 1
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(intent.id, wanted)
    over = client.v1.payment_intents.confirm(intent.id, wanted)
    assert (over.status, over.cancellation_reason) == ("canceled", "automatic")
    assert client.v1.events.list().data[0].type == "payment_intent.canceled"
    assert len(client.v1.charges.list().data) == 2


def test_a_refused_update_changes_nothing_of_it(client: stripe.StripeClient) -> None:
    intent = create(client)
    wrong: Any = {"description": "x", "amount": 100, "metadata": {"a": "b"}, "payment_method": "pm_of_nobody"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.update(intent.id, wrong)
    after = client.v1.payment_intents.retrieve(intent.id)
    assert (after.description, after.amount, after.metadata) == (intent.description, intent.amount, intent.metadata)


@pytest.mark.parametrize("path", ["colour", "latest_charge.colour", "latest_charge.refunds.charge", "customer.default"])
def test_a_path_that_leads_nowhere_is_refused_before_money_moves(client: stripe.StripeClient, path: str) -> None:
    intent = create(client, payment_method="pm_card_visa", confirm=True, return_url=RETURN_URL)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.capture(intent.id, {"expand": [path]})
    assert refusal.value.param == "expand"
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    captured = client.v1.payment_intents.capture(intent.id, {"expand": ["latest_charge.refunds.data.charge"]})
    assert captured.status == "succeeded"
