"""Back-orders: what was left out is charged once, on the saved card, on one intent however often it is tried."""

import pytest

from sellerdesk.domain.charging_later import waiting_back_order
from sellerdesk.domain.errors import ChargeRefused, OperationInProgress, OrderChanged, Rejected, WrongStage
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.pieces import pieces_owed
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.domain.stages import stage_of
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.saved_card import ChargeState
from tests.wiring import ASKS_FIRST, DAY, TOTAL, Plant, calls, intents_of, stripe_call

POT = 6200
# The others mean the same to every call that makes something; the tests of refunds go through all of them.
FAULTS = (
    Fault.LOST_BEFORE,
    Fault.LOST_AFTER,
    Fault.ERROR_500_AFTER,
    Fault.HTML_502,
    Fault.ODD_200_NULL,
    Fault.CONFLICT_409,
)


def shortened(shop: Plant, card: str = "pm_card_visa", shipping: ShippingChoice = ShippingChoice.FULL) -> Order:
    """Captured without the teapot; the card is saved."""
    return shop.prepare(shop.place_and_save_card(card), {1: 0}, shipping=shipping)


def creating(sandbox: Sandbox) -> list[str | None]:
    return [call.idempotency_key for call in calls(sandbox, "POST", "/v1/payment_intents")][1:]


def test_what_was_left_out_is_charged(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shop.ship(shortened(shop))
    assert stage_of(order) is Stage.SHIPPED
    plan = shop.works.desk.back_order.preview(order, {1: 1})
    assert (plan.amount, plan.shipping, plan.left, plan.tax) == (POT, 0, 0, 990)
    assert plan.card is not None
    stripe_sandbox.world.clock.advance(DAY)
    charged = shop.back_order(order)
    assert charged.state is ChargeState.DONE
    assert (charged.payment.captured, charged.payment.role) == (POT, "backorder")
    assert charged.order.payment.captured == TOTAL - POT
    # The parcel with it is still to be sent.
    assert stage_of(charged.order) is Stage.TO_SHIP
    there = stripe_call(stripe_sandbox, "GET", f"/v1/payment_intents/{charged.payment.intent_id}")
    assert (there["capture_method"], there["shipping"], there["receipt_email"]) == (
        "automatic",
        None,
        "ada@example.com",
    )
    assert there["metadata"]["sd_payment"] == charged.payment.id
    after = shop.check_agrees(order.id)
    assert shop.happened(order.id)[-1] == "charged_later"
    with pytest.raises(ChargeRefused, match="Nothing of this order is owed"):
        shop.back_order(after)
    with shop.store.read() as unit:
        assert {each.sku: each.on_hand for each in unit.catalogue.products()}["POT"] == 0


def test_the_shipping_that_was_not_charged_can_go_with_it(shop: Plant) -> None:
    order = shortened(shop, shipping=ShippingChoice.WAIVE)
    charged = shop.back_order(order, {1: 1}, 590)
    assert charged.payment.captured == POT + 590
    shop.check_agrees(order.id)
    with pytest.raises(ChargeRefused):
        shop.works.desk.back_order.preview(shortened(shop), {1: 1}, 1)


def test_its_pieces_can_be_refunded(shop: Plant) -> None:
    charged = shop.back_order(shortened(shop))
    refunded = shop.refund(charged.order, pieces={1: 1}, payment=charged.payment)
    assert [each.payment_id for each in refunded.refunds] == [charged.payment.id]
    assert refunded.payment.refunded == 0
    shop.check_agrees(charged.order.id)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_answer_is_found_out_and_nothing_is_charged_twice(
    shop: Plant, stripe_sandbox: Sandbox, fault: Fault
) -> None:
    order = shortened(shop)
    stripe_sandbox.world.faults.plan("create_intent", fault)
    asked = shop.back_order(order)
    assert asked.state is ChargeState.WAITING
    assert asked.order.open_operation is not None
    assert (asked.order.open_operation.kind, asked.order.open_operation.amount) == (OperationKind.BACK_ORDER, POT)
    with pytest.raises(OperationInProgress):
        shop.back_order(asked.order)
    shop.settle()
    after = shop.check_agrees(order.id)
    assert [each.captured for each in after.back_orders] == [POT]
    assert len(set(creating(stripe_sandbox))) == 1


def test_a_kept_server_error_is_left_to_a_person(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shortened(shop)
    stripe_sandbox.world.faults.plan("create_intent", Fault.ERROR_500_BEFORE, stored=True)
    shop.back_order(order)
    for _ in range(11):
        stripe_sandbox.world.clock.advance(420)
        shop.clock.advance(420)
        shop.works.resolve.run_due()
    (operation,) = shop.operations(order.id, OperationKind.BACK_ORDER)
    assert (operation.state, operation.generation) == (OperationState.REVIEW, 0)
    assert len(set(creating(stripe_sandbox))) == 1
    assert len(intents_of(stripe_sandbox, order.id)) == 1


@pytest.mark.parametrize("fault", [None, Fault.LOST_AFTER, Fault.ERROR_500_AFTER])
def test_a_refusal_is_tried_again_on_the_same_intent(shop: Plant, stripe_sandbox: Sandbox, fault: Fault | None) -> None:
    order = shortened(shop)
    stripe_sandbox.world.decline_next("insufficient_funds")
    if fault is not None:
        stripe_sandbox.world.faults.plan("create_intent", fault)
    shop.back_order(order)
    shop.settle()
    order = shop.check_agrees(order.id)
    refused = waiting_back_order(order)
    assert refused is not None
    assert refused.problem is not None
    assert refused.problem.decline_code == "insufficient_funds"
    with pytest.raises(ChargeRefused, match="not settled"):
        shop.back_order(order)
    back_order = shop.works.desk.back_order
    again = back_order.try_again(back_order.new_operation(), order.id, order.version)
    assert (again.state, again.payment.intent_id) == (ChargeState.DONE, refused.intent_id)
    assert len(intents_of(stripe_sandbox, order.id)) == 2
    shop.check_agrees(order.id)
    with pytest.raises(WrongStage):
        back_order.try_again(back_order.new_operation(), order.id, again.order.version)


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.ERROR_500_AFTER])
def test_the_answer_to_the_second_try_is_lost(shop: Plant, stripe_sandbox: Sandbox, fault: Fault) -> None:
    order = shortened(shop)
    stripe_sandbox.world.decline_next("insufficient_funds")
    refused = shop.back_order(order)
    assert refused.state is ChargeState.DECLINED
    stripe_sandbox.world.faults.plan("confirm", fault)
    back_order = shop.works.desk.back_order
    asked = back_order.try_again(back_order.new_operation(), order.id, refused.order.version)
    assert asked.state is ChargeState.WAITING
    shop.settle()
    assert [each.captured for each in shop.check_agrees(order.id).back_orders] == [POT]


def test_a_card_that_must_not_be_tried_again_is_not(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shortened(shop)
    stripe_sandbox.world.decline_next("stolen_card")
    refused = shop.back_order(order)
    back_order = shop.works.desk.back_order
    with pytest.raises(ChargeRefused, match="must not be tried again"):
        back_order.try_again(back_order.new_operation(), order.id, refused.order.version)
    assert calls(stripe_sandbox, "POST", f"{refused.payment.intent_id}/confirm") == []


def test_one_that_was_given_up_can_be_charged_anew(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shortened(shop)
    stripe_sandbox.world.decline_next("insufficient_funds")
    refused = shop.back_order(order)
    back_order = shop.works.desk.back_order
    ended = back_order.give_up(back_order.new_operation(), order.id, refused.order.version)
    assert [each.status for each in ended.back_orders] == [PaymentStatus.CANCELED]
    assert pieces_owed(ended, ended.lines[1]) == 1
    assert shop.back_order(ended).state is ChargeState.DONE
    assert [each.captured for each in shop.check_agrees(order.id).back_orders] == [0, POT]


def test_the_bank_wants_the_shopper(shop: Plant) -> None:
    order = shortened(shop, ASKS_FIRST)
    asked = shop.back_order(order)
    assert (asked.state, asked.payment.status) == (
        ChargeState.NEEDS_SHOPPER,
        PaymentStatus.REQUIRES_PAYMENT_METHOD,
    )
    back_order = shop.works.desk.back_order
    with pytest.raises(ChargeRefused, match="Send them the link"):
        back_order.try_again(back_order.new_operation(), order.id, asked.order.version)
    shop.check_agrees(order.id)


def test_a_request_that_stripe_refuses_leaves_the_way_free(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The card was taken off the customer elsewhere, and is back."""
    order = shortened(shop)
    with stripe_sandbox.world.open() as world:
        method = world.store.methods[order.payment.saved_card_id]
        owner, method.customer = method.customer, "cus_somebody_else"
    with pytest.raises(Rejected):
        shop.back_order(order)
    with stripe_sandbox.world.open():
        method.customer = owner
    seen = shop.check_agrees(order.id)
    assert shop.back_order(seen).state is ChargeState.DONE
    assert len(shop.check_agrees(order.id).back_orders) == 1


def test_who_looks_at_an_older_order_charges_nothing(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shortened(shop)
    shop.refund(order, 100)
    with pytest.raises(OrderChanged):
        shop.back_order(order)
    assert creating(stripe_sandbox) == []
    assert shop.check_agrees(order.id).back_orders == ()


def test_pressing_twice_is_one_charge(shop: Plant, stripe_sandbox: Sandbox) -> None:
    order = shortened(shop)
    operation_id = shop.works.desk.back_order.new_operation()
    plan = shop.works.desk.back_order.preview(order, {1: 1})
    for _ in range(2):
        done = shop.works.desk.back_order.run(operation_id, order.id, order.version, plan)
        assert done.state is ChargeState.DONE
    assert len(creating(stripe_sandbox)) == 1
    shop.check_agrees(order.id)


@pytest.mark.parametrize("wish", ["no card", "not captured", "unknown line", "too many", "nothing", "expired"])
def test_what_cannot_be_charged(shop: Plant, wish: str) -> None:
    back_order = shop.works.desk.back_order
    order = shop.place_and_pay() if wish == "no card" else shop.place_and_save_card()
    if wish != "not captured":
        order = shop.prepare(order, {1: 0})
    pieces = {"unknown line": {7: 1}, "too many": {1: 2}, "nothing": {1: 0}}.get(wish, {1: 1})
    if wish == "expired":
        shop.clock.advance(40 * 365 * DAY)
    with pytest.raises(ChargeRefused) as refused:
        back_order.preview(order, pieces)
    assert str(refused.value).endswith(".")


def test_the_overview_counts_what_is_still_owed(shop: Plant) -> None:
    def worth() -> list[int]:
        with shop.store.read() as unit:
            return [each.worth for each in unit.history.left_out(shop.clock.now() + 60)]

    order = shop.prepare(shop.place_and_save_card(), {0: 1, 1: 0})
    assert worth() == [2400 + POT]
    charged = shop.back_order(order, {1: 1})
    assert worth() == [2400]
    shop.back_order(charged.order, {0: 1})
    assert worth() == []
    shop.check_agrees(order.id)


def pass_hour(shop: Plant) -> None:
    for each in (shop.clock, shop.sandbox.world.clock):
        each.advance(3600)


def test_the_reason_of_the_last_refusal_counts(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The saved card is older than both refusals, and the answer to the second try does not say when it was."""
    order = shortened(shop)
    pass_hour(shop)
    stripe_sandbox.world.decline_next("insufficient_funds")
    shop.back_order(order)
    shop.works.desk.sync.poll()
    pass_hour(shop)
    stripe_sandbox.world.decline_next("stolen_card")
    back_order = shop.works.desk.back_order
    again = back_order.try_again(back_order.new_operation(), order.id, shop.order(order.id).version)
    assert again.payment.problem is not None
    assert again.payment.problem.decline_code == "stolen_card"
    with pytest.raises(ChargeRefused, match="must not be tried again"):
        back_order.try_again(back_order.new_operation(), order.id, again.order.version)


def test_a_card_that_was_saved_under_an_older_name_is_tried_by_it(shop: Plant, stripe_sandbox: Sandbox) -> None:
    """The sandbox knows none, so that it refuses; what counts is that Stripe is asked, and that the way stays free."""
    order = shortened(shop)
    stripe_sandbox.world.decline_next("insufficient_funds")
    shop.back_order(order)
    shop.rows("UPDATE payment SET payment_method_id = 'card_1OfLongAgo' WHERE role = 'original'")
    order = shop.order(order.id)
    back_order = shop.works.desk.back_order
    with pytest.raises(Rejected):
        back_order.try_again(back_order.new_operation(), order.id, order.version)
    (tried,) = shop.operations(order.id, OperationKind.CHARGE_AGAIN)
    assert tried.state is OperationState.FAILED
