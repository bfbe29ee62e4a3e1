"""Payments that no order here knows: taken over whole, once, and only where money was held."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sellerdesk.domain.adoption import NOT_SENT, UNNAMED
from sellerdesk.domain.errors import ChargeRefused
from sellerdesk.domain.order import Order, Parcel, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.pieces import pieces_owed
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.store import sqlite
from tests import wiring
from tests.wiring import ADA, ASKS_FIRST, CART, DAY, DECLINED, TOTAL, Plant, calls, stripe_call


@pytest.fixture
def elsewhere(stripe_sandbox: Sandbox, database_template: Path, tmp_path: Path) -> Iterator[Plant]:
    """Another computer of the same account, with a database of its own."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with wiring.plant(stripe_sandbox, wiring.copy_database(database_template, folder), seat="Far away") as plant:
        yield plant


def hold(sandbox: Sandbox, **form: str) -> dict[str, Any]:
    """A hold that another shop system made."""
    wanted = {
        "amount": "5000",
        "currency": "eur",
        "capture_method": "manual",
        "confirm": "true",
        "payment_method": "pm_card_visa",
        "return_url": "https://other.example",
        **form,
    }
    given = {name: value for name, value in wanted.items() if value}
    return stripe_call(sandbox, "POST", "/v1/payment_intents", **given)


def found(shop: Plant) -> list[Order]:
    """Every order here, oldest first."""
    return [shop.order(order_id) for (order_id,) in shop.rows("SELECT id FROM orders ORDER BY arrival")]


def poll(shop: Plant) -> list[Order]:
    shop.works.desk.sync.poll()
    return found(shop)


def test_an_empty_database_is_rebuilt_from_stripe_alone(shop: Plant, elsewhere: Plant) -> None:
    held = elsewhere.place_and_pay()
    shortened = elsewhere.ship(
        elsewhere.prepare(elsewhere.place_and_pay(), {0: 1}), Parcel("dhl", "00340434161142192795")
    )
    whole = elsewhere.prepare(elsewhere.place_and_pay())
    released = elsewhere.release(elsewhere.place_and_pay())
    declined = elsewhere.place_and_pay(DECLINED)
    asked = elsewhere.place_and_pay(ASKS_FIRST)
    there = [held, shortened, whole, released, declined, asked]
    here = poll(shop)
    assert [each.id for each in here] == [each.id for each in there]
    for mine, its in zip(here, (elsewhere.order(each.id) for each in there), strict=True):
        assert stage_of(mine) is stage_of(its)
        assert (mine.reference, mine.shopper, mine.currency, mine.shipping) == (
            its.reference,
            its.shopper,
            its.currency,
            its.shipping,
        )
        assert (mine.total, mine.payment.held, mine.payment.captured, mine.payment.id) == (
            its.total,
            its.payment.held,
            its.payment.captured,
            its.payment.id,
        )
        shop.check_agrees(mine.id)
    assert [(line.sku, line.quantity, line.unit_price) for line in here[0].lines] == [
        (line.sku, line.quantity, line.unit_price) for line in held.lines
    ]
    assert [(line.sku, line.kept) for line in here[2].lines] == [(line.sku, line.quantity) for line in whole.lines]
    assert here[1].shipment is not None
    its_shipment = elsewhere.order(shortened.id).shipment
    assert its_shipment is not None
    assert (here[1].shipment.parcels, here[1].shipment.at) == (its_shipment.parcels, its_shipment.at)
    assert stage_of(here[1]) is Stage.SHIPPED


def test_what_was_left_out_stays_visible(shop: Plant, elsewhere: Plant) -> None:
    elsewhere.prepare(elsewhere.place_and_pay(), {0: 1})
    (order,) = poll(shop)
    assert [(line.name, line.quantity, line.kept, line.amount) for line in order.lines] == [
        ("Stoneware mug", 1, 1, 2400),
        ("Teapot", 1, 1, 6200),
        (NOT_SENT, 1, 0, 2400),
    ]
    assert (order.total, order.payment.captured, order.payment.released) == (TOTAL, TOTAL - 2400, 2400)
    assert order.shipping_kept == 590


def test_an_adopted_order_is_worked_on_like_any_other(shop: Plant, elsewhere: Plant) -> None:
    elsewhere.place_and_pay()
    (order,) = poll(shop)
    captured = shop.prepare(order, {0: 1})
    assert captured.payment.captured == TOTAL - 2400
    assert shop.ship(captured).shipment is not None
    shop.check_agrees(order.id)
    assert {"placed", "held", "captured", "shipped"} <= set(shop.happened(order.id))


def test_a_hold_of_another_shop_system(shop: Plant, stripe_sandbox: Sandbox) -> None:
    intent = hold(
        stripe_sandbox,
        description="Order #1234",
        receipt_email="grace@example.com",
        **{
            "shipping[name]": "Grace Hopper",
            "shipping[address][line1]": "1 Navy Yard",
            "shipping[address][city]": "Arlington",
            "shipping[address][postal_code]": "22202",
            "shipping[address][country]": "US",
            "metadata[sd_order]": "not an id of ours",
        },
    )
    (order,) = poll(shop)
    assert order.payment.intent_id == intent["id"]
    assert [(line.name, line.amount) for line in order.lines] == [("Order #1234", 5000)]
    assert (order.shopper.name, order.shopper.email, order.shopper.address.city) == (
        "Grace Hopper",
        "grace@example.com",
        "Arlington",
    )
    assert stage_of(order) is Stage.TO_PREPARE
    assert shop.prepare(order).payment.captured == 5000


def test_a_hold_about_which_nothing_is_known(shop: Plant, stripe_sandbox: Sandbox) -> None:
    hold(stripe_sandbox)
    (order,) = poll(shop)
    assert [line.name for line in order.lines] == [UNNAMED]
    assert stage_of(order) is Stage.TO_PREPARE
    # The row and the panel must be able to show it.
    assert shop.works.desk.orders.page(wiring.everything()).rows[0].id == order.id


def test_what_went_back_before_comes_with_it(shop: Plant, stripe_sandbox: Sandbox) -> None:
    intent = hold(stripe_sandbox)
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{intent['id']}/capture")
    stripe_call(stripe_sandbox, "POST", "/v1/refunds", payment_intent=intent["id"], amount="1200")
    (order,) = poll(shop)
    assert [each.amount for each in order.refunds] == [1200]
    assert order.payment.refunded == 1200


def test_lines_that_do_not_add_up_are_not_believed(shop: Plant, stripe_sandbox: Sandbox) -> None:
    hold(
        stripe_sandbox,
        description="Two things",
        **{
            "amount_details[line_items][0][product_name]": "Thing",
            "amount_details[line_items][0][quantity]": "2",
            "amount_details[line_items][0][unit_cost]": "1000",
            "amount_details[enforce_arithmetic_validation]": "false",
        },
    )
    (order,) = poll(shop)
    assert [(line.name, line.amount) for line in order.lines] == [("Two things", 5000)]


def test_more_lines_than_come_with_the_intent(shop: Plant, stripe_sandbox: Sandbox) -> None:
    lines: dict[str, str] = {}
    for n in range(60):
        lines |= {
            f"amount_details[line_items][{n}][product_name]": f"Thing {n}",
            f"amount_details[line_items][{n}][quantity]": "1",
            f"amount_details[line_items][{n}][unit_cost]": "100",
        }
    hold(stripe_sandbox, amount="6000", **lines)
    (order,) = poll(shop)
    assert [line.name for line in order.lines] == [f"Thing {n}" for n in range(60)]


def test_payments_that_are_taken_at_once_are_none_of_a_desks(shop: Plant, stripe_sandbox: Sandbox) -> None:
    hold(stripe_sandbox, capture_method="automatic")
    stripe_call(stripe_sandbox, "POST", "/v1/payment_intents", amount="100", currency="eur", capture_method="manual")
    assert poll(shop) == []
    assert not shop.rows("SELECT 1 FROM inbox WHERE handled_at IS NULL")


def test_a_hold_made_later_appears_with_the_next_poll_and_once(shop: Plant, stripe_sandbox: Sandbox) -> None:
    assert poll(shop) == []
    intent = hold(stripe_sandbox)
    (order,) = poll(shop)
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{intent['id']}/capture", amount_to_capture="2000")
    assert [each.id for each in poll(shop)] == [order.id]
    assert shop.order(order.id).payment.captured == 2000


def test_our_own_order_is_not_adopted_while_its_answer_is_lost(shop: Plant, stripe_sandbox: Sandbox) -> None:
    shop.works.desk.sync.poll()
    stripe_sandbox.world.faults.plan("create_intent", Fault.LOST_AFTER)
    with pytest.raises(Exception, match="Stripe"):
        shop.place("a-checkout")
    shop.works.desk.sync.poll()
    assert len(found(shop)) == 1
    shop.settle()
    order = shop.place("a-checkout").order
    assert order.payment.intent_id
    assert [each.id for each in found(shop)] == [order.id]


@pytest.mark.parametrize(("confirm", "complains"), [("false", False), ("true", True)], ids=["unpaid", "paid"])
def test_a_second_intent_of_a_payment_is_a_contradiction_only_if_it_was_paid(
    shop: Plant, stripe_sandbox: Sandbox, caplog: pytest.LogCaptureFixture, confirm: str, *, complains: bool
) -> None:
    """Stripe may make one when it repairs a fault of its own, after it was asked for again under another key."""
    order = shop.place_and_pay()
    tags = {f"metadata[{name}]": value for name, value in shop.at_stripe(order)["metadata"].items()}
    card = {} if confirm == "true" else {"payment_method": "", "return_url": ""}
    form = {**tags, **card, "confirm": confirm}
    second = hold(stripe_sandbox, **form)
    assert [each.id for each in poll(shop)] == [order.id]
    assert shop.order(order.id).payment.intent_id == order.payment.intent_id
    told = {second["id"] in each.getMessage() for each in caplog.records if each.levelname == "ERROR"}
    assert told == ({True} if complains else set())


def test_two_seats_adopt_at_once(shop: Plant, stripe_sandbox: Sandbox, database: Path) -> None:
    hold(stripe_sandbox)
    with wiring.plant(stripe_sandbox, database, seat="Seat 2") as second:
        poll(shop)
        assert len(poll(second)) == 1
    assert len(found(shop)) == 1


def test_after_more_than_a_month_away(shop: Plant, stripe_sandbox: Sandbox) -> None:
    shop.works.desk.sync.poll()
    stripe_sandbox.world.clock.advance(2 * DAY)
    first = hold(stripe_sandbox)
    stripe_sandbox.world.clock.advance(33 * DAY)
    second = hold(stripe_sandbox)
    shop.clock.learn(stripe_sandbox.world.clock.now())
    assert [each.payment.intent_id for each in poll(shop)] == [first["id"], second["id"]]
    assert [each.payment.status for each in found(shop)] == [PaymentStatus.CANCELED, PaymentStatus.REQUIRES_CAPTURE]


def test_a_refund_that_failed_while_nobody_looked(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.refund(shop.prepare(shop.place_and_pay("pm_card_refundFail")), 1000)
    stripe_sandbox.world.clock.advance(40 * DAY)
    shop.clock.learn(stripe_sandbox.world.clock.now())
    poll(shop)
    assert shop.order(order.id).payment.refunded == 0
    assert not any(each.counts for each in shop.order(order.id).refunds)


def test_a_read_that_fails_is_made_up_for_by_the_next_poll(shop: Plant, stripe_sandbox: Sandbox) -> None:
    hold(stripe_sandbox)
    hold(stripe_sandbox)
    stripe_sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE, skip=1)
    with pytest.raises(Exception, match="Stripe"):
        shop.works.desk.sync.poll()
    assert len(found(shop)) == 1
    assert len(poll(shop)) == 2
    assert calls(stripe_sandbox, "POST", "/capture") == []


def test_what_was_charged_later_comes_with_its_order(shop: Plant, elsewhere: Plant) -> None:
    order = elsewhere.prepare(elsewhere.place_and_save_card("pm_card_visa"), {1: 0})
    charged = elsewhere.back_order(order)
    (here,) = poll(shop)
    assert [(each.id, each.captured) for each in here.back_orders] == [(charged.payment.id, 6200)]
    assert here.payment.captured == TOTAL - 6200
    shop.check_agrees(order.id)
    assert len(poll(shop)) == 1
    # Nobody knows here what of the order was left out: what was charged later counts for all of it.
    assert [pieces_owed(here, line) for line in here.lines] == [0, 0]
    with pytest.raises(ChargeRefused):
        shop.back_order(here)


def test_one_payment_that_makes_no_sense_does_not_hold_up_the_others(shop: Plant, stripe_sandbox: Sandbox) -> None:
    hold(stripe_sandbox)
    second = hold(stripe_sandbox)
    stripe_sandbox.world.faults.plan("retrieve", Fault.HTML_502)
    assert second["id"] in [each.payment.intent_id for each in poll(shop)]
    assert len(poll(shop)) == 2
    assert shop.rows("SELECT last_created FROM watermark") != []


def test_a_payment_that_our_row_planned_and_no_operation_owns_any_more(
    shop: Plant, stripe_sandbox: Sandbox, database: Path
) -> None:
    """An older copy of the database knows the order, and not that its payment was made."""
    order = shop.place().order
    shop.works.desk.sync.poll()
    intent = order.payment.intent_id
    connection = sqlite.connect(sqlite.driver(), database)
    connection.execute("UPDATE payment SET intent_id = NULL, status = NULL WHERE order_id = ?", (order.id,))
    connection.close()
    stripe_call(
        stripe_sandbox,
        "POST",
        f"/v1/payment_intents/{intent}/confirm",
        payment_method="pm_card_visa",
        return_url="https://shop.example",
    )
    assert shop.order(order.id).payment.intent_id == ""
    (found_again,) = poll(shop)
    assert (found_again.id, found_again.payment.intent_id, found_again.payment.held) == (order.id, intent, TOTAL)


def test_a_renewed_hold_comes_with_its_order(shop: Plant, elsewhere: Plant) -> None:
    order = elsewhere.place_and_save_card("pm_card_visa")
    elsewhere.sandbox.world.clock.advance(5 * DAY)
    elsewhere.works.desk.sync.poll()
    renewed = elsewhere.renew(elsewhere.order(order.id))
    shop.clock.learn(elsewhere.sandbox.world.clock.now())
    (here,) = poll(shop)
    assert here.payment.id == renewed.payment.id
    assert (here.payment.held, here.payments[0].status) == (TOTAL, PaymentStatus.CANCELED)
    assert shop.prepare(here).payment.captured == TOTAL
    shop.check_agrees(order.id)


def test_the_same_shopper_and_cart(shop: Plant, elsewhere: Plant) -> None:
    elsewhere.place_and_pay()
    (order,) = poll(shop)
    assert order.shopper == ADA
    assert sum(item.quantity for item in CART) == order.pieces


def test_lines_that_only_their_discount_tells_apart_are_packed_one_by_one(shop: Plant, stripe_sandbox: Sandbox) -> None:
    customer = stripe_call(stripe_sandbox, "POST", "/v1/customers", name="Grace")["id"]
    shirt = {"product_name": "Shirt", "product_code": "SHIRT", "quantity": "1", "unit_cost": "1000"}
    lines = {f"amount_details[line_items][{n}][{name}]": value for n in (0, 1) for name, value in shirt.items()}
    lines["amount_details[line_items][0][discount_amount]"] = "500"
    hold(stripe_sandbox, amount="1500", customer=customer, setup_future_usage="off_session", **lines)
    (order,) = poll(shop)
    assert [line.amount for line in order.lines] == [500, 1000]
    packed = shop.prepare(order, {0: 0, 1: 1})
    assert ([line.kept for line in packed.lines], packed.payment.captured) == ([0, 1], 1000)
    charged = shop.back_order(packed, {0: 1}).order
    assert sum(each.captured for each in charged.payments) == order.total == 1500
