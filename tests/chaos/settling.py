"""How a simulation ends: nothing breaks any more, the clocks are right, and everybody looks until nothing moves."""

from typing import TYPE_CHECKING

from sellerdesk.domain.errors import SellerDeskError
from tests.chaos.agreement import audit_finds_nothing, check_agreement
from tests.chaos.outside import roll_key
from tests.chaos.trouble import Broken

if TYPE_CHECKING:
    from tests.chaos.simulation import Actor, Simulation

PASSES = 30
PAUSE_SECONDS = 400
# After some passes only what waits for an hour is left: Stripe's repair, a shopper at the bank.
LONG_PAUSE_SECONDS = 3700
QUICK_PASSES = 4


def settle(simulation: "Simulation") -> None:
    """Let everything come to rest, then compare all of it. Raises Broken."""
    simulation.say("everything works from now on")
    simulation.be_calm()
    if simulation.key in simulation.world.revoked_keys:
        roll_key(simulation)
    for actor in simulation.actors:
        actor.set_clock(0)
    come_to_rest(simulation)
    simulation.watchman.look()
    check_agreement(simulation)
    audit_finds_nothing(simulation)


def come_to_rest(simulation: "Simulation") -> None:
    """Until nothing moves any more. Raises Broken when there is no end to it."""
    before = ""
    for count in range(PASSES):
        simulation.let_pass(PAUSE_SECONDS if count < QUICK_PASSES else LONG_PAUSE_SECONDS)
        # Everybody once, for what each has in memory; then one does it for all.
        for actor in simulation.actors if not count else simulation.seats[:1]:
            _look_around(simulation, actor)
        now = _picture(simulation)
        if now == before and not _unsettled(simulation):
            return
        before = now
    raise Broken("everything comes to an end", f"after {PASSES} passes there is still {_unsettled(simulation)}")


def _look_around(simulation: "Simulation", actor: "Actor") -> None:
    for what, action in (
        ("poll", actor.works.desk.sync.poll),
        ("resolve", actor.works.resolve.run_due),
        ("sweep", actor.works.sweep.run),
    ):
        error = simulation.attempt(actor, what, action)
        if isinstance(error, SellerDeskError):
            raise Broken("nothing is in the way for ever", f"{what}: {type(error).__name__}: {error}") from error


def _unsettled(simulation: "Simulation") -> list[tuple[object, ...]]:
    open_ones = simulation.sql(
        "SELECT kind, state, outcome FROM operation WHERE finished_at IS NULL AND state <> 'review'"
    )
    return open_ones or simulation.sql("SELECT 'event', type, object_id FROM inbox WHERE handled_at IS NULL")


def _picture(simulation: "Simulation") -> str:
    rows = simulation.sql("SELECT id, state, outcome FROM operation ORDER BY id")
    rows += simulation.sql("SELECT id, status, amount_received, amount_refunded FROM payment ORDER BY id")
    return repr(rows + simulation.sql("SELECT id, closed_at FROM orders ORDER BY id"))
