"""Orders come back as they were stored, count their version for visible changes only, and know their stage."""

from dataclasses import replace
from typing import Any

import pytest

from sellerdesk import phase
from sellerdesk.domain.errors import OperationInProgress, OrderChanged, OurBug, UnknownOrder
from sellerdesk.domain.listing import OrderQuery, OrderRow
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Parcel, PassedOn, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.store.database import SqlStore
from sellerdesk.store.failures import ConstraintBroken
from sellerdesk.store.models import Base
from tests import builders
from tests.engines import run_sql


def add(store: SqlStore, order: Order, checkout_id: str = "") -> Order:
    with store.write() as unit:
        unit.orders.add(order, checkout_id or f"checkout-{order.id}", "sha")
        unit.commit()
    return order


def load(store: SqlStore, order_id: str) -> Order:
    with store.read() as unit:
        return unit.orders.get(order_id)


def row(store: SqlStore, order_id: str) -> OrderRow:
    with store.read() as unit:
        rows = unit.lists.page(OrderQuery(None)).rows
    return next(each for each in rows if each.id == order_id)


def save(store: SqlStore, order: Order, **facts: Any) -> bool:
    """Save the order's payment with changed facts."""
    payment = order.payment
    assert payment.facts is not None
    with store.write() as unit:
        changed = unit.orders.save_payment(replace(payment, facts=replace(payment.facts, **facts)))
        unit.commit()
    return changed


# --- there and back --------------------------------------------------------------------------------------


def full_order() -> Order:
    """Every field filled with something that is not its default."""
    facts = builders.payment_facts(
        PaymentStatus.SUCCEEDED,
        canceled_at=7,
        cancellation_reason="requested_by_customer",
        amount_refunded=100,
        problem=builders.refusal(card=None),
        next_action="redirect_to_url",
        shipping=builders.shipping_facts(carrier="colissimo", tracking_number="6A1", phone="1"),
        metadata=(("sd_order", "b"), ("a", "Ünï\u0000 '\"\U0001f9f5")),
        card=builders.card(three_d_secure="authenticated"),
    )
    return builders.placed_order(
        facts,
        builders.refusal(),
        version=7,
        shopper=builders.shopper(address=builders.address(line2="3e étage", state="Rhône")),
        lines=(builders.apron(discount=20, picture="a.svg", kept=1), builders.kettle()),
        discount=20,
        save_card=True,
        shipment=builders.shipment(parcels=(Parcel("dhl", "1"), Parcel("own van", "2")), passed_on=PassedOn.ON_CHARGE),
        shipping_kept=590,
        customer_id="cus_1",
        closed_at=builders.NOW + 5,
        message="The kettle comes in May.",
    )


def test_every_field_comes_back(store: SqlStore) -> None:
    order = add(store, full_order())
    assert load(store, order.id) == order


def test_an_order_without_an_intent_comes_back(store: SqlStore) -> None:
    order = add(store, builders.placed_order())
    assert load(store, order.id) == order


def test_the_client_secret_is_not_kept(store: SqlStore) -> None:
    secret = "pi_1_secret_dontkeepme"
    order = builders.placed_order(builders.payment_facts(client_secret=secret))
    add(store, order)
    save(store, order, client_secret=secret, observed_ms=1)
    kept = load(store, order.id).payment.facts
    assert kept is not None
    assert kept.client_secret == ""
    tables = [table.name for table in Base.metadata.sorted_tables]
    assert not [name for name in tables if secret in str(run_sql(store.place, f"SELECT * FROM {name}"))]


def test_an_unknown_status_keeps_its_raw_word(store: SqlStore) -> None:
    order = add(store, builders.placed_order(builders.payment_facts(PaymentStatus.OTHER, raw_status="requires_magic")))
    assert load(store, order.id) == order
    assert row(store, order.id).raw_status == "requires_magic"


def test_it_is_found_by_each_of_its_names(store: SqlStore) -> None:
    order = add(store, builders.held_order(reference="K7QP3MX2"), "checkout-1")
    add(store, builders.held_order())
    with store.read() as unit:
        for typed in ("K7QP3MX2", "k7qp-3mx2", " K7QP 3MX2 "):
            assert unit.orders.by_reference(typed) == order
        assert unit.orders.by_link(order.link_token) == order
        assert unit.orders.by_checkout("checkout-1") == order
        assert unit.orders.by_intent(order.payment.intent_id) == order
        assert unit.orders.cart_sha256(order.id) == "sha"


def test_what_is_not_there(store: SqlStore) -> None:
    with store.read() as unit:
        orders = unit.orders
        assert orders.by_checkout("x") is None
        assert orders.by_intent("") is None
        for ask in (orders.get, orders.by_reference, orders.by_link, orders.cart_sha256):
            with pytest.raises(UnknownOrder):
                ask("nonsense")
    with store.write() as unit:
        orders = unit.orders
        with pytest.raises(UnknownOrder):
            orders.set_customer("x", "cus_1")
        with pytest.raises(UnknownOrder):
            orders.save_payment(builders.payment("x"))
        with pytest.raises(UnknownOrder):
            orders.save_message("x", "")
        with pytest.raises(UnknownOrder):
            orders.expect_version("x", 1)


def test_stock_is_the_catalogues_of_this_moment(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    assert load(store, order.id).on_hand == ()
    with store.write() as unit:
        unit.catalogue.replace([builders.product("KETTLE-12", on_hand=0), builders.product("OTHER")], [])
        unit.commit()
    assert load(store, order.id).on_hand == (("KETTLE-12", 0),)
    assert load(store, order.id).short == 1
    assert row(store, order.id).short == 1


def test_the_open_operation_is_money_first(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    ship = builders.operation(order, OperationKind.SHIP, created_at=1)
    capture = builders.operation(order, OperationKind.CAPTURE, amount=7000, created_at=2)
    with store.write() as unit:
        unit.journal.plan(ship)
        unit.journal.plan(capture)
        unit.commit()
    shown = load(store, order.id).open_operation
    assert shown is not None
    assert (shown.id, shown.amount, shown.since, shown.seat) == (capture.id, 7000, 2, "packing-1")
    assert row(store, order.id).open_operation == shown
    with store.write() as unit:
        unit.journal.finish(capture, OperationState.FAILED, "declined", 3)
        unit.commit()
    shown = load(store, order.id).open_operation
    assert shown is not None
    assert (shown.id, shown.amount) == (ship.id, None)


def test_a_confirm_shows_the_amount_of_its_payment(store: SqlStore) -> None:
    order = add(store, builders.placed_order())
    with store.write() as unit:
        unit.journal.plan(builders.operation(order, OperationKind.CONFIRM))
        unit.commit()
    shown = load(store, order.id).open_operation
    assert shown is not None
    assert shown.amount == order.payment.amount


# --- unique ----------------------------------------------------------------------------------------------


def test_a_checkout_is_sent_once(store: SqlStore) -> None:
    first = add(store, builders.placed_order(), "checkout-1")
    with pytest.raises(OperationInProgress, match="sent already"):
        add(store, builders.placed_order(), "checkout-1")
    with store.read() as unit:
        assert unit.orders.by_checkout("checkout-1") == first


@pytest.mark.parametrize("field", ["id", "reference", "link_token"])
def test_names_are_given_once(store: SqlStore, field: str) -> None:
    first = add(store, builders.placed_order())
    with pytest.raises(ConstraintBroken, match=rf"{field}|pk_orders"):
        add(store, builders.placed_order(**{field: getattr(first, field)}), "checkout-2")


def test_an_intent_belongs_to_one_payment(store: SqlStore) -> None:
    facts = builders.payment_facts()
    add(store, builders.placed_order(facts))
    with pytest.raises(ConstraintBroken, match="intent_id"):
        add(store, builders.placed_order(facts))


def test_more_than_authorized_cannot_be_captured(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    with pytest.raises(ConstraintBroken, match="captured"):
        save(store, order, amount_received=8721)
    assert load(store, order.id) == order


def test_a_payment_keeps_its_intent_and_currency(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    with pytest.raises(OurBug, match="intent"):
        save(store, order, intent_id="pi_other")
    with pytest.raises(OurBug, match="currency"):
        save(store, order, currency="usd")


def test_text_that_is_no_text_is_refused_and_undone(store: SqlStore) -> None:
    with pytest.raises(OurBug, match="no database can hold"):
        add(store, builders.placed_order(shopper=builders.shopper(name="\ud800")), "checkout-1")
    with store.read() as unit:
        assert unit.orders.by_checkout("checkout-1") is None


# --- version ---------------------------------------------------------------------------------------------


def test_what_nobody_sees_leaves_the_version(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    assert not save(store, order, observed_ms=1, request_id="req_2", client_secret="x", metadata=(("a", "b"),))
    with store.write() as unit:
        unit.orders.set_customer(order.id, "cus_2")
        unit.commit()
    stored = load(store, order.id)
    assert stored.version == 1
    assert stored.customer_id == "cus_2"
    assert stored.payment.facts is not None
    assert stored.payment.facts.request_id == "req_2"


@pytest.mark.parametrize(
    "change",
    [
        {"amount_received": 100},
        {"amount_capturable": 0},
        {"raw_status": "odd"},
        {"capture_before": 5},
        {"risk_level": "highest"},
        {"card": builders.card(last4="0341")},
        {"next_action": "redirect_to_url"},
        {"amount_refunded": 5},
    ],
)
def test_what_is_seen_counts_the_version_up(store: SqlStore, change: dict[str, Any]) -> None:
    order = add(store, builders.held_order())
    assert save(store, order, **change)
    assert load(store, order.id).version == 2


def test_the_same_facts_again_change_nothing(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    before = store.changes()
    assert not save(store, order)
    assert store.changes() == before


def test_a_problem_is_kept_and_a_second_look_at_it_is_no_news(store: SqlStore) -> None:
    order = add(store, builders.placed_order(builders.payment_facts(PaymentStatus.REQUIRES_PAYMENT_METHOD)))
    declined = replace(order.payment, problem=builders.refusal())
    with store.write() as unit:
        assert unit.orders.save_payment(declined)
        assert not unit.orders.save_payment(replace(declined, problem=builders.refusal(at=builders.NOW + 999)))
        unit.commit()
    assert load(store, order.id).version == 2
    assert row(store, order.id).stage is Stage.PROBLEM


def test_an_action_on_an_older_version_is_refused(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    with store.write() as unit:
        unit.orders.expect_version(order.id, 1)
        with pytest.raises(OrderChanged):
            unit.orders.expect_version(order.id, 1)
        unit.orders.expect_version(order.id, 2)
        unit.commit()
    assert load(store, order.id).version == 3


# --- what the desk and the shopper do --------------------------------------------------------------------


def test_what_was_kept(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    for _ in range(2):
        with store.write() as unit:
            unit.orders.save_kept(order.id, {0: 1, 1: 0}, 590)
            unit.commit()
    stored = load(store, order.id)
    assert [line.kept for line in stored.lines] == [1, 0]
    assert stored.shipping_kept == 590
    assert stored.version == 2


def test_more_cannot_be_kept_than_was_ordered(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    with pytest.raises(ConstraintBroken, match="kept"), store.write() as unit:
        unit.orders.save_kept(order.id, {0: 3}, 590)
    with pytest.raises(ConstraintBroken, match="kept"), store.write() as unit:
        unit.orders.save_kept(order.id, {}, 591)
    assert load(store, order.id) == order


def test_a_message_is_kept(store: SqlStore) -> None:
    order = add(store, builders.held_order())
    for _ in range(2):
        with store.write() as unit:
            unit.orders.save_message(order.id, "Sorry, no kettle.")
            unit.commit()
    assert load(store, order.id).message == "Sorry, no kettle."
    assert load(store, order.id).version == 2


def test_shipped_again_with_a_corrected_number(store: SqlStore) -> None:
    order = add(store, builders.placed_order(builders.payment_facts(PaymentStatus.SUCCEEDED)))
    first = builders.shipment(parcels=(Parcel("dhl", "1"), Parcel("dhl", "2")))
    second = builders.shipment(passed_on=PassedOn.ON_INTENT)
    for shipment in (first, first, second):
        with store.write() as unit:
            unit.orders.save_shipment(order.id, shipment)
            unit.commit()
    stored = load(store, order.id)
    assert stored.shipment == second
    assert stored.version == 3
    shown = row(store, order.id)
    assert (shown.stage, shown.carrier, shown.stage_at) == (Stage.SHIPPED, "colissimo", second.at)


def test_contact_changed_before_paying(store: SqlStore) -> None:
    order = add(store, builders.placed_order())
    moved = replace(order, shopper=builders.shopper(name="Ada Lovelace", address=builders.address(city="Paris")))
    for _ in range(2):
        with store.write() as unit:
            unit.orders.save_shopper_contact(moved)
            unit.commit()
    stored = load(store, order.id)
    assert stored.shopper == moved.shopper
    assert stored.version == 2
    with store.read() as unit:
        assert len(unit.lists.page(OrderQuery(None, "lovelace")).rows) == 1
        assert unit.lists.page(OrderQuery(None, "okafor")).rows == ()


def test_closed_once(store: SqlStore) -> None:
    order = add(store, builders.placed_order())
    for at in (10, 20):
        with store.write() as unit:
            unit.orders.close(order.id, at)
            unit.commit()
    assert load(store, order.id).closed_at == 10
    assert load(store, order.id).version == 2


def test_the_timeline_is_newest_first(store: SqlStore) -> None:
    order = add(store, builders.placed_order())
    entries = [
        builders.entry("placed"),
        builders.entry("held", amount=8720, currency="eur", request_id="req_1"),
        builders.entry("captured", at=builders.NOW - 1, note="<b>'; DROP TABLE orders; --</b> \U0001f9f5"),
    ]
    with store.write() as unit:
        for entry in entries:
            unit.orders.note(order.id, entry)
        unit.commit()
    with store.read() as unit:
        assert unit.orders.timeline(order.id) == (entries[1], entries[0], entries[2])
        assert unit.orders.timeline("x") == ()
    with pytest.raises(ConstraintBroken), store.write() as unit:
        unit.orders.note("x", entries[0])


# --- stage -----------------------------------------------------------------------------------------------


def test_the_stage_follows_the_facts_and_remembers_since_when(store: SqlStore) -> None:
    order = add(store, builders.placed_order(builders.payment_facts(PaymentStatus.REQUIRES_PAYMENT_METHOD)))
    assert (row(store, order.id).stage, row(store, order.id).stage_at) == (Stage.UNFINISHED, order.placed_at)

    assert order.payment.facts is not None
    held = builders.payment_facts(intent_id=order.payment.intent_id)
    with store.write() as unit:
        unit.orders.save_payment(replace(order.payment, facts=held))
        unit.commit()
    shown = row(store, order.id)
    assert (shown.stage, shown.stage_at, shown.deadline) == (
        Stage.TO_PREPARE,
        held.authorized_at,
        held.capture_before,
    )

    captured_ms = (builders.NOW + 5000) * 1000
    captured = {"status": PaymentStatus.SUCCEEDED, "raw_status": "succeeded", "amount_capturable": 0}
    order = load(store, order.id)
    save(store, order, **captured, amount_received=7000, observed_ms=captured_ms)
    save(store, order, **captured, amount_received=7000, observed_ms=captured_ms + 60_000, amount_refunded=1)
    shown = row(store, order.id)
    assert (shown.stage, shown.stage_at) == (Stage.TO_SHIP, builders.NOW + 5000)
    assert (shown.deadline, shown.captured, shown.amount) == (None, 7000, 8720)


def test_an_ended_order_says_why(store: SqlStore) -> None:
    facts = builders.payment_facts(PaymentStatus.CANCELED, cancellation_reason="automatic")
    order = add(store, builders.placed_order(facts))
    shown = row(store, order.id)
    assert (shown.stage, shown.stage_at, shown.ended_because) == (Stage.ENDED, facts.canceled_at, "automatic")


# --- transactions ----------------------------------------------------------------------------------------


def test_leaving_without_commit_undoes_everything(store: SqlStore) -> None:
    order = builders.held_order()
    with store.write() as unit:
        unit.orders.add(order, "checkout-1", "sha")
        unit.journal.plan(builders.operation(order))
        unit.inbox.move_watermark("events", 1)
    with pytest.raises(ZeroDivisionError), store.write() as unit:
        unit.orders.add(order, "checkout-1", "sha")
        raise ZeroDivisionError
    with store.read() as unit:
        assert unit.lists.page(OrderQuery(None)).rows == ()
        assert unit.inbox.watermark("events") is None


def test_stripe_cannot_be_called_inside(store: SqlStore) -> None:
    for begin in (store.read, store.write):
        with begin(), pytest.raises(OurBug, match="inside a database transaction"):
            phase.refuse_inside_transaction()
        phase.refuse_inside_transaction()
        with pytest.raises(ZeroDivisionError), begin():
            raise ZeroDivisionError
        phase.refuse_inside_transaction()


def test_a_transaction_is_used_once_and_only_while_open(store: SqlStore) -> None:
    unit = store.write()
    with pytest.raises(OurBug, match="before it began"):
        assert unit.orders is None
    with unit:
        unit.commit()
        with pytest.raises(OurBug, match="after it ended"):
            assert unit.orders is None
    with pytest.raises(OurBug, match="twice"), unit:
        raise AssertionError("not reached")


def test_writing_does_not_begin_inside_another_transaction(store: SqlStore) -> None:
    for begin in (store.read, store.write):
        with begin(), pytest.raises(OurBug, match="inside another"), store.write():
            raise AssertionError("not reached")
    with store.write() as unit:
        unit.commit()
