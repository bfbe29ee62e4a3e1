"""Declines: every code has words for the seller, and a shopper never learns what must not be told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.declines import Explanation, explain
from tests import builders

GENERIC = explain(builders.problem(decline_code="generic_decline"))

# https://docs.stripe.com/declines/codes, and the codes of https://docs.stripe.com/error-codes about a card
TOLD = (
    "approve_with_id authentication_failure authentication_required call_issuer card_not_supported "
    "card_velocity_exceeded currency_not_supported do_not_honor duplicate_transaction expired_card "
    "expired_payment_method generic_decline incorrect_cvc incorrect_number incorrect_postal_code incorrect_zip "
    "insufficient_funds invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number issuer_not_available "
    "no_action_taken not_permitted payment_intent_authentication_failure processing_error reenter_transaction "
    "security_violation service_not_allowed stop_payment_order transaction_not_allowed try_again_later "
    "withdrawal_count_limit_exceeded"
).split()
HIDDEN = (
    "fraudulent highest_risk_level lost_card merchant_blacklist payment_method_restricted pickup_card restricted_card "
    "stolen_card"
).split()
# Ours fall back to the general words.
GENERAL = (
    "card_decline_rate_limit_exceeded do_not_try_again invalid_account invalid_amount invalid_pin "
    "new_account_information_available offline_pin_required pin_try_exceeded revocation_of_authorization "
    "testmode_decline something_new"
).split()


def sentences(explanation: Explanation) -> list[str]:
    return [explanation.happened, explanation.next_step, explanation.shopper]


@pytest.mark.parametrize("code", TOLD + HIDDEN + GENERAL)
def test_every_code_has_sentences(code: str) -> None:
    for problem in (builders.problem(decline_code=code), builders.problem(code=code, decline_code="")):
        for text in sentences(explain(problem)):
            assert text[0].isupper()
            assert text.endswith(".")
            assert code not in text


@pytest.mark.parametrize("code", HIDDEN)
@pytest.mark.parametrize("place", ["code", "decline_code"])
def test_the_shopper_does_not_learn_what_must_not_be_told(code: str, place: str) -> None:
    values: dict[str, Any] = {"code": "card_declined", "decline_code": "", place: code}
    found = explain(builders.problem(**values))
    assert not found.tell
    assert found.shopper == GENERIC.shopper
    assert found.happened != GENERIC.happened


@pytest.mark.parametrize("code", TOLD)
def test_what_may_be_told_is(code: str) -> None:
    assert explain(builders.problem(decline_code=code)).tell


def test_the_decline_code_says_more_than_the_code() -> None:
    assert explain(builders.problem("card_declined", "insufficient_funds")).happened != GENERIC.happened
    assert explain(builders.problem("expired_card", "")).happened == "The card has expired."
    assert explain(builders.problem("incorrect_cvc", "something_new")).happened == "The security code was wrong."


@pytest.mark.parametrize("code", GENERAL)
def test_a_code_that_we_do_not_know_is_a_plain_refusal(code: str) -> None:
    assert explain(builders.problem(code, code)) == GENERIC


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_code_breaks_it_or_stands_in_the_words(code: str, decline_code: str) -> None:
    assert all(sentences(explain(builders.problem(code, decline_code))))
