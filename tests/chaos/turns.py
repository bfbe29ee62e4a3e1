"""Whose turn it is, and what they do with it: each thing with its share of a hundred."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tests.chaos import outside, seller, shopper

if TYPE_CHECKING:
    from tests.chaos.simulation import Simulation

Turn = Callable[["Simulation"], None]


def _resolve(simulation: "Simulation") -> None:
    actor = simulation.rng.choice(simulation.actors)
    simulation.attempt(actor, "resolve", actor.works.resolve.run_due)


def _poll(simulation: "Simulation") -> None:
    actor = simulation.rng.choice(simulation.actors)
    simulation.attempt(actor, "poll", actor.works.desk.sync.poll)


def _read_arrived(simulation: "Simulation") -> None:
    simulation.attempt(simulation.server, "read arrived", simulation.server.works.desk.sync.read_arrived)


def _sweep(simulation: "Simulation") -> None:
    actor = simulation.rng.choice(simulation.actors)
    simulation.attempt(actor, "sweep", actor.works.sweep.run)


def _audit(simulation: "Simulation") -> None:
    actor = simulation.rng.choice(simulation.seats)
    simulation.attempt(actor, "audit", actor.works.desk.audit.run)


TURNS: tuple[tuple[float, Turn], ...] = (
    (5, shopper.place),
    (8, shopper.pay),
    (3, shopper.look_again),
    (4, shopper.answer_bank),
    (1.5, shopper.change_cart),
    (2, shopper.approve_later),
    (9, partial(seller.act, name="prepare")),
    (4, partial(seller.act, name="ship")),
    (3, partial(seller.act, name="release")),
    (9, partial(seller.act, name="refund")),
    (6, partial(seller.act, name="back-order")),
    (5, partial(seller.act, name="renew")),
    (2, seller.decide),
    (2, seller.check_now),
    (7, _resolve),
    (4, _poll),
    (2, _read_arrived),
    (1.5, _sweep),
    (1, _audit),
    (7, outside.let_time_pass),
    (2, outside.move_clock),
    (2, outside.end_program),
    (4, outside.send_events),
    (2.5, outside.use_dashboard),
    (0.7, outside.order_elsewhere),
    (1, outside.let_hold_lapse),
    (1, outside.roll_key),
    (0.3, outside.switch_shipping),
)
_WEIGHTS = tuple(weight for weight, _ in TURNS)
_ACTIONS = tuple(action for _, action in TURNS)


def take_turn(simulation: "Simulation") -> None:
    """Somebody does something. Nobody leaves a shop without a key for long."""
    if simulation.key in simulation.world.revoked_keys and simulation.rng.random() < 0.15:
        outside.roll_key(simulation)
        return
    simulation.rng.choices(_ACTIONS, _WEIGHTS)[0](simulation)
