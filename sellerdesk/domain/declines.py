"""Why a payment failed: what happened, who refused, what to do, when another try makes sense, what may be told.

Codes keep Stripe's spelling: https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes. What each
of them means stands in ``decline_table``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sellerdesk.domain.decline_rows import DAY, MINUTE, RISK, UNKNOWN, UNSAID
from sellerdesk.domain.decline_table import ADVICE, BLOCKED_BY, BY_CODE, OWN_LIST_CODE
from sellerdesk.domain.explanation import Again, Explanation, Refuser
from sellerdesk.domain.payment import CardAttempt, Problem

# More tries than this of one payment look like stolen numbers to banks, and networks charge for them:
# https://docs.stripe.com/declines/card
MOST_TRIES = 8

_HOUR = 60 * MINUTE
_SHOWN_CODE = 60
# Says only that there is a decline code beside it: https://docs.stripe.com/error-codes#card-declined
_CARD_DECLINED = "card_declined"


def explain(problem: Problem) -> Explanation:
    """The words for ``problem``.

    A payment that Stripe blocked is explained by the reason of the block; any other by ``decline_code``, else by
    ``code``, else by the outcome's reason, else by the general words, which then show the code as it is. What the
    bank advises goes before our own table: https://docs.stripe.com/declines/card.
    """
    found = _advised(_meant(problem), problem.advice_code)
    if problem.outcome_type == "issuer_declined":
        found = replace(found, refuser=Refuser.BANK)
    elif found.again is Again.RETYPED and found.refuser is Refuser.BANK and not problem.charge_id:
        # What was typed wrongly was found out before the bank was asked.
        found = replace(found, refuser=Refuser.NOBODY)
    if found.again is not Again.AFTER:
        return replace(found, wait=0)
    return replace(found, again_at=_rounded_up(problem.at + found.wait, _HOUR if found.wait >= DAY else MINUTE))


def headline_of(code: str) -> str:
    """The headline for a bare code, as a timeline keeps it; '' for one that we do not know."""
    found = BY_CODE.get(code) or BLOCKED_BY.get(code)
    return found.headline if found else ""


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a payment was tried: ``used`` were refused, ``left`` are worth trying at most."""

    used: int

    @property
    def left(self) -> int:
        return max(0, MOST_TRIES - self.used)


def count_tries(attempts: Iterable[CardAttempt]) -> Tries:
    """The refused ones among ``attempts``."""
    return Tries(sum(attempt.problem is not None for attempt in attempts))


def _meant(problem: Problem) -> Explanation:
    if problem.outcome_type == "blocked" and problem.decline_code != OWN_LIST_CODE:
        return BLOCKED_BY.get(problem.outcome_reason, RISK)
    codes = [
        code
        for code in (problem.decline_code, problem.code, problem.outcome_reason)
        if code not in ("", _CARD_DECLINED)
    ]
    for code in codes:
        found = BY_CODE.get(code) or BLOCKED_BY.get(code)
        if found is not None:
            return found
    if not codes:
        return UNSAID
    return replace(
        UNKNOWN, happened=f"The card was refused with a code that SellerDesk does not know: “{_shown(codes[0])}”."
    )


def _shown(code: str) -> str:
    """A code that may be anything, cut to what a sentence can carry."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in code[:_SHOWN_CODE])


def _advised(found: Explanation, advice: str) -> Explanation:
    """What the bank advises beats the table, but nothing makes a blocked card or a suspicion good for another try."""
    given = ADVICE.get(advice)
    if given is None or found.again in (given.again, Again.NEVER, Again.REVIEW):
        return found
    return replace(found, again=given.again, wait=given.wait, steps=given.steps, advice=given.advice)


def _rounded_up(at: int, unit: int) -> int:
    return -(-at // unit) * unit
