"""What may happen to a PaymentIntent with ``capture_method=manual``: each call in each status.

Written from Stripe's pages, not from the sandbox, which is judged by it. A cell says what comes of a call:

* ``=`` accepted, the status stays; a status: accepted, that is the new one
* ``bank:STATUS`` 402, the bank refused, and that is the new status
* ``no`` or ``no:PARAM`` 400 ``payment_intent_unexpected_state`` with the whole intent, and the parameter to blame
  (``method`` is ``payment_method``)
* ``400:CODE:PARAM`` another refusal, ``none`` where there is no code or no parameter; the status stays
* ``-`` there is nothing to call

The status ``processing`` is left out: cards do not get there.
"""

from dataclasses import dataclass

STATUSES = {
    "method": "requires_payment_method",
    "confirm": "requires_confirmation",
    "action": "requires_action",
    "capture": "requires_capture",
    "succeeded": "succeeded",
    "canceled": "canceled",
}
UNEXPECTED = "payment_intent_unexpected_state"

_TABLE = """
call                   | method      | confirm     | action      | capture       | succeeded   | canceled
update amount          | =           | =           | =           | no:amount     | no:amount   | no:amount
update method          | confirm     | confirm     | confirm     | no:method      | no:method   | no:method
update words           | =           | =           | =           | =             | =           | no
update shipping        | =           | =           | =           | =             | =           | no
confirm nothing        | no          | -           | -           | -             | -           | -
confirm approved       | capture     | capture     | capture     | no            | no          | no:method
confirm refused        | bank:method | bank:method | bank:method | no            | no          | no:method
confirm asked          | action      | action      | action      | no            | no          | no:method
pass the challenge     | -           | -           | capture     | -             | -           | -
pass it and be refused | -           | -           | method      | -             | -           | -
fail the challenge     | -           | -           | method      | -             | -           | -
capture all            | no          | no          | no          | succeeded     | no          | no
capture part           | no          | no          | no          | succeeded     | no          | no
capture too much       | no          | no          | no          | 400:amount_too_large:amount_to_capture | no | no
cancel                 | canceled    | canceled    | canceled    | canceled      | no          | no
let the window end     | =           | =           | =           | canceled      | =           | =
refund all             | 400:none:none | 400:none:none | 400:none:none | 400:none:none | = | 400:none:none
refund part            | 400:none:none | 400:none:none | 400:none:none | 400:none:none | = | 400:none:none
refund too much        | 400:none:none | 400:none:none | 400:none:none | 400:none:none | 400:none:amount | 400:none:none
"""

_API = "https://docs.stripe.com/api/"
_LIFECYCLE = "https://docs.stripe.com/payments/paymentintents/lifecycle"
_HOLDS = "https://docs.stripe.com/payments/place-a-hold-on-a-payment-method"
_APPROVED = ("charge.succeeded", "payment_intent.amount_capturable_updated")
_REFUSED = ("charge.failed", "payment_intent.payment_failed")
_CAPTURED = ("charge.captured", "payment_intent.succeeded")
_REFUNDED = ("refund.created", "charge.refunded")


@dataclass(frozen=True, slots=True)
class Told:
    """The events that an accepted call, or one the bank refuses, leaves behind; and the page it is written from."""

    page: str
    events: tuple[str, ...] = ()


CALLS = {
    "update amount": Told(_API + "payment_intents/update"),
    "update method": Told(_API + "payment_intents/update"),
    "update words": Told(_API + "payment_intents/update"),
    "update shipping": Told(_API + "payment_intents/update"),
    "confirm nothing": Told(_API + "payment_intents/confirm"),
    "confirm approved": Told(_API + "payment_intents/confirm", _APPROVED),
    "confirm refused": Told(_LIFECYCLE, _REFUSED),
    "confirm asked": Told(_LIFECYCLE, ("payment_intent.requires_action",)),
    "pass the challenge": Told(_LIFECYCLE, _APPROVED),
    "pass it and be refused": Told("https://docs.stripe.com/testing", _REFUSED),
    "fail the challenge": Told(_LIFECYCLE, ("payment_intent.payment_failed",)),
    "capture all": Told(_API + "payment_intents/capture", _CAPTURED),
    "capture part": Told(_API + "payment_intents/capture", _CAPTURED),
    "capture too much": Told(_API + "payment_intents/capture"),
    "cancel": Told(_API + "payment_intents/cancel", ("payment_intent.canceled",)),
    "let the window end": Told(_HOLDS, ("charge.expired", "payment_intent.canceled")),
    "refund all": Told(_API + "refunds/create", _REFUNDED),
    "refund part": Told(_API + "refunds/create", _REFUNDED),
    "refund too much": Told(_API + "refunds/create"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of one call in one status. ``blamed`` is ``None`` where no parameter is named by the pages."""

    http: int
    status: str
    events: tuple[str, ...] = ()
    code: str | None = None
    blamed: str | None = None


def _outcome(call: str, status: str, cell: str) -> Outcome:
    kind, *rest = cell.split(":")
    if kind == "bank":
        return Outcome(402, STATUSES[rest[0]], CALLS[call].events)
    if kind == "no":
        blamed = "payment_method" if rest == ["method"] else rest[0] if rest else None
        return Outcome(400, status, code=UNEXPECTED, blamed=blamed)
    if kind == "400":
        code, blamed = (None if word == "none" else word for word in rest)
        return Outcome(400, status, code=code, blamed=blamed)
    new = status if kind == "=" else STATUSES[kind]
    quiet = call == "let the window end" and new == status
    return Outcome(200, new, () if quiet else CALLS[call].events)


def _read() -> dict[tuple[str, str], Outcome]:
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in _TABLE.strip().splitlines()]
    return {
        (call, STATUSES[column]): _outcome(call, STATUSES[column], cell)
        for call, *cells in lines
        for column, cell in zip(head[1:], cells, strict=True)
        if cell != "-"
    }


TABLE = _read()
"""Call and status to outcome, for everything that can be called."""
