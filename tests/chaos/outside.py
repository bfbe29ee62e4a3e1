"""What nobody at our seats does: time, Stripe's events on their way, the Dashboard, other programs, the bank."""

import json
from typing import TYPE_CHECKING

from sellerdesk.domain.errors import NotFromStripe
from sellerdesk.gateway.webhooks import WebhookReader
from sellerdesk.sandbox.disputes import raise_dispute
from sellerdesk.sandbox.errors import CannotHappen
from sellerdesk.sandbox.objects import Intent
from sellerdesk.sandbox.render import event_json
from sellerdesk.sandbox.status import latest_charge, status_of
from sellerdesk.sandbox.webhook_facts import Endpoint
from sellerdesk.sandbox.webhooks import signature
from sellerdesk.services.receive import ReceiveEvents
from tests.chaos.trouble import Broken

if TYPE_CHECKING:
    from tests.chaos.simulation import Simulation

HOUR, DAY = 3600, 86_400
SECRET = "whsec_of_this_simulation"
ENDPOINT = Endpoint("we_sim", 0, "http://127.0.0.1:9/stripe/events", ["*"], None, None, {}, {SECRET: None})
FORGER = Endpoint("we_forged", 0, ENDPOINT.url, ["*"], None, None, {}, {"whsec_of_somebody_else": None})
# What passes between two things that happen: mostly moments, now and then a night or a weekend.
PAUSES = (*[1, 2, 5, 12, 30] * 6, *[70, 140, 400, 900] * 4, HOUR, HOUR, 2 * HOUR, 9 * HOUR, DAY, 3 * DAY)


def let_time_pass(simulation: "Simulation") -> None:
    seconds = simulation.rng.choice(PAUSES)
    simulation.let_pass(seconds)
    simulation.say(f"{seconds} s pass")


def move_clock(simulation: "Simulation") -> None:
    """One computer's clock is set wrong, or right again."""
    actor = simulation.rng.choice(simulation.actors)
    actor.set_clock(simulation.rng.choice((0, 0, 1, -1, 61, -61, HOUR, -HOUR, 3 * DAY, -3 * DAY)))
    simulation.say(f"{actor.name}'s clock is {actor.skew} s ahead")


def end_program(simulation: "Simulation") -> None:
    """Closed and opened again, or the computer restarted."""
    actor = simulation.rng.choice(simulation.actors)
    actor.start()
    simulation.say(f"{actor.name} is started anew")


def send_events(simulation: "Simulation") -> None:
    """Some of the newest events arrive, in any order, some of them several times; most never do."""
    with simulation.world.open() as world:
        bodies = [json.dumps(event_json(world, each)).encode() for each in list(world.store.events.values())[-12:]]
    if not bodies:
        return
    chosen = [simulation.rng.choice(bodies) for _ in range(simulation.rng.randrange(1, 4))]
    chosen += chosen[: simulation.rng.randrange(0, 2)]
    for body in chosen:
        _send(simulation, body)
    if simulation.rng.random() < 0.1:
        _forge(simulation, bodies[-1])


def _send(simulation: "Simulation", body: bytes) -> None:
    server = simulation.server
    reader = WebhookReader(SECRET, False, server.clock)
    receive = ReceiveEvents(server.store, reader, server.clock, lambda: None)
    with simulation.world.open() as world:
        header = signature(world, ENDPOINT, body)
    simulation.attempt(server, "event", lambda: receive.take(body, header))


def _forge(simulation: "Simulation", body: bytes) -> None:
    server = simulation.server
    with simulation.world.open() as world:
        header = signature(world, FORGER, body)
    try:
        WebhookReader(SECRET, False, server.clock).read(body, header)
    except NotFromStripe:
        return
    raise Broken("only Stripe's events are taken", "a forged one was")


def use_dashboard(simulation: "Simulation") -> None:
    """Somebody captures, cancels or refunds past us, or the bank takes money back."""
    intent = _any_intent(simulation)
    if intent is None:
        return
    with simulation.world.open() as world:
        status, charge = status_of(world, intent), latest_charge(world, intent)
    if status == "requires_capture":
        what = simulation.rng.choice(("capture", "cancel"))
        simulation.touched.add(intent.id)
        simulation.outsider.post(f"payment_intents/{intent.id}/{what}")
    elif status == "succeeded" and charge is not None:
        what = simulation.rng.choice(("refund", "dispute"))
        simulation.touched.add(intent.id)
        if what == "refund":
            simulation.outsider.post("refunds", payment_intent=intent.id, amount=max(1, charge.amount_captured // 3))
        else:
            _dispute(simulation, intent)
    else:
        return
    simulation.say(f"the Dashboard: {what} {intent.id}")


def _dispute(simulation: "Simulation", intent: Intent) -> None:
    with simulation.world.open() as world:
        charge = latest_charge(world, intent)
        assert charge is not None
        try:
            raise_dispute(world, charge, "fraudulent")
        except CannotHappen:
            simulation.say("  it is disputed already")


def order_elsewhere(simulation: "Simulation") -> None:
    """Another program of the same account holds money."""
    made = simulation.outsider.post(
        "payment_intents",
        amount=4200,
        currency="eur",
        capture_method="manual",
        payment_method="pm_card_visa",
        confirm=True,
        automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
    )
    simulation.touched.add(str(made.body.get("id")))
    simulation.say(f"made elsewhere: {made.body.get('id')}")


def let_hold_lapse(simulation: "Simulation") -> None:
    """Time passes until shortly before, or just after, a hold is over."""
    with simulation.world.open() as world:
        ends = [each.capture_before for each in world.store.charges.values() if each.held and each.capture_before]
    if ends:
        wanted = simulation.rng.choice(ends) + simulation.rng.choice((-DAY, -300, 2, HOUR))
        simulation.let_pass(max(0, wanted - simulation.time.seconds()))
        simulation.say("a hold is about to lapse, or has")


def roll_key(simulation: "Simulation") -> None:
    """The key is revoked. Some time later everybody has a new one."""
    if simulation.key in simulation.world.revoked_keys:
        simulation.key = f"sk_test_next{simulation.rng.getrandbits(40):020d}"
        for actor in simulation.actors:
            actor.start()
        simulation.say("everybody has a new key")
    else:
        simulation.world.revoke_key(simulation.key)
        simulation.say("the key is revoked")


def switch_shipping(simulation: "Simulation") -> None:
    """Whether the intent takes tracking after the hold was made, which Stripe's documents leave open."""
    world = simulation.world
    world.refuse_shipping_after_authorization = not world.refuse_shipping_after_authorization


def _any_intent(simulation: "Simulation") -> Intent | None:
    with simulation.world.open() as world:
        intents = list(world.store.intents.values())
    return simulation.rng.choice(intents) if intents else None
