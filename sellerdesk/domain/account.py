"""The Stripe account behind a key, and what the key may do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permission:
    """One right of a key: ``name`` as in Stripe's dashboard, ``access`` 'read' or 'write', what we need it for, and
    what does not work ``without`` it. ``granted`` None means that it could not be found out without sending
    something."""

    name: str
    access: str
    purpose: str
    granted: bool | None
    required: bool
    without: str = ""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """``account_id`` and ``name`` are '' when the key may not read the account."""

    account_id: str
    name: str
    country: str
    default_currency: str
    livemode: bool
    permissions: tuple[Permission, ...]
