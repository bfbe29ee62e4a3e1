"""Polling: whatever happened at Stripe while nobody looked stands in the database afterwards, once."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from sellerdesk.domain.errors import KeyRefused, OutcomeUnknown
from sellerdesk.domain.order import Stage
from sellerdesk.domain.payment import EventHint, PaymentStatus
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.api import ApiAnswer
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.one_by_one import LONGEST_REST_SECONDS
from sellerdesk.services.pay_answer import PayState
from sellerdesk.services.record import Origin, record_facts
from sellerdesk.services.sync import OVERDUE_READ_AT_ONCE, OVERLAP_SECONDS, STREAM
from sellerdesk.store.inbox import SqlInbox
from tests import wiring
from tests.inside_wire import InsideWire
from tests.wiring import ASKS_FIRST, DAY, DECLINED, TOTAL, Plant, answer_challenge, calls, stripe_call


def elsewhere(sandbox: Sandbox, intent_id: str, action: str, **form: str) -> None:
    stripe_call(sandbox, "POST", f"/v1/payment_intents/{intent_id}/{action}", **form)


def watermark(shop: Plant) -> int | None:
    with shop.store.read() as unit:
        return unit.inbox.watermark(STREAM)


def waiting(shop: Plant) -> tuple[EventHint, ...]:
    with shop.store.read() as unit:
        return unit.inbox.waiting()


def test_a_shopper_who_approved_and_never_came_back(shop: Plant, stripe_sandbox: Sandbox) -> None:
    placed = shop.place()
    assert shop.pay(placed, ASKS_FIRST).state is PayState.ACTION
    shop.works.desk.sync.poll()
    answer_challenge(stripe_sandbox, shop.order(placed.order.id), approve=True)
    report = shop.works.desk.sync.poll()
    assert report.new > 0
    assert report.read == 1
    order = shop.check_agrees(placed.order.id)
    assert (stage_of(order), order.payment.held) == (Stage.TO_PREPARE, TOTAL)
    assert shop.happened(order.id) == ["placed", "action", "held"]


def test_what_the_dashboard_did(shop: Plant, stripe_sandbox: Sandbox) -> None:
    captured, cancelled, lapsed, refused = (shop.place_and_pay() for _ in range(4))
    shop.works.desk.sync.poll()
    elsewhere(stripe_sandbox, captured.payment.intent_id, "capture", amount_to_capture="1000")
    elsewhere(stripe_sandbox, cancelled.payment.intent_id, "cancel")
    stripe_sandbox.world.clock.advance(8 * DAY)
    late = shop.place()
    stripe_call(stripe_sandbox, "POST", f"/v1/payment_intents/{late.order.payment.intent_id}/cancel")
    shop.works.desk.sync.poll()
    assert [stage_of(shop.check_agrees(each.id)) for each in (captured, cancelled, lapsed, refused)] == [
        Stage.TO_SHIP,
        Stage.ENDED,
        Stage.ENDED,
        Stage.ENDED,
    ]
    assert shop.order(captured.id).payment.captured == 1000
    assert shop.happened(captured.id) == ["placed", "held", "captured", "released"]
    assert shop.happened(cancelled.id) == ["placed", "held", "canceled", "released"]
    assert shop.happened(lapsed.id) == ["placed", "held", "expired", "released"]
    assert shop.happened(late.order.id) == ["placed", "canceled"]
    assert not waiting(shop)


def test_the_same_events_come_again_in_the_overlap_and_change_nothing(shop: Plant) -> None:
    order = shop.prepare(shop.place_and_pay())
    first = shop.works.desk.sync.poll()
    assert first.new > 0
    after = shop.order(order.id)
    timeline = shop.happened(order.id)
    for _ in range(3):
        again = shop.works.desk.sync.poll()
        assert (again.new, again.read) == (0, 0)
    assert shop.order(order.id) == after
    assert shop.happened(order.id) == timeline
    shop.check_agrees(order.id)


def test_reading_what_we_know_already_changes_no_version_and_tells_nothing(shop: Plant) -> None:
    for card in ("pm_card_visa", DECLINED, ASKS_FIRST):
        order = shop.place_and_pay(card)
        # A refusal comes without its charge; the first reading adds the bank's view of the risk.
        shop.works.desk.sync.read_again(order.payment.intent_id)
        before = (shop.order(order.id), shop.happened(order.id))
        shop.works.desk.sync.read_again(order.payment.intent_id)
        after = shop.order(order.id)
        assert (after.version, shop.happened(order.id)) == (before[0].version, before[1])


def test_events_that_we_missed_for_days_are_all_there(shop: Plant, stripe_sandbox: Sandbox) -> None:
    shop.works.desk.sync.poll()
    orders = [shop.place_and_pay(ASKS_FIRST) for _ in range(3)]
    for order in orders:
        answer_challenge(stripe_sandbox, order, approve=True)
    stripe_sandbox.world.clock.advance(3 * DAY)
    for _ in range(120):
        stripe_sandbox.world.clock.advance(60)
        stripe_call(stripe_sandbox, "POST", "/v1/payment_intents", amount="100", currency="eur")
    report = shop.works.desk.sync.poll()
    assert (report.new, report.read) == (129, 3)
    assert all(shop.check_agrees(order.id).payment.held == TOTAL for order in orders)


def test_events_of_others_are_read_once_and_noted(shop: Plant, stripe_sandbox: Sandbox) -> None:
    intent = stripe_call(stripe_sandbox, "POST", "/v1/payment_intents", amount="100", currency="eur")
    report = shop.works.desk.sync.poll()
    assert (report.new, report.read) == (1, 0)
    shop.works.desk.sync.poll()
    assert len(calls(stripe_sandbox, "GET", intent["id"])) == 1
    assert shop.rows("SELECT note FROM inbox") == [("no order of ours",)]
    assert not waiting(shop)


def test_watermark_and_inbox_move_together(
    stripe_sandbox: Sandbox, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program ends between writing the events down and moving the watermark: neither happened."""
    with wiring.plant(stripe_sandbox, database) as shop:
        shop.works.desk.sync.poll()
        order = shop.place_and_pay(ASKS_FIRST)
        answer_challenge(stripe_sandbox, order, approve=True)
        before = watermark(shop)
        with monkeypatch.context() as patch:
            patch.setattr(SqlInbox, "move_watermark", _end)
            with pytest.raises(KeyboardInterrupt):
                shop.works.desk.sync.poll()
        assert (watermark(shop), waiting(shop)) == (before, ())
    with wiring.plant(stripe_sandbox, database) as shop:
        assert shop.works.desk.sync.poll().read == 1
        assert shop.check_agrees(order.id).payment.held == TOTAL
        moved = watermark(shop)
        assert moved is not None
        assert before is not None
        assert moved >= before


def _end(*_: object) -> None:
    raise KeyboardInterrupt


def test_events_taken_in_and_not_yet_read_are_read_next_time(shop: Plant, stripe_sandbox: Sandbox) -> None:
    shop.works.desk.sync.poll()
    order = shop.place_and_pay(ASKS_FIRST)
    answer_challenge(stripe_sandbox, order, approve=True)
    stripe_sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE)
    with pytest.raises(OutcomeUnknown):
        shop.works.desk.sync.poll()
    assert waiting(shop)
    report = shop.works.desk.sync.poll()
    assert (report.new, report.read) == (0, 1)
    assert not waiting(shop)
    assert shop.check_agrees(order.id).payment.held == TOTAL


@pytest.mark.parametrize("fault", [Fault.ODD_200_NULL, Fault.ODD_200_OTHER_ID, Fault.ERROR_500_BEFORE, Fault.HTML_502])
def test_one_payment_that_cannot_be_read_does_not_hold_up_the_others(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault
) -> None:
    shop.works.desk.sync.poll()
    orders = [shop.place_and_pay(ASKS_FIRST) for _ in range(3)]
    for order in orders:
        answer_challenge(stripe_sandbox, order, approve=True)
    stripe_sandbox.world.faults.plan("retrieve", fault)
    with pytest.raises(OutcomeUnknown):
        shop.works.desk.sync.poll()
    assert sorted(shop.order(order.id).payment.held for order in orders) == [0, TOTAL, TOTAL]
    shop.works.desk.sync.poll()
    assert all(shop.check_agrees(order.id).payment.held == TOTAL for order in orders)


def test_a_lost_list_changes_nothing(shop: Plant, stripe_sandbox: Sandbox) -> None:
    shop.works.desk.sync.poll()
    before = watermark(shop)
    order = shop.place_and_pay(ASKS_FIRST)
    answer_challenge(stripe_sandbox, order, approve=True)
    for fault in (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.ODD_200_NULL, Fault.ERROR_500_BEFORE, Fault.HTML_502):
        stripe_sandbox.world.faults.plan("list_events", fault)
        with pytest.raises(OutcomeUnknown):
            shop.works.desk.sync.poll()
        assert (watermark(shop), waiting(shop)) == (before, ())
    shop.works.desk.sync.poll()
    assert shop.check_agrees(order.id).payment.held == TOTAL


def test_a_refused_key_is_said_and_nothing_is_lost(shop: Plant, stripe_sandbox: Sandbox) -> None:
    shop.works.desk.sync.poll()
    order = shop.place_and_pay(ASKS_FIRST)
    answer_challenge(stripe_sandbox, order, approve=True)
    stripe_sandbox.world.revoke_key(stripe_sandbox.secret_key)
    with pytest.raises(KeyRefused):
        shop.works.desk.sync.poll()
    stripe_sandbox.world.revoked_keys.clear()
    shop.works.desk.sync.poll()
    assert shop.check_agrees(order.id).payment.held == TOTAL


def test_one_payment_that_stays_odd_is_asked_for_ever_more_seldom_and_never_given_up(
    shop: Plant, stripe_sandbox: Sandbox
) -> None:
    shop.works.desk.sync.poll()
    order = shop.place_and_pay(ASKS_FIRST)
    shop.works.desk.sync.poll()
    answer_challenge(stripe_sandbox, order, approve=True)
    stripe_sandbox.world.faults.plan("retrieve", Fault.HTML_502, times=100)
    asked = len(calls(stripe_sandbox, "GET", order.payment.intent_id))
    for _ in range(10):  # a poll every ten seconds
        shop.clock.advance(10)
        with suppress(OutcomeUnknown):
            shop.works.desk.sync.poll()
    assert len(calls(stripe_sandbox, "GET", order.payment.intent_id)) - asked == 3
    (wrong,) = shop.works.desk.audit.run().breaks
    assert (wrong.name, "makes no sense" in wrong.what) == (order.shown_reference, True)
    stripe_sandbox.world.faults.clear()
    shop.clock.advance(LONGEST_REST_SECONDS)
    assert shop.works.desk.sync.poll().read == 1
    assert shop.order(order.id).payment.held == TOTAL


def test_a_payment_that_cannot_be_taken_over_is_named_by_the_audit(shop: Plant, stripe_sandbox: Sandbox) -> None:
    shop.works.desk.sync.poll()
    form = {"amount": "5000", "currency": "eur", "capture_method": "manual", "payment_method": "pm_card_visa"}
    shown = {"confirm": "true", "return_url": "https://other.example"}
    intent = stripe_call(stripe_sandbox, "POST", "/v1/payment_intents", **form, **shown)
    stripe_sandbox.world.faults.plan("retrieve", Fault.HTML_502)
    (wrong,) = shop.works.desk.audit.run().breaks
    assert (wrong.name, wrong.order_id) == (intent["id"], "")
    assert shop.works.desk.audit.run().breaks == ()


def test_the_first_poll_looks_a_little_back_and_sets_the_watermark(shop: Plant, stripe_sandbox: Sandbox) -> None:
    assert watermark(shop) is None
    order = shop.place_and_pay(ASKS_FIRST)
    answer_challenge(stripe_sandbox, order, approve=True)
    stripe_sandbox.world.clock.advance(OVERLAP_SECONDS - 60)
    shop.clock.learn(stripe_sandbox.world.clock.now())
    assert shop.works.desk.sync.poll().read == 1
    assert watermark(shop) is not None
    assert shop.order(order.id).payment.status is PaymentStatus.REQUIRES_CAPTURE


def test_an_empty_account_is_polled_without_writing_again_and_again(shop: Plant) -> None:
    shop.works.desk.sync.poll()
    before = shop.store.changes()
    with wiring.plant(shop.sandbox, shop.path) as other:
        other.works.desk.sync.poll()
    assert shop.store.changes() == before


def test_an_answer_that_is_older_than_what_we_know_changes_nothing(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The reading was under way while the capture came back."""
    order = shop.place_and_pay()
    stale = shop.works.gateway.retrieve(order.payment.intent_id)
    done = shop.prepare(order, {1: 0})
    before = shop.happened(order.id)
    with shop.store.write() as unit:
        record_facts(unit, unit.orders.get(order.id), stale, Origin("event", "Stripe", shop.clock.now()))
        unit.commit()
    assert shop.check_agrees(order.id) == done
    assert shop.happened(order.id) == before


def forget_events(sandbox: Sandbox) -> None:
    """Stripe tells nothing of what has happened so far."""
    with sandbox.world.open():
        sandbox.world.store.events.clear()


def test_p09_one_poll_after_the_deadline_notices_that_a_hold_lapsed(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """Even when the event that tells it is late or lost."""
    held, kept = shop.place_and_pay(), shop.prepare(shop.place_and_pay())
    shop.works.desk.sync.poll()
    stripe_sandbox.world.clock.advance(7 * DAY + 1)
    young = shop.place_and_pay()
    forget_events(stripe_sandbox)
    report = shop.works.desk.sync.poll()
    assert (report.new, report.read) == (0, 1)
    order = shop.check_agrees(held.id)
    assert order.payment.facts is not None
    assert (stage_of(order), order.payment.facts.has_lapsed, order.payment.released) == (Stage.ENDED, True, TOTAL)
    assert shop.happened(held.id) == ["placed", "held", "expired", "released"]
    assert [stage_of(shop.check_agrees(each.id)) for each in (kept, young)] == [Stage.TO_SHIP, Stage.TO_PREPARE]
    assert shop.works.desk.sync.poll().read == 0


def test_p09_before_the_deadline_a_hold_is_not_asked_for(shop: Plant, stripe_sandbox: Sandbox) -> None:
    held = shop.place_and_pay()
    shop.works.desk.sync.poll()
    deadline = held.payment.capture_before
    assert deadline is not None
    stripe_sandbox.world.clock.set(deadline - 5)
    forget_events(stripe_sandbox)
    before = len(calls(stripe_sandbox, "GET", held.payment.intent_id))
    assert shop.works.desk.sync.poll().read == 0
    assert len(calls(stripe_sandbox, "GET", held.payment.intent_id)) == before
    assert shop.check_agrees(held.id).payment.held == TOTAL


def test_p09_a_hold_that_cannot_be_read_does_not_keep_the_others_waiting(shop: Plant, stripe_sandbox: Sandbox) -> None:
    first, second = shop.place_and_pay(), shop.place_and_pay()
    shop.works.desk.sync.poll()
    stripe_sandbox.world.clock.advance(7 * DAY + 1)
    forget_events(stripe_sandbox)
    with stripe_sandbox.world.open():
        gone = stripe_sandbox.world.store.intents.pop(first.payment.intent_id)
    assert shop.works.desk.sync.poll().read == 1
    assert stage_of(shop.order(second.id)) is Stage.ENDED
    with stripe_sandbox.world.open():
        stripe_sandbox.world.store.intents[gone.id] = gone
    assert shop.works.desk.sync.poll().read == 1
    assert stage_of(shop.check_agrees(first.id)) is Stage.ENDED


def test_the_overdue_are_those_whose_time_is_over_and_that_are_still_held(shop: Plant) -> None:
    first, second, captured = (shop.place_and_pay() for _ in range(3))
    shop.prepare(captured)
    deadline = max(order.payment.capture_before or 0 for order in (first, second))
    with shop.store.read() as unit:
        assert unit.orders.unsettled_intents(deadline - DAY) == ()
        assert set(unit.orders.unsettled_intents(deadline)) == {first.payment.intent_id, second.payment.intent_id}
    assert OVERDUE_READ_AT_ONCE < 100


def test_the_mark_moves_over_events_that_came_by_themselves(shop: Plant) -> None:
    """Otherwise every poll would list them again and again."""
    shop.works.desk.sync.poll()
    before = watermark(shop)
    shop.sandbox.world.clock.advance(3600)
    shop.clock.learn(shop.sandbox.world.clock.now())
    shop.place_and_pay()
    hints = shop.works.gateway.events(0)
    with shop.store.write() as unit:
        unit.inbox.add(hints, "webhook", shop.clock.now())
        unit.commit()
    assert shop.works.desk.sync.poll().new == 0
    after = watermark(shop)
    assert before is not None
    assert after is not None
    assert after > before


def test_after_everything_was_read_the_mark_is_now(shop: Plant) -> None:
    """Without a single event for a month each poll would read everything anew."""
    shop.works.desk.sync.poll()
    shop.sandbox.world.clock.advance(40 * DAY)
    shop.clock.learn(shop.sandbox.world.clock.now())
    shop.works.desk.sync.poll()
    mark = watermark(shop)
    assert mark is not None
    assert shop.clock.now() - mark < 2 * OVERLAP_SECONDS


def test_after_a_gap_a_lost_answer_does_not_begin_all_of_it_anew(shop: Plant) -> None:
    shop.works.desk.sync.poll()
    shop.sandbox.world.clock.advance(40 * DAY)
    shop.clock.learn(shop.sandbox.world.clock.now())
    orders = [shop.refund(shop.prepare(shop.place_and_pay()), 100) for _ in range(3)]
    with shop.sandbox.world.open() as world:
        world.store.events.clear()
    before = {order.id: len(calls(shop.sandbox, "GET", order.payment.intent_id)) for order in orders}
    shop.sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE, skip=2)
    with pytest.raises(OutcomeUnknown):
        shop.works.desk.sync.poll()
    shop.works.desk.sync.poll()
    read = [len(calls(shop.sandbox, "GET", order.payment.intent_id)) - before[order.id] for order in orders]
    assert sorted(read) == [1, 1, 2]
    for order in orders:
        assert shop.check_agrees(order.id).payment.refunded == 100


def test_what_happens_while_everything_is_read_is_not_skipped(shop: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of events comes first, and reading everything can take an hour."""
    shop.place()
    order = shop.prepare(shop.place_and_pay())
    intent_id = order.payment.intent_id
    shop.works.desk.sync.poll()
    shop.sandbox.world.clock.advance(40 * DAY)
    shop.clock.learn(shop.sandbox.world.clock.now())
    real = InsideWire.deliver
    refunded: list[str] = []

    def deliver(self: InsideWire, method: str, url: str, headers: Mapping[str, str], body: str = "") -> ApiAnswer:
        answer = real(self, method, url, headers, body)
        if "/v1/refunds?" in url and not refunded:
            refunded.append(intent_id)
            stripe_call(shop.sandbox, "POST", "/v1/refunds", payment_intent=intent_id)
            shop.sandbox.world.clock.advance(3600)
        return answer

    monkeypatch.setattr(InsideWire, "deliver", deliver)
    shop.works.desk.sync.poll()
    assert refunded
    assert shop.order(order.id).payment.refunded == 0
    shop.works.desk.sync.poll()
    assert shop.check_agrees(order.id).payment.refunded == TOTAL


def test_what_one_bad_answer_hid_while_everything_was_read_is_read_again(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """No event will tell of it: it waits in the inbox, also for the next start."""
    order = shop.prepare(shop.place_and_pay())
    shop.works.desk.sync.poll()
    stripe_call(stripe_sandbox, "POST", "/v1/refunds", payment_intent=order.payment.intent_id)
    stripe_sandbox.world.clock.advance(40 * DAY)
    shop.clock.learn(stripe_sandbox.world.clock.now())
    for _ in range(2):
        stripe_sandbox.world.faults.plan("retrieve", Fault.ERROR_500_BEFORE)
    with pytest.raises(OutcomeUnknown):
        shop.works.desk.sync.poll()
    assert [each.intent_id for each in waiting(shop)] == [order.payment.intent_id]
    shop.clock.advance()
    shop.works.desk.sync.poll()
    assert shop.check_agrees(order.id).payment.refunded == TOTAL
    assert waiting(shop) == ()


def test_what_changed_after_a_first_reading_that_was_broken_off_is_not_missed(shop: Plant) -> None:
    """The first payment was read then, and is not read again: only the events tell of it."""
    orders = [shop.place_and_pay() for _ in range(2)]
    shop.sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE, skip=1)
    with pytest.raises(OutcomeUnknown):
        shop.works.desk.sync.poll()
    for order in orders:
        stripe_call(shop.sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/cancel")
    for each in (shop.clock, shop.sandbox.world.clock):
        each.advance(3600)
    shop.works.desk.sync.poll()
    for order in orders:
        assert shop.check_agrees(order.id).payment.status is PaymentStatus.CANCELED


def test_holds_that_cannot_be_read_take_no_place_of_others(shop: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sellerdesk.services.sync.OVERDUE_READ_AT_ONCE", 1)
    gone, order = shop.place_and_pay(), shop.place_and_pay()
    shop.works.desk.sync.poll()
    shop.rows("UPDATE payment SET intent_id = 'pi_0gone' WHERE id = ?", gone.payment.id)
    for each in (shop.clock, shop.sandbox.world.clock):
        each.advance(8 * DAY)
    for _ in range(3):
        with shop.sandbox.world.open() as world:
            world.store.events.clear()
        shop.works.desk.sync.poll()
    assert shop.order(order.id).payment.status is PaymentStatus.CANCELED
