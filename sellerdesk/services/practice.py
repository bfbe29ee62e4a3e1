"""Practising in the demo shop: the pretended Stripe steered by hand, shoppers on demand, and what the other side knows.

Only the demo has these; a shop that is connected to Stripe never does.
"""

from dataclasses import dataclass
from typing import Protocol

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import RefusedError
from sellerdesk.domain.listing import OrderView

# How long a slow answer takes: long enough that the desk says it is waiting.
SLOW_SECONDS = 6


class CannotPractise(RefusedError):
    """What was asked of the time machine cannot happen as things stand. The sentence says why."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What is switched on. ``refusals`` are the decline codes of the next cards, the first one first; ``lost_before``
    and ``lost_after`` count the answers that will be lost before and after Stripe has done what it was asked."""

    refusals: tuple[str, ...] = ()
    lost_before: int = 0
    lost_after: int = 0
    slow: bool = False

    @property
    def any_on(self) -> bool:
        return bool(self.refusals or self.lost_before or self.lost_after or self.slow)


NONE_ON = Switches()


class TimeMachine(Protocol):
    """Steers the pretended Stripe. Every method blocks; all raise CannotPractise, and WorldError when it cannot be
    reached."""

    def switches(self) -> Switches: ...

    def go_before_deadline(self, intent_id: str, seconds: int) -> None:
        """Move the clock forward to so many seconds before the hold lapses; less than 0 is after it."""
        ...

    def go_forward(self, seconds: int) -> None: ...

    def refuse_next_card(self, decline_code: str) -> None: ...

    def lose_next_answer(self, *, done: bool, kind: str = "write") -> None:
        """``done``: Stripe has done what it was asked when the answer is lost. ``kind`` is a call by its name, or
        'write' for each that changes something."""
        ...

    def be_slow(self) -> None:
        """Let every answer take SLOW_SECONDS."""
        ...

    def hold_next_for(self, seconds: int) -> None:
        """Let the bank hold the next card for only so long."""
        ...

    def dispute(self, intent_id: str) -> None:
        """Let the shopper's bank dispute what was taken with this payment."""
        ...

    def warn(self, intent_id: str) -> None:
        """Let the bank send an early fraud warning about what was taken with this payment."""
        ...

    def back_to_normal(self) -> Switches:
        """Switch everything off. What has happened stays, and so does the clock."""
        ...


@dataclass(frozen=True, slots=True)
class AtStripe:
    """What the pretended Stripe itself knows of one payment. ``captures`` counts how often money was taken,
    ``captured`` is how much, minor units; ``lost`` counts the calls about it whose answer never arrived."""

    captures: int = 0
    captured: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One order as the desk has it, and what the other side knows of its payment."""

    view: OrderView
    at_stripe: AtStripe


class Practice(Protocol):
    """What a shop for practising has beside its desk. Every method blocks and raises SellerDeskError's family."""

    @property
    def machine(self) -> TimeMachine: ...

    def order(self, shopper: str, cart: tuple[CartItem, ...], *cards: str) -> str:
        """Let a shopper of this name order and try these test cards one after the other, as on the checkout page; when
        a bank asks something, they leave. The order's id."""
        ...

    def look(self, order_id: str) -> Seen:
        """How an order stands on both sides."""
        ...
