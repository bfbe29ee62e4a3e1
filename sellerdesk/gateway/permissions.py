"""Finds out whom a key belongs to and what it may do, without creating or changing anything.

A right to read is tried by reading at most one object. A right to write is tried by a write to an object whose id
cannot exist: Stripe answers 403 without the right and 404 with it. https://docs.stripe.com/keys/restricted-api-keys
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sellerdesk.domain.account import AccountFacts, Permission
from sellerdesk.domain.errors import Busy, KeyRefused, OutcomeUnknown, Rejected
from sellerdesk.gateway.calls import Answer, Calls, Send
from sellerdesk.gateway.reading import OddAnswer, flag, part, text

Value = TypeVar("Value")

_NOWHERE = "sellerdesk000000000check"


@dataclass(frozen=True, slots=True)
class _Right:
    name: str
    access: str
    purpose: str
    without: str
    required: bool
    kind: str
    send: Send


_RIGHTS = (
    _Right(
        "Payment intents",
        "write",
        "hold, capture, release",
        "nothing can be held, captured or released",
        True,
        "payment_intent",
        lambda client: client.v1.payment_intents.update(f"pi_{_NOWHERE}"),
    ),
    _Right(
        "Charges and refunds",
        "write",
        "deadline, checks, tracking, refunds",
        "no deadlines, no checks, no refunds",
        True,
        "charge",
        lambda client: client.v1.charges.update(f"ch_{_NOWHERE}"),
    ),
    _Right(
        "Customers",
        "write",
        "orders from the checkout page",
        "the checkout page takes no orders",
        True,
        "customer",
        lambda client: client.v1.customers.update(f"cus_{_NOWHERE}"),
    ),
    _Right(
        "Payment methods",
        "write",
        "saved cards",
        "no card can be saved for later",
        False,
        "payment_method",
        lambda client: client.v1.payment_methods.attach(f"pm_{_NOWHERE}", {"customer": f"cus_{_NOWHERE}"}),
    ),
    _Right(
        "Confirmation tokens",
        "read",
        "orders from the checkout page",
        "the checkout page takes no orders",
        True,
        "confirmation_token",
        lambda client: client.v1.confirmation_tokens.retrieve(f"ctoken_{_NOWHERE}"),
    ),
    _Right(
        "Events",
        "read",
        "changes made elsewhere",
        "what happens elsewhere is not seen",
        True,
        "list",
        lambda client: client.v1.events.list({"limit": 1}),
    ),
    _Right(
        "Disputes",
        "read",
        "a notice on the order",
        "no notice of a dispute",
        False,
        "list",
        lambda client: client.v1.disputes.list({"limit": 1}),
    ),
)


@dataclass(frozen=True, slots=True)
class _Account:
    id: str = ""
    name: str = ""
    country: str = ""
    currency: str = ""


def account_facts(calls: Calls) -> AccountFacts:
    """The account behind the key, and the key's rights. Raises KeyRefused when the key itself is refused,
    OutcomeUnknown when Stripe cannot be reached or answers in another mode than the key's, and Busy."""
    may_read_balance = _first_contact(calls)
    account, may_read_account = _try(calls, "account", lambda client: client.v1.accounts.retrieve_current(), _account)
    rights = [
        Permission(
            right.name,
            right.access,
            right.purpose,
            _try(calls, right.kind, right.send, _nothing)[1],
            right.required,
            right.without,
        )
        for right in _RIGHTS
    ]
    mode_untold, nameless = "the mode is told by the key alone", "the shop's name is yours to type"
    rights.append(Permission("Balance", "read", "test or live, without guessing", may_read_balance, False, mode_untold))
    rights.append(Permission("Account", "read", "the shop's name", may_read_account, False, nameless))
    account = account or _Account()
    return AccountFacts(
        account_id=account.id,
        name=account.name,
        country=account.country,
        default_currency=account.currency,
        livemode=calls.livemode,
        permissions=tuple(rights),
    )


def _first_contact(calls: Calls) -> bool:
    """Whether the balance may be read; here an odd answer is an error, because it may not be Stripe at all."""
    try:
        calls.one("balance", lambda client: client.v1.balance.retrieve(), _check_mode)
    except KeyRefused as error:
        if error.http_status != 403:
            raise
        return False
    return True


def _check_mode(answer: Answer) -> None:
    if flag(answer.body, "livemode") is not answer.seen.livemode:
        raise OddAnswer("livemode")


def _account(answer: Answer) -> _Account:
    body = answer.body
    settings = part(part(body, "settings"), "dashboard")
    return _Account(
        id=text(body, "id"),
        name=text(settings, "display_name") or text(part(body, "business_profile"), "name"),
        country=text(body, "country"),
        currency=text(body, "default_currency"),
    )


def _nothing(_: Answer) -> None:
    return None


def _try(calls: Calls, kind: str, send: Send, read: Callable[[Answer], Value]) -> tuple[Value | None, bool | None]:
    """What was read, if it could be, and whether the key may do this; None when that could not be found out."""
    try:
        return calls.one(kind, send, read), True
    except Rejected:
        return None, True
    except KeyRefused as error:
        if error.http_status != 403:
            raise
        return None, False
    except Busy:
        return None, None
    except OutcomeUnknown as error:
        if error.http_status is None:
            raise
        return None, None
