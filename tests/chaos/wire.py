"""The wire between our programs and the sandbox, inside one process: what breaks on it, and what is seen on it.

Every call passes here as the SDK made it, and every effect at Stripe is measured here by looking at its money before
and after. So the rules about sending are checked where they count: on the wire, not in our own books.
"""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlsplit

import stripe

from sellerdesk import phase
from sellerdesk.sandbox.api import Api, ApiAnswer, ApiRequest
from sellerdesk.sandbox.routes import find
from sellerdesk.sandbox.world import World
from tests.chaos import faults
from tests.chaos.faults import Fault
from tests.chaos.temper import Temper
from tests.chaos.trouble import Broken

# So long a request can still be on its way after its sender has given up.
LATEST_SECONDS = 120
# So long Stripe may take to finish what it failed at: https://docs.stripe.com/error-low-level#server-errors
REPAIR_SECONDS = 3000
# The share of calls that meet the fault which a seed prefers, beside what all of them meet.
FAVOURITE = 0.08
# The shares of calls that go wrong in any way, each as often as the others, where the seed is even.
EVENLY, EVENLY_READ = 0.5, 0.1
# What may go out under an operation's key: it, and the two calls that some operations need beside it.
_KEY = re.compile(r"sd-([0-9a-f]{32})-([0-9]+)(-method|-charge)?")


@dataclass(frozen=True, slots=True)
class Sent:
    """A call as it was sent. ``key`` is its idempotency key, '' for a reading."""

    call: str
    key: str
    request: ApiRequest

    @property
    def operation_id(self) -> str:
        """Ours are ``sd-{operation}-{generation}``, some with a word behind."""
        return self.key.split("-")[1] if self.key.startswith("sd-") else ""


@dataclass(frozen=True, slots=True)
class Effect:
    """Money that an operation moved at Stripe. ``due`` to it alone: nothing else happened meanwhile."""

    call: str
    operation_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Late:
    """A call that is carried out at ``due`` (virtual seconds), after its sender gave up. ``again`` is it as Stripe
    itself finishes it: without a key, whose answer stands already."""

    sent: Sent
    due: float
    again: bool = False


class Written(Protocol):
    """What stands in our database about a key at this moment, by a look past all of our code."""

    def __call__(self, operation_id: str, generation: int) -> str | None:
        """The hash of the operation's parameters, None unless it is written down that it is being sent."""
        ...


class Street:
    """All wires of one simulation. ``asked`` counts what was sent for each operation ('' for readings)."""

    def __init__(self, world: World, rng: random.Random, now: Callable[[], float], written: Written) -> None:
        self.world = world
        self.roughness = 1.0
        self._favourite: Fault | None = None
        self._even = False
        self._repaired: set[str] = set()
        self.late: list[Late] = []
        self.effects: list[Effect] = []
        self.asked: Counter[str] = Counter()
        self.cells: Counter[tuple[str, str]] = Counter()
        self._api = Api(world)
        self._rng = rng
        self._now = now
        self._written = written
        self._requests: dict[str, str] = {}
        self._params: dict[str, str] = {}

    def take_over(self, temper: Temper) -> None:
        """How rough it is from now on."""
        self.roughness, self._favourite, self._even = temper.roughness, temper.favourite, temper.even

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: str) -> tuple[bytes, int, dict[str, str]]:
        """One call from end to end. Raises ``stripe.APIConnectionError`` where no answer comes back."""
        sent = _sent(method, url, headers, body)
        self._check(sent)
        self.asked[sent.operation_id] += 1
        fault = self._draw(sent)
        if fault is Fault.REPAIRED and sent.key not in self._repaired:
            self._repaired.add(sent.key)  # the fault is kept under the key, so that it is mended once
            self.late.append(Late(sent, self._now() + self._rng.randrange(1, REPAIR_SECONDS), again=True))
        self.cells[sent.call, str(fault or "well")] += 1
        if fault in faults.NEVER_ARRIVES:
            if fault is Fault.LATE:
                self.late.append(Late(sent, self._now() + self._rng.randrange(1, LATEST_SECONDS)))
            raise no_answer(faults.NEVER_ARRIVES[fault])
        if fault is Fault.PAGE_BEFORE:
            return faults.PAGE, 502, {"Content-Type": "text/html"}
        if fault is Fault.NULL_BEFORE:
            return b"null", 200, {"Content-Type": "application/json"}
        answer = self._deliver(sent, fault)
        if fault in faults.ANSWER_LOST:
            raise no_answer(faults.ANSWER_LOST[fault])
        if fault is Fault.PAGE_AFTER:
            return faults.PAGE, 502, {"Content-Type": "text/html"}
        said = answer.body
        if fault is not None and fault not in faults.BY_SANDBOX and answer.status == 200:
            said = faults.bend(fault, sent.call, said)
        return said, answer.status, dict(answer.headers)

    def next_late(self, until: float) -> float | None:
        """When the next call is due that is still on its way, up to ``until``."""
        return min((each.due for each in self.late if each.due <= until), default=None)

    def arrive_late(self) -> None:
        """Carry out what is due by now."""
        due = [each for each in self.late if each.due <= self._now()]
        self.late = [each for each in self.late if each not in due]
        for each in sorted(due, key=lambda late: late.due):
            sent = each.sent
            if each.again:
                headers = {name: value for name, value in sent.request.headers.items() if name != "idempotency-key"}
                sent = replace(sent, request=replace(sent.request, headers=headers))
            self._deliver(sent, None)

    def _draw(self, sent: Sent) -> Fault | None:
        if not self.roughness:
            return None
        if any(each.sent.key == sent.key and not each.again for each in self.late) and self._rng.random() < 0.7:
            return Fault.IN_USE  # the first one is still being carried out
        writes, favourite = bool(sent.key), self._favourite
        if self._even and self._rng.random() < (EVENLY if writes else EVENLY_READ):
            return self._rng.choice(sorted(faults.possible(sent.call, writes=writes)))
        if self._rng.random() < FAVOURITE and favourite in faults.possible(sent.call, writes=writes):
            return favourite
        return faults.draw(self._rng, sent.call, writes=writes, roughness=self.roughness)

    def _deliver(self, sent: Sent, fault: Fault | None) -> ApiAnswer:
        if fault in faults.BY_SANDBOX:
            planned, kept = faults.BY_SANDBOX[fault]
            self.world.faults.plan("any", planned, stored=kept)
        before = self._money()
        answer = self._api.handle(sent.request)
        self.world.faults.clear()
        if self._money() != before and sent.operation_id:
            self._note_effect(sent)
        return answer

    def _note_effect(self, sent: Sent) -> None:
        if any(each.operation_id == sent.operation_id for each in self.effects):
            raise Broken("one effect per operation", f"{sent.call} under {sent.key} moved money a second time")
        self.effects.append(Effect(sent.call, sent.operation_id, sent.key))

    def _money(self) -> tuple[int, ...]:
        """Changes with every hold, charge, release and refund."""
        with self.world.open() as world:
            charges = [each for each in world.store.charges.values() if each.failure is None]
            return (
                len(charges),
                sum(each.amount_captured for each in charges),
                sum(each.released_at is not None for each in charges),
                len(world.store.refunds),
            )

    # --- what must be so before anything is sent ---

    def _check(self, sent: Sent) -> None:
        if phase.in_transaction():
            raise Broken("no call inside a transaction", sent.call)
        if not sent.key:
            return
        digest = hashlib.sha256(f"{sent.request.path} {sent.request.body!r}".encode()).hexdigest()
        if self._requests.setdefault(sent.key, digest) != digest:
            raise Broken("one request per key", f"{sent.key} went out with two different requests")
        parts = _KEY.fullmatch(sent.key)
        params = self._written(parts[1], int(parts[2])) if parts is not None else None
        if parts is None or params is None:
            raise Broken("written before sent", f"{sent.call} went out under {sent.key}, which is written nowhere")
        if self._params.setdefault(parts[1], params) != params:
            raise Broken("one request per key", f"the parameters of {parts[1]} changed")


class Wire(stripe.HTTPClient):
    """One program's end: what the SDK calls. ``around`` is given each call to make, and may break off."""

    name = "in process"

    def __init__(self, carry: Callable[..., tuple[bytes, int, dict[str, str]]]) -> None:
        super().__init__()
        self._carry = carry

    def request(  # type: ignore[override]  # the SDK's own subclasses leave out its private argument, too
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        return self._carry(method, url, headers or {}, post_data or "")

    def close(self) -> None:
        """There is nothing to close."""


def _sent(method: str, url: str, headers: Mapping[str, str], body: str) -> Sent:
    parts = urlsplit(url)
    lower = {name.lower(): str(value) for name, value in headers.items()}
    request = ApiRequest(method.upper(), parts.path, parts.query, lower, body.encode())
    key = lower.get("idempotency-key", "") if request.method == "POST" else ""
    return Sent(find(request.method, request.path)[0].name, key, request)


def no_answer(why: str) -> stripe.APIConnectionError:
    error: stripe.APIConnectionError = stripe.APIConnectionError(why)  # type: ignore[no-untyped-call]
    return error
