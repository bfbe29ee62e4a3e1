"""Crash points: the process dies between two steps, a second one recovers, and money has moved exactly once.

Each death is real (``os._exit`` or SIGKILL) in a process of its own, with a real database file and real HTTP.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sellerdesk.app import assemble
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import PassedOn
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.approving import ApprovalState
from sellerdesk.services.pay_answer import PayState
from sellerdesk.services.saved_card import ChargeState
from tests import wiring
from tests.crash.child import COMMIT
from tests.crash.conftest import ENGINES, THIRD, Killer
from tests.crash.scenes import check_captured, scene
from tests.wiring import TOTAL, Plant, calls

pytestmark = pytest.mark.crash

GAPS = ("planned", "claimed", "answered", "before_commit", "recorded")
ALL_POINTS = 150
RESOLVE = ("resolve",)
POLL = ("poll",)
# The sandbox's name of the call an operation makes.
CALLS = {
    OperationKind.CREATE_CUSTOMER: "create_customer",
    OperationKind.CREATE_INTENT: "create_intent",
    OperationKind.CONFIRM: "confirm",
    OperationKind.CAPTURE: "capture",
    OperationKind.CANCEL: "cancel",
    OperationKind.SHIP: "update",
    OperationKind.REFUND: "create_refund",
    OperationKind.BACK_ORDER: "create_intent",
    OperationKind.RENEW: "create_intent",
    OperationKind.CHARGE_AGAIN: "confirm",
}
EACH_KIND = pytest.mark.parametrize("kind", list(CALLS))
EACH_GAP = pytest.mark.parametrize("gap", GAPS)


@EACH_GAP
@EACH_KIND
def test_dying_in_each_gap(killer: Killer, shop: Plant, kind: OperationKind, gap: str) -> None:
    here = scene(kind, shop)
    killer.die(here.step, at=here.at(gap))
    killer.run(RESOLVE, seat="Seat 2")
    here.finished()


@EACH_KIND
def test_dying_just_before_it_is_written_down(killer: Killer, shop: Plant, kind: OperationKind) -> None:
    """Nothing is known of it: whoever pressed presses again."""
    here = scene(kind, shop)
    before = "create_customer.recorded" if kind is OperationKind.CREATE_INTENT else ""
    killer.die(here.step, at=before + COMMIT, call_it=here.at("planning"))
    killer.run(here.step, seat="Seat 2")
    here.finished()


@EACH_KIND
def test_dying_just_before_it_is_claimed(killer: Killer, shop: Plant, kind: OperationKind) -> None:
    here = scene(kind, shop)
    killer.die(here.step, at=here.at("planned") + COMMIT, call_it=here.at("claiming"))
    killer.run(RESOLVE, seat="Seat 2")
    here.finished()


@EACH_GAP
@pytest.mark.parametrize(
    "kind", [OperationKind.CONFIRM, OperationKind.CAPTURE, OperationKind.SHIP, OperationKind.REFUND]
)
def test_stripes_events_come_before_the_recovery(killer: Killer, shop: Plant, kind: OperationKind, gap: str) -> None:
    shop.works.desk.sync.poll()
    here = scene(kind, shop)
    killer.die(here.step, at=here.at(gap))
    killer.run(POLL, RESOLVE, POLL)
    here.finished()


@pytest.mark.parametrize("gap", ["answered", "recorded"])
@EACH_KIND
def test_dying_after_an_answer_was_lost(killer: Killer, shop: Plant, kind: OperationKind, gap: str) -> None:
    here = scene(kind, shop)
    shop.sandbox.world.faults.plan(CALLS[kind], Fault.LOST_AFTER)
    killer.die(here.step, at=here.at(gap), when="its answer was lost")
    killer.run(RESOLVE)
    here.finished()


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.SLOW_AFTER])
@EACH_KIND
def test_killed_while_the_call_is_under_way(killer: Killer, shop: Plant, kind: OperationKind, fault: Fault) -> None:
    here = scene(kind, shop)
    shop.sandbox.world.faults.plan(CALLS[kind], fault)
    killer.kill_held(here.step, at=here.at("call"), when=fault.value)
    killer.run(RESOLVE)
    here.finished()


@pytest.mark.parametrize("recovery", [(RESOLVE,), (POLL, RESOLVE)], ids=["resolve", "poll-first"])
@EACH_GAP
def test_dying_around_a_decline(killer: Killer, shop: Plant, gap: str, recovery: tuple[Any, ...]) -> None:
    kind = OperationKind.CONFIRM
    here = scene(kind, shop, wiring.DECLINED)
    killer.die(here.step, at=here.at(gap), when="the bank declined")
    killer.run(*recovery)
    here.finished()


@EACH_GAP
def test_dying_where_the_charge_takes_the_tracking(killer: Killer, shop: Plant, gap: str) -> None:
    kind = OperationKind.SHIP
    here = scene(kind, shop)
    shop.sandbox.world.refuse_shipping_after_authorization = True
    killer.die(here.step, at=here.at(gap), when="the charge takes the tracking")
    killer.run(RESOLVE)
    order = check_captured(here)
    assert order.shipment is not None
    assert order.shipment.passed_on is PassedOn.ON_CHARGE


@pytest.mark.parametrize("again", GAPS)
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer-lost"])
@pytest.mark.parametrize("gap", GAPS[:-1])
def test_dying_again_while_recovering_a_capture(killer: Killer, shop: Plant, gap: str, lost: bool, again: str) -> None:
    kind = OperationKind.CAPTURE
    here = scene(kind, shop)
    # A lost answer is postponed instead of finished: that gap is called "recorded".
    first = "recorded" if lost and gap == "before_commit" else gap
    if lost and gap in ("answered", "before_commit"):
        shop.sandbox.world.faults.plan("capture", Fault.LOST_AFTER)
    killer.die(here.step, at=here.at(first))
    if lost and gap in ("planned", "claimed"):
        shop.sandbox.world.faults.plan("capture", Fault.LOST_AFTER)
        after = "recorded" if again == "before_commit" else again
    else:
        after = again
    killer.die(RESOLVE, at=here.at(after), seat="Seat 2", when="it was recovered")
    killer.run(RESOLVE, seat="Seat 3")
    order = here.finished()
    captures = calls(shop.sandbox, "POST", f"{order.payment.intent_id}/capture")
    assert len({call.idempotency_key for call in captures}) == 1


@pytest.mark.parametrize("gap", ["claimed", "answered", "before_commit"])
@pytest.mark.parametrize("first", ["planned", "claimed", "answered", "recorded"])
def test_dying_again_while_recovering_a_refund(killer: Killer, shop: Plant, first: str, gap: str) -> None:
    """Its answer was lost after it was made, in the first life or in the second: one refund, under one key."""
    here = scene(OperationKind.REFUND, shop)
    sent_before = len(calls(shop.sandbox, "POST", "/v1/refunds"))
    shop.sandbox.world.faults.plan("create_refund", Fault.LOST_AFTER)
    killer.die(here.step, at=here.at(first))
    sent = first in ("answered", "recorded")
    # An answer lost in the second life is postponed there instead of finished.
    again = "recorded" if gap == "before_commit" and not sent else gap
    killer.die(RESOLVE, at=here.at(again), seat="Seat 2", when="it was recovered")
    killer.run(RESOLVE, seat="Seat 3")
    here.finished()
    keys = [call.idempotency_key for call in calls(shop.sandbox, "POST", "/v1/refunds")[sent_before:]]
    assert set(keys) == {f"sd-{here.step[1]}-0"}


@EACH_KIND
def test_dying_at_the_same_gap_again_and_again(killer: Killer, shop: Plant, kind: OperationKind) -> None:
    here = scene(kind, shop)
    killer.die(here.step, at=here.at("before_commit"))
    for _ in range(3):
        killer.die(RESOLVE, at=here.at("before_commit"), when="it was recovered")
    killer.run(RESOLVE)
    here.finished()


@EACH_GAP
def test_the_seller_presses_again_after_the_crash(killer: Killer, shop: Plant, gap: str) -> None:
    """The window is opened again and the same dialog sent again, before anything was resolved."""
    kind = OperationKind.CAPTURE
    here = scene(kind, shop)
    killer.die(here.step, at=here.at(gap))
    killer.run(here.step, RESOLVE)
    here.finished()


@EACH_GAP
def test_the_shopper_presses_again_after_the_crash(killer: Killer, shop: Plant, gap: str) -> None:
    kind = OperationKind.CONFIRM
    here = scene(kind, shop)
    killer.die(here.step, at=here.at(gap))
    killer.run(here.step, RESOLVE)
    here.finished()


def placed_by(road: ConfirmationRoad, shop: Plant, checkout_id: str) -> wiring.Placed:
    """An order made for ``road`` in the shop that all tests share; it remembers its road."""
    installation = shop.store.installation()
    works = assemble(
        shop.store, shop.works.gateway, shop.clock, seat="Shop", installation=installation, road=lambda: road
    )
    return replace(shop, works=works).place(checkout_id)


@EACH_GAP
def test_p16_dying_around_the_second_confirmation(killer: Killer, shop: Plant, gap: str) -> None:
    placed = placed_by(ConfirmationRoad.MANUAL, shop, new_secret_token())
    asked = shop.pay(placed, wiring.ASKS_FIRST)
    assert asked.state is PayState.ACTION
    wiring.answer_challenge(shop.sandbox, asked.order, approve=True)
    # Two machines agree on the time to a second or two only, and what was read later counts.
    shop.sandbox.world.clock.advance(10)
    killer.die(RESOLVE, at=f"confirm.{gap}", when="it was confirmed a second time")
    killer.run(RESOLVE)
    order = shop.check_agrees(placed.order.id)
    assert order.payment.held == TOTAL
    confirms = shop.operations(order.id, OperationKind.CONFIRM)
    assert [each.state for each in confirms] == [OperationState.DONE] * 2
    keys = {call.idempotency_key for call in calls(shop.sandbox, "POST", f"{order.payment.intent_id}/confirm")}
    assert len(keys) == 2


@pytest.mark.parametrize("recovery", [(RESOLVE,), (POLL, RESOLVE)], ids=["resolve", "poll-first"])
@EACH_GAP
def test_p15_dying_while_a_payment_is_closed_for_another_cart(
    killer: Killer, shop: Plant, gap: str, recovery: tuple[Any, ...]
) -> None:
    checkout_id = new_secret_token()
    placed = placed_by(ConfirmationRoad.PAGE, shop, checkout_id)
    killer.die(("place_less", checkout_id), at=f"cancel.{gap}", when="another cart was ordered")
    killer.run(*recovery)
    order = shop.check_agrees(placed.order.id)
    assert (order.payment.status, order.payment.held) == (PaymentStatus.CANCELED, 0)
    assert order.closed_at is not None


@EACH_GAP
def test_dying_while_the_old_hold_is_released(killer: Killer, shop: Plant, gap: str) -> None:
    """The new hold is there already: both stand until somebody comes back."""
    here = scene(OperationKind.RENEW, shop)
    killer.die(here.step, at=f"cancel.{gap}", when="a new hold stood in its place")
    killer.run(RESOLVE, seat="Seat 2")
    here.finished()


@EACH_GAP
def test_dying_while_the_shopper_goes_to_the_bank(killer: Killer, shop: Plant, gap: str) -> None:
    order = shop.prepare(shop.place_and_save_card(wiring.ASKS_FIRST), {1: 0})
    asked = shop.back_order(order)
    assert asked.state is ChargeState.NEEDS_SHOPPER
    killer.die(("approve", order.link_token), at=f"confirm.{gap}", when="the shopper approved it")
    killer.run(RESOLVE)
    # The shopper presses again: one and the same intent, and one charge.
    killer.run(("approve", order.link_token))
    shop.sandbox.world.answer_challenge(asked.payment.intent_id, approve=True)
    shop.sandbox.world.clock.advance(10)
    assert shop.works.shopfront.approving.look(order.link_token).state is ApprovalState.APPROVED
    assert [each.captured for each in shop.check_agrees(order.id).back_orders] == [6200]


@EACH_KIND
def test_no_crash_at_all(killer: Killer, shop: Plant, kind: OperationKind) -> None:
    """The ground the others stand on: the same step, in a process that lives."""
    here = scene(kind, shop)
    killer.run(here.step)
    here.finished()


def test_every_crash_point_was_reached(
    module_killer: Killer, engine: str, release: bool, proof: Callable[[str], None]
) -> None:
    """Stands last, and counts what the others of this file died at in this process."""
    points, deaths, violations = module_killer.points, module_killer.deaths, module_killer.violations
    kinds = {point.kind for point in points}
    whole = release or engine == ENGINES[0]
    how = "all" if whole else f"third {THIRD + 1} of 3"
    proof(
        f"crash points on {engine}, {how}: {len(points)} points of {len(kinds)} kinds of operation, {deaths} deaths, "
        f"{violations} violations"
    )
    assert kinds == {kind.value for kind in CALLS}
    assert len(points) >= (ALL_POINTS if whole else ALL_POINTS // 3)
