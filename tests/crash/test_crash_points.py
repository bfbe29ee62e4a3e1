"""Crash points: the process dies between two steps, a second one recovers, and money has moved exactly once.

Each death is real (``os._exit`` or SIGKILL) in a process of its own, with a real database file and real HTTP.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update

from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, PassedOn, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.approving import ApprovalState
from sellerdesk.services.pay_answer import PayState
from sellerdesk.services.saved_card import ChargeState
from sellerdesk.store.models import PaymentRecord
from tests import wiring
from tests.builders import fresh_id
from tests.crash.child import DIED
from tests.crash.conftest import Killer
from tests.wiring import TOTAL, Plant, calls, confirmation_token

pytestmark = pytest.mark.crash

GAPS = ("planned", "claimed", "answered", "before_commit", "recorded")
SHORT = TOTAL - 6200
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
_LATER = (OperationKind.BACK_ORDER, OperationKind.RENEW, OperationKind.CHARGE_AGAIN)
EACH_KIND = pytest.mark.parametrize("kind", list(CALLS))
EACH_GAP = pytest.mark.parametrize("gap", GAPS)


@dataclass
class Scene:
    """A shop just before the step that will be cut short, the step, and what must hold in the end."""

    shop: Plant
    kind: OperationKind
    checkout_id: str
    step: tuple[Any, ...]
    check: Callable[["Scene"], Order]
    mugs: int

    def order(self) -> Order:
        """Our order as it stands, after the checks that hold for every one."""
        with self.shop.store.read() as unit:
            known = unit.orders.by_checkout(self.checkout_id)
        assert known is not None
        order = self.shop.check_agrees(known.id)
        assert (
            self.shop.rows(
                "SELECT o.id FROM operation o LEFT JOIN attempt a ON a.operation_id = o.id WHERE o.order_id = ? "
                "GROUP BY o.id HAVING count(a.n) <> max(o.attempts)",
                order.id,
            )
            == []
        )
        return order

    def finished(self) -> Order:
        """The end: the facts, and that the one operation of this kind is done."""
        order = self.check(self)
        operation = self.shop.operations(order.id, self.kind)[-1]
        if self.kind is not OperationKind.CREATE_INTENT:
            assert len(self.shop.operations(order.id, self.kind)) == 1
        declined = self.check is check_declined
        assert operation.state is (OperationState.FAILED if declined else OperationState.DONE)
        return order

    def at(self, gap: str) -> str:
        """The crash point's name."""
        return f"{self.kind.value}.{gap}"


def scene(kind: OperationKind, shop: Plant, card: str = "pm_card_visa") -> Scene:
    checkout_id = new_secret_token()
    here = Scene(shop, kind, checkout_id, ("place", checkout_id), check_placed, mugs(shop))
    if kind in (OperationKind.CREATE_CUSTOMER, OperationKind.CREATE_INTENT):
        return here
    placed = shop.place(checkout_id, save_card=kind in _LATER)
    if kind is OperationKind.CONFIRM:
        here.step = ("pay", checkout_id, placed.order.reference, confirmation_token(shop.sandbox, card))
        here.check = check_held if card == "pm_card_visa" else check_declined
        return here
    order = shop.pay(placed).order
    if kind is OperationKind.CAPTURE:
        here.step, here.check = ("prepare", fresh_id(), order.id, order.version), check_captured
        return here
    if kind is OperationKind.CANCEL:
        here.step, here.check = ("release", fresh_id(), order.id, order.version), check_released
        return here
    if kind is OperationKind.RENEW:
        lapse(shop, order)
        here.step, here.check = ("renew", fresh_id(), order.id, order.version), check_renewed
        return here
    order = shop.prepare(order, {1: 0})
    if kind is OperationKind.BACK_ORDER:
        here.step, here.check = ("back_order", fresh_id(), order.id, order.version), check_charged_later
        return here
    if kind is OperationKind.CHARGE_AGAIN:
        shop.sandbox.world.decline_next("insufficient_funds")
        order = shop.back_order(order).order
        here.step, here.check = ("charge_again", fresh_id(), order.id, order.version), check_charged_later
        return here
    if kind is OperationKind.REFUND:
        here.step, here.check = ("refund", fresh_id(), order.id, order.version), check_refunded
        return here
    here.step, here.check = ("ship", fresh_id(), order.id, order.version), check_shipped
    return here


def mugs(shop: Plant) -> int:
    with shop.store.read() as unit:
        return {product.sku: product.on_hand for product in unit.catalogue.products()}["MUG"]


def check_placed(here: Scene) -> Order:
    """The shopper's page asks again, and pays."""
    placed = here.shop.place(here.checkout_id)
    assert here.order().payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert here.shop.pay(placed).state is PayState.HELD
    return here.order()


def check_held(here: Scene) -> Order:
    order = here.order()
    assert order.payment.held == TOTAL
    assert here.shop.at_stripe(order)["charges"] == 1
    return order


def check_declined(here: Scene) -> Order:
    order = here.order()
    assert order.payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert order.payment.problem is not None
    assert order.payment.problem.decline_code == "insufficient_funds"
    assert here.shop.happened(order.id).count("declined") == 1
    assert here.shop.at_stripe(order)["charges"] == 1
    return order


def check_captured(here: Scene) -> Order:
    order = here.order()
    assert (order.payment.captured, order.payment.released) == (SHORT, 6200)
    assert [line.kept for line in order.lines] == [2, 0]
    assert here.shop.at_stripe(order)["captures"] == 1
    assert mugs(here.shop) == here.mugs - 2
    return order


def check_released(here: Scene) -> Order:
    order = here.order()
    assert (order.payment.status, order.payment.held) == (PaymentStatus.CANCELED, 0)
    assert (order.payment.captured, order.payment.released) == (0, TOTAL)
    assert mugs(here.shop) == here.mugs
    return order


def check_refunded(here: Scene) -> Order:
    with here.shop.store.read() as unit:
        known = unit.orders.by_checkout(here.checkout_id)
    assert known is not None
    # The clock of this process moves only when asked, and may be up to a second ahead of the child's, whose later
    # answer then counts as the older one until Stripe is read again.
    here.shop.works.desk.sync.read_again(known.payment.intent_id)
    order = check_captured(here)
    (refund,) = order.refunds
    assert (refund.amount, refund.lines, refund.note) == (2400, ((0, 1),), "One broke.")
    assert (refund.operation_id, order.payment.refunded) == (here.step[1], 2400)
    return order


def lapse(shop: Plant, order: Order) -> None:
    """Let the hold end soon, as if days had passed: time itself is the same for all tests of this file."""
    soon = shop.clock.now() + 3600
    with shop.sandbox.world.open() as world:
        charge = world.store.charges[order.payment.facts.charge_id if order.payment.facts else ""]
        charge.capture_before = soon
    with shop.store.write() as unit:
        facts = order.payment.facts
        assert facts is not None
        # Without a new version: the seller looks at this order as it is.
        unit.orders._session.execute(
            update(PaymentRecord).where(PaymentRecord.id == order.payment.id).values(capture_before=soon)
        )
        unit.commit()


def check_charged_later(here: Scene) -> Order:
    order = here.order()
    (charged,) = order.back_orders
    assert (charged.captured, charged.lines) == (6200, ((1, 1),))
    assert here.shop.happened(order.id).count("charged_later") == 1
    assert stage_of(order) is Stage.TO_SHIP
    return order


def check_renewed(here: Scene) -> Order:
    order = here.order()
    old, new = order.payments
    assert (order.payment.id, order.payment.held) == (new.id, TOTAL)
    assert (old.status, old.released) == (PaymentStatus.CANCELED, TOTAL)
    assert {"renewed", "replaced"} <= set(here.shop.happened(order.id))
    return order


def check_shipped(here: Scene) -> Order:
    order = check_captured(here)
    assert order.shipment is not None
    assert (order.shipment.parcels, order.shipment.passed_on) == ((wiring.PARCEL,), PassedOn.ON_INTENT)
    assert here.shop.happened(order.id).count("passed_on") == 1
    there = here.shop.works.gateway.retrieve(order.payment.intent_id)
    assert there.shipping is not None
    assert there.shipping.tracking_number == wiring.PARCEL.number
    return order


@EACH_GAP
@EACH_KIND
def test_dying_in_each_gap(killer: Killer, shop: Plant, kind: OperationKind, gap: str) -> None:
    here = scene(kind, shop)
    assert killer.run(here.step, gap=here.at(gap)) == DIED
    assert killer.run(RESOLVE, seat="Seat 2") == 0
    here.finished()


@EACH_GAP
@pytest.mark.parametrize(
    "kind", [OperationKind.CONFIRM, OperationKind.CAPTURE, OperationKind.SHIP, OperationKind.REFUND]
)
def test_stripes_events_come_before_the_recovery(killer: Killer, shop: Plant, kind: OperationKind, gap: str) -> None:
    shop.works.desk.sync.poll()
    here = scene(kind, shop)
    assert killer.run(here.step, gap=here.at(gap)) == DIED
    assert killer.run(POLL, RESOLVE, POLL) == 0
    here.finished()


@pytest.mark.parametrize("gap", ["answered", "recorded"])
@EACH_KIND
def test_dying_after_an_answer_was_lost(killer: Killer, shop: Plant, kind: OperationKind, gap: str) -> None:
    here = scene(kind, shop)
    shop.sandbox.world.faults.plan(CALLS[kind], Fault.LOST_AFTER)
    assert killer.run(here.step, gap=here.at(gap)) == DIED
    assert killer.run(RESOLVE) == 0
    here.finished()


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.SLOW_AFTER])
@EACH_KIND
def test_killed_while_the_call_is_under_way(killer: Killer, shop: Plant, kind: OperationKind, fault: Fault) -> None:
    here = scene(kind, shop)
    shop.sandbox.world.faults.plan(CALLS[kind], fault)
    assert killer.run_until_held(here.step) == -9
    assert killer.run(RESOLVE) == 0
    here.finished()


@pytest.mark.parametrize("recovery", [(RESOLVE,), (POLL, RESOLVE)], ids=["resolve", "poll-first"])
@EACH_GAP
def test_dying_around_a_decline(killer: Killer, shop: Plant, gap: str, recovery: tuple[Any, ...]) -> None:
    kind = OperationKind.CONFIRM
    here = scene(kind, shop, wiring.DECLINED)
    assert killer.run(here.step, gap=here.at(gap)) == DIED
    assert killer.run(*recovery) == 0
    here.finished()


@EACH_GAP
def test_dying_where_the_charge_takes_the_tracking(killer: Killer, shop: Plant, gap: str) -> None:
    kind = OperationKind.SHIP
    here = scene(kind, shop)
    shop.sandbox.world.refuse_shipping_after_authorization = True
    assert killer.run(here.step, gap=here.at(gap)) == DIED
    assert killer.run(RESOLVE) == 0
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
    assert killer.run(here.step, gap=here.at(first)) == DIED
    if lost and gap in ("planned", "claimed"):
        shop.sandbox.world.faults.plan("capture", Fault.LOST_AFTER)
        after = "recorded" if again == "before_commit" else again
    else:
        after = again
    assert killer.run(RESOLVE, gap=here.at(after), seat="Seat 2") == DIED
    assert killer.run(RESOLVE, seat="Seat 3") == 0
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
    assert killer.run(here.step, gap=here.at(first)) == DIED
    sent = first in ("answered", "recorded")
    # An answer lost in the second life is postponed there instead of finished.
    again = "recorded" if gap == "before_commit" and not sent else gap
    assert killer.run(RESOLVE, gap=here.at(again), seat="Seat 2") == DIED
    assert killer.run(RESOLVE, seat="Seat 3") == 0
    here.finished()
    keys = [call.idempotency_key for call in calls(shop.sandbox, "POST", "/v1/refunds")[sent_before:]]
    assert set(keys) == {f"sd-{here.step[1]}-0"}


@EACH_KIND
def test_dying_at_the_same_gap_again_and_again(killer: Killer, shop: Plant, kind: OperationKind) -> None:
    here = scene(kind, shop)
    assert killer.run(here.step, gap=here.at("before_commit")) == DIED
    for _ in range(3):
        assert killer.run(RESOLVE, gap=here.at("before_commit")) == DIED
    assert killer.run(RESOLVE) == 0
    here.finished()


@EACH_GAP
def test_the_seller_presses_again_after_the_crash(killer: Killer, shop: Plant, gap: str) -> None:
    """The window is opened again and the same dialog sent again, before anything was resolved."""
    kind = OperationKind.CAPTURE
    here = scene(kind, shop)
    assert killer.run(here.step, gap=here.at(gap)) == DIED
    assert killer.run(here.step, RESOLVE) == 0
    here.finished()


@EACH_GAP
def test_the_shopper_presses_again_after_the_crash(killer: Killer, shop: Plant, gap: str) -> None:
    kind = OperationKind.CONFIRM
    here = scene(kind, shop)
    assert killer.run(here.step, gap=here.at(gap)) == DIED
    assert killer.run(here.step, RESOLVE) == 0
    here.finished()


def placed_by(road: ConfirmationRoad, shop: Plant, checkout_id: str) -> wiring.Placed:
    """An order made for ``road`` in the shop that all tests share; it remembers its road."""
    with wiring.plant(shop.sandbox, shop.path, road=road, clock=shop.clock) as plant:
        return plant.place(checkout_id)


@EACH_GAP
def test_p16_dying_around_the_second_confirmation(killer: Killer, shop: Plant, gap: str) -> None:
    placed = placed_by(ConfirmationRoad.MANUAL, shop, new_secret_token())
    asked = shop.pay(placed, wiring.ASKS_FIRST)
    assert asked.state is PayState.ACTION
    wiring.answer_challenge(shop.sandbox, asked.order, approve=True)
    # Two machines agree on the time to a second or two only, and what was read later counts.
    shop.sandbox.world.clock.advance(10)
    assert killer.run(RESOLVE, gap=f"confirm.{gap}") == DIED
    assert killer.run(RESOLVE) == 0
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
    assert killer.run(("place_less", checkout_id), gap=f"cancel.{gap}") == DIED
    assert killer.run(*recovery) == 0
    order = shop.check_agrees(placed.order.id)
    assert (order.payment.status, order.payment.held) == (PaymentStatus.CANCELED, 0)
    assert order.closed_at is not None


@EACH_GAP
def test_dying_while_the_old_hold_is_released(killer: Killer, shop: Plant, gap: str) -> None:
    """The new hold is there already: both stand until somebody comes back."""
    here = scene(OperationKind.RENEW, shop)
    assert killer.run(here.step, gap=f"cancel.{gap}") == DIED
    assert killer.run(RESOLVE, seat="Seat 2") == 0
    here.finished()


@EACH_GAP
def test_dying_while_the_shopper_goes_to_the_bank(killer: Killer, shop: Plant, gap: str) -> None:
    order = shop.prepare(shop.place_and_save_card(wiring.ASKS_FIRST), {1: 0})
    asked = shop.back_order(order)
    assert asked.state is ChargeState.NEEDS_SHOPPER
    assert killer.run(("approve", order.link_token), gap=f"confirm.{gap}") == DIED
    assert killer.run(RESOLVE) == 0
    # The shopper presses again: one and the same intent, and one charge.
    assert killer.run(("approve", order.link_token)) == 0
    shop.sandbox.world.answer_challenge(asked.payment.intent_id, approve=True)
    shop.sandbox.world.clock.advance(10)
    assert shop.works.shopfront.approving.look(order.link_token).state is ApprovalState.APPROVED
    assert [each.captured for each in shop.check_agrees(order.id).back_orders] == [6200]


@EACH_KIND
def test_no_crash_at_all(killer: Killer, shop: Plant, kind: OperationKind) -> None:
    """The ground the others stand on: the same step, in a process that lives."""
    here = scene(kind, shop)
    assert killer.run(here.step) == 0
    here.finished()
