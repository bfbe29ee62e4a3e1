"""What a page may do with the publishable key, at the level of HTTP: confirm, make payment methods and tokens."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import RETURN_URL, call, code_of, create, types_of

TYPED = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}


def form(tree: Any, name: str = "") -> dict[str, str]:
    """A nested structure as the API reads it."""
    if not isinstance(tree, dict):
        return {name: str(tree)}
    parts: dict[str, str] = {}
    for key, value in tree.items():
        parts |= form(value, f"{name}[{key}]" if name else str(key))
    return parts


def page_call(sandbox: Sandbox, path: str, **params: Any) -> dict[str, Any]:
    """What a frame sends and gets."""
    answer = call(sandbox, "POST", path, key=sandbox.publishable_key, data=form(params))
    body: dict[str, Any] = answer.json()
    return body


def confirm(sandbox: Sandbox, intent: stripe.PaymentIntent, **params: Any) -> dict[str, Any]:
    whole = {"client_secret": intent.client_secret, "return_url": RETURN_URL, **params}
    return page_call(
        sandbox, f"/v1/payment_intents/{intent.id}/confirm", **{k: v for k, v in whole.items() if v is not None}
    )


def typed(**changes: str) -> dict[str, Any]:
    return {"type": "card", "card": {**TYPED, **changes}}


def token(sandbox: Sandbox, **changes: str) -> str:
    return str(page_call(sandbox, "/v1/tokens", card={**TYPED, **changes})["id"])


def test_a_page_confirms_with_the_client_secret(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client, metadata={"sd_order": "1"})
    shipping = {"name": "Mara", "address": {"line1": "Allee 1", "country": "DE"}}
    billing = {"name": "Mara", "address": {"postal_code": "10115"}}
    answer = confirm(
        sandbox,
        intent,
        payment_method_data={**typed(), "billing_details": billing},
        shipping=shipping,
        receipt_email="mara@example.com",
        use_stripe_sdk="true",
    )
    assert answer["status"] == "requires_capture"
    assert "metadata" not in answer and "latest_charge" not in answer
    after: Any = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge", "payment_method"]})
    assert (after.receipt_email, after.shipping.name) == ("mara@example.com", "Mara")
    assert after.payment_method.billing_details.address.postal_code == "10115"
    assert after.latest_charge.receipt_email == "mara@example.com"
    assert types_of(client)[-1] == "payment_intent.amount_capturable_updated"


@pytest.mark.parametrize("how", ["method", "tok_", "known tok_", "confirmation token", "attached before"])
def test_every_kind_of_card_a_page_can_confirm_with(client: stripe.StripeClient, sandbox: Sandbox, how: str) -> None:
    intent = create(client, payment_method="pm_card_visa" if how == "attached before" else None)
    params: dict[str, Any] = {}
    if how == "method":
        params["payment_method"] = page_call(sandbox, "/v1/payment_methods", **typed())["id"]
    elif how == "tok_":
        params["payment_method_data"] = {"type": "card", "card": {"token": token(sandbox)}}
    elif how == "known tok_":
        params["payment_method_data"] = {"type": "card", "card": {"token": "tok_mastercard"}}
    elif how == "confirmation token":
        made = page_call(sandbox, "/v1/confirmation_tokens", payment_method_data=typed())
        params["confirmation_token"] = made["id"]
    assert confirm(sandbox, intent, **params)["status"] == "requires_capture"


def test_a_decline_tells_the_page_its_part_only(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client, metadata={"secret": "1"})
    error = confirm(sandbox, intent, payment_method_data=typed(number="4000000000009995"))["error"]
    assert (error["code"], error["decline_code"]) == ("card_declined", "insufficient_funds")
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert "metadata" not in error["payment_intent"] and "latest_charge" not in error["payment_intent"]
    assert confirm(sandbox, intent, payment_method_data=typed())["status"] == "requires_capture"
    again = confirm(sandbox, intent, payment_method_data=typed())["error"]
    assert (again["code"], again["payment_intent"]["status"]) == ("payment_intent_unexpected_state", "requires_capture")
    assert "metadata" not in again["payment_intent"]


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"client_secret": None}, "client_secret", "parameter_missing"),
        ({"client_secret": "pi_x_secret_y"}, "client_secret", None),
        ({"off_session": "true"}, "off_session", None),
        ({"error_on_requires_action": "true"}, "error_on_requires_action", None),
        ({"capture_method": "automatic"}, "capture_method", None),
        ({"amount_to_confirm": "1"}, "amount_to_confirm", None),
        ({"amount": "1"}, "amount", "parameter_unknown"),
        ({"metadata": {"a": "1"}}, "metadata", "parameter_unknown"),
        ({"return_url": None}, "return_url", None),
        ({"payment_method_options": {"card": {"moto": "true"}}}, "payment_method_options[card][moto]",
         "parameter_unknown"),
        ({"expand": {"0": "latest_charge"}}, "expand", None),
        ({"payment_method": "pm_card_visa"}, "payment_method_data", None),
    ],
)  # fmt: skip
def test_what_a_page_may_not_send(
    client: stripe.StripeClient, sandbox: Sandbox, params: dict[str, Any], param: str, code: str | None
) -> None:
    intent = create(client)
    error = confirm(sandbox, intent, payment_method_data=typed(), **params)["error"]
    assert (error["param"], error.get("code")) == (param, code)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_manual_confirmation_is_for_servers(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client, confirmation_method="manual")
    error = confirm(sandbox, intent, payment_method_data=typed())["error"]
    assert error["type"] == "invalid_request_error" and "publishable key" in error["message"]
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_an_address_set_by_the_server_stays(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    shipping: Any = {"name": "Mara", "address": {"line1": "Allee 1", "country": "DE"}}
    other = {"name": "Eve", "address": {"line1": "Elsewhere 2", "country": "DE"}}
    intent = create(client, shipping=shipping)
    error = confirm(sandbox, intent, payment_method_data=typed(), shipping=other)["error"]
    assert error["param"] == "shipping" and "secret key" in error["message"]
    assert confirm(sandbox, intent, payment_method_data=typed())["status"] == "requires_capture"
    loose = create(client)
    declined = typed(number="4000000000000002")
    assert "error" in confirm(sandbox, loose, payment_method_data=declined, shipping=other)
    assert confirm(sandbox, loose, payment_method_data=typed(), shipping=shipping)["shipping"]["name"] == "Mara"


@pytest.mark.parametrize(
    ("told", "param"),
    [
        ({"amount": 7001}, "amount"),
        ({"currency": "usd"}, "currency"),
        ({"capture_method": "automatic"}, "capture_method"),
        ({"setup_future_usage": "off_session"}, "setup_future_usage"),
    ],
)
def test_elements_and_intent_must_agree(
    client: stripe.StripeClient, sandbox: Sandbox, told: dict[str, Any], param: str
) -> None:
    context = {"mode": "payment", "amount": 7000, "currency": "eur", "capture_method": "manual"}
    intent = create(client)
    wrong = confirm(sandbox, intent, payment_method_data=typed(), client_context={**context, **told})
    assert wrong["error"]["param"] == param
    right = confirm(sandbox, intent, payment_method_data=typed(), client_context=context)
    assert right["status"] == "requires_capture"


def test_consent_must_be_on_both_sides(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    context = {"mode": "payment", "amount": 7000, "currency": "eur", "capture_method": "manual"}
    customer = client.v1.customers.create({}).id
    intent = create(client, customer=customer, setup_future_usage="off_session")
    wrong = confirm(sandbox, intent, payment_method_data=typed(), client_context=context)
    assert wrong["error"]["param"] == "setup_future_usage"
    context["setup_future_usage"] = "off_session"
    assert confirm(sandbox, intent, payment_method_data=typed(), client_context=context)["status"] == "requires_capture"
    assert len(client.v1.customers.payment_methods.list(customer).data) == 1
    later = create(client, customer=customer)
    agreed = {"payment_method_data": typed(), "client_context": context, "setup_future_usage": "off_session"}
    assert confirm(sandbox, later, **agreed)["setup_future_usage"] == "off_session"


def test_a_token_is_good_once(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    made = token(sandbox)
    first = create(client)
    data: Any = {"type": "card", "card": {"token": made}}
    confirm_with: Any = {"payment_method_data": data}
    with pytest.raises(stripe.InvalidRequestError):  # no return_url: nothing may be spent
        client.v1.payment_intents.confirm(first.id, confirm_with)
    assert client.v1.tokens.retrieve(made).used is False
    confirm_with["return_url"] = RETURN_URL
    held = client.v1.payment_intents.confirm(first.id, confirm_with)
    assert held.status == "requires_capture" and client.v1.tokens.retrieve(made).used is True
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_methods.create(data)
    assert (code_of(refusal), refusal.value.param) == ("token_already_used", "card[token]")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        create(client, payment_method_data=data, confirm=True, return_url=RETURN_URL)
    assert (code_of(refusal), refusal.value.param) == ("token_already_used", "payment_method_data[card][token]")


def test_a_token_at_creation(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    billing = {"name": "Mara", "email": "mara@example.com"}
    data = {"type": "card", "card": {"token": token(sandbox)}, "billing_details": billing}
    intent: Any = create(
        client, payment_method_data=data, confirm=True, return_url=RETURN_URL, expand=["payment_method"]
    )
    assert intent.status == "requires_capture"
    assert intent.payment_method.billing_details.name == "Mara"


def test_what_a_token_shows(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    made = page_call(sandbox, "/v1/tokens", card={**TYPED, "name": "Mara", "address_zip": "10115"})
    card = made["card"]
    assert (made["object"], made["used"], made["livemode"]) == ("token", False, False)
    assert (card["brand"], card["last4"], card["exp_month"], card["name"]) == ("Visa", "4242", 12, "Mara")
    assert (card["address_zip"], card["address_zip_check"], card["address_line1_check"]) == ("10115", "unchecked", None)
    assert "4242424242424242" not in repr(made) and "cvc" not in made
    method: Any = client.v1.payment_methods.create({"type": "card", "card": {"token": made["id"]}})
    assert method.billing_details.address.postal_code == "10115"


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v1/tokens", {"card": {**TYPED, "number": "4111111111111111"}}),
        ("/v1/payment_methods", typed(number="4111111111111111")),
        ("/v1/confirmation_tokens", {"payment_method_data": typed(number="4111111111111111")}),
    ],
)
def test_real_numbers_are_refused_and_forgotten(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, path: str, params: dict[str, Any]
) -> None:
    answer = page_call(sandbox, path, **params)
    assert answer["error"]["decline_code"] == "test_mode_live_card"
    assert "4111" not in repr(answer) + repr(list(sandbox.world.seen)) + caplog.text
    assert sandbox.world.dump()["payment_methods"] == 0


def test_servers_never_send_numbers(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = create(client)
    for path, params in (
        ("/v1/payment_methods", typed()),
        (f"/v1/payment_intents/{intent.id}/confirm", {"payment_method_data": typed(), "return_url": RETURN_URL}),
        ("/v1/payment_intents", {"amount": "7000", "currency": "eur", "payment_method_data": typed()}),
        ("/v1/tokens", {"card": TYPED}),
    ):
        answer = call(sandbox, "POST", path, data=form(params))
        assert answer.status_code in (400, 403)
        assert "4242424242424242" not in answer.text
    assert sandbox.world.dump()["payment_methods"] == 0


@pytest.mark.parametrize("path", ["/v1/payment_intents", "/v1/customers", "/v1/refunds"])
def test_a_page_makes_nothing_else(sandbox: Sandbox, path: str) -> None:
    assert page_call(sandbox, path, amount="1", currency="eur")["error"]["code"] == "secret_key_required"


def test_twins(client: stripe.StripeClient) -> None:
    for name in ("visa", "chargeDeclined", "createDispute", "visa_createDispute", "chargeDeclinedExpiredCard"):
        params: Any = {"type": "card", "card": {"token": f"tok_{name}"}}
        made: Any = client.v1.payment_methods.create(params)
        twin: Any = client.v1.payment_methods.retrieve(f"pm_card_{name}")
        assert (made.card.last4, made.card.fingerprint) == (twin.card.last4, twin.card.fingerprint)
