"""One simulation: two seats and a checkout server on one database, and Stripe's sandbox, all in this thread.

Whose turn it is, what they do, what breaks and how the clocks go comes from one seed. While a call is under way, or
between two steps of an operation, another one may take a turn: so they interleave where real programs do.
"""

import gc
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import stripe

from sellerdesk import phase
from sellerdesk.addresses import Addresses
from sellerdesk.app import Works, assemble
from sellerdesk.domain.errors import OurBug, SellerDeskError
from sellerdesk.domain.order import Order
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.gateway.lease import end_for
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.gateway.transport import LeaseOver
from sellerdesk.sandbox.clock import Clock as StripesClock
from sellerdesk.sandbox.ids import IdSource
from sellerdesk.sandbox.world import World
from sellerdesk.services.keeping import SentMemory
from sellerdesk.store import sqlite
from sellerdesk.store.database import SqlStore
from tests.chaos.ground import Ground
from tests.chaos.invariants import Watchman
from tests.chaos.logbook import Logbook
from tests.chaos.returning import Returning
from tests.chaos.seller import Press
from tests.chaos.settling import settle
from tests.chaos.shaky import Failure, ShakyStore
from tests.chaos.shopper import PAGE_KEY
from tests.chaos.temper import Temper, drawn
from tests.chaos.trouble import Broken, Died
from tests.chaos.turns import take_turn
from tests.chaos.virtual import SkewedClock, VirtualTime, repeatable_ids
from tests.chaos.wire import Street, Wire, no_answer
from tests.contract.inside import Client

STEPS = 60
SEATS = ("Seat 1", "Seat 2")
SERVER = "Checkout"
FIRST_KEY = "sk_test_first000000000000"
DEEPEST = 2
NOWHERE = Addresses.at("http://127.0.0.1:9")


class Actor:
    """One of our programs. It may die at any gap; then everything that it had in memory is gone."""

    def __init__(self, name: str, simulation: "Simulation") -> None:
        self.name = name
        self.life = 0
        self.skew = 0
        self._simulation = simulation
        self.start()

    def start(self) -> None:
        """Begin anew, with nothing but the database and the key."""
        simulation = self._simulation
        self.life += 1
        self.clock = SkewedClock(simulation.time, self.skew, asked=not simulation.temper.even)
        self.store = ShakyStore(simulation.store, simulation.database_fails, self._commit)
        wire = Wire(self._call)
        with patch("sellerdesk.gateway.client.Transport", lambda *_, **__: wire):
            gateway = StripeGateway(simulation.key, NOWHERE, self.clock)
        self.works: Works = assemble(
            self.store,
            gateway,
            self.clock,
            seat=self.name,
            installation=simulation.installation,
            road=lambda: simulation.road,
            memory=simulation.memory,
            reached=self._reached,
        )

    def set_clock(self, skew: int) -> None:
        """This computer's clock is ``skew`` seconds ahead from now on."""
        self.skew = self.clock.skew = skew

    def _call(self, method: str, url: str, headers: Mapping[str, str], body: str) -> tuple[bytes, int, Any]:
        simulation = self._simulation
        is_late = end_for(method)
        simulation.gap(self, "before a call")
        if is_late():
            raise no_answer(LeaseOver.__name__)
        try:
            answer = simulation.street.carry(method, url, headers, body)
        except stripe.APIConnectionError:
            simulation.time.advance(simulation.rng.choice((1, 5, 20, 35)))
            simulation.gap(self, "without an answer")
            raise
        simulation.time.advance(0.2)
        simulation.gap(self, "after a call")
        return answer

    def _commit(self, commit: Callable[[], None]) -> None:
        self._simulation.may_die(self, "before a commit")
        commit()
        self._simulation.may_die(self, "after a commit")

    def _reached(self, place: str) -> None:
        if place.endswith(".planned"):
            self._simulation.returning.may_copy()
        if phase.in_transaction():
            self._simulation.may_die(self, place)
        else:
            self._simulation.gap(self, place)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one seed. ``broken`` is the sentence of the rule that broke, '' when none did; ``step`` when."""

    seed: int
    step: int
    broken: str
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)


class Simulation:
    """The whole of one seed. ``say`` gets a line for everything that happens."""

    def __init__(
        self,
        seed: int,
        store: SqlStore,
        ground: Ground,
        say: Callable[[str], None] | None = None,
        temper: Temper | None = None,
    ) -> None:
        self.rng = random.Random(seed)
        self.time = VirtualTime(ground.begins_ms)
        self.world = World(StripesClock(self.time.seconds), IdSource(seed))
        self.world.store = ground.at_stripe()
        self.store = store
        self.key = FIRST_KEY
        self.road = self.rng.choices(tuple(ConfirmationRoad), (70, 15, 15))[0]
        self.installation = store.installation()
        self.step = 0
        self.is_rough = True
        self.temper = temper or drawn(self.rng, seed)
        self.memory: SentMemory | None = None
        self.returning = Returning(self)
        self.actions: Counter[str] = Counter()
        self.log = Logbook(self)
        self.checkouts = ground.checkouts()
        self.pressed: dict[tuple[str, str], tuple[str, Order, Press]] = {}
        self.presses: Counter[str] = Counter()
        self.pictures: dict[str, Order] = {}
        self.touched: set[str] = set()
        self.given_up: set[str] = set()
        self._say = say
        self._depth = 0
        self._library = sqlite.driver()
        self._look = sqlite.connect(self._library, store.path)
        self.street = Street(self.world, self.rng, self.time.seconds, self._written)
        self.street.take_over(self.temper)
        self.world.refuse_shipping_after_authorization = self.temper.even
        self.outsider = Client(self.world, "sk_test_dashboard00000000")
        self.page = Client(self.world, PAGE_KEY)
        self.actors = tuple(Actor(name, self) for name in (*SEATS, SERVER))
        self.watchman = Watchman(self)

    @property
    def seats(self) -> tuple[Actor, ...]:
        return self.actors[:2]

    @property
    def server(self) -> Actor:
        return self.actors[2]

    def close(self) -> None:
        self._look.close()
        self.returning.close()

    def exchange(self, store: SqlStore, memory: SentMemory) -> None:
        """Another database takes the place of ours, and all programs begin anew with it."""
        self._look.close()
        self._look = sqlite.connect(self._library, store.path)
        self.store, self.memory = store, memory
        for actor in self.actors:
            actor.start()

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the database, by a look past all of our code."""
        rows: list[tuple[Any, ...]] = self._look.execute(query, values).fetchall()
        return rows

    def say(self, line: str) -> None:
        if self._say is not None:
            self._say(f"{self.step:3} {'  ' * self._depth}{line}")

    # --- turns ---

    def run(self, steps: int = STEPS) -> None:
        """All steps, then quiet. Raises Broken."""
        for self.step in range(1, steps + 1):
            take_turn(self)
            self.street.arrive_late()
            self.watchman.look()
        self.step = steps + 1
        settle(self)
        self.returning.come_back()

    def be_calm(self) -> None:
        """Nothing breaks from now on, and nobody is interrupted."""
        self.is_rough = False
        self.street.roughness = 0

    def let_pass(self, seconds: float) -> None:
        """Time goes on, and what is still on its way arrives when it does."""
        end = self.time.seconds() + seconds
        while (due := self.street.next_late(end)) is not None:
            self.time.advance(due - self.time.seconds() + 0.001)
            self.street.arrive_late()
        self.time.advance(max(0, end - self.time.seconds()))

    def attempt(self, actor: Actor, what: str, action: Callable[[], object]) -> SellerDeskError | None:
        """Let ``actor`` do something; what our rules or the world refused is the answer. A program that dies starts
        again."""
        self.actions[what] += 1
        self.say(f"{actor.name}: {what}")
        try:
            action()
        except Died as end:
            self.say(f"{actor.name} dies {end.where}")
            actor.start()
        except OurBug as bug:
            raise Broken("no contradiction in ourselves", f"{what}: {bug}") from bug
        except SellerDeskError as error:
            self.say(f"  {type(error).__name__}: {error}")
            return error
        return None

    def gap(self, actor: Actor, where: str) -> None:
        """A moment at which ``actor`` may die, or somebody else may take a turn."""
        self.may_die(actor, where)
        if not self.is_rough or self._depth >= DEEPEST or self.rng.random() > self.temper.interleaves:
            return
        life = actor.life
        self._depth += 1
        self.say(f"meanwhile, {actor.name} being {where}")
        try:
            take_turn(self)
        finally:
            self._depth -= 1
        if actor.life != life:
            raise Died(f"{where}, with the rest of its program")

    def may_die(self, actor: Actor, where: str) -> None:
        if self.is_rough and self.rng.random() < self.temper.dies:
            raise Died(f"{where} of {actor.name}")

    def database_fails(self) -> Failure | None:
        if self.is_rough and self.rng.random() < self.temper.database:
            failure = self.rng.choice(tuple(Failure))
            self.say(f"  {failure}")
            return failure
        return None

    def _written(self, operation_id: str, generation: int) -> str | None:
        query = (
            "SELECT o.params, o.params_sha256 FROM operation o JOIN attempt a ON a.operation_id = o.id "
            "WHERE o.id = ? AND a.generation = ?"
        )
        rows = self.sql(query, operation_id, generation)
        return f"{rows[0][0]} {rows[0][1]}" if rows else None


def simulate(
    seed: int,
    ground: Ground,
    steps: int = STEPS,
    say: Callable[[str], None] | None = None,
    statements: Sequence[str] = (),
    temper: Temper | None = None,
) -> Report:
    """Run one seed on a fresh database, in which ``statements`` are carried out before; ``temper`` in place of the one
    that the seed draws."""
    gc.disable()
    try:
        with ground.fresh(statements) as store, closing(Simulation(seed, store, ground, say, temper)) as simulation:
            broken = ""
            try:
                with repeatable_ids(simulation.rng), simulation.log:
                    simulation.run(steps)
            except Broken as found:
                broken = str(found)
            return Report(seed, simulation.step, broken, simulation.street.cells, simulation.actions)
    finally:
        gc.enable()
