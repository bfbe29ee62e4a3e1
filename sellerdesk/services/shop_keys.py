"""What the window can do with the keys of a connected shop: look at them, check, replace and remove them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sellerdesk.domain.account import AccountFacts


class SameShop(StrEnum):
    """How it is known that a new key belongs to the account whose orders are here: Stripe named the same account, the
    key could read one of its payments, or neither could be tried."""

    ACCOUNT = "account"
    PAYMENT = "payment"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class KeptKeys:
    """``account`` is Stripe's id ('acct_1…'), '' when the key may not read it. ``hint`` is the tail of the secret key
    ('…h7Qx'), ``kept_in`` what a person calls the keyring."""

    account: str
    hint: str
    kept_in: str


@dataclass(frozen=True, slots=True)
class KeyTrial:
    """What was found out about a key that is to replace the one in use."""

    account: AccountFacts
    same_shop: SameShop


class ShopKeys(Protocol):
    """The keys of one connected shop. Every method blocks and raises KeyringError's family; those that ask Stripe
    raise CallError's, too."""

    def kept(self) -> KeptKeys:
        """Where the secret key is and whose it is, without asking Stripe. Raises KeyNotUsable when it is gone."""
        ...

    def check(self) -> AccountFacts:
        """Ask Stripe what the key in use may do."""
        ...

    def try_key(self, secret_key: str) -> KeyTrial:
        """Ask Stripe about another key; nothing is kept. Raises KeyNotUsable for one of another account or mode."""
        ...

    def replace(self, secret_key: str) -> KeyTrial:
        """The same, then keep it in place of the one in use. An open shop uses it once it is opened again."""
        ...

    def remove(self) -> None:
        """Take the secret key out of the keyring. Orders and settings stay; the next start opens no shop."""
        ...
