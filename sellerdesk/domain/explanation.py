"""A refused payment in words: what a row of the table of declines holds."""

from dataclasses import dataclass
from enum import StrEnum


class Refuser(StrEnum):
    """Who said no. https://docs.stripe.com/declines tells banks, Stripe's own blocks and wrong calls apart."""

    BANK = "bank"
    STRIPE_RULES = "stripe_rules"
    OWN_RULE = "own_rule"
    OWN_LIST = "own_list"
    STRIPE = "stripe"
    SHOPPER = "shopper"
    NOBODY = "nobody"


class Again(StrEnum):
    """When another try makes sense. NEVER and OTHER_CARD both rule this card out; with NEVER no other card is asked
    for before a person has looked. AFTER is a matter of time."""

    NEVER = "never"
    REVIEW = "review"
    OTHER_CARD = "other_card"
    RETYPED = "retyped"
    WITH_SHOPPER = "with_shopper"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A refusal in words.

    ``headline`` fits a table column; ``happened`` and ``steps``, in their order, are sentences for the seller.
    ``reason`` and ``advice`` are sentences that the shopper may read; ``tell`` is False when the reason must not be
    told, and they say no more then than that the bank declined the card; ``politely`` when it may embarrass.
    ``wait`` is how many seconds after the try the card may be tried again, for AFTER; ``again_at`` that moment in
    seconds UTC.
    """

    headline: str
    happened: str
    refuser: Refuser
    steps: tuple[str, ...]
    again: Again
    reason: str
    advice: str
    tell: bool = True
    politely: bool = False
    wait: int = 0
    again_at: int | None = None

    @property
    def shopper(self) -> str:
        """What the shopper may be told, in full."""
        return f"{self.reason} {self.advice}"

    @property
    def who(self) -> str:
        """Who refused, in a sentence."""
        return _WHO[self.refuser]


_WHO = {
    Refuser.BANK: "The bank that issued the card. Not Stripe, not you.",
    Refuser.STRIPE_RULES: "Stripe’s risk rules. Not the bank, not you.",
    Refuser.OWN_RULE: "A rule of your own in Stripe Radar. Not the bank.",
    Refuser.OWN_LIST: "Your own block list at Stripe. Not the bank.",
    Refuser.STRIPE: "Stripe itself. Not the bank, not you.",
    Refuser.SHOPPER: "The shopper did not approve it. Not Stripe, not you.",
    Refuser.NOBODY: "Nobody. The bank was not asked.",
}
