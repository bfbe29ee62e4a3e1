"""The audit: what agrees is counted, what is behind is brought up to date, what stays wrong is named and left alone."""

import json

import pytest

from sellerdesk.domain.audit import Audit, from_json, to_json
from sellerdesk.domain.errors import KeyRefused, OutcomeUnknown
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox.faults import Fault
from sellerdesk.store import sqlite
from tests.wiring import DAY, DECLINED, TOTAL, Plant, calls, stripe_call


def tamper(shop: Plant, sql: str, *values: object) -> None:
    """Somebody edits the database by hand."""
    connection = sqlite.connect(sqlite.driver(), shop.path)
    connection.execute(sql, values)
    connection.close()


def audit(shop: Plant) -> Audit:
    return shop.works.desk.audit.run()


def test_all_agree(shop: Plant) -> None:
    for _ in range(3):
        shop.place_and_pay()
    shop.place_and_pay(DECLINED)
    shop.prepare(shop.place_and_pay())
    found = audit(shop)
    assert (found.orders, found.agreed, found.mended, found.breaks) == (5, 5, 0, ())
    assert found.sentence == "5 of 5 orders agree with Stripe"
    assert shop.works.desk.audit.last() == found
    assert not shop.works.desk.audit.is_due()


def test_what_is_behind_is_brought_up_to_date(shop: Plant) -> None:
    order = shop.place_and_pay()
    shop.place_and_pay()
    stripe_call(
        shop.sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/capture", amount_to_capture="1000"
    )
    found = audit(shop)
    assert (found.orders, found.agreed, found.mended, found.breaks) == (2, 2, 1, ())
    assert shop.check_agrees(order.id).payment.captured == 1000


def test_a_refund_that_no_event_told_of_is_found(shop: Plant) -> None:
    """Made in the Dashboard: of an order that is still to be shipped; then one that was shipped and has another refund
    on its way, missed again. An order at its end is not asked about."""
    order = shop.prepare(shop.place_and_pay())
    made = {"payment_intent": order.payment.intent_id}
    stripe_call(shop.sandbox, "POST", "/v1/refunds", amount="1000", **made)
    found = audit(shop)
    assert (found.orders, found.agreed, found.mended) == (1, 1, 1)
    seen = shop.check_agrees(order.id)
    assert (seen.payment.refunded, [each.amount for each in seen.refunds]) == (1000, [1000])
    shop.ship(seen)
    assert audit(shop).orders == 0
    tamper(shop, "UPDATE refund SET state = 'pending'")
    stripe_call(shop.sandbox, "POST", "/v1/refunds", amount="500", **made)
    assert (audit(shop).mended, shop.check_agrees(order.id).payment.refunded) == (1, 1500)
    assert audit(shop).orders == 0


def test_a_hold_that_no_order_knows_is_taken_over(shop: Plant) -> None:
    stripe_call(
        shop.sandbox,
        "POST",
        "/v1/payment_intents",
        amount="5000",
        currency="eur",
        capture_method="manual",
        confirm="true",
        payment_method="pm_card_visa",
        return_url="https://other.example",
    )
    found = audit(shop)
    assert (found.orders, found.agreed, found.mended) == (1, 1, 1)


def test_a_row_that_was_edited_by_hand(shop: Plant) -> None:
    """Money that Stripe never took: the sum only grows here, so the row stays wrong, and a person is told."""
    order = shop.place_and_pay()
    tamper(shop, "UPDATE payment SET amount_received = 500 WHERE order_id = ?", order.id)
    found = audit(shop)
    assert (found.orders, found.agreed) == (1, 0)
    (wrong,) = found.breaks
    assert (wrong.order_id, wrong.reference) == (order.id, order.shown_reference)
    assert "captured" in wrong.what
    assert calls(shop.sandbox, "POST", "/capture") == []


def test_books_that_were_edited_by_hand(shop: Plant) -> None:
    order = shop.place_and_pay()
    for (name,) in shop.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger'"):
        tamper(shop, f"DROP TRIGGER {name}")
    tamper(shop, "UPDATE ledger SET amount = 1 WHERE stripe_object = ?", order.payment.intent_id)
    (wrong,) = audit(shop).breaks
    assert "books" in wrong.what


def test_a_payment_that_stripe_does_not_know(shop: Plant) -> None:
    order = shop.place_and_pay()
    shop.place_and_pay()
    with shop.sandbox.world.open() as world:
        del world.store.intents[order.payment.intent_id]
    found = audit(shop)
    assert (found.orders, found.agreed) == (2, 1)
    assert "does not know" in found.breaks[0].what
    assert shop.order(order.id).payment.held == TOTAL


def test_one_answer_that_makes_no_sense_does_not_stop_the_others(shop: Plant) -> None:
    shop.place_and_pay()
    shop.place_and_pay()
    shop.works.desk.sync.poll()
    shop.sandbox.world.faults.plan("retrieve", Fault.HTML_502)
    found = audit(shop)
    assert (found.orders, found.agreed) == (2, 1)
    assert audit(shop).agreed == 2


def test_no_answer_at_all_ends_it_and_keeps_the_last_one(shop: Plant) -> None:
    shop.place_and_pay()
    before = audit(shop)
    shop.sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE)
    with pytest.raises(OutcomeUnknown):
        audit(shop)
    assert shop.works.desk.audit.last() == before


def test_a_key_that_is_refused_ends_it(shop: Plant) -> None:
    shop.place_and_pay()
    shop.sandbox.world.revoke_key(shop.sandbox.secret_key)
    with pytest.raises(KeyRefused):
        audit(shop)
    assert shop.works.desk.audit.last() is None


def test_it_is_due_after_a_day_and_when_the_clock_went_back(shop: Plant) -> None:
    assert shop.works.desk.audit.is_due()
    audit(shop)
    assert not shop.works.desk.audit.is_due()
    shop.clock.learn(shop.clock.now() + DAY)
    assert shop.works.desk.audit.is_due()
    audit(shop)
    shop.clock.learn(shop.clock.now() - 3 * DAY)
    assert shop.works.desk.audit.is_due()


def test_nothing_to_compare(shop: Plant) -> None:
    shop.ship(shop.prepare(shop.place_and_pay()))
    found = audit(shop)
    assert (found.orders, found.sentence) == (0, "No order is open, so there is nothing to compare with Stripe")


@pytest.mark.parametrize("kept", ["", "null", "[]", "{}", '{"at": 1}', '{"breaks": [1], "at": 1}', "{", '"x"'])
def test_what_another_version_kept_is_no_audit(kept: str) -> None:
    assert from_json(kept) is None


def test_an_audit_is_kept_as_it_is(shop: Plant) -> None:
    order = shop.place_and_pay()
    tamper(shop, "UPDATE payment SET amount_received = 500 WHERE order_id = ?", order.id)
    found = audit(shop)
    assert from_json(to_json(found)) == found
    assert json.loads(to_json(found))["breaks"][0]["reference"] == order.shown_reference
    assert shop.order(order.id).payment.status is PaymentStatus.REQUIRES_CAPTURE
