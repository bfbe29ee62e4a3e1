"""Turns what the SDK raises into our errors, by what it means for the money.

Source of the classes: https://docs.stripe.com/error-handling and https://docs.stripe.com/error-low-level
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import stripe

from sellerdesk.domain.errors import (
    Busy,
    CallError,
    Declined,
    KeyRefused,
    NeverSent,
    OurBug,
    OutcomeUnknown,
    Rejected,
    SellerDeskError,
    StateMoved,
)
from sellerdesk.domain.keys import without_keys
from sellerdesk.domain.payment import PaymentFacts
from sellerdesk.gateway.reading import Json, OddAnswer
from sellerdesk.gateway.transport import NO_ANSWER_IN_TIME, LeaseOver

_STATE_MOVED = frozenset(
    {
        "payment_intent_unexpected_state",
        "charge_already_captured",
        "charge_expired_for_capture",
        "capture_charge_authorization_expired",
    }
)
_LATE = frozenset({"charge_expired_for_capture", "capture_charge_authorization_expired"})
# https://docs.stripe.com/error-codes
_REFUSALS = {
    "charge_already_refunded": "All of this payment was refunded already, so nothing was sent back now.",
    "charge_disputed": "The shopper disputes this payment with the bank, so it cannot be refunded. The bank decides "
    "who keeps the money; answer the dispute in Stripe's Dashboard.",
}
_NOTHING_CHANGED = "Nothing was changed; it is read again later."
_LOOKS_FIRST = "It may or may not have happened; SellerDesk looks at Stripe before anything is sent again."
_NO_ANSWER = {
    "SSLError": "The connection is not safe: Stripe's certificate could not be checked. Is the date of this computer "
    "right, and does a filter in your network open secure connections?",
    "ProxyError": "The proxy of your network did not let the call to Stripe through.",
    "ConnectTimeout": "Stripe could not be reached. Please check the connection to the internet.",
    "ConnectionError": "Stripe could not be reached, or the connection broke. Please check the connection to the "
    "internet.",
    "ReadTimeout": "Stripe did not answer in time.",
    LeaseOver.__name__: "This computer slept, or stood still for minutes, so the call was not sent any more.",
    NO_ANSWER_IN_TIME: "Stripe did not answer in time.",
}

ReadFacts = Callable[[Json, str], PaymentFacts]


@dataclass(frozen=True, slots=True)
class _Error:
    """The parts of a refused call that matter."""

    status: int | None
    body: Json
    request_id: str
    replayed: bool
    facts: PaymentFacts | None

    def word(self, name: str) -> str:
        found = self.body.get(name)
        return found if isinstance(found, str) else ""

    def as_(self, kind: type[CallError], sentence: str) -> CallError:
        return kind(
            sentence,
            http_status=self.status,
            code=self.word("code"),
            decline_code=self.word("decline_code"),
            request_id=self.request_id,
            replayed=self.replayed,
            facts=self.facts,
        )


def failure(error: stripe.StripeError, read_facts: ReadFacts, writes: bool) -> SellerDeskError:
    """Our error for ``error``.

    ``read_facts`` checks and translates the intent that came with it, given the request's number; it raises OddAnswer
    when that intent is not the one asked for or lacks its charge. ``writes`` tells whether the call would have
    changed something.
    """
    next_step = _LOOKS_FIRST if writes else _NOTHING_CHANGED
    found = _parts(error, read_facts)
    message = without_keys(found.word("message"))
    if isinstance(error, stripe.APIConnectionError):
        why = _NO_ANSWER.get(str(error.user_message), "The connection to Stripe broke.")
        kind = NeverSent if error.user_message == LeaseOver.__name__ else OutcomeUnknown
        return found.as_(kind, f"{why} {next_step}")
    if isinstance(error, stripe.RateLimitError) or found.status in (409, 429):
        return found.as_(
            Busy,
            "Stripe is busy with this payment or with too much at once. Nothing was lost; SellerDesk tries again by "
            "itself.",
        )
    if isinstance(error, stripe.CardError):
        return found.as_(Declined, f"The card was declined. {message}".rstrip())
    if isinstance(error, stripe.IdempotencyError):
        return OurBug(
            "Stripe refused a call because its idempotency key was used with other parameters before. Nothing was "
            f"sent twice. Request {found.request_id or 'unknown'}."
        )
    if isinstance(error, stripe.AuthenticationError):
        return found.as_(
            KeyRefused,
            "Stripe refused the key: it is wrong, expired or was revoked. This call was not carried out. "
            "Please enter a key that works; waiting actions go on then.",
        )
    if isinstance(error, stripe.PermissionError):
        return found.as_(
            KeyRefused,
            "The key may not do this, so this call was not carried out. Please add the permission at Stripe. "
            f"Stripe says: {message or 'permission missing.'}",
        )
    if isinstance(error, stripe.InvalidRequestError):
        return _refused(found, message)
    return found.as_(OutcomeUnknown, f"Stripe had a fault (HTTP {found.status or 'unknown'}). {next_step}")


def odd_answer(error: Exception, request_id: str, writes: bool) -> OutcomeUnknown:
    """For an answer that is no fault by its status, yet not what was asked for."""
    what = f" ({error})" if isinstance(error, OddAnswer) else ""
    next_step = _LOOKS_FIRST if writes else _NOTHING_CHANGED
    return OutcomeUnknown(f"Stripe's answer made no sense{what}. {next_step}", http_status=200, request_id=request_id)


def _refused(found: _Error, message: str) -> CallError:
    code = found.word("code")
    if code in _STATE_MOVED:
        sentence = (
            "The hold has lapsed, so nothing could be captured. The goods are not paid."
            if code in _LATE
            else "The payment changed meanwhile, so this was not done. Its state is read again now."
        )
        return found.as_(StateMoved, sentence)
    if found.status == 404:
        return found.as_(
            Rejected,
            "Stripe does not know this payment under this key. Nothing was changed. "
            "Does the key belong to the right account?",
        )
    if code in _REFUSALS:
        return found.as_(Rejected, _REFUSALS[code])
    return found.as_(Rejected, f"Stripe refused the request and changed nothing. Stripe says: {message or code}")


def _parts(error: stripe.StripeError, read_facts: ReadFacts) -> _Error:
    headers: Mapping[str, Any] = error.headers if isinstance(error.headers, Mapping) else {}
    lower = {str(name).lower(): value for name, value in headers.items()}
    request_id = str(lower.get("request-id", ""))
    body = error.json_body.get("error") if isinstance(error.json_body, Mapping) else None
    body = body if isinstance(body, Mapping) else {}
    facts = None
    intent = body.get("payment_intent")
    if isinstance(intent, Mapping):
        try:
            facts = read_facts(intent, request_id)
        except OddAnswer:
            facts = None
    return _Error(
        status=error.http_status,
        body=body,
        request_id=request_id,
        replayed=str(lower.get("idempotent-replayed", "")).lower() == "true",
        facts=facts,
    )
