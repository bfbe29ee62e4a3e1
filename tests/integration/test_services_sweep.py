"""Checkouts that nobody finishes are closed, and never a payment that was made after all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sellerdesk.domain.errors import CheckoutClosed, Rejected
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentFacts, PaymentStatus
from sellerdesk.domain.requests import Cancel
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.domain.stages import stage_of
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.sweep import GRACE_SECONDS, REFUSED_AGAIN_SECONDS, REFUSED_SECONDS, UNFINISHED_SECONDS
from tests import wiring
from tests.wiring import ASKS_FIRST, DECLINED, TOTAL, Plant, answer_challenge, calls, stripe_call


@pytest.fixture
def page_shop(stripe_sandbox: Sandbox, database: Path) -> Iterator[Plant]:
    """A shop whose page confirms by itself."""
    with wiring.plant(stripe_sandbox, database, road=ConfirmationRoad.PAGE) as plant:
        yield plant


def wait(shop: Plant, seconds: int) -> None:
    """Time passes here and at Stripe."""
    shop.sandbox.world.clock.advance(seconds)
    shop.clock.learn(shop.sandbox.world.clock.now())


def sweep(shop: Plant) -> tuple[int, int]:
    swept = shop.works.sweep.run()
    return swept.closed, swept.canceled


def left_for_a_day(shop: Plant) -> Order:
    order = shop.place().order
    wait(shop, UNFINISHED_SECONDS + 1)
    return order


def test_a_shopper_who_left(shop: Plant) -> None:
    order = left_for_a_day(shop)
    assert sweep(shop) == (1, 0)
    assert calls(shop.sandbox, "POST", "/cancel") == []
    assert sweep(shop) == (0, 0)
    wait(shop, GRACE_SECONDS + 1)
    assert sweep(shop) == (0, 1)
    swept = shop.check_agrees(order.id)
    assert swept.payment.status is PaymentStatus.CANCELED
    assert stage_of(swept) is Stage.ENDED
    assert shop.happened(order.id) == ["placed", "canceled"]
    assert sweep(shop) == (0, 0)


def test_nothing_is_touched_within_a_day(shop: Plant) -> None:
    order = shop.place().order
    wait(shop, UNFINISHED_SECONDS - 60)
    assert sweep(shop) == (0, 0)
    assert shop.order(order.id).closed_at is None


def test_once_closed_no_page_pays_it(shop: Plant) -> None:
    placed = shop.place()
    wait(shop, UNFINISHED_SECONDS + 1)
    sweep(shop)
    with pytest.raises(CheckoutClosed):
        shop.pay(placed)
    assert calls(shop.sandbox, "POST", "/confirm") == []


def test_the_bank_approved_while_the_checkout_was_being_closed(shop: Plant) -> None:
    order = shop.place_and_pay(ASKS_FIRST)
    wait(shop, UNFINISHED_SECONDS + 1)
    assert sweep(shop) == (1, 0)
    answer_challenge(shop.sandbox, order, approve=True)
    wait(shop, GRACE_SECONDS + 1)
    assert sweep(shop) == (0, 0)
    kept = shop.check_agrees(order.id)
    assert (stage_of(kept), kept.payment.held) == (Stage.TO_PREPARE, TOTAL)
    assert shop.prepare(kept).payment.captured == TOTAL


def test_the_page_confirms_between_the_look_and_the_cancel(page_shop: Plant) -> None:
    """Nobody can lock Stripe: the money goes back, and the order says what happened instead of "did not finish"."""
    order = left_for_a_day(page_shop)
    sweep(page_shop)
    wait(page_shop, GRACE_SECONDS + 1)
    cancel = page_shop.works.gateway.cancel

    def late(request: object, key: str) -> object:
        stripe_call(
            page_shop.sandbox,
            "POST",
            f"/v1/payment_intents/{order.payment.intent_id}/confirm",
            payment_method="pm_card_visa",
            return_url="https://shop.example",
        )
        return cancel(request, key)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(page_shop.works.gateway, "cancel", late)
        assert sweep(page_shop) == (0, 1)
    swept = page_shop.check_agrees(order.id)
    assert (swept.payment.authorized, swept.payment.released) == (TOTAL, TOTAL)
    assert page_shop.happened(order.id) == ["placed", "held", "canceled", "released"]


def test_a_refused_card_is_the_sellers_work_for_a_week(shop: Plant) -> None:
    order = shop.place_and_pay(DECLINED)
    wait(shop, UNFINISHED_SECONDS + 1)
    assert sweep(shop) == (0, 0)
    assert stage_of(shop.order(order.id)) is Stage.PROBLEM
    wait(shop, REFUSED_SECONDS)
    assert sweep(shop) == (1, 0)
    wait(shop, GRACE_SECONDS + 1)
    assert sweep(shop) == (0, 1)
    shop.check_agrees(order.id)


def test_holds_and_finished_orders_are_left_alone(shop: Plant) -> None:
    held = shop.place_and_pay()
    captured = shop.prepare(shop.place_and_pay())
    wait(shop, UNFINISHED_SECONDS + GRACE_SECONDS + 2)
    assert sweep(shop) == (0, 0)
    assert shop.check_agrees(held.id).payment.held == TOTAL
    assert shop.check_agrees(captured.id).payment.captured == TOTAL


def test_orders_of_another_installation_are_never_swept(
    shop: Plant, stripe_sandbox: Sandbox, database_template: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with wiring.plant(stripe_sandbox, wiring.copy_database(database_template, folder)) as elsewhere:
        theirs = elsewhere.place().order
        stripe_call(
            stripe_sandbox,
            "POST",
            f"/v1/payment_intents/{theirs.payment.intent_id}",
            **{"metadata[sd_install]": "of-another-computer"},
        )
        shop.works.desk.sync.poll()
        wait(shop, UNFINISHED_SECONDS + 1)
        assert sweep(shop) == (0, 0)
        assert shop.order(theirs.id).closed_at is None


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.ERROR_500_AFTER])
def test_a_lost_answer_to_the_cancel(shop: Plant, fault: Fault) -> None:
    order = left_for_a_day(shop)
    sweep(shop)
    wait(shop, GRACE_SECONDS + 1)
    shop.sandbox.world.faults.plan("cancel", fault)
    sweep(shop)
    shop.settle()
    assert shop.check_agrees(order.id).payment.status is PaymentStatus.CANCELED


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.BUSY_429])
def test_it_is_paid_while_nobody_knows_whether_it_was_canceled(page_shop: Plant, fault: Fault) -> None:
    """The cancel may not have arrived. Before it is sent again Stripe is read, and shows the money."""
    order = left_for_a_day(page_shop)
    sweep(page_shop)
    wait(page_shop, GRACE_SECONDS + 1)
    page_shop.sandbox.world.faults.plan("cancel", fault)
    sweep(page_shop)
    stripe_call(
        page_shop.sandbox,
        "POST",
        f"/v1/payment_intents/{order.payment.intent_id}/confirm",
        payment_method="pm_card_visa",
        return_url="https://shop.example",
    )
    page_shop.settle()
    kept = page_shop.check_agrees(order.id)
    assert (stage_of(kept), kept.payment.held) == (Stage.TO_PREPARE, TOTAL)
    assert page_shop.prepare(kept).payment.captured == TOTAL


def test_one_payment_that_stripe_does_not_know_any_more_holds_up_no_other(shop: Plant) -> None:
    gone, other = shop.place().order, shop.place().order
    wait(shop, UNFINISHED_SECONDS + 1)
    sweep(shop)
    with shop.sandbox.world.open() as world:
        del world.store.intents[gone.payment.intent_id]
    wait(shop, GRACE_SECONDS + 1)
    assert sweep(shop) == (0, 1)
    assert shop.check_agrees(other.id).payment.status is PaymentStatus.CANCELED


def test_a_payment_that_stripe_refuses_to_close_is_tried_ever_more_seldom_and_the_audit_says_so(
    shop: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = left_for_a_day(shop)
    sweep(shop)
    wait(shop, GRACE_SECONDS + 1)
    tries: list[str] = []

    def refuse(_gateway: StripeGateway, _request: Cancel, key: str) -> PaymentFacts:
        tries.append(key)
        raise Rejected("Stripe does not want to.", http_status=400, code="made_up")

    with monkeypatch.context() as refusing:
        refusing.setattr(StripeGateway, "cancel", refuse)
        for pause in (0, 600, REFUSED_AGAIN_SECONDS, REFUSED_AGAIN_SECONDS, REFUSED_AGAIN_SECONDS):
            wait(shop, pause)
            assert sweep(shop) == (0, 0)
    assert len(set(tries)) == 3
    before = len(shop.sandbox.world.seen)
    assert sweep(shop) == (0, 0)
    assert len(shop.sandbox.world.seen) == before
    (wrong,) = shop.works.desk.audit.run().breaks
    assert "refuses to close" in wrong.what
    wait(shop, 4 * REFUSED_AGAIN_SECONDS)
    assert sweep(shop) == (0, 1)
    assert shop.works.desk.audit.run().breaks == ()
    assert shop.check_agrees(order.id).payment.status is PaymentStatus.CANCELED


def test_a_shopper_who_is_at_the_bank_now_finishes_first(shop: Plant) -> None:
    placed = shop.place()
    wait(shop, UNFINISHED_SECONDS - 60)
    shop.pay(placed, ASKS_FIRST)
    wait(shop, 120)
    assert sweep(shop) == (0, 0)
    assert shop.order(placed.order.id).closed_at is None
    wait(shop, 3600)
    assert sweep(shop) == (1, 0)


def test_a_look_that_fails_cancels_nothing(shop: Plant) -> None:
    order = left_for_a_day(shop)
    sweep(shop)
    wait(shop, GRACE_SECONDS + 1)
    shop.sandbox.world.faults.plan("retrieve", Fault.LOST_BEFORE)
    with pytest.raises(Exception, match="Stripe"):
        sweep(shop)
    assert calls(shop.sandbox, "POST", "/cancel") == []
    assert sweep(shop) == (0, 1)
    shop.check_agrees(order.id)


def test_an_order_that_never_got_a_payment_is_only_closed(shop: Plant) -> None:
    shop.sandbox.world.faults.plan("create_intent", Fault.BUSY_429, times=20)
    with pytest.raises(Exception, match="Stripe"):
        shop.place()
    shop.sandbox.world.faults.clear()
    (order_id,) = shop.rows("SELECT id FROM orders")[0]
    shop.settle()
    wait(shop, UNFINISHED_SECONDS + 1)
    assert sweep(shop) == (1, 0)
    wait(shop, GRACE_SECONDS + 1)
    sweep(shop)
    assert stage_of(shop.check_agrees(order_id)) is Stage.ENDED


def test_what_is_never_swept_takes_no_place_of_what_is(
    shop: Plant, stripe_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders of another installation, and cards that were refused days ago, are older than the one that was left."""
    monkeypatch.setattr("sellerdesk.services.sweep.LOOKED_AT", 2)
    with wiring.plant(stripe_sandbox, wiring.make_database(tmp_path / "other.db")) as elsewhere:
        for _ in range(2):
            elsewhere.place_and_pay()
            elsewhere.place()
    shop.works.desk.sync.poll()
    for _ in range(2):
        shop.pay(shop.place(), DECLINED)
    wait(shop, 60)
    order = left_for_a_day(shop)
    shop.works.desk.sync.poll()
    assert sweep(shop) == (1, 0)
    assert shop.order(order.id).closed_at is not None
