"""The pretended Stripe account: its memory, and what happens in it as its clock moves."""

from typing import Any

from sellerdesk.sandbox import bank
from sellerdesk.sandbox.aftermath import Receipt
from sellerdesk.sandbox.ageing import aged
from sellerdesk.sandbox.clock import Clock
from sellerdesk.sandbox.courier import Courier
from sellerdesk.sandbox.declines import Refusal, refusal
from sellerdesk.sandbox.ids import IdSource
from sellerdesk.sandbox.objects import Event, Json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.status import status_of
from sellerdesk.sandbox.timers import settle
from sellerdesk.sandbox.versions import NEWEST, Version
from sellerdesk.sandbox.webhooks import publish


class World(State):
    """A Stripe account in memory.

    ``clock`` and ``ids`` are handed in for repeatable runs, ``shop_name`` is what the bank's window calls the
    seller, ``default_version`` is the account's own API version (see ``sellerdesk.sandbox.versions``). Holds lapse and
    balances settle whenever the world is opened or its clock is moved.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        shop_name: str = "Sandbox shop",
        default_version: Version = NEWEST,
    ) -> None:
        super().__init__(clock, ids, shop_name, default_version)
        self.courier = Courier(self)

    def publish(self, events: list[Event]) -> None:
        """Put events on their way to the webhook endpoints that want them."""
        if self.store.endpoints and publish(self, events):
            self.courier.wake()

    def in_version(self, node: Any, version: Version) -> Any:
        """``node`` as another API version shows it."""
        return aged(self, node, version)

    def settle(self) -> None:
        """Let everything happen that was due by now, in order of time; the lock is held."""
        settle(self)

    def answer_challenge(self, intent_id: str, *, approve: bool) -> None:
        """What the card's holder answers in the bank's window. Raises KeyError when nothing is asked."""
        with self.open():
            intent = self.store.intents[intent_id]
            challenge = intent.challenge
            if challenge is None:
                raise KeyError(intent_id)
            if approve:
                bank.approve_challenge(self, intent, challenge)
            else:
                bank.fail_challenge(self, intent)

    def decline_next(self, decline_code: str, advice_code: str | None = None) -> None:
        """Let the bank refuse the next card it is asked about, whichever it is; several wait in line.

        ``decline_code`` is any of https://docs.stripe.com/declines/codes , or an error code where there is no
        decline code (``payment_intent_authentication_failure``). ``advice_code`` takes the place of the usual
        advice. Raises ValueError for words that Stripe does not use.
        """
        planned = refusal(decline_code, advice_code)
        with self.lock:
            self.store.refusals.append(planned)

    def approve_next(self) -> None:
        """Forget the refusals that are still waiting."""
        with self.lock:
            self.store.refusals.clear()

    def declines_waiting(self) -> tuple[Refusal, ...]:
        """The refusals that are still waiting, the next one first."""
        with self.lock:
            return tuple(self.store.refusals)

    def receipts(self) -> tuple[Receipt, ...]:
        """The mails that Stripe would send in live mode, in order of time. None is ever sent."""
        with self.open():
            return tuple(self.store.receipts)

    def dump(self) -> Json:
        """Counts and sums for tests: what really happened, per intent. Amounts in minor units."""
        with self.open():
            store = self.store
            intents: dict[str, Any] = {}
            for intent in store.intents.values():
                charges = store.charges.of("intent", intent.id)
                intents[intent.id] = {
                    "status": status_of(self, intent),
                    "amount": intent.amount,
                    "currency": intent.currency,
                    "amount_received": intent.amount_received,
                    "amount_refunded": sum(charge.amount_refunded for charge in charges),
                    "captures": intent.captures,
                    "charges": len(charges),
                    "authorizations": sum(charge.failure is None for charge in charges),
                    "metadata": dict(intent.metadata),
                }
            return {
                "clock": self.clock.now(),
                "intents": intents,
                "captures": sum(intent.captures for intent in store.intents.values()),
                "customers": len(store.customers),
                "payment_methods": len(store.methods),
                "confirmation_tokens": len(store.confirmation_tokens),
                "charges": len(store.charges),
                "refunds": len(store.refunds),
                "disputes": len(store.disputes),
                "receipts": len(store.receipts),
                "events": len(store.events),
            }
