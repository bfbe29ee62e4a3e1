"""Declined cards: the reason on the intent, on the charge of every attempt, and on demand for the next card."""

from typing import Any

import pytest
import requests
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.declines import known_reasons
from tests.contract.calls import RETURN_URL, authorize, control, create


def declined(client: stripe.StripeClient, intent: str, card: str = "pm_card_visa") -> Any:
    """Confirm with a card that is refused; the error's body."""
    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_intents.confirm(intent, {"payment_method": card, "return_url": RETURN_URL})
    assert refusal.value.http_status == 402
    return refusal.value.error


def test_the_whole_reason_stays_on_the_intent(client: stripe.StripeClient) -> None:
    intent = create(client)
    answered: Any = declined(client, intent.id, "pm_card_visa_chargeDeclinedInsufficientFunds")
    kept: Any = client.v1.payment_intents.retrieve(intent.id).last_payment_error
    for error in (answered, kept):
        assert (error.type, error.code, error.decline_code) == ("card_error", "card_declined", "insufficient_funds")
        assert (error.advice_code, error.network_decline_code) == ("try_again_later", "51")
        assert error.message == "Your card has insufficient funds."
        assert error.doc_url.endswith("#card-declined")
        assert (error.payment_method_type, error.payment_method.card.last4) == ("card", "9995")
        assert error.payment_method.card.checks.cvc_check == "pass"
        assert error.charge.startswith("ch_")
    assert "payment_intent" not in kept and answered.payment_intent.status == "requires_payment_method"
    client.v1.payment_intents.update(intent.id, {"description": "again"})
    assert client.v1.payment_intents.retrieve(intent.id).last_payment_error is None


def test_one_charge_for_every_attempt(client: stripe.StripeClient) -> None:
    intent = create(client)
    declined(client, intent.id, "pm_card_chargeDeclinedExpiredCard")
    declined(client, intent.id, "pm_card_visa_chargeDeclinedLostCard")
    client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_mastercard", "return_url": RETURN_URL})
    charges: Any = client.v1.charges.list({"payment_intent": intent.id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed", "failed"]
    approved, lost, expired = charges
    assert (approved.failure_code, approved.outcome.type) == (None, "authorized")
    assert (lost.failure_code, lost.outcome.reason) == ("card_declined", "lost_card")
    assert (lost.outcome.type, lost.outcome.network_status) == ("issuer_declined", "declined_by_network")
    assert (lost.outcome.advice_code, lost.outcome.network_decline_code) == ("do_not_try_again", "41")
    assert (lost.outcome.risk_level, lost.outcome.seller_message) == (
        "normal",
        "The bank refused with the code lost_card.",
    )
    assert (expired.failure_code, expired.failure_message) == ("expired_card", "Your card has expired.")
    assert (expired.paid, expired.captured, expired.amount_captured) == (False, False, 0)
    card = lost.payment_method_details.card
    assert (card.last4, card.amount_authorized, card.checks.cvc_check) == ("9987", None, "pass")
    assert "capture_before" not in card


def test_the_next_card_is_refused_on_demand(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    """For every reason that Stripe knows: the refusal is complete, and the next card is approved again."""
    confirm = client.v1.payment_intents.confirm
    assert len(known_reasons()) > 50
    for reason in known_reasons():
        intent = create(client)
        sandbox.world.decline_next(reason)
        with pytest.raises(stripe.CardError) as refusal:
            confirm(intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL})
        error: Any = refusal.value.error
        assert reason in (error.code, getattr(error, "decline_code", None))
        after = error.payment_intent
        assert (after.status, after.payment_method) == ("requires_payment_method", None), reason
        charges = client.v1.charges.list({"payment_intent": intent.id}).data
        expected = [error.code] if getattr(error, "charge", None) else []
        assert [charge.failure_code for charge in charges] == expected, reason
    paid = confirm(intent.id, {"payment_method": "pm_card_visa", "return_url": RETURN_URL})
    assert paid.status == "requires_capture"


@pytest.mark.parametrize(
    ("reason", "code", "decline_code"),
    [
        ("do_not_honor", "card_declined", "do_not_honor"),
        ("expired_card", "expired_card", "expired_card"),
        ("incorrect_zip", "incorrect_zip", "incorrect_zip"),
        ("expired_payment_method", "expired_payment_method", "expired_card"),
        ("payment_method_restricted", "payment_method_restricted", "restricted_card"),
        ("authentication_required", "authentication_required", "authentication_required"),
        ("authentication_failure", "authentication_failure", None),
        ("merchant_blacklist", "card_declined", "merchant_blacklist"),
    ],
)
def test_code_and_decline_code(
    client: stripe.StripeClient, sandbox: Sandbox, reason: str, code: str, decline_code: str | None
) -> None:
    sandbox.world.decline_next(reason)
    with pytest.raises(stripe.StripeError):
        authorize(client)
    error: Any = client.v1.payment_intents.list().data[0].last_payment_error
    assert (error.code, getattr(error, "decline_code", None)) == (code, decline_code)


def test_a_rule_of_the_seller_blocks(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.world.decline_next("merchant_blacklist")
    intent = create(client)
    declined(client, intent.id)
    outcome: Any = client.v1.charges.list({"payment_intent": intent.id}).data[0].outcome
    assert (outcome.type, outcome.network_status, outcome.reason) == ("blocked", "not_sent_to_network", "rule")
    assert outcome.network_decline_code is None and outcome.rule


def test_refusals_on_demand_from_outside(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    plan = {"decline_code": "do_not_honor", "advice_code": "try_again_later"}
    assert control(sandbox, "POST", "next_decline", plan).json() == {
        "waiting": [{"code": "card_declined", "decline_code": "do_not_honor", "advice_code": "try_again_later"}]
    }
    assert control(sandbox, "POST", "next_decline", {"decline_code": "lost_card"}).status_code == 200
    first: Any = declined(client, create(client).id)
    assert (first.decline_code, first.advice_code) == ("do_not_honor", "try_again_later")
    assert [each["decline_code"] for each in control(sandbox, "GET", "next_decline").json()["waiting"]] == ["lost_card"]
    assert control(sandbox, "POST", "next_decline", {"decline_code": None}).json() == {"waiting": []}
    assert authorize(client).status == "requires_capture"
    wrong: list[Any] = [
        {},
        {"decline_code": "colour"},
        {"decline_code": "lost_card", "advice_code": "pray"},
        {"decline_code": "lost_card", "times": 2},
    ]
    for body in wrong:
        answer = control(sandbox, "POST", "next_decline", body)
        assert answer.status_code == 400 and answer.json()["error"]
    assert sandbox.world.declines_waiting() == ()


def test_a_refusal_on_demand_comes_after_the_holders_approval(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.world.decline_next("insufficient_funds")
    intent: Any = authorize(client, "pm_card_authenticationRequired", use_stripe_sdk=True)
    assert intent.status == "requires_action"
    ticket = intent.next_action.use_stripe_sdk.ticket
    requests.post(f"{sandbox.url}/frames/challenge/{ticket}", data=b"complete", timeout=20)
    after: Any = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert after.last_payment_error.decline_code == "insufficient_funds"
    assert after.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"


@pytest.mark.parametrize("card", ["pm_card_radarBlock", "pm_card_chargeDeclinedFraudulent", "pm_card_riskLevelHighest"])
def test_the_risk_rules_block(client: stripe.StripeClient, card: str) -> None:
    intent = create(client)
    error: Any = declined(client, intent.id, card)
    assert (error.decline_code, error.advice_code) == ("fraudulent", "do_not_try_again")
    assert getattr(error, "network_decline_code", None) is None
    outcome: Any = client.v1.charges.retrieve(error.charge).outcome
    assert (outcome.type, outcome.reason, outcome.risk_level) == ("blocked", "highest_risk_level", "highest")
    assert outcome.network_status == "not_sent_to_network"


@pytest.mark.parametrize(
    ("card", "checks"),
    [
        ("pm_card_visa", ("pass", "pass", "pass")),
        ("pm_card_cvcCheckFail", ("fail", "pass", "pass")),
        ("pm_card_avsZipFail", ("pass", "pass", "fail")),
        ("pm_card_avsLine1Fail", ("pass", "fail", "pass")),
        ("pm_card_avsFail", ("pass", "fail", "fail")),
        ("pm_card_avsUnchecked", ("pass", "unchecked", "unchecked")),
    ],
)
def test_what_the_bank_checks(client: stripe.StripeClient, card: str, checks: tuple[str, str, str]) -> None:
    token = card.replace("pm_card_", "tok_")
    billing = {"name": "Mara", "address": {"line1": "Allee 1", "postal_code": "10115", "country": "DE"}}
    params: Any = {"type": "card", "card": {"token": token}, "billing_details": billing}
    made: Any = client.v1.payment_methods.create(params)
    before = made.card.checks
    assert (before.cvc_check, before.address_line1_check, before.address_postal_code_check) == ("unchecked",) * 3
    charge: Any = authorize(client, made.id, expand=["latest_charge"]).latest_charge
    seen = charge.payment_method_details.card.checks
    assert (seen.cvc_check, seen.address_line1_check, seen.address_postal_code_check) == checks
    after: Any = client.v1.payment_methods.retrieve(made.id)
    assert after.card.checks.address_postal_code_check == checks[2]
    bare: Any = authorize(client, card, expand=["latest_charge"]).latest_charge
    assert bare.payment_method_details.card.checks.address_line1_check is None


def test_three_d_secure_on_the_charge(client: stripe.StripeClient) -> None:
    asked: Any = {"payment_method_options": {"card": {"request_three_d_secure": "any"}}, "expand": ["latest_charge"]}

    def result(card: str, **more: Any) -> Any:
        charge: Any = authorize(client, card, **more).latest_charge
        secure = charge.payment_method_details.card.three_d_secure
        return secure and secure.result

    assert result("pm_card_visa", expand=["latest_charge"]) is None
    assert result("pm_card_visa", **asked) == "attempt_acknowledged"
    assert result("pm_card_amex_threeDSecureNotSupported", **asked) == "not_supported"
    assert result("pm_card_threeDSecureOptionalProcessingError", expand=["latest_charge"]) is None


@pytest.mark.parametrize(
    ("card", "more"),
    [
        ("pm_card_threeDSecureRequiredProcessingError", {}),
        (
            "pm_card_threeDSecureOptionalProcessingError",
            {"payment_method_options": {"card": {"request_three_d_secure": "any"}}},
        ),
    ],
)
def test_three_d_secure_breaks_down(client: stripe.StripeClient, card: str, more: Any) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        authorize(client, card, **more)
    error: Any = refusal.value.error
    assert (error.code, error.payment_intent.status) == ("card_declined", "requires_payment_method")
    charge: Any = client.v1.charges.retrieve(error.charge)
    assert charge.payment_method_details.card.three_d_secure.result == "processing_error"


def test_attaching_tells_why_not(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({}).id
    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclinedStolenCard", {"customer": customer})
    error: Any = refusal.value.error
    assert (error.decline_code, error.advice_code, error.network_decline_code) == (
        "stolen_card",
        "do_not_try_again",
        "43",
    )
