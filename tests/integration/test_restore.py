"""A database that came back from the past: noticed, brought up to date before anything is sent, nothing done twice."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sellerdesk.domain.errors import CatchingUp, OutcomeUnknown
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.domain.standing import Judgement, Sent
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.sent_memory import FileMemory
from sellerdesk.services.catch_up import NoMemory, notice_return
from sellerdesk.store.backup import FileBackups
from sellerdesk.store.restoring import restore
from tests.engines import Place, open_place, run_sql
from tests.wiring import DAY, SEAT, TOTAL, MovedClock, Plant, calls, plant

NOW = 1_790_000_000
SHOP = "acct_1-test"


class Stopped(Exception):
    """The process ended here."""


@pytest.fixture
def memory(tmp_path: Path, database: Path) -> FileMemory:
    with closing(open_place(database)) as store:
        return FileMemory(tmp_path / "config", store.installation())


def stop_once_planned(kind: OperationKind) -> Callable[[str], None]:
    def reached(place: str) -> None:
        if place == f"{kind}.planned":
            raise Stopped

    return reached


def leave_planned(
    sandbox: Sandbox, place: Place, kind: OperationKind, wish: Callable[[Plant], object], ahead: int = 0
) -> None:
    """A program that ended between planning and sending, whose clock was ``ahead`` seconds ahead."""
    clock = MovedClock(ahead)
    with plant(sandbox, place, reached=stop_once_planned(kind), clock=clock) as ended, pytest.raises(Stopped):
        wish(ended)


def sent(sandbox: Sandbox) -> int:
    """Calls that change something at Stripe."""
    return len(calls(sandbox, "POST", ""))


def put_back(path: Path, backup: Path) -> None:
    restore(backup, path, SHOP, NOW)


def told(order: Order) -> tuple[object, ...]:
    """What a seller reads of an order's money and goods."""
    parcels = tuple(each.number for each in order.shipment.parcels) if order.shipment else ()
    payments = [(each.status, each.held, each.captured, each.refunded, each.released) for each in order.payments]
    refunds = sorted((each.refund_id, each.amount, each.state) for each in order.refunds)
    return payments, refunds, parcels, order.shipping_kept, tuple(line.kept for line in order.lines)


def test_all_that_was_done_since_the_copy_is_found_and_nothing_is_done_twice(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory, proof: Callable[[str], None]
) -> None:
    with plant(stripe_sandbox, database, memory=memory) as desk:
        to_capture, to_shorten, to_release, to_plan = (desk.place_and_pay() for _ in range(4))
        to_refund, to_refund_planned, to_ship = (desk.prepare(desk.place_and_pay()) for _ in range(3))
    leave_planned(stripe_sandbox, database, OperationKind.CAPTURE, lambda desk: desk.prepare(to_plan))
    leave_planned(stripe_sandbox, database, OperationKind.REFUND, lambda desk: desk.refund(to_refund_planned, 500))
    backup = FileBackups(database).make(NOW)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        assert desk.order(to_plan.id).payment.captured == TOTAL
        assert desk.order(to_refund_planned.id).refunds[0].amount == 500
        desk.prepare(to_capture)
        desk.prepare(to_shorten, {1: 0})
        desk.release(to_release)
        desk.refund(to_refund, 700)
        desk.ship(to_ship)
        new = desk.place_and_pay()
        old = (to_capture, to_shorten, to_release, to_plan, to_refund, to_refund_planned, to_ship)
        before = {each.id: told(desk.order(each.id)) for each in old}
    put_back(database, backup)
    asked = sent(stripe_sandbox)
    # The keys are forgotten at Stripe by now: only reading can tell.
    stripe_sandbox.world.clock.advance(DAY + 3600)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        assert desk.works.catch_up.behind() is not None
        assert {each.state for each in desk.operations(to_plan.id) if each.is_open} == {OperationState.UNKNOWN}
        for wish in (lambda: desk.prepare(desk.order(to_capture.id)), desk.place, lambda: desk.ship(to_ship)):
            with pytest.raises(CatchingUp):
                wish()
        assert desk.works.sweep.run().closed == 0
        desk.settle()
        found = desk.works.catch_up.last()
        assert found is not None
        assert (found.as_of, found.orders) == (NOW, 8)
        assert sent(stripe_sandbox) == asked
        assert {each.id: told(desk.order(each.id)) for each in old} == before
        for order in (*old, new):
            desk.check_agrees(order.id)
        proof(f"restored from a backup: {found.orders} orders differed, all as at Stripe again, 0 calls sent for it")
        # It goes on, and the next start is like any other.
        assert desk.prepare(desk.order(new.id)).payment.captured == TOTAL
    with closing(open_place(database)) as store:
        assert notice_return(store, memory, NOW) is Judgement.FINE


def test_stock_is_taken_once_for_a_capture_that_was_planned_in_the_copy(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory
) -> None:
    """It is read with the payment first, and found done by its own operation after."""
    with plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.place_and_pay()
    leave_planned(stripe_sandbox, database, OperationKind.CAPTURE, lambda desk: desk.prepare(order))
    backup = FileBackups(database).make(NOW)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        on_hand = desk.order(order.id).on_hand
    put_back(database, backup)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        assert desk.check_agrees(order.id).on_hand == on_hand


def test_what_did_not_happen_is_sent_once_after_it_was_read(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory
) -> None:
    with plant(stripe_sandbox, database, memory=memory) as desk:
        held, captured = desk.place_and_pay(), desk.prepare(desk.place_and_pay())
    leave_planned(stripe_sandbox, database, OperationKind.CAPTURE, lambda desk: desk.prepare(held))
    leave_planned(stripe_sandbox, database, OperationKind.REFUND, lambda desk: desk.refund(captured, 500))
    put_back(database, FileBackups(database).make(NOW))
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        assert desk.check_agrees(held.id).payment.captured == TOTAL
        assert desk.check_agrees(captured.id).payment.refunded == 500
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 1


@pytest.mark.parametrize("later", [0, DAY + 3600])
def test_a_payment_that_was_begun_after_the_copy_is_taken_up_and_not_begun_again(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory, later: int
) -> None:
    """What was done with the intent since has put its own operation's tag in the place of the one that made it."""
    leave_planned(stripe_sandbox, database, OperationKind.CREATE_INTENT, lambda desk: desk.place("checkout-1"))
    backup = FileBackups(database).make(NOW)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        order = desk.ship(desk.prepare(desk.pay(desk.place("checkout-1")).order))
    put_back(database, backup)
    asked = sent(stripe_sandbox)
    stripe_sandbox.world.clock.advance(later)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        assert sent(stripe_sandbox) == asked
        found = desk.check_agrees(order.id)
        assert (found.payment.intent_id, found.payment.captured) == (order.payment.intent_id, TOTAL)


def test_a_refund_of_a_charge_that_was_under_way_in_the_copy_is_found(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory
) -> None:
    """Its own operation takes the payment over, and is told the sum that went back, not the refunds themselves."""
    with plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.prepare(desk.place_and_save_card(), {1: 0})
    leave_planned(stripe_sandbox, database, OperationKind.BACK_ORDER, lambda desk: desk.back_order(order))
    backup = FileBackups(database).make(NOW)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        charged = desk.order(order.id)
        desk.refund(charged, 300, payment=charged.back_orders[0])
        before = told(desk.order(order.id))
    put_back(database, backup)
    asked = sent(stripe_sandbox)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        desk.works.desk.sync.poll()
        assert told(desk.check_agrees(order.id)) == before
        assert [each.amount for each in desk.order(order.id).refunds] == [300]
        assert sent(stripe_sandbox) == asked


def test_a_refund_whose_key_is_forgotten_is_left_to_a_person(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory
) -> None:
    with plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.prepare(desk.place_and_pay())
    leave_planned(stripe_sandbox, database, OperationKind.REFUND, lambda desk: desk.refund(order, 500))
    put_back(database, FileBackups(database).make(NOW))
    stripe_sandbox.world.clock.advance(DAY)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        (refund,) = desk.operations(order.id, OperationKind.REFUND)
        assert refund.state is OperationState.REVIEW
    assert calls(stripe_sandbox, "POST", "/v1/refunds") == []


def test_a_plain_copy_is_noticed_by_what_was_sent_since_and_again_when_the_other_one_comes_back(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory, tmp_path: Path
) -> None:
    copy, newer = tmp_path / "copy.db", tmp_path / "newer.db"
    with plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.place_and_pay()
    shutil.copy(database, copy)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.prepare(order)
    shutil.copy(database, newer)
    shutil.copy(copy, database)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        assert desk.works.catch_up.behind() is not None
        desk.settle()
        desk.check_agrees(order.id)
    # The one that was put aside counts as far as the one that was brought up to date: its life tells them apart.
    shutil.copy(newer, database)
    with closing(open_place(database)) as store:
        assert notice_return(store, memory, NOW) is Judgement.BEHIND


def test_on_another_computer_what_was_planned_is_read_first(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory, tmp_path: Path
) -> None:
    with plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.place_and_pay()
    leave_planned(stripe_sandbox, database, OperationKind.CAPTURE, lambda desk: desk.prepare(order))
    carried = Path(shutil.copy(database, tmp_path / "carried.db"))
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
    asked = sent(stripe_sandbox)
    elsewhere = FileMemory(tmp_path / "elsewhere", memory.path.stem)
    with plant(stripe_sandbox, carried, memory=elsewhere) as desk:
        assert desk.works.catch_up.behind() is None
        desk.settle()
        desk.check_agrees(order.id)
    assert sent(stripe_sandbox) == asked
    assert elsewhere.kept() is not None


def test_an_end_in_the_middle_begins_it_anew(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.place_and_pay()
    backup = FileBackups(database).make(NOW)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.prepare(order)
    put_back(database, backup)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        stripe_sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE)
        with pytest.raises(OutcomeUnknown):
            desk.works.resolve.run_due()
        with pytest.raises(CatchingUp):
            desk.place()
    with plant(stripe_sandbox, database, memory=memory) as desk:
        assert desk.works.catch_up.behind() is not None
        # The database is up to date, and the end comes before that is kept outside of it.
        with monkeypatch.context() as patched:
            patched.setattr(FileMemory, "keep", NoMemory.keep)
            desk.settle()
        assert desk.check_agrees(order.id).payment.captured == TOTAL
    with closing(open_place(database)) as store:
        assert notice_return(store, memory, NOW) is Judgement.READ_FIRST
        assert notice_return(store, memory, NOW) is Judgement.FINE


def test_a_reading_that_was_not_answered_does_not_begin_all_of_it_anew(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory
) -> None:
    with plant(stripe_sandbox, database, memory=memory) as desk:
        orders = [desk.place_and_pay() for _ in range(4)]
    backup = FileBackups(database).make(NOW)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        for order in orders:
            desk.prepare(order)
    put_back(database, backup)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        before = {order.id: len(calls(stripe_sandbox, "GET", order.payment.intent_id)) for order in orders}
        stripe_sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE, skip=2)
        with pytest.raises(OutcomeUnknown):
            desk.works.resolve.run_due()
        desk.settle()
        found = desk.works.catch_up.last()
        assert found is not None
        assert found.orders == 4
        for order in orders:
            assert desk.check_agrees(order.id).payment.captured == TOTAL
        read = [len(calls(stripe_sandbox, "GET", order.payment.intent_id)) - before[order.id] for order in orders]
        assert read == [2, 2, 3, 2]  # once each, once for the events that came since, and the one that was lost


def test_a_copy_older_than_stripes_events_reads_every_payment(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory
) -> None:
    with plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.ship(desk.prepare(desk.place_and_pay()))
    backup = FileBackups(database).make(NOW - 60 * DAY)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.refund(desk.order(order.id), 100)
    put_back(database, backup)
    with stripe_sandbox.world.open() as world:
        world.store.events.clear()
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.settle()
        assert desk.check_agrees(order.id).payment.refunded == 100


def test_the_gate_holds_for_every_seat_and_counters_never_go_down(place: Place, tmp_path: Path) -> None:
    with closing(open_place(place)) as store:
        memory = FileMemory(tmp_path, store.installation())
        assert notice_return(store, memory, NOW) is Judgement.READ_FIRST
        assert notice_return(store, memory, NOW) is Judgement.FINE
        kept = memory.kept()
        assert kept is not None
        memory.keep(Sent(kept.life, {SEAT: 7, "Seat 2": 2}))
        assert notice_return(store, memory, NOW) is Judgement.BEHIND
        with closing(open_place(place, "Seat 2")) as other, other.write() as unit, pytest.raises(CatchingUp):
            unit.journal.claim("0" * 32, "Seat 2", 1, NOW)
        for counts in ({SEAT: 7, "Seat 2": 2}, {SEAT: 5, "Seat 3": 1}):
            with store.write() as unit:
                unit.standing.catch_up(Sent(f"life {counts[SEAT]}", counts))
                unit.commit()
        with store.read() as unit:
            here = unit.standing.look()
        assert here.sent == Sent("life 5", {SEAT: 7, "Seat 2": 2, "Seat 3": 1})
        assert here.earlier == (kept.life, "life 7")
        # A seat that was away then has a file of an earlier life: that is no return.
        assert notice_return(store, memory, NOW) is Judgement.READ_FIRST


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe", b"[" * 100_000, b"[]", b'{"version": 2, "life": "a", "sent": {}}', b'{"version": 1}', None]
    + [b'{"version": 1, "life": "a", "sent": {"x": %s}}' % each for each in (b"-1", b'"1"', b"1e9", b"9" * 19)],
)
def test_a_broken_file_outside_stops_nothing(empty_template: Path, tmp_path: Path, content: bytes | None) -> None:
    with closing(open_place(Path(shutil.copy(empty_template, tmp_path / "shop.db")))) as store:
        memory = FileMemory(tmp_path / "sent", store.installation())
        memory.path.parent.mkdir()
        if content is None:
            (memory.path / "deeper").mkdir(parents=True)
        else:
            memory.path.write_bytes(content)
        assert memory.kept() is None
        assert notice_return(store, memory, NOW) is Judgement.READ_FIRST
        assert notice_return(store, memory, NOW) is Judgement.FINE
        assert memory.path.stat().st_mode & 0o777 == 0o600


def test_a_place_outside_that_cannot_be_written_stops_nothing(
    stripe_sandbox: Sandbox, database: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "in the way").write_text("")
    memory = FileMemory(tmp_path / "in the way", "0" * 32)
    with plant(stripe_sandbox, database, memory=memory) as desk:
        desk.prepare(desk.place_and_pay())
    assert [each.getMessage() for each in caplog.records if "may not be noticed" in each.getMessage()]


def test_what_is_sent_is_kept_outside_before_the_call(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory
) -> None:
    seen: list[tuple[str, int, int]] = []

    def reached(gap: str) -> None:
        if gap.endswith(".claimed"):
            kept = memory.kept()
            ((count,),) = run_sql(database, "SELECT send_counter FROM seat WHERE name = ?", SEAT)
            seen.append((gap, count, kept.counts[SEAT] if kept else 0))

    with plant(stripe_sandbox, database, memory=memory, reached=reached) as desk:
        desk.prepare(desk.place_and_pay())
    assert [gap for gap, _, _ in seen] == [
        f"{k}.claimed" for k in ("create_customer", "create_intent", "confirm", "capture")
    ]
    assert all(count == kept for _, count, kept in seen)


@pytest.mark.parametrize("ahead", [0, 9 * 3600], ids=["clocks agree", "clock of the first was ahead"])
def test_tracking_corrected_since_the_copy_is_not_overwritten(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory, ahead: int
) -> None:
    clock = MovedClock()
    with plant(stripe_sandbox, database, memory=memory, clock=clock) as desk:
        order = desk.prepare(desk.place_and_pay())
    leave_planned(stripe_sandbox, database, OperationKind.SHIP, lambda desk: desk.ship(order), ahead)
    backup = FileBackups(database).make(NOW)
    with plant(stripe_sandbox, database, memory=memory, clock=clock) as desk:
        desk.settle()
        shipped = desk.order(order.id)
        assert shipped.shipment is not None
        clock.advance()
        desk.ship(shipped, replace(shipped.shipment.parcels[0], number="1Z999AA10123456785"))
    put_back(database, backup)
    with plant(stripe_sandbox, database, memory=memory, clock=clock) as desk:
        desk.settle()
        again = desk.check_agrees(order.id)
    assert again.shipment is not None
    assert again.shipment.parcels[0].number == "1Z999AA10123456785"


@pytest.mark.parametrize("hidden", [False, True], ids=["read at once", "hidden by a bad answer"])
@pytest.mark.parametrize("told", [True, False], ids=["was told", "was about to be told"])
def test_tracking_of_an_old_payment_that_was_corrected_since_is_found_without_an_event(
    stripe_sandbox: Sandbox, database: Path, memory: FileMemory, *, told: bool, hidden: bool
) -> None:
    """The payment was made days before the copy, is at its end, and nothing but its own shipping block tells of it."""
    clock = MovedClock()
    with plant(stripe_sandbox, database, memory=memory, clock=clock) as desk:
        order = desk.prepare(desk.place_and_pay())
        for each in (clock, stripe_sandbox.world.clock):
            each.advance(9 * DAY)
        desk.settle()
        if told:
            order = desk.ship(desk.order(order.id))
    if not told:
        leave_planned(stripe_sandbox, database, OperationKind.SHIP, lambda desk: desk.ship(desk.order(order.id)))
    backup = FileBackups(database).make(clock.now())
    with plant(stripe_sandbox, database, memory=memory, clock=clock) as desk:
        desk.settle()
        clock.advance()
        shipped = desk.order(order.id)
        assert shipped.shipment is not None
        desk.ship(shipped, replace(shipped.shipment.parcels[0], number="1Z999AA10123456785"))
    put_back(database, backup)
    asked = sent(stripe_sandbox)
    if hidden:
        stripe_sandbox.world.faults.plan("retrieve", Fault.ODD_200_NULL)
    with plant(stripe_sandbox, database, memory=memory, clock=clock) as desk:
        desk.settle()
        desk.works.desk.sync.poll()
        again = desk.check_agrees(order.id)
    assert again.shipment is not None
    assert again.shipment.parcels[0].number == "1Z999AA10123456785"
    assert sent(stripe_sandbox) == asked
