"""What must be so after every step, whatever went wrong in it. Each rule is one small function with its name.

They look at the database and at Stripe past all of our code. What must be so on the wire is asked there (``wire``),
what people were told in ``logbook``, and what must be so when everything has come to rest in ``agreement``.
"""

from typing import TYPE_CHECKING

from sellerdesk.gateway.events import WANTED
from sellerdesk.sandbox.objects import Charge, Intent
from sellerdesk.sandbox.status import latest_charge
from sellerdesk.services.sync import EVENTS_KEPT_SECONDS, STREAM
from tests.chaos.trouble import Broken

if TYPE_CHECKING:
    from tests.chaos.simulation import Simulation

FREE_KINDS = ("ship", "create_customer")
FINAL = ("done", "failed", "dropped")
# Words of operations that came to nothing because something else had been done with the payment.
OVERTAKEN = (
    "unexpected_state",
    "charge_already_captured",
    "charge_already_refunded",
    "It was captured",
    "The hold was released",
    "The payment was cancelled",
    "Nothing is held",
)


class Watchman:
    """Looks after each step. Raises Broken at the first rule that does not hold."""

    def __init__(self, simulation: "Simulation") -> None:
        self._simulation = simulation
        self._final: dict[str, tuple[object, ...]] = {}
        self._mark: int | None = None

    def look(self) -> None:
        simulation = self._simulation
        simulation.log.raise_complaints()
        one_open_operation_per_payment(simulation)
        one_capture_per_payment(simulation)
        movements_booked_once(simulation)
        final_states_stay(simulation, self._final)
        nothing_taken_twice(simulation)
        one_hold_per_order(simulation)
        nothing_fails_because_of_us(simulation)
        self._mark = the_mark_moves_with_its_events(simulation, self._mark)


def one_open_operation_per_payment(simulation: "Simulation") -> None:
    query = (
        "SELECT payment_id, group_concat(kind || ' ' || state) FROM operation WHERE finished_at IS NULL "
        "AND kind NOT IN ('ship', 'create_customer') GROUP BY payment_id HAVING count(*) > 1"
    )
    for payment_id, found in simulation.sql(query):
        raise Broken("one open operation per payment", f"{payment_id} has {found}")


def one_capture_per_payment(simulation: "Simulation") -> None:
    query = (
        "SELECT payment_id, group_concat(state) FROM operation WHERE kind = 'capture' "
        "AND state NOT IN ('failed', 'dropped') GROUP BY payment_id HAVING count(*) > 1"
    )
    for payment_id, found in simulation.sql(query):
        raise Broken("one capture per payment", f"{payment_id} has {found}")


def movements_booked_once(simulation: "Simulation") -> None:
    query = "SELECT stripe_object, kind FROM ledger GROUP BY stripe_object, kind HAVING count(*) > 1"
    for stripe_object, kind in simulation.sql(query):
        raise Broken("movements booked once", f"{kind} of {stripe_object} stands twice in the ledger")


def final_states_stay(simulation: "Simulation", known: dict[str, tuple[object, ...]]) -> None:
    """``known`` are those seen before; those that are final now are added."""
    query = "SELECT id, state, outcome, params, finished_at FROM operation WHERE finished_at IS NOT NULL"
    now = {str(row[0]): row for row in simulation.sql(query)}
    for operation_id, row in known.items():
        if now.get(operation_id) != row:
            raise Broken("final states stay", f"{row} became {now.get(operation_id)}")
    known.update(now)


def nothing_taken_twice(simulation: "Simulation") -> None:
    """At Stripe: one capture per intent, never more than was held; never more given back than was taken; never more
    taken for an order than its shopper confirmed, unless somebody took it past us."""
    totals = dict(simulation.sql(_TOTALS))
    taken: dict[str, int] = {}
    with simulation.world.open() as world:
        for intent in world.store.intents.values():
            charge = latest_charge(world, intent)
            if charge is None:
                continue
            _check_charge(intent, charge)
            order_id = intent.metadata.get("sd_order", "")
            if intent.id not in simulation.touched and charge.failure is None:
                taken[order_id] = taken.get(order_id, 0) + charge.amount_captured
    for order_id, amount in taken.items():
        if order_id in totals and amount > totals[order_id]:
            raise Broken("no more taken than confirmed", f"{amount} of {totals[order_id]} for order {order_id}")


_TOTALS = (
    "SELECT o.id, o.shipping + (SELECT sum(l.unit_price * l.quantity - l.discount) FROM order_line l "
    "WHERE l.order_id = o.id) FROM orders o"
)


def _check_charge(intent: Intent, charge: Charge) -> None:
    if intent.captures > 1:
        raise Broken("one capture per intent", f"{intent.id} was captured {intent.captures} times")
    if not 0 <= charge.amount_refunded <= charge.amount_captured <= charge.amount:
        raise Broken("no more taken than held", f"{intent.id}: {charge}")


def one_hold_per_order(simulation: "Simulation") -> None:
    """Two only while one takes the place of the other."""
    holds: dict[str, list[Intent]] = {}
    with simulation.world.open() as world:
        for charge in world.store.charges.values():
            intent = world.store.intents[charge.intent]
            order_id = intent.metadata.get("sd_order")
            if charge.held and order_id:
                holds.setdefault(order_id, []).append(intent)
    for order_id, intents in holds.items():
        renewals = [each for each in intents if each.metadata.get("sd_replaces")]
        if len(intents) > 2 or len(intents) - len(renewals) > 1:
            raise Broken("one hold per order", f"order {order_id} holds {[each.id for each in intents]}")


def nothing_fails_because_of_us(simulation: "Simulation") -> None:
    """An operation that came to nothing, because the payment had moved on, was overtaken by somebody else than us."""
    query = (
        "SELECT o.id, o.kind, o.outcome, p.intent_id FROM operation o JOIN payment p ON p.id = o.payment_id "
        "WHERE o.state = 'failed'"
    )
    for operation_id, kind, outcome, intent_id in simulation.sql(query):
        if any(word in outcome for word in OVERTAKEN) and not _by_others(simulation, operation_id, intent_id):
            raise Broken("nothing fails because of us", f"{kind} {operation_id} of {intent_id}: {outcome}")


def _by_others(simulation: "Simulation", operation_id: str, intent_id: str) -> bool:
    """Whether the bank or the Dashboard had a hand in the payment, or in the one that the operation made."""
    with simulation.world.open() as world:
        made = [each for each in world.store.intents.values() if each.metadata.get("sd_op") == operation_id]
        its = [*made, world.store.intents[intent_id]]
    return any(each.id in simulation.touched or each.cancellation_reason in ("expired", "automatic") for each in its)


def the_mark_moves_with_its_events(simulation: "Simulation", before: int | None) -> int | None:
    """No event lies behind the mark that was not taken in: it would never be asked for. ``before`` is where the mark
    was at the last look; gives where it is now. Over a gap that Stripe keeps no events for, everything was read."""
    found = simulation.sql(f"SELECT last_created FROM watermark WHERE stream = '{STREAM}'")
    mark = int(found[0][0]) if found else None
    if before is None or mark is None or not before < mark < before + EVENTS_KEPT_SECONDS:
        return mark
    taken_in = {row[0] for row in simulation.sql("SELECT event_id FROM inbox")}
    with simulation.world.open() as world:
        for event in world.store.events.values():
            wanted = event.type in WANTED and before <= event.created < mark
            if wanted and event.id not in taken_in:
                raise Broken("the mark moves with its events", f"{event.type} at {event.created} is not in the inbox")
    return mark
