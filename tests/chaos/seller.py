"""What sellers do at their two seats, on an order as they saw it: some have an old picture of it, some press twice."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sellerdesk.domain.errors import RefusedError
from sellerdesk.domain.order import Order, Parcel
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.domain.shortening import ShippingChoice
from tests.chaos.trouble import Broken

if TYPE_CHECKING:
    from tests.chaos.simulation import Actor, Simulation

NUMBERS = ("1Z999AA10123456784", "1Z999AA10123456793")

# Does the action under an operation's id; raises what the desk would show.
Press = Callable[["Actor", str, Order], object]


def act(simulation: "Simulation", name: str) -> None:
    """One press of a button, by a seat, on an order of the list."""
    actor = simulation.rng.choice(simulation.seats)
    order = _seen(simulation, actor, APT[name])
    if order is None:
        return
    press = BUTTONS[name](simulation, order)
    again = simulation.pressed.get((name, order.id))
    if again is not None and simulation.rng.random() < 0.15:
        operation_id, order, press = again
    else:
        operation_id = actor.works.desk.prepare.new_operation()
    simulation.pressed[name, order.id] = (operation_id, order, press)
    simulation.presses[operation_id] += 1
    is_stale = _is_stale(simulation, order, operation_id)
    answer: list[object] = []
    error = simulation.attempt(
        actor, f"{name} {order.reference}", lambda: answer.append(press(actor, operation_id, order))
    )
    if error is not None:
        simulation.log.refused(operation_id, name, error)
    elif answer:
        simulation.log.shown(operation_id, name, answer[0])
    if is_stale and simulation.sql("SELECT 1 FROM operation WHERE id = ?", operation_id):
        raise Broken("decided on what is there", f"{name} was begun from an old picture of order {order.id}")


def _is_stale(simulation: "Simulation", order: Order, operation_id: str) -> bool:
    """Whether the order has changed since it was seen, and nothing was begun yet. Versions only grow."""
    if simulation.sql("SELECT 1 FROM operation WHERE id = ?", operation_id):
        return False
    return bool(simulation.sql("SELECT 1 FROM orders WHERE id = ? AND version <> ?", order.id, order.version))


def decide(simulation: "Simulation") -> None:
    """A person decides about something that only a person can."""
    actor = simulation.rng.choice(simulation.seats)
    waiting = simulation.sql("SELECT id FROM operation WHERE state = 'review' ORDER BY id")
    if not waiting:
        return
    operation_id, review = simulation.rng.choice(waiting)[0], actor.works.desk.review
    what = simulation.rng.choice((review.look, review.accept, review.send_again))
    simulation.attempt(actor, f"decide {what.__name__}", lambda: what(operation_id))


def check_now(simulation: "Simulation") -> None:
    """Somebody cannot wait for a lost answer."""
    actor = simulation.rng.choice(simulation.seats)
    order = _seen(simulation, actor, ANY)
    if order is not None:
        simulation.attempt(actor, "check now", lambda: actor.works.desk.check.run(order.id))


def _seen(simulation: "Simulation", actor: "Actor", stages: str) -> Order | None:
    """An order, mostly of these stages, as it is, or as it was when this simulation looked last."""
    rows = simulation.sql(f"SELECT id FROM orders WHERE stage IN ({stages}) ORDER BY id")
    if not rows or simulation.rng.random() < 0.1:
        rows = simulation.sql("SELECT id FROM orders ORDER BY id")
    if not rows:
        return None
    order_id = str(simulation.rng.choice(rows)[0])
    if order_id not in simulation.pictures or simulation.rng.random() < 0.75:
        simulation.pictures[order_id] = actor.works.desk.orders.view(order_id).order
    return simulation.pictures[order_id]


# --- the buttons; what is chosen in a dialog is chosen before anything is pressed ---


def _prepare(simulation: "Simulation", order: Order) -> Press:
    shipping = simulation.rng.choice(tuple(ShippingChoice))
    kept: dict[int, int] = {}
    if simulation.rng.random() < 0.6:
        line = simulation.rng.choice(order.lines)
        kept = {line.position: simulation.rng.randrange(0, line.quantity + 1)}
    return lambda actor, operation_id, seen: actor.works.desk.prepare.run(
        operation_id, seen.id, seen.version, kept, shipping
    )


def _ship(simulation: "Simulation", _order: Order) -> Press:
    parcels = (Parcel("ups", simulation.rng.choice(NUMBERS)),)
    return lambda actor, operation_id, seen: actor.works.desk.ship.run(operation_id, seen.id, seen.version, parcels)


def _release(simulation: "Simulation", _order: Order) -> Press:
    reason = simulation.rng.choice(tuple(ReleaseReason))
    return lambda actor, operation_id, seen: actor.works.desk.release.run(operation_id, seen.id, seen.version, reason)


def _refund(simulation: "Simulation", order: Order) -> Press:
    payment = simulation.rng.choice([each for each in order.payments if each.captured] or list(order.payments))
    left = max(1, payment.captured - order.refunded(payment))
    amount = simulation.rng.choice((left, left, max(1, left // 2), left + 1))
    by_line = simulation.rng.random() < 0.3
    position = simulation.rng.choice(order.lines).position

    def press(actor: "Actor", operation_id: str, seen: Order) -> object:
        refund = actor.works.desk.refund
        if by_line:
            plan = refund.preview_lines(seen, payment.id, {position: 1})
        else:
            plan = refund.preview_amount(seen, payment.id, amount)
        return refund.run(operation_id, seen.id, seen.version, plan, RefundReason.OTHER)

    return press


def _back_order(simulation: "Simulation", order: Order) -> Press:
    owed = {line.position: line.left_out for line in order.lines if line.left_out}
    way = simulation.rng.choice(("new", "new", "again", "give up"))

    def press(actor: "Actor", operation_id: str, seen: Order) -> object:
        back_order = actor.works.desk.back_order
        if way == "again":
            return back_order.try_again(operation_id, seen.id, seen.version)
        if way == "give up":
            return back_order.give_up(operation_id, seen.id, seen.version)
        return back_order.run(operation_id, seen.id, seen.version, back_order.preview(seen, owed or {0: 1}))

    return press


def _renew(simulation: "Simulation", _order: Order) -> Press:
    again = simulation.rng.random() < 0.3

    def press(actor: "Actor", operation_id: str, seen: Order) -> object:
        renew = actor.works.desk.renew
        if again:
            return renew.try_again(operation_id, seen.id, seen.version)
        plan = renew.offer(seen).plan
        if plan is None:
            raise RefusedError("There is nothing to renew.")
        return renew.run(operation_id, seen.id, seen.version, plan)

    return press


BUTTONS: dict[str, Callable[["Simulation", Order], Any]] = {
    "prepare": _prepare,
    "ship": _ship,
    "release": _release,
    "refund": _refund,
    "back-order": _back_order,
    "renew": _renew,
}

# The stages in which a button is on, as SQL lists them.
HELD, TAKEN = "'to_prepare'", "'to_ship', 'shipped'"
ANY = "'unfinished', 'problem', 'to_prepare', 'to_ship', 'shipped', 'ended'"
APT = {
    "prepare": HELD,
    "ship": TAKEN,
    "release": HELD,
    "refund": TAKEN,
    "back-order": TAKEN,
    "renew": f"{HELD}, 'ended'",
}
