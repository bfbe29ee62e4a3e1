"""Recovery of many: several orders at a time, and of each order one thing after the other."""

from threading import Thread

from sellerdesk.domain.errors import KeyRefused
from sellerdesk.domain.operation import OperationState
from sellerdesk.domain.order import Order
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.resolve import AT_ONCE, Resolved
from tests import wiring

ORDERS = AT_ONCE + 2


def interrupted(shop: wiring.Plant) -> list[Order]:
    """Orders whose capture was sent, and whose answer never came."""
    orders = [shop.place_and_pay() for _ in range(ORDERS)]
    shop.sandbox.world.faults.plan("capture", Fault.LOST_BEFORE, times=ORDERS)
    for order in orders:
        shop.prepare(order)
    shop.clock.advance()
    return orders


def test_four_orders_wait_for_stripe_at_once_and_the_others_for_them(shop: wiring.Plant) -> None:
    orders = interrupted(shop)
    faults = shop.sandbox.world.faults
    faults.plan("retrieve", Fault.SLOW, times=ORDERS)
    told: list[Resolved] = []
    recovery = Thread(target=lambda: told.append(shop.works.resolve.run_due(AT_ONCE)))
    recovery.start()
    assert faults.wait_until_holding(AT_ONCE, timeout=60)
    assert faults.holding == AT_ONCE
    faults.release()
    recovery.join()
    assert told == [Resolved(ORDERS, 0, None)]
    assert [shop.check_agrees(order.id).payment.captured for order in orders] == [wiring.TOTAL] * ORDERS


def test_a_refused_key_ends_the_pass_for_all(shop: wiring.Plant) -> None:
    orders = interrupted(shop)
    world = shop.sandbox.world
    world.revoked_keys.add(shop.sandbox.secret_key)
    seen = len(world.seen)
    resolved = shop.works.resolve.run_due(AT_ONCE)
    assert isinstance(resolved.trouble, KeyRefused)
    assert (resolved.finished, len(world.seen) - seen <= AT_ONCE) == (0, True)
    world.revoked_keys.clear()
    shop.settle()
    states = [each.state for order in orders for each in shop.operations(order.id)[-1:]]
    assert states == [OperationState.DONE] * ORDERS
