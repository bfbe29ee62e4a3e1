"""3-D Secure without a browser: what the bank's window sends, and what becomes of the intent."""

from typing import Any

import pytest
import requests
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import RETURN_URL, authorize, code_of, create, types_of


def answer(sandbox: Sandbox, intent: Any, word: str) -> Any:
    ticket = intent.next_action.use_stripe_sdk.ticket
    return requests.post(f"{sandbox.url}/frames/challenge/{ticket}", data=word.encode(), timeout=20)


def ask(client: stripe.StripeClient, card: str, **more: Any) -> Any:
    return authorize(client, card, use_stripe_sdk=True, **more)


def test_approval_becomes_a_hold(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = ask(client, "pm_card_authenticationRequired")
    assert answer(sandbox, intent, "complete").json()["payment_intent"]["status"] == "requires_capture"
    after = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    charge: Any = after.latest_charge
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert types_of(client)[-3:] == [
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
    ]
    answer(sandbox, intent, "fail")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


@pytest.mark.parametrize(
    ("card", "decline"),
    [
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_threeDSecureRequiredChargeDeclined", "generic_decline"),
    ],
)
def test_approved_and_still_declined(client: stripe.StripeClient, sandbox: Sandbox, card: str, decline: str) -> None:
    intent = ask(client, card)
    answer(sandbox, intent, "complete")
    after: Any = client.v1.payment_intents.retrieve(intent.id)
    assert (after.status, after.last_payment_error.decline_code) == ("requires_payment_method", decline)
    assert types_of(client)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_refusal_and_a_second_try(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = ask(client, "pm_card_authenticationRequired")
    answer(sandbox, intent, "fail")
    after: Any = client.v1.payment_intents.retrieve(intent.id)
    assert after.last_payment_error.code == "payment_intent_authentication_failure"
    assert after.last_payment_error.payment_method.card.last4 == "3184"
    assert answer(sandbox, intent, "complete").status_code == 200
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    again: Any = client.v1.payment_intents.confirm(
        intent.id,
        {"payment_method": "pm_card_authenticationRequired", "return_url": RETURN_URL, "use_stripe_sdk": True},
    )
    answer(sandbox, again, "complete")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_a_card_that_was_set_up_asks_no_more(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer = client.v1.customers.create({}).id
    intent = ask(client, "pm_card_authenticationRequiredOnSetup", customer=customer, setup_future_usage="off_session")
    answer(sandbox, intent, "complete")
    saved = client.v1.customers.payment_methods.list(customer).data[0].id
    later = create(client, customer=customer, payment_method=saved, off_session=True, confirm=True)
    assert later.status == "requires_capture"


def test_manual_confirmation_needs_a_second_round_within_the_hour(
    client: stripe.StripeClient, sandbox: Sandbox
) -> None:
    manual: Any = {"confirmation_method": "manual"}
    intent = ask(client, "pm_card_authenticationRequired", **manual)
    answer(sandbox, intent, "complete")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_confirmation"
    assert client.v1.payment_intents.confirm(intent.id).status == "requires_capture"
    late = ask(client, "pm_card_authenticationRequired", **manual)
    answer(sandbox, late, "complete")
    sandbox.world.clock.advance(3600)
    lapsed: Any = client.v1.payment_intents.retrieve(late.id)
    assert (lapsed.status, lapsed.payment_method) == ("requires_payment_method", None)
    assert lapsed.last_payment_error.code == "payment_intent_payment_attempt_expired"


def test_attempts_that_may_not_ask(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        authorize(client, "pm_card_authenticationRequired", error_on_requires_action=True)
    assert code_of(refusal) == "card_declined"
    assert getattr(refusal.value.error, "decline_code", None) == "authentication_not_handled"


def test_release_ends_the_question(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = ask(client, "pm_card_authenticationRequired")
    ticket = intent.next_action.use_stripe_sdk.ticket
    assert requests.get(f"{sandbox.url}/frames/challenge/{ticket}", timeout=20).json()["amount"] == "70.00\u00a0EUR"
    client.v1.payment_intents.cancel(intent.id)
    assert requests.get(f"{sandbox.url}/frames/challenge/{ticket}", timeout=20).status_code == 404
    answer(sandbox, intent, "complete")
    assert client.v1.payment_intents.retrieve(intent.id).status == "canceled"
    assert requests.get(f"{sandbox.url}/frames/challenge/guess", timeout=20).status_code == 404
