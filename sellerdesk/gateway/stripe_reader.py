"""Everything that is read from Stripe, checked and translated. Nothing in here changes anything."""

import logging
import re
from dataclasses import replace
from typing import Any

from stripe import StripeClient

from sellerdesk.domain.adoption import FoundPayment
from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.payment import CardAttempt, EventHint, PaymentFacts, PaymentStatus
from sellerdesk.domain.refund import RefundFacts
from sellerdesk.domain.requests import TAG_OPERATION, TAG_PAYMENT, LineItem
from sellerdesk.gateway import parameters
from sellerdesk.gateway.calls import Answer, Calls, Send
from sellerdesk.gateway.events import WANTED, event_hint
from sellerdesk.gateway.found import EXPAND, first_lines, found_payment, line_item
from sellerdesk.gateway.reading import OddAnswer, flag, identifier, of_kind, part, reference, text
from sellerdesk.gateway.translate import card_attempt, payment_facts, refund_facts

_log = logging.getLogger(__name__)
_ID = re.compile(r"(?:pi|ch|py|cus)_[A-Za-z0-9_]+")


class StripeReader:
    """Implements ``services.ports.PaymentReader``. Statuses, codes and decline codes pass through as Stripe spells
    them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def ask_time(self) -> None:
        """By the smallest list there is."""
        self._calls.one("list", lambda client: client.raw_request("get", "/v1/events", limit=1), lambda _answer: None)

    def retrieve(self, intent_id: str) -> PaymentFacts:
        params: Any = {"expand": parameters.EXPAND}
        return self._intent(intent_id, lambda client: client.v1.payment_intents.retrieve(intent_id, params))

    def found(self, intent_id: str) -> FoundPayment:
        """https://docs.stripe.com/api/payment_intents/retrieve"""
        wanted = checked(intent_id)
        params: Any = {"expand": EXPAND}

        def read(answer: Answer) -> tuple[FoundPayment, bool]:
            facts = payment_facts(answer.body, answer.seen)
            if facts.intent_id != wanted:
                raise OddAnswer("id")
            lines, more = first_lines(answer.body)
            return found_payment(answer.body, facts, lines), more

        found, more = self._calls.one(
            "payment_intent", lambda client: client.v1.payment_intents.retrieve(wanted, params), read, intent_id=wanted
        )
        return replace(found, lines=self._all_lines(wanted)) if more else found

    def _all_lines(self, intent_id: str) -> tuple[LineItem, ...]:
        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = params
            return client.v1.payment_intents.amount_details_line_items.list(intent_id, wanted)

        return tuple(self._calls.pages(send, lambda answer: line_item(answer.body)))

    def holds_since(self, created_from: int) -> tuple[str, ...]:
        """https://docs.stripe.com/api/payment_intents/list

        Asked for plainly, as events are: of each one a few words are read, and the SDK would make objects of it all.
        """

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            return client.raw_request("get", "/v1/payment_intents", **params, created={"gte": created_from})

        def read(answer: Answer) -> str:
            of_kind(answer.body, "payment_intent")
            check_mode(answer)
            ours = text(part(answer.body, "metadata"), TAG_PAYMENT)
            return identifier(answer.body, "pi_") if ours or text(answer.body, "capture_method") == "manual" else ""

        newest_first = dict.fromkeys(intent_id for intent_id in self._calls.pages(send, read) if intent_id)
        return tuple(reversed(newest_first))

    def refunded_since(self, created_from: int) -> tuple[str, ...]:
        """https://docs.stripe.com/api/refunds/list"""

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "created": {"gte": created_from}}
            return client.v1.refunds.list(wanted)

        def read(answer: Answer) -> str:
            of_kind(answer.body, "refund")
            return reference(answer.body, "payment_intent")

        newest_first = dict.fromkeys(intent_id for intent_id in self._calls.pages(send, read) if intent_id)
        return tuple(reversed(newest_first))

    def card_attempts(self, intent_id: str) -> tuple[CardAttempt, ...]:
        """https://docs.stripe.com/api/charges/list"""
        intent = checked(intent_id)

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "payment_intent": intent}
            return client.v1.charges.list(wanted)

        def read(answer: Answer) -> CardAttempt:
            return card_attempt(answer.body, intent, answer.seen.livemode)

        return tuple(self._calls.pages(send, read))

    def find_intent(self, operation_id: str, payment_id: str, customer_id: str) -> PaymentFacts | None:
        """The list is strongly consistent; search is not: https://docs.stripe.com/search#data-freshness"""
        customer = checked(customer_id)

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "customer": customer, "expand": ["data.latest_charge"]}
            return client.v1.payment_intents.list(wanted)

        def read(answer: Answer) -> PaymentFacts | None:
            tags = part(answer.body, "metadata")
            ours = text(tags, TAG_OPERATION) == operation_id or (payment_id and text(tags, TAG_PAYMENT) == payment_id)
            return payment_facts(answer.body, answer.seen) if ours else None

        return next((facts for facts in self._calls.pages(send, read) if facts is not None), None)

    def find_customer(self, operation_id: str, email: str, created_from: int) -> str | None:
        """https://docs.stripe.com/api/customers/list: by the e-mail exactly as it was given, else by time."""

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, **({"email": email} if email else {"created": {"gte": created_from}})}
            return client.v1.customers.list(wanted)

        def read(answer: Answer) -> str | None:
            of_kind(answer.body, "customer")
            tagged = text(part(answer.body, "metadata"), TAG_OPERATION) == operation_id
            return customer_id(answer) if tagged else None

        return next((found for found in self._calls.pages(send, read) if found is not None), None)

    def events(self, created_from: int) -> tuple[EventHint, ...]:
        """Stripe keeps events for 30 days: https://docs.stripe.com/api/events/list

        An event that makes no sense is passed over: it would come again with each question, and hold up all the others
        for as long. What it was about is noticed when all is compared.
        """

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            return client.raw_request("get", "/v1/events", **params, types=list(WANTED), created={"gte": created_from})

        def read(answer: Answer) -> EventHint | None:
            try:
                of_our_mode, hint = flag(answer.body, "livemode") is answer.seen.livemode, event_hint(answer.body)
            except OddAnswer as odd:
                _log.warning("an event makes no sense and is passed over: %s", odd)
                return None
            if not of_our_mode:
                raise OddAnswer("livemode")
            return hint

        # While paging, a new event may push one over to the next page: the dictionary keeps one of each.
        newest_first = {hint.id: hint for hint in self._calls.pages(send, read) if hint and hint.intent_id}
        return tuple(reversed(newest_first.values()))

    def refunds(self, intent_id: str) -> tuple[RefundFacts, ...]:
        """https://docs.stripe.com/api/refunds/list"""
        intent = checked(intent_id)

        def send(client: StripeClient, params: dict[str, Any]) -> object:
            wanted: Any = {**params, "payment_intent": intent}
            return client.v1.refunds.list(wanted)

        def read(answer: Answer) -> RefundFacts:
            return refund_facts(answer.body, intent, answer.seen.request_id)

        newest_first = {each.refund_id: each for each in self._calls.pages(send, read)}
        return tuple(reversed(newest_first.values()))

    def _intent(self, intent_id: str, send: Send, *, writes: bool = False, captured: int | None = None) -> PaymentFacts:
        """One call about an intent; ``captured`` is what must have been taken by it."""
        wanted = checked(intent_id)

        def read(answer: Answer) -> PaymentFacts:
            facts = payment_facts(answer.body, answer.seen)
            if facts.intent_id != wanted:
                raise OddAnswer("id")
            if captured is not None and (facts.status, facts.amount_received) != (PaymentStatus.SUCCEEDED, captured):
                raise OddAnswer("amount_received")
            return facts

        return self._calls.one("payment_intent", send, read, intent_id=wanted, writes=writes)


def checked(stripe_id: str) -> str:
    """``stripe_id`` as it is. An empty or strange one would turn a call about one object into a call about all: raises
    OurBug."""
    if not _ID.fullmatch(stripe_id):
        raise OurBug("A call to Stripe was about to be made without a proper id.")
    return stripe_id


def check_mode(answer: Answer) -> None:
    """Raises OddAnswer for an object of the other mode than the key's."""
    if flag(answer.body, "livemode") is not answer.seen.livemode:
        raise OddAnswer("livemode")


def customer_id(answer: Answer) -> str:
    """The id of the customer that was answered."""
    check_mode(answer)
    return identifier(answer.body, "cus_")
