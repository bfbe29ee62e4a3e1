"""Manual confirmation: the server confirms, the holder approves, the server confirms again within the hour."""

from typing import Any

import pytest
import requests
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.bank import APPROVAL_SECONDS
from tests.contract.calls import RETURN_URL, code_of, create, types_of

SECURE = "pm_card_authenticationRequired"


def begin(client: stripe.StripeClient, **more: Any) -> stripe.PaymentIntent:
    return create(client, confirmation_method="manual", **more)


def confirm(client: stripe.StripeClient, intent: str, **params: Any) -> Any:
    whole: Any = params
    return client.v1.payment_intents.confirm(intent, whole)


def answer(sandbox: Sandbox, intent: Any, word: str) -> None:
    ticket = intent.next_action.use_stripe_sdk.ticket
    requests.post(f"{sandbox.url}/frames/challenge/{ticket}", data=word.encode(), timeout=20)


def token_for(client: stripe.StripeClient, card: str) -> dict[str, str]:
    made = client.v1.test_helpers.confirmation_tokens.create({"payment_method": card, "return_url": RETURN_URL})
    return {"confirmation_token": made.id}


def approved(client: stripe.StripeClient, sandbox: Sandbox, **with_card: str) -> Any:
    """An intent whose holder has approved and which waits for the server's second confirm."""
    intent = confirm(client, begin(client).id, use_stripe_sdk=True, **with_card)
    assert (intent.status, intent.next_action.type) == ("requires_action", "use_stripe_sdk")
    answer(sandbox, intent, "complete")
    return client.v1.payment_intents.retrieve(intent.id)


def test_what_goes_together(client: stripe.StripeClient) -> None:
    intent = begin(client)
    assert (intent.confirmation_method, intent.status) == ("manual", "requires_payment_method")
    assert intent.payment_method_types == ["card"]
    with_method = begin(client, payment_method="pm_card_visa")
    assert with_method.status == "requires_confirmation"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        begin(client, allowed_payment_method_types=None, automatic_payment_methods={"enabled": True})
    assert refusal.value.param == "automatic_payment_methods"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.raw_request("post", f"/v1/payment_intents/{intent.id}", confirmation_method="automatic")
    assert code_of(refusal) == "parameter_unknown"


@pytest.mark.parametrize("source", ["method", "token"])
def test_a_card_without_questions_is_held_at_the_first_confirm(client: stripe.StripeClient, source: str) -> None:
    card = {"payment_method": "pm_card_visa"} if source == "method" else token_for(client, "pm_card_visa")
    assert confirm(client, begin(client).id, **card).status == "requires_capture"


@pytest.mark.parametrize("source", ["method", "token"])
def test_the_second_confirm_needs_no_card(client: stripe.StripeClient, sandbox: Sandbox, source: str) -> None:
    card = {"payment_method": SECURE} if source == "method" else token_for(client, SECURE)
    waiting = approved(client, sandbox, **card)
    assert (waiting.status, waiting.next_action, waiting.latest_charge) == ("requires_confirmation", None, None)
    assert waiting.payment_method is not None
    held = confirm(client, waiting.id, expand=["latest_charge"])
    assert (held.status, held.amount_capturable, held.payment_method) == (
        "requires_capture",
        7000,
        waiting.payment_method,
    )
    assert held.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert types_of(client)[-3:] == [
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
    ]


def test_a_second_confirm_can_still_be_declined(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    waiting = approved(client, sandbox, payment_method=card)
    with pytest.raises(stripe.CardError) as refusal:
        confirm(client, waiting.id)
    error: Any = refusal.value.error
    assert (error.decline_code, error.payment_intent.status) == ("insufficient_funds", "requires_payment_method")
    assert confirm(client, waiting.id, payment_method="pm_card_visa").status == "requires_capture"


def test_another_card_asks_again(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    waiting = approved(client, sandbox, payment_method=SECURE)
    assert confirm(client, waiting.id, payment_method=SECURE, use_stripe_sdk=True).status == "requires_action"


def test_another_sum_asks_again(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    waiting = approved(client, sandbox, payment_method=SECURE)
    client.v1.payment_intents.update(waiting.id, {"metadata": {"note": "1"}})
    client.v1.payment_intents.update(waiting.id, {"amount": 7001})
    assert confirm(client, waiting.id, use_stripe_sdk=True).status == "requires_action"


def test_an_approval_is_good_for_an_hour(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    waiting = approved(client, sandbox, payment_method=SECURE)
    sandbox.world.clock.advance(APPROVAL_SECONDS - 1)
    assert client.v1.payment_intents.retrieve(waiting.id).status == "requires_confirmation"
    sandbox.world.clock.advance(1)
    lapsed: Any = client.v1.payment_intents.retrieve(waiting.id)
    assert (lapsed.status, lapsed.payment_method) == ("requires_payment_method", None)
    error = lapsed.last_payment_error
    assert (error.code, error.type) == ("payment_intent_payment_attempt_expired", "invalid_request_error")
    assert error.payment_method.card.last4 == "3184"
    assert types_of(client)[-1] == "payment_intent.payment_failed"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        confirm(client, waiting.id)
    assert code_of(refusal) == "payment_intent_unexpected_state"


def test_in_time_means_in_time(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    """An hour that ends after the second confirm changes nothing, nor does one that belongs to an earlier approval."""
    waiting = approved(client, sandbox, payment_method=SECURE)
    sandbox.world.clock.advance(APPROVAL_SECONDS // 2)
    again = confirm(client, waiting.id, payment_method=SECURE, use_stripe_sdk=True)
    answer(sandbox, again, "complete")
    sandbox.world.clock.advance(APPROVAL_SECONDS // 2)
    assert client.v1.payment_intents.retrieve(waiting.id).status == "requires_confirmation"
    assert confirm(client, waiting.id).status == "requires_capture"
    sandbox.world.clock.advance(APPROVAL_SECONDS)
    assert client.v1.payment_intents.retrieve(waiting.id).status == "requires_capture"


def test_a_refused_approval_ends_the_attempt(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = confirm(client, begin(client).id, payment_method=SECURE, use_stripe_sdk=True)
    answer(sandbox, intent, "fail")
    after: Any = client.v1.payment_intents.retrieve(intent.id)
    assert (after.status, after.last_payment_error.code) == (
        "requires_payment_method",
        "payment_intent_authentication_failure",
    )
    assert confirm(client, intent.id, payment_method="pm_card_visa").status == "requires_capture"


def test_by_redirect_too(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = confirm(client, begin(client).id, payment_method=SECURE, return_url=RETURN_URL)
    assert intent.next_action.redirect_to_url.return_url == RETURN_URL
    ticket = intent.next_action.redirect_to_url.url.split("ticket=")[1]
    requests.post(f"{sandbox.url}/frames/challenge/{ticket}", data=b"complete", timeout=20)
    assert confirm(client, intent.id).status == "requires_capture"


def test_release_while_the_second_confirm_is_due(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    waiting = approved(client, sandbox, payment_method=SECURE)
    assert client.v1.payment_intents.cancel(waiting.id).status == "canceled"
    sandbox.world.clock.advance(APPROVAL_SECONDS)
    assert client.v1.payment_intents.retrieve(waiting.id).status == "canceled"
