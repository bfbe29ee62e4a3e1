"""Makes one call through the SDK, or a list of pages, and lets nothing but our own errors out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import stripe

from sellerdesk import phase
from sellerdesk.clock import Clock
from sellerdesk.domain.errors import OutcomeUnknown, SellerDeskError
from sellerdesk.domain.payment import PaymentFacts
from sellerdesk.gateway.client import SealedClient
from sellerdesk.gateway.failures import failure, odd_answer
from sellerdesk.gateway.reading import Json, OddAnswer, flag, plain, response_of, text
from sellerdesk.gateway.translate import Seen, payment_facts

_PAGE = 100
_MOST_PAGES = 1000

Send = Callable[[stripe.StripeClient], object]
Value = TypeVar("Value")


class SendPage(Protocol):
    """Asks for one page of a list."""

    def __call__(self, client: stripe.StripeClient, params: dict[str, Any]) -> object: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A plain object of the kind asked for, and the circumstances it came under."""

    body: Json
    seen: Seen


class Calls:
    """Calls under one key. ``livemode`` is the key's mode, which every answer must have. Safe for several threads."""

    def __init__(self, client: SealedClient, clock: Clock, livemode: bool) -> None:
        self._client = client
        self._clock = clock
        self.livemode = livemode

    def one(
        self, kind: str, send: Send, read: Callable[[Answer], Value], *, intent_id: str = "", writes: bool = False
    ) -> Value:
        """What ``read`` makes of the object of ``kind`` that ``send`` brings.

        ``intent_id`` is the intent the call is about, '' before it exists; an error's snapshot must be of that one.
        ``writes`` tells a call that changes something: a lost answer to it leaves the outcome open.
        Raises CallError's family, and OurBug inside a transaction.
        """
        phase.refuse_inside_transaction()
        problem: SellerDeskError
        request_id = ""
        try:
            raw = send(self._client())
            seen = self._seen(raw)
            request_id = seen.request_id
            return read(Answer(plain(raw, kind), seen))
        except stripe.StripeError as error:
            self._learn(error.headers)
            problem = failure(error, self._snapshot_reader(intent_id), writes)
        except SellerDeskError as error:
            problem = error
        except Exception as error:  # noqa: BLE001 - the SDK stumbles over odd answers in many ways; all mean unknown
            problem = odd_answer(error, request_id, writes)
        # Raised out here, so that no traceback leads to the SDK's frames: they hold the key and the whole body.
        raise problem

    def pages(self, send: SendPage, read: Callable[[Answer], Value]) -> Iterator[Value]:
        """What ``read`` makes of every item of a list, page after page, in Stripe's order: newest first.

        ``send`` gets the paging parameters to add to its own. Raises as ``one`` does, and OutcomeUnknown for a list
        that does not end.
        """
        cursor: dict[str, Any] = {"limit": _PAGE}
        for _ in range(_MOST_PAGES):
            page = self.one("list", partial(send, params=dict(cursor)), partial(_page, read))
            yield from page.items
            if not page.has_more:
                return
            if not page.last_id or cursor.get("starting_after") == page.last_id:
                break
            cursor["starting_after"] = page.last_id
        raise OutcomeUnknown("Stripe's list does not end. Nothing was changed; it is read again later.")

    def close(self) -> None:
        self._client.close()

    def _seen(self, raw: object) -> Seen:
        response = response_of(raw)
        headers: Mapping[str, str] = {} if response is None else response.headers
        self._learn(headers)
        return Seen(self._clock.now_ms(), str(headers.get("Request-Id") or ""), self.livemode)

    def _snapshot_reader(self, intent_id: str) -> Callable[[Json, str], PaymentFacts]:
        def read(intent: Json, request_id: str) -> PaymentFacts:
            facts = payment_facts(intent, Seen(self._clock.now_ms(), request_id, self.livemode))
            if intent_id and facts.intent_id != intent_id:
                raise OddAnswer("id")
            return facts

        return read

    def _learn(self, headers: object) -> None:
        """Take over Stripe's time, from an answer that is Stripe's: one with a request number."""
        if not isinstance(headers, Mapping) or not headers.get("Request-Id"):
            return
        try:
            self._clock.learn(int(parsedate_to_datetime(str(headers.get("Date"))).timestamp()))
        except (ValueError, OverflowError):
            return


@dataclass(frozen=True, slots=True)
class _Page(Generic[Value]):
    items: tuple[Value, ...]
    has_more: bool
    last_id: str


def _page(read: Callable[[Answer], Value], answer: Answer) -> _Page[Value]:
    found = answer.body.get("data")
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise OddAnswer("data")
    items = tuple(read(Answer(item, answer.seen)) for item in found)
    return _Page(items, flag(answer.body, "has_more"), text(found[-1], "id") if found else "")
