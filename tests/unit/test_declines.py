"""Declines: every code has complete words for the seller, and a shopper never learns what must not be told."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.decline_table import ADVICE, BLOCKED_BY, BY_CODE
from sellerdesk.domain.declines import MOST_TRIES, count_tries, explain, headline_of
from sellerdesk.domain.explanation import Again, Explanation, Refuser
from sellerdesk.domain.payment import CardAttempt, Problem
from tests import builders
from tests.builders import DAY, NOW

# https://docs.stripe.com/declines/codes, and the codes of https://docs.stripe.com/error-codes about a payment
CODES = (
    "approve_with_id authentication_failure authentication_not_handled authentication_required call_issuer "
    "card_decline_rate_limit_exceeded card_not_supported card_velocity_exceeded charge_expired_for_capture "
    "currency_not_supported do_not_honor do_not_try_again duplicate_transaction expired_card expired_payment_method "
    "fraudulent generic_decline incorrect_cvc incorrect_number incorrect_pin incorrect_postal_code incorrect_zip "
    "insufficient_funds invalid_account invalid_amount invalid_cvc invalid_expiry_month invalid_expiry_year "
    "invalid_number invalid_pin issuer_not_available lost_card merchant_blacklist new_account_information_available "
    "no_action_taken not_permitted offline_pin_required online_or_offline_pin_required "
    "payment_intent_authentication_failure payment_intent_payment_attempt_expired "
    "payment_intent_payment_attempt_failed payment_intent_unexpected_state payment_method_customer_decline "
    "payment_method_provider_decline payment_method_restricted pickup_card pin_try_exceeded processing_error "
    "reenter_transaction restricted_card revocation_of_all_authorizations revocation_of_authorization "
    "security_violation service_not_allowed stolen_card stop_payment_order testmode_decline transaction_not_allowed "
    "try_again_later withdrawal_count_limit_exceeded"
).split()
HIDDEN = (
    "fraudulent lost_card merchant_blacklist payment_method_restricted pickup_card restricted_card stolen_card"
).split()
BLOCKS = (
    "highest_risk_level elevated_risk_level rule low_probability_of_authorization previously_declined_do_not_retry"
).split()

GENERIC = explain(builders.problem(decline_code="generic_decline"))
BARE = "Your bank declined this card. Try another card."


def declined(decline_code: str = "", code: str = "card_declined", **more: Any) -> Explanation:
    return explain(replace(builders.problem(code, decline_code), **more))


def blocked(reason: str, decline_code: str = "fraudulent") -> Explanation:
    return declined(decline_code, outcome_type="blocked", outcome_reason=reason)


def check_complete(found: Explanation) -> None:
    """Sentences for the seller and the shopper, a headline that fits its column, and a time where one is promised."""
    for text in (found.happened, found.who, found.reason, found.advice, *found.steps):
        assert text[0].isupper(), text
        assert text.endswith("."), text
        assert "  " not in text
    assert found.headline[0].isupper()
    assert len(found.headline) <= 28
    assert not found.headline.endswith(".")
    assert 1 <= len(found.steps) <= 3
    assert found.shopper == f"{found.reason} {found.advice}"
    assert (found.again is Again.AFTER) == (found.again_at is not None) == (found.wait > 0)
    if not found.tell:
        assert found.shopper == BARE
        assert found.happened != GENERIC.happened


def test_p19_the_table_knows_every_code() -> None:
    assert set(BY_CODE) == set(CODES)
    assert set(BLOCKED_BY) == set(BLOCKS)


@pytest.mark.parametrize("advice", ["", *ADVICE])
@pytest.mark.parametrize("code", CODES)
def test_p19_every_code_is_explained_in_complete_sentences(code: str, advice: str) -> None:
    for found in (declined(code, advice_code=advice), declined("", code, advice_code=advice)):
        check_complete(found)
        assert code not in found.happened


@pytest.mark.parametrize("code", HIDDEN)
@pytest.mark.parametrize("place", ["code", "decline_code"])
def test_p19_the_shopper_does_not_learn_what_must_not_be_told(code: str, place: str) -> None:
    values: dict[str, Any] = {"code": "card_declined", "decline_code": "", place: code}
    found = explain(builders.problem(**values))
    assert not found.tell
    assert found.shopper == BARE == GENERIC.shopper


def test_what_may_be_told_is() -> None:
    assert {code for code in CODES if not declined(code).tell} == set(HIDDEN)
    assert declined("insufficient_funds").politely
    assert not declined("expired_card").politely


def test_the_decline_code_says_more_than_the_code() -> None:
    assert declined("insufficient_funds").headline == "Not enough money, or limit"
    assert declined("", "expired_card").headline == "Card has expired"
    assert declined("something_new", "incorrect_cvc").headline == "Wrong security code"
    assert declined("", "card_declined") == GENERIC
    assert declined("", "", outcome_reason="lost_card").headline == "Card is blocked"
    assert declined("", "") == GENERIC


@pytest.mark.parametrize("decline_code", ["something_new", "<b>x</b>", "a" * 500, "\u202eabc\n"])
def test_p19_a_code_that_we_do_not_know_is_shown_as_it_is(decline_code: str) -> None:
    found = declined(decline_code)
    check_complete(found)
    assert found.happened.startswith("The card was refused with a code that SellerDesk does not know: “")
    assert decline_code[:3].strip("\u202e") in found.happened
    assert found.happened.isprintable()
    assert len(found.happened) < 150
    assert found.shopper == BARE


@pytest.mark.parametrize(
    ("reason", "headline", "refuser", "again"),
    [
        ("highest_risk_level", "Risk too high, stopped", Refuser.STRIPE_RULES, Again.REVIEW),
        ("elevated_risk_level", "Risk too high, stopped", Refuser.STRIPE_RULES, Again.REVIEW),
        ("rule", "Stopped by your own rule", Refuser.OWN_RULE, Again.REVIEW),
        ("low_probability_of_authorization", "Would have been refused", Refuser.STRIPE_RULES, Again.AFTER),
        ("previously_declined_do_not_retry", "Tried too often, stopped", Refuser.STRIPE_RULES, Again.OTHER_CARD),
        ("", "Risk too high, stopped", Refuser.STRIPE_RULES, Again.REVIEW),
        ("a_new_reason", "Risk too high, stopped", Refuser.STRIPE_RULES, Again.REVIEW),
    ],
)
def test_p19_what_stripe_blocked_was_not_refused_by_the_bank(
    reason: str, headline: str, refuser: Refuser, again: Again
) -> None:
    for code in ("fraudulent", "generic_decline", "do_not_honor"):
        found = blocked(reason, code)
        check_complete(found)
        assert (found.headline, found.refuser, found.again) == (headline, refuser, again)
    assert blocked(reason, "merchant_blacklist").refuser is Refuser.OWN_LIST


@pytest.mark.parametrize(
    ("decline_code", "refuser"),
    [
        ("insufficient_funds", Refuser.BANK),
        ("authentication_required", Refuser.BANK),
        ("payment_intent_authentication_failure", Refuser.SHOPPER),
        ("authentication_not_handled", Refuser.NOBODY),
        ("merchant_blacklist", Refuser.OWN_LIST),
        ("fraudulent", Refuser.STRIPE_RULES),
        ("testmode_decline", Refuser.STRIPE),
        ("incorrect_cvc", Refuser.BANK),
    ],
)
def test_p19_who_refused(decline_code: str, refuser: Refuser) -> None:
    assert declined(decline_code).refuser is refuser


def test_a_typing_mistake_without_a_charge_never_reached_the_bank() -> None:
    assert declined("", "invalid_expiry_year", charge_id="").refuser is Refuser.NOBODY
    assert declined("fraudulent", outcome_type="issuer_declined").refuser is Refuser.BANK


@pytest.mark.parametrize(
    ("decline_code", "again", "wait"),
    [
        ("insufficient_funds", Again.AFTER, 2 * DAY),
        ("card_velocity_exceeded", Again.AFTER, DAY),
        ("card_decline_rate_limit_exceeded", Again.AFTER, DAY),
        ("issuer_not_available", Again.AFTER, 300),
        ("processing_error", Again.AFTER, 300),
        ("lost_card", Again.NEVER, 0),
        ("fraudulent", Again.NEVER, 0),
        ("merchant_blacklist", Again.REVIEW, 0),
        ("duplicate_transaction", Again.REVIEW, 0),
        ("expired_card", Again.OTHER_CARD, 0),
        ("do_not_try_again", Again.OTHER_CARD, 0),
        ("incorrect_cvc", Again.RETYPED, 0),
        ("authentication_required", Again.WITH_SHOPPER, 0),
    ],
)
def test_p19_when_another_try_makes_sense(decline_code: str, again: Again, wait: int) -> None:
    found = declined(decline_code)
    assert (found.again, found.wait) == (again, wait)


def test_p19_the_time_counts_from_the_try_and_is_a_round_one() -> None:
    assert NOW % 3600 == 14 * 60
    assert declined("insufficient_funds").again_at == NOW - 14 * 60 + 3600 + 2 * DAY
    assert declined("processing_error", at=NOW + 1).again_at == NOW + 360
    assert declined("processing_error", at=NOW).again_at == NOW + 300


def test_p19_what_the_bank_advises_beats_the_table() -> None:
    stop = declined("insufficient_funds", advice_code="do_not_try_again")
    assert (stop.again, stop.again_at) == (Again.OTHER_CARD, None)
    assert stop.steps[0] == "Do not try this card again: its bank says so."
    assert stop.shopper == "Not enough money on this card. Try another card."
    wait = declined("generic_decline", advice_code="try_again_later")
    assert (wait.again, wait.wait) == (Again.AFTER, DAY)
    check = declined("expired_card", advice_code="confirm_card_data")
    assert check.again is Again.RETYPED
    assert check.advice.startswith("Check the card details")
    # The table is more precise than the advice where both say the same.
    assert declined("processing_error", advice_code="try_again_later").wait == 300
    assert declined("expired_card", advice_code="something_new") == declined("expired_card")


@pytest.mark.parametrize("advice", ADVICE)
def test_p19_no_advice_makes_a_blocked_card_good_again(advice: str) -> None:
    for code in HIDDEN:
        assert declined(code, advice_code=advice) == declined(code)
    assert blocked("highest_risk_level").again is Again.REVIEW


def test_p19_tries_are_counted_up_to_eight() -> None:
    def attempt(problem: Problem | None) -> CardAttempt:
        return CardAttempt("ch_1", NOW, 100, "eur", None, problem)

    tries = count_tries([attempt(None), *[attempt(builders.problem())] * 3])
    assert (tries.used, tries.left) == (3, MOST_TRIES - 3)
    assert count_tries([attempt(builders.problem())] * 20).left == 0


def test_a_timeline_knows_the_headline_of_a_bare_code() -> None:
    assert headline_of("insufficient_funds") == "Not enough money, or limit"
    assert headline_of("highest_risk_level") == "Risk too high, stopped"
    assert headline_of("something_new") == headline_of("card_declined") == ""


words = st.one_of(st.sampled_from([*CODES, *BLOCKS, "", "card_declined"]), st.text(max_size=80))


problems = st.builds(
    Problem,
    code=words,
    decline_code=words,
    message=st.text(max_size=9),
    advice_code=st.sampled_from(["", *ADVICE, "x"]),
    charge_id=st.sampled_from(["", "ch_1"]),
    at=st.integers(0, 2**33),
    card=st.none(),
    outcome_type=st.sampled_from(["", "issuer_declined", "blocked", "invalid", "x"]),
    outcome_reason=words,
)


@given(problems)
def test_p19_whatever_comes_is_explained_in_complete_sentences(problem: Problem) -> None:
    found = explain(problem)
    check_complete(found)
    assert found.happened.isprintable()
    assert found.again_at is None or found.again_at > problem.at
