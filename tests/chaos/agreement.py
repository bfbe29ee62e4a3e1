"""What must be so when everything has come to rest: our books and Stripe's say the same, and so does what was told."""

from typing import TYPE_CHECKING

from sellerdesk.domain.order import Order, PassedOn
from sellerdesk.domain.payment import FINAL_STATUSES, Payment
from sellerdesk.sandbox.objects import Intent
from sellerdesk.sandbox.status import latest_charge, status_of
from sellerdesk.services.record import movements
from sellerdesk.services.requests import shipping_of
from tests.chaos.trouble import Broken
from tests.chaos.wire import Effect

if TYPE_CHECKING:
    from tests.chaos.simulation import Simulation


def check_agreement(simulation: "Simulation") -> None:
    """All of it, order by order and intent by intent. Raises Broken."""
    orders = [
        simulation.seats[0].works.desk.orders.view(str(order_id)).order
        for (order_id,) in simulation.sql("SELECT id FROM orders ORDER BY id")
    ]
    for order in orders:
        for payment in order.payments:
            if payment.intent_id:
                payment_agrees(simulation, order, payment)
        tracking_arrived(simulation, order)
        nothing_lost_that_is_held(simulation, order)
    every_intent_has_its_order(simulation)
    what_is_done_has_happened(simulation)
    what_failed_moved_nothing(simulation)
    nothing_abandoned_was_paid(simulation)
    every_review_has_a_reason(simulation)
    what_was_told_is_true(simulation)


def payment_agrees(simulation: "Simulation", order: Order, payment: Payment) -> None:
    """Status and sums are Stripe's; the ledger has each movement once, and no other."""
    with simulation.world.open() as world:
        intent = world.store.intents.get(payment.intent_id)
        if intent is None:
            raise Broken("every payment is at Stripe", f"{payment.intent_id} of order {order.id} is not")
        charge = latest_charge(world, intent)
        ok = charge is not None and charge.failure is None
        theirs = {
            "status": status_of(world, intent),
            "authorized": charge.amount if charge is not None and ok else 0,
            "captured": intent.amount_received,
            "refunded": charge.amount_refunded if charge is not None and ok else 0,
            "held": charge.amount if charge is not None and ok and charge.held else 0,
        }
    ours = {
        "status": str(payment.status),
        "authorized": payment.authorized,
        "captured": payment.captured,
        "refunded": payment.refunded,
        "held": payment.held,
    }
    if ours != theirs:
        raise Broken("orders agree with Stripe", f"{payment.role} {payment.intent_id}: we say {ours}, Stripe {theirs}")
    counted = sum(each.amount for each in order.refunds if each.payment_id == payment.id and each.counts)
    if counted != payment.refunded:
        raise Broken("refunds add up", f"{payment.intent_id}: {counted} in rows, {payment.refunded} in sum")
    booked = dict(simulation.sql("SELECT kind, amount FROM ledger WHERE stripe_object = ?", payment.intent_id))
    if booked != {kind: amount for kind, amount in movements(payment).items() if amount}:
        raise Broken("the ledger adds up", f"{payment.intent_id}: {booked} is not {movements(payment)}")


def tracking_arrived(simulation: "Simulation", order: Order) -> None:
    """The newest tracking number is at Stripe, unless Stripe would not have it."""
    shipment = order.shipment
    if shipment is None or shipment.passed_on in (PassedOn.REFUSED, PassedOn.ON_CHARGE):
        return
    if _in_review(simulation, order.id):
        return
    wanted = shipping_of(order.shopper, shipment.parcels).tracking_number
    with simulation.world.open() as world:
        intent = world.store.intents[order.payment.intent_id]
        found = (intent.shipping or {}).get("tracking_number")
    if shipment.passed_on is not PassedOn.ON_INTENT or found != wanted:
        raise Broken("tracking arrives", f"order {order.id}: {shipment.passed_on}, {found} instead of {wanted}")


def nothing_lost_that_is_held(simulation: "Simulation", order: Order) -> None:
    """No checkout counts as abandoned whose money is held or taken; and of two holds one was let go."""
    if _in_review(simulation, order.id):
        return
    over = order.closed_at is not None
    if over and any(each.held for each in order.payments) and not order.payment.held:
        raise Broken("nothing is lost that is held", f"order {order.id} was closed and holds money")
    holds = [each for each in order.payments if each.held and each.role != "backorder"]
    if len(holds) > 1:
        raise Broken("one hold per order", f"order {order.id} still has {len(holds)} when all is quiet")
    if any(each.status in FINAL_STATUSES and each.held for each in order.payments):
        raise Broken("nothing is lost that is held", f"order {order.id} is over and holds money")


def _in_review(simulation: "Simulation", order_id: str) -> bool:
    return bool(simulation.sql("SELECT 1 FROM operation WHERE order_id = ? AND state = 'review'", order_id))


def every_intent_has_its_order(simulation: "Simulation") -> None:
    """What our programs made, and what anybody holds on this account, has its payment here."""
    known = {row[0] for row in simulation.sql("SELECT intent_id FROM payment WHERE intent_id IS NOT NULL")}
    with simulation.world.open() as world:
        for intent in world.store.intents.values():
            if intent.id not in known and not _may_be_forgotten(simulation, intent):
                raise Broken("every intent has its order", f"{intent.id} {intent.metadata} {status_of(world, intent)}")


def _may_be_forgotten(simulation: "Simulation", intent: Intent) -> bool:
    """One on which nothing was ever held and which another one of the same payment took the place of."""
    with simulation.world.open() as world:
        charge = latest_charge(world, intent)
        held = charge is not None and charge.failure is None
    replaced = "SELECT 1 FROM payment WHERE id = ? AND intent_id IS NOT NULL"
    return not held and bool(simulation.sql(replaced, intent.metadata.get("sd_payment", "")))


def what_is_done_has_happened(simulation: "Simulation") -> None:
    """An operation that counts as done is to be seen at Stripe."""
    query = (
        "SELECT o.id, o.kind, p.intent_id FROM operation o JOIN payment p ON p.id = o.payment_id "
        "WHERE o.state = 'done' AND o.kind IN ('capture', 'cancel', 'refund')"
    )
    with simulation.world.open() as world:
        refunds = {each.metadata.get("sd_op") for each in world.store.refunds.values()}
        for operation_id, kind, intent_id in simulation.sql(query):
            status = status_of(world, world.store.intents[intent_id])
            happened = {"capture": status == "succeeded", "cancel": status == "canceled"}
            if not happened.get(kind, operation_id in refunds):
                raise Broken("what is done has happened", f"{kind} {operation_id} is done, {intent_id} is {status}")


def what_failed_moved_nothing(simulation: "Simulation") -> None:
    """Unless its payment was cancelled by somebody before anybody could read what it had done."""
    states = {row[0]: row[1:] for row in simulation.sql(_STATES)}
    for effect in simulation.street.effects:
        state, status, outcome = states[effect.operation_id]
        if state in ("failed", "dropped") and status != "canceled" and not _made_and_gone(simulation, effect):
            raise Broken("what failed moved nothing", f"{effect.call} under {effect.key}: {state}, {outcome}")


def _made_and_gone(simulation: "Simulation", effect: Effect) -> bool:
    """Whether the intent that the operation made was cancelled since."""
    with simulation.world.open() as world:
        made = [each for each in world.store.intents.values() if each.metadata.get("sd_op") == effect.operation_id]
    return bool(made) and all(each.canceled_at is not None for each in made)


_STATES = "SELECT o.id, o.state, p.status, o.outcome FROM operation o JOIN payment p ON p.id = o.payment_id"


def nothing_abandoned_was_paid(simulation: "Simulation") -> None:
    """Clearing away what nobody finished gives no money back; only ordering something else does."""
    with simulation.world.open() as world:
        for intent in world.store.intents.values():
            charge = latest_charge(world, intent)
            held = charge is not None and charge.failure is None
            given_up = intent.metadata.get("sd_order") in simulation.given_up
            if intent.cancellation_reason == "abandoned" and held and not given_up:
                raise Broken("nothing abandoned was paid", f"{intent.id} was held, and given back as abandoned")


def audit_finds_nothing(simulation: "Simulation") -> None:
    """The desk's own audit says so, too."""
    audit = simulation.seats[0].works.desk.audit.run()
    wrong = [each for each in audit.breaks if not _in_review(simulation, each.order_id)]
    if wrong or audit.mended:
        raise Broken("the audit finds nothing", f"{wrong}, {audit.mended} mended")


def every_review_has_a_reason(simulation: "Simulation") -> None:
    for (operation_id,) in simulation.sql("SELECT id FROM operation WHERE state = 'review' AND outcome = ''"):
        raise Broken("every review has a reason", str(operation_id))


def what_was_told_is_true(simulation: "Simulation") -> None:
    """What was shown as done has its row; what was refused, or never sent, moved no money. What was pressed again after
    nothing was sent may have been sent then."""
    states = dict(simulation.sql("SELECT id, state FROM operation"))
    moved = {each.operation_id: each.call for each in simulation.street.effects}
    for told in simulation.log.told:
        state = states.get(told.operation_id, "")
        if told.what == "done" and state != "done":
            raise Broken("success has a row", f"{told.said} was shown as done and is {state or 'nowhere'}")
        again = told.what == "nothing sent" and simulation.presses[told.operation_id] > 1
        if told.what != "done" and not again and told.operation_id in moved:
            raise Broken("a refusal moves no money", f"{told.said} ({told.operation_id}) was shown as {told.what}")
