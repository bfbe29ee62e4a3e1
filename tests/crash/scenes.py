"""The scenes of the crash tests: a shop just before a step, the step, and what must hold whatever happened to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, PassedOn, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.stages import stage_of
from sellerdesk.services.pay_answer import PayState
from sellerdesk.store.models import PaymentRecord
from tests import wiring
from tests.builders import fresh_id
from tests.wiring import TOTAL, Plant, confirmation_token

SHORT = TOTAL - 6200
_LATER = (OperationKind.BACK_ORDER, OperationKind.RENEW, OperationKind.CHARGE_AGAIN)


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
