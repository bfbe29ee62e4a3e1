"""The part of the control plane that a seller practises with: what happens to one payment, and what is switched on.

* ``POST clock/before_deadline {"intent": "pi_...", "seconds": 3600}``: the clock goes forward to so long before the
  hold lapses; less than 0 is after it.
* ``POST next_hold {"seconds": 2700}``: the next card that is held, is held for that long; ``null`` forgets them.
* ``POST challenge {"intent", "approve"}``: what the card's holder answers in the bank's window.
* ``POST disputes {"intent", "reason"?}``, ``POST warnings {"intent"}``: what a bank does after money was taken.
* ``GET switches``: what is on of the bank and of faults; ``POST normal``: all that is on is switched off, that of
  ``control_switches``, too. What has happened stays, and so does the clock: time never goes back by itself.

What cannot happen as things stand (no hold, nothing taken, time would go back) is answered with 409 and a sentence.
"""

from collections.abc import Callable
from typing import Any

from sellerdesk.sandbox.disputes import raise_dispute, raise_warning
from sellerdesk.sandbox.errors import CannotHappen
from sellerdesk.sandbox.objects import Charge, Intent, Json
from sellerdesk.sandbox.render_aftermath import dispute_json, warning_json
from sellerdesk.sandbox.status import latest_charge
from sellerdesk.sandbox.switches import Switches
from sellerdesk.sandbox.world import World

_LONGEST = 10**9


def _before_deadline(world: World, arguments: Json) -> Json:
    before = _seconds(arguments["seconds"])
    with world.open():
        charge = latest_charge(world, _intent(world, arguments))
        if charge is None or not charge.held or charge.capture_before is None:
            raise CannotHappen("This payment holds nothing: it has no deadline.")
        wanted = charge.capture_before - before
        if wanted < world.clock.now():
            raise CannotHappen("That moment is over: time goes forward only.")
        world.clock.set(wanted)
    return {"now": world.clock.now(), "offset": world.clock.offset}


def _next_hold(world: World, arguments: Json) -> Json:
    seconds = arguments["seconds"]
    with world.lock:
        if seconds is None:
            world.store.hold_seconds.clear()
        elif _seconds(seconds) < 1:
            raise ValueError("A hold lasts at least one second.")
        else:
            world.store.hold_seconds.append(seconds)
        return {"waiting": list(world.store.hold_seconds)}


def _answer_challenge(world: World, arguments: Json) -> Json:
    approve = arguments["approve"]
    if not isinstance(approve, bool):
        raise TypeError("approve must be true or false.")
    with world.open():
        intent = _intent(world, arguments)
        if intent.challenge is None:
            raise CannotHappen("The bank asks nothing about this payment.")
        world.answer_challenge(intent.id, approve=approve)
    return {"approve": approve}


def _dispute(world: World, arguments: Json) -> Json:
    reason = str(arguments.get("reason", "fraudulent"))
    with world.open():
        return dispute_json(world, raise_dispute(world, _charge(world, arguments), reason))


def _warning(world: World, arguments: Json) -> Json:
    with world.open():
        return warning_json(world, raise_warning(world, _charge(world, arguments)))


def _switches(world: World, _arguments: Json) -> Json:
    with world.lock:
        return {
            "faults": [
                {
                    "kind": each.kind,
                    "fault": str(each.fault),
                    "left": each.times - each.fired,
                    "seconds": each.seconds,
                }
                for each in world.faults.waiting()
            ],
            "declines": [each.decline_code or each.code for each in world.declines_waiting()],
            "holds": list(world.store.hold_seconds),
            "refuses_shipping": world.refuse_shipping_after_authorization,
        }


def _normal(world: World, arguments: Json) -> Json:
    world.faults.clear()
    world.approve_next()
    with world.lock:
        world.store.hold_seconds.clear()
        world.refuse_shipping_after_authorization = False
        world.switches = Switches()
    return _switches(world, arguments)


def _intent(world: World, arguments: Json) -> Intent:
    intent = world.store.intents.get(str(arguments["intent"]))
    if intent is None:
        raise CannotHappen("There is no such payment.")
    return intent


def _charge(world: World, arguments: Json) -> Charge:
    charge = latest_charge(world, _intent(world, arguments))
    if charge is None:
        raise CannotHappen("No card was charged for this payment.")
    return charge


def _seconds(value: Any) -> int:
    if type(value) is not int or abs(value) > _LONGEST:
        raise ValueError("Seconds must be a whole number.")
    return value


PRACTICE_HANDLERS: tuple[tuple[str, str, Callable[[World, Json], Any]], ...] = (
    ("POST", "clock/before_deadline", _before_deadline),
    ("POST", "next_hold", _next_hold),
    ("POST", "challenge", _answer_challenge),
    ("POST", "disputes", _dispute),
    ("POST", "warnings", _warning),
    ("GET", "switches", _switches),
    ("POST", "normal", _normal),
)
