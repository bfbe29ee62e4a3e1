"""The three roads of confirmation in a real browser: whoever confirms, the shopper meets the same page, and money is
held once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.road import ConfirmationRoad, road_of
from sellerdesk.sandbox.faults import Fault
from tests.checkout.shop import ShopWorld, open_world
from tests.checkout.shopper import (
    APPROVE_CARD,
    DECLINED_CARD,
    bank_frame,
    fill_address,
    open_form,
    order_with,
    type_card,
)

pytestmark = pytest.mark.browser
HELD = "We hold 128.40\u00a0EUR"
HOUR = 3600


def on(*roads: ConfirmationRoad) -> pytest.MarkDecorator:
    """The roads a test is made on. Where the server confirms by itself, other files show what is common to all shops;
    tests/checkout shows without a browser what the servers of all three say."""
    return pytest.mark.parametrize("running_shop", roads, indirect=True, ids=lambda road: road.value, scope="module")


NOT_BY_SERVER = on(ConfirmationRoad.PAGE, ConfirmationRoad.MANUAL)


@pytest.fixture(scope="module", params=list(ConfirmationRoad), ids=lambda road: road.value)
def running_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopWorld]:
    """One shop for each road."""
    limits = Limits(*[Allowance(100_000, 60)] * 5)
    with open_world(tmp_path_factory.mktemp("shop"), limits, request.param) as running:
        yield running


@pytest.fixture
def road(running_shop: ShopWorld, request: pytest.FixtureRequest) -> ConfirmationRoad:
    found = request.node.callspec.params["running_shop"]
    assert isinstance(found, ConfirmationRoad)
    return found


def note(page: Page) -> Locator:
    return page.locator("#note")


def heading(page: Page) -> Locator:
    return page.locator("h1")


def newest(shop: ShopWorld) -> Order:
    """The order placed last."""
    intent = shop.client.v1.payment_intents.list({"limit": 1}).data[0]
    with shop.works.store.read() as unit:
        found = unit.orders.by_intent(intent.id)
    assert found is not None
    return found


def confirmations(shop: ShopWorld, order: Order) -> list[str]:
    """Every call that changed the order's intent, in order."""
    intent = order.payment.intent_id
    with shop.sandbox.world.open() as world:
        return [call.path.rpartition(intent)[2] for call in world.seen if call.method == "POST" and intent in call.path]


def expect_held_once(page: Page, shop: ShopWorld, road: ConfirmationRoad) -> Order:
    """The order page says it, our row and Stripe say it, and there is one hold."""
    expect(heading(page)).to_contain_text(HELD)
    order = shop.order(page.url.removeprefix(shop.url))
    assert (order.payment.status, order.payment.held) == (PaymentStatus.REQUIRES_CAPTURE, 12840)
    assert road_of(order.payment) is road
    found = shop.client.v1.payment_intents.list({"customer": order.customer_id}).data
    assert [(intent.id, intent.status) for intent in found] == [(order.payment.intent_id, "requires_capture")]
    return order


@NOT_BY_SERVER
def test_p18_a_card_that_the_bank_takes_is_held(shopper: Page, shop: ShopWorld, road: ConfirmationRoad) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper)
    order = expect_held_once(shopper, shop, road)
    assert confirmations(shop, order) == ["/confirm"]
    assert "secret" not in shopper.url


@NOT_BY_SERVER
def test_p18_refused_told_no_and_left_are_told_apart_and_the_next_try_holds(
    shopper: Page, shop: ShopWorld, road: ConfirmationRoad
) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper, DECLINED_CARD)
    expect(note(shopper)).to_have_text(
        "Your bank declined this card. Nothing is held. Try another card. Everything else you entered is kept."
    )
    expect(note(shopper)).to_be_focused()
    refused = newest(shop)
    assert refused.payment.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
    assert refused.payment.problem is not None
    device = shopper.context.new_page()
    device.goto(f"{shop.url}/o/{refused.link_token}")
    expect(heading(device)).to_contain_text("The payment did not go through.")
    device.close()

    order_with(shopper, APPROVE_CARD)
    bank_frame(shopper).get_by_role("button", name="Fail authentication").click()
    expect(note(shopper)).to_contain_text("Your bank has not approved it yet. Nothing is held.")
    problem = newest(shop).payment.problem
    assert problem is not None
    assert problem.code == "payment_intent_authentication_failure"

    order_with(shopper, APPROVE_CARD)
    bank_frame(shopper).get_by_label("Close without approving").click()
    expect(note(shopper)).to_contain_text("Your bank has not approved it yet. Nothing is held.")
    again = shopper.get_by_role("button", name="Approve again")
    if again.is_visible():
        again.click()
    else:
        order_with(shopper, APPROVE_CARD)
    bank_frame(shopper).get_by_role("button", name="Complete authentication").click()
    order = expect_held_once(shopper, shop, road)
    assert order.id == refused.id


@NOT_BY_SERVER
def test_p12_the_window_is_closed_while_the_bank_asks(shopper: Page, shop: ShopWorld, road: ConfirmationRoad) -> None:
    context = shopper.context
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper, APPROVE_CARD)
    expect(bank_frame(shopper).get_by_role("button", name="Complete authentication")).to_be_visible()
    left = newest(shop)
    shopper.close()
    shop.works.desk.sync.read_again(left.payment.intent_id)
    assert shop.works.desk.orders.view(left.id).order.payment.status is PaymentStatus.REQUIRES_ACTION
    back = context.new_page()
    back.goto(f"{shop.url}/checkout")
    expect(note(back)).to_contain_text("Your bank has not approved it yet. Nothing is held.")
    back.get_by_role("button", name="Approve again").click()
    bank_frame(back).get_by_role("button", name="Complete authentication").click()
    order = expect_held_once(back, shop, road)
    assert order.id == left.id


@on(ConfirmationRoad.SERVER, ConfirmationRoad.MANUAL)
def test_p12_approved_an_hour_after_the_window_was_closed(
    shopper: Page, shop: ShopWorld, road: ConfirmationRoad
) -> None:
    context = shopper.context
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper, APPROVE_CARD)
    expect(bank_frame(shopper).get_by_role("button", name="Complete authentication")).to_be_visible()
    left = newest(shop)
    shopper.close()
    shop.sandbox.world.clock.advance(HOUR + 60)
    shop.sandbox.world.answer_challenge(left.payment.intent_id, approve=True)
    back = context.new_page()
    back.goto(f"{shop.url}/checkout")
    order = expect_held_once(back, shop, road)
    assert order.id == left.id


@on(ConfirmationRoad.PAGE)
def test_p12_the_window_is_closed_while_the_bank_decides(
    shopper: Page, shop: ShopWorld, road: ConfirmationRoad
) -> None:
    context = shopper.context
    open_form(shopper, shop)
    fill_address(shopper)
    shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    order_with(shopper)
    assert shop.sandbox.world.faults.wait_until_holding()
    left = newest(shop)
    shopper.close()
    shop.sandbox.world.faults.release()
    back = context.new_page()
    back.goto(f"{shop.url}/checkout")
    order = expect_held_once(back, shop, road)
    assert order.id == left.id


def test_p17_what_changed_since_travels_in_each_confirm_call(
    shopper: Page, shop: ShopWorld, road: ConfirmationRoad
) -> None:
    """The order was placed from this browser with another address and another e-mail, and never sent to a bank; then
    its first card is refused, and the address changes once more."""
    jar = shop.browser().start()
    link = jar.place().json["link"]
    shopper.context.add_cookies(
        [{"name": name, "value": value, "url": shop.url} for name, value in jar.cookies.items()]
    )
    open_form(shopper, shop)
    fill_address(shopper, line1="Torstraße 1", email="mara@elsewhere.example")
    order_with(shopper, DECLINED_CARD)
    expect(note(shopper)).to_contain_text("Nothing is held.")
    assert sent_along(shop.order(link)) == ("Torstraße 1", "mara@elsewhere.example")
    fill_address(shopper, line1="Gormannstraße 7", email="mara@third.example")
    order_with(shopper)
    order = expect_held_once(shopper, shop, road)
    assert f"/o/{order.link_token}" == link
    assert confirmations(shop, order) == ["/confirm", "/confirm"]
    assert sent_along(order) == ("Gormannstraße 7", "mara@third.example")
    assert (order.shopper.address.line1, order.shopper.email) == ("Gormannstraße 7", "mara@third.example")


def sent_along(order: Order) -> tuple[str, str]:
    """Street and e-mail as Stripe has them."""
    facts = order.payment.facts
    assert facts is not None
    assert facts.shipping is not None
    return facts.shipping.line1, facts.receipt_email


@NOT_BY_SERVER
def test_p08_the_bank_is_told_yes_and_the_card_is_saved_as_the_shopper_agreed(
    shopper: Page, shop: ShopWorld, road: ConfirmationRoad
) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    shopper.locator("#save").check()
    order_with(shopper, APPROVE_CARD)
    expect(bank_frame(shopper).get_by_role("button", name="Complete authentication")).to_be_visible()
    expect(shopper.locator("#waiting")).to_be_hidden()
    bank_frame(shopper).get_by_role("button", name="Complete authentication").click()
    order = expect_held_once(shopper, shop, road)
    again = ["/confirm"] if road is ConfirmationRoad.MANUAL else []
    assert confirmations(shop, order) == ["/confirm", *again]
    intent = shop.client.v1.payment_intents.retrieve(order.payment.intent_id)
    assert (intent.setup_future_usage, intent.customer) == ("off_session", order.customer_id)
    saved = shop.client.v1.customers.payment_methods.list(order.customer_id).data
    assert [method.id for method in saved] == [order.payment.saved_card_id]


@NOT_BY_SERVER
def test_two_tabs_of_one_cart_hold_once(shopper: Page, shop: ShopWorld, road: ConfirmationRoad) -> None:
    open_form(shopper, shop)
    fill_address(shopper)
    other = shopper.context.new_page()
    other.goto(f"{shop.url}/checkout")
    expect(other.locator("#frame.ready")).to_be_visible()
    fill_address(other)
    type_card(other)
    slow = shop.sandbox.world.faults.plan("confirm", Fault.SLOW)
    order_with(shopper)
    assert shop.sandbox.world.faults.wait_until_holding()
    other.locator("#pay-button").click()
    slow.release()
    expect(heading(other)).to_contain_text(HELD, timeout=15_000)
    expect_held_once(shopper, shop, road)
    assert other.url == shopper.url


@NOT_BY_SERVER
def test_an_order_page_pays_by_the_orders_own_road(shopper: Page, shop: ShopWorld, road: ConfirmationRoad) -> None:
    jar = shop.browser().start()
    link = jar.place().json["link"]
    shopper.context.add_cookies(
        [{"name": name, "value": value, "url": shop.url} for name, value in jar.cookies.items()]
    )
    shopper.goto(shop.url + link)
    expect(heading(shopper)).to_contain_text("This order waits for a card.")
    expect(shopper.locator("#frame.ready")).to_be_visible()
    order_with(shopper, DECLINED_CARD)
    expect(note(shopper)).to_contain_text("Your bank declined this card. Nothing is held.")
    order_with(shopper, APPROVE_CARD)
    bank_frame(shopper).get_by_role("button", name="Complete authentication").click()
    expect_held_once(shopper, shop, road)


@on(ConfirmationRoad.MANUAL)
def test_a_return_from_the_bank_is_read_at_once_and_leaves_no_secret(
    shopper: Page, shop: ShopWorld, road: ConfirmationRoad
) -> None:
    """A bank that takes the whole window sends the shopper back to the order page, with the secret in the address."""
    open_form(shopper, shop)
    fill_address(shopper)
    order_with(shopper, APPROVE_CARD)
    expect(bank_frame(shopper).get_by_role("button", name="Complete authentication")).to_be_visible()
    order = newest(shop)
    shop.sandbox.world.answer_challenge(order.payment.intent_id, approve=True)
    secret = f"{order.payment.intent_id}_secret_x"
    back = f"{shop.url}/o/{order.link_token}"
    shopper.goto(f"{back}?payment_intent={order.payment.intent_id}&payment_intent_client_secret={secret}")
    expect_held_once(shopper, shop, road)
    assert shopper.url == back
    assert "_secret_" not in shopper.evaluate("JSON.stringify([localStorage, sessionStorage, history.state])")
