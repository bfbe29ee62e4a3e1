"""What a test card is and how it behaves (https://docs.stripe.com/testing)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sellerdesk.sandbox.declines import Refusal


class ThreeDSecure(StrEnum):
    """When a card asks for its holder's approval."""

    NEVER = "never"
    OPTIONAL = "optional"
    UNLESS_SET_UP = "unless_set_up"
    ON_SESSION = "on_session"
    ALWAYS = "always"


class RefundFate(StrEnum):
    """What becomes of a refund to a card."""

    AT_ONCE = "at_once"
    LATER = "later"
    FAILS_LATER = "fails_later"


@dataclass(frozen=True, slots=True)
class BankCard:
    """One test number and its behaviour.

    ``lookup_fails``: asking for 3-D Secure ends in an error. ``captcha``: the shopper proves to be a person instead
    of asking the bank. ``disputes`` (reasons, or ``inquiry``) and ``early_warning`` come once the money was taken.
    ``available_at_once``: its money skips the pending balance.
    """

    number: str
    brand: str = "visa"
    token: str = ""
    funding: str = "credit"
    country: str = "US"
    decline: Refusal | None = None
    three_d_secure: ThreeDSecure = ThreeDSecure.NEVER
    decline_after_3ds: Refusal | None = None
    lookup_fails: bool = False
    captcha: bool = False
    risk: str = "normal"
    failing_checks: tuple[str, ...] = ()
    address_unchecked: bool = False
    attachable: bool = True
    disputes: tuple[str, ...] = ()
    early_warning: bool = False
    refund: RefundFate = RefundFate.AT_ONCE
    available_at_once: bool = False
    other_tokens: tuple[str, ...] = ()

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


def without_cvc(card: BankCard) -> BankCard:
    """The same card when no security code was given: nothing about the code can fail then."""
    if card.decline is not None and card.decline.code == "incorrect_cvc":
        return replace(card, decline=None, attachable=True)
    if "cvc_check" in card.failing_checks:
        kept = tuple(check for check in card.failing_checks if check != "cvc_check")
        return replace(card, failing_checks=kept)
    return card


def luhn(number: str) -> bool:
    """Whether the digits carry a valid check digit (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
