"""A database that comes back from the past: a copy made in the midst of everything takes the place of what came of it.

It happens when all is quiet again. What was done since must be found at Stripe, and nothing of it may be sent again.
"""

from contextlib import closing
from typing import TYPE_CHECKING

from sellerdesk.domain.standing import Sent
from sellerdesk.services.catch_up import notice_return
from sellerdesk.store import sqlite
from sellerdesk.store.copying import COPIED_AT
from sellerdesk.store.database import SqlStore, open_store
from tests.chaos.agreement import payment_agrees
from tests.chaos.settling import come_to_rest
from tests.chaos.trouble import Broken

if TYPE_CHECKING:
    from tests.chaos.simulation import Simulation

# The share of seeds in which a database comes back, and of the operations about to be sent at which it is copied.
COMES_BACK = 0.3
COPIED = 0.1
DAY = 86_400


class Memory:
    """Implements the port ``SentMemory``, as the small file outside of the database does."""

    def __init__(self, sent: Sent) -> None:
        self._sent = sent

    def kept(self) -> Sent:
        return self._sent

    def keep(self, sent: Sent) -> None:
        self._sent = sent.with_all(self._sent) if sent.life == self._sent.life else sent


class Returning:
    """The copy of one simulation, if it has one."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._wanted = simulation.rng.random() < COMES_BACK
        self._path = simulation.store.path.with_name("shop.db.copy")
        self._store: SqlStore | None = None
        self._copied = False

    def may_copy(self) -> None:
        """Called where an operation is written down, and not sent yet."""
        simulation = self._simulation
        if not self._wanted or self._copied or not simulation.is_rough or simulation.rng.random() > COPIED:
            return
        simulation.say("  a copy is made")
        simulation.sql("VACUUM INTO ?", str(self._path))
        with closing(sqlite.connect(sqlite.driver(), self._path)) as connection:
            connection.execute("INSERT INTO meta VALUES (?, ?)", (COPIED_AT, str(int(simulation.time.seconds()))))
        self._copied = True

    def come_back(self) -> None:
        """Raises Broken."""
        if not self._copied:
            return
        simulation = self._simulation
        simulation.step += 1
        simulation.say("the copy takes the place of the database")
        # Tracking that Stripe took on the charge only is not read there: it is passed on once more, and moves no money.
        done = dict(
            simulation.sql("SELECT id, kind FROM operation WHERE state = 'done' AND outcome != 'on the charge'")
        )
        with simulation.store.read() as unit:
            memory = Memory(unit.standing.sent())
        # Stripe forgets a key after a day: then only reading tells.
        simulation.let_pass(simulation.rng.choice((0, 3600, 2 * DAY)))
        self._store = open_store(self._path, seat="Ground", durable=False)
        with self._store.read() as unit:
            is_older = unit.standing.sent().counts != memory.kept().counts
        notice_return(self._store, memory, int(simulation.time.seconds()))
        with self._store.read() as unit:
            if is_older and unit.standing.behind() is None:
                raise Broken("a return is noticed", "the database counts as up to date")
        simulation.exchange(self._store, memory)
        asked = dict(simulation.street.asked)
        simulation.attempt(simulation.seats[0], "catch up", simulation.seats[0].works.resolve.run_due)
        come_to_rest(simulation)
        for operation_id, kind in done.items():
            if simulation.street.asked[operation_id] != asked.get(operation_id, 0):
                raise Broken("a return sends nothing again", f"{kind} {operation_id} was done, and was sent again")
        for (order_id,) in simulation.sql("SELECT id FROM orders ORDER BY id"):
            order = simulation.seats[0].works.desk.orders.view(str(order_id)).order
            for payment in order.payments:
                if payment.intent_id:
                    payment_agrees(simulation, order, payment)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
