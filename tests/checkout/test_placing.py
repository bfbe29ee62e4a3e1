"""From a cart to held money over HTTP: prices are ours, an order is one order, and nobody sees another's."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.domain.operation import Operation
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.pay_answer import PayAnswer
from sellerdesk.services.pay_order import PayOrder
from sellerdesk.services.paying import Paying
from sellerdesk.services.place_order import PlaceOrder
from tests.checkout.shop import CART, COOKIE, MARA, Answer, Browser, ShopWorld, open_world

DECLINED = "pm_card_visa_chargeDeclined"


def pay(browser: Browser, placed: Answer, token: str) -> Answer:
    return browser.post(f"/api/orders/{placed.json['reference']}/pay", {"token": token})


def look(browser: Browser, placed: Answer) -> Answer:
    return browser.post(f"/api/orders/{placed.json['reference']}/look", {})


def intents(world: ShopWorld) -> int:
    return len(list(world.client.v1.payment_intents.list().auto_paging_iter()))


def test_from_cart_to_hold(world: ShopWorld) -> None:
    browser = world.browser().start()
    placed = browser.place()
    assert placed.status == 200
    assert (placed.json["state"], placed.json["total"]) == ("open", "128.40\u00a0EUR")
    paid = pay(browser, placed, world.token())
    assert paid.json == {"state": "held", "link": placed.json["link"]}
    order = world.order(placed.json["link"])
    assert (order.payment.held, order.shopper.name) == (12840, MARA["name"])
    page = browser.get(placed.json["link"]).text
    assert "Held, not charged" in page
    assert "Schönhauser Allee 112" in page


def test_what_a_page_says_about_money_is_not_read(open_shop: ShopWorld) -> None:
    browser = open_shop.browser().start()
    cart = [{**item, "price": 1, "unit_price": 1, "currency": "jpy"} for item in CART]
    body = {"cart": cart, "shopper": MARA, "amount": 1, "total": 1, "currency": "jpy", "shipping": 0, "discount": 9999}
    placed = browser.post("/api/orders", body)
    assert (placed.json["amount"], placed.json["currency"]) == (12840, "eur")
    quoted = browser.post("/api/quote", {"cart": cart, "country": "DE", "total": 1})
    assert quoted.json["amount"] == 12840


@pytest.mark.parametrize(
    ("cart", "sentence"),
    [
        ([], "The cart is empty."),
        ([{"sku": "NOTHING", "quantity": 1}], "One of the products is not for sale any more."),
        ([{"sku": "BOARD-OAK", "quantity": 1}], "Oak serving board sold out while you were here."),
        ([{"sku": "MUG-SAND", "quantity": 0}], "The quantity must be a whole number from 1 to 99."),
        ([{"sku": "MUG-SAND", "quantity": 60}] * 2, "The quantity must be a whole number from 1 to 99."),
    ],
)
def test_carts_are_refused_before_anything_is_written(open_shop: ShopWorld, cart: object, sentence: str) -> None:
    before = intents(open_shop)
    browser = open_shop.browser().start()
    for answer in (browser.place(cart), browser.post("/api/quote", {"cart": cart, "country": "DE"})):
        assert (answer.status, answer.code) == (422, "cart")
        assert answer.json["error"]["message"] == sentence
    assert open_shop.works.shopfront.shop.by_checkout(browser.cookies[COOKIE]) is None
    assert intents(open_shop) == before


def test_fields_are_refused_by_name(open_shop: ShopWorld) -> None:
    answer = open_shop.browser().start().place(email="mara@example", postal_code="1043")
    assert answer.status == 422
    assert answer.json["error"]["fields"] == {
        "email": "This address has no ending, like .com or .de.",
        "postal_code": "Needs 5 digits.",
    }


def test_a_declined_card_then_another_on_the_same_intent(world: ShopWorld) -> None:
    browser = world.browser().start()
    placed = browser.place()
    declined = pay(browser, placed, world.token(DECLINED))
    assert declined.json["state"] == "declined"
    assert (declined.json["reason"], declined.json["advice"]) == ("Your bank declined this card.", "Try another card.")
    again = browser.place()
    assert again.json["reference"] == placed.json["reference"]
    assert pay(browser, again, world.token()).json["state"] == "held"
    assert intents(world) == 1


@pytest.mark.parametrize(
    "card", ["pm_card_radarBlock", "pm_card_visa_chargeDeclinedLostCard", "pm_card_visa_chargeDeclinedStolenCard"]
)
def test_suspicion_is_never_told(open_shop: ShopWorld, card: str) -> None:
    browser = open_shop.browser().start()
    placed = browser.place()
    answer = pay(browser, placed, open_shop.token(card))
    assert answer.json["reason"] == "Your bank declined this card."
    assert not re.search("fraud|stolen|lost|risk|block", answer.text, re.IGNORECASE)
    assert not re.search("fraud|stolen|lost_card", browser.get(placed.json["link"]).text, re.IGNORECASE)


def test_the_client_secret_is_told_once_asked_and_nowhere_else(
    open_shop: ShopWorld, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    browser = open_shop.browser().start()
    placed = browser.place()
    assert "_secret_" not in placed.text
    answer = pay(browser, placed, open_shop.token("pm_card_authenticationRequired"))
    assert answer.json["state"] == "action"
    assert "_secret_" in answer.json["client_secret"]
    for path in (placed.json["link"], f"/api{placed.json['link']}", "/checkout"):
        assert "_secret_" not in browser.get(path).text
    assert "_secret_" not in caplog.text


@pytest.mark.parametrize(
    "token", [None, "", "pi_123", "tok_nothing", "ctoken_nothing", "x" * 10_000, {"id": "ctoken_1"}]
)
def test_tokens_that_are_none_hold_nothing(open_shop: ShopWorld, token: object) -> None:
    browser = open_shop.browser().start()
    placed = browser.place()
    answer = browser.post(f"/api/orders/{placed.json['reference']}/pay", {"token": token})
    assert (answer.status, answer.code) == (422, "token")
    assert open_shop.order(placed.json["link"]).payment.held == 0


def test_a_token_works_once(open_shop: ShopWorld) -> None:
    token = open_shop.token()
    first, second = open_shop.browser().start(), open_shop.browser().start()
    one, other = first.place(), second.place()
    assert pay(first, one, token).json["state"] == "held"
    assert pay(first, one, token).json["state"] == "held"
    assert pay(second, other, token).code == "token"
    assert open_shop.order(other.json["link"]).payment.held == 0


def test_a_second_press_after_the_hold_finds_the_same_order(world: ShopWorld) -> None:
    browser = world.browser().start()
    placed = browser.place()
    pay(browser, placed, world.token())
    again = browser.place()
    assert (again.json["state"], again.json["link"]) == ("held", placed.json["link"])
    assert pay(browser, again, world.token()).json["state"] == "held"
    assert intents(world) == 1


def test_the_same_things_ordered_again_later_are_another_order(world: ShopWorld) -> None:
    browser = world.browser().start()
    first = browser.place()
    pay(browser, first, world.token())
    assert browser.get("/checkout").status == 200
    second = browser.place()
    assert second.json["reference"] != first.json["reference"]
    assert pay(browser, second, world.token()).json["state"] == "held"
    assert intents(world) == 2


def test_a_cart_at_the_bank_is_finished_before_another_one(world: ShopWorld) -> None:
    browser = world.browser().start()
    first = browser.place()
    assert pay(browser, first, world.token("pm_card_authenticationRequired")).json["state"] == "action"
    refused = browser.place([{"sku": "TEAPOT-09", "quantity": 1}])
    assert (refused.status, refused.code) == (409, "earlier")
    assert refused.json["error"]["link"] == first.json["link"]
    assert intents(world) == 1


def test_another_cart_needs_a_new_checkout_and_the_old_one_is_closed(world: ShopWorld) -> None:
    browser = world.browser().start()
    first = browser.place()
    other = [{"sku": "TEAPOT-09", "quantity": 1}]
    refused = browser.place(other)
    assert (refused.status, refused.code) == (409, "closed")
    assert browser.post("/api/checkout/new", {}).status == 200
    second = browser.place(other)
    assert second.json["reference"] != first.json["reference"]
    assert pay(browser, second, world.token()).json["state"] == "held"
    assert pay(browser, first, world.token()).code == "closed"
    assert "This checkout was closed" in browser.get(first.json["link"]).text


def test_the_same_request_fifty_times_at_once_is_one_order(world: ShopWorld) -> None:
    browser = world.browser().start()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: Browser(world.url, dict(browser.cookies)).place(), range(25)))
    good = [answer for answer in answers if answer.status == 200]
    assert {answer.json["reference"] for answer in good} == {good[0].json["reference"]}
    assert {answer.status for answer in answers} <= {200, 503}
    placed = browser.place()
    token = world.token()
    with ThreadPoolExecutor(10) as pool:
        paid = list(pool.map(lambda _: pay(Browser(world.url, dict(browser.cookies)), placed, token), range(25)))
    assert {answer.json.get("state", "") for answer in paid} <= {"held", "checking", ""}
    assert {answer.status for answer in paid} <= {200, 429}
    assert look(browser, placed).json["state"] == "held"
    assert intents(world) == 1
    assert world.order(placed.json["link"]).payment.status is PaymentStatus.REQUIRES_CAPTURE


def test_nobody_pays_or_looks_with_another_browser(open_shop: ShopWorld) -> None:
    owner, stranger = open_shop.browser().start(), open_shop.browser().start()
    placed = owner.place()
    for body in ({"token": open_shop.token()}, {}):
        path = "pay" if body else "look"
        answer = stranger.post(f"/api/orders/{placed.json['reference']}/{path}", body)
        assert (answer.status, answer.code) == (404, "unknown")
    assert open_shop.browser().place().code == "no_checkout"
    assert open_shop.order(placed.json["link"]).payment.held == 0


def test_the_link_alone_shows_no_address(open_shop: ShopWorld) -> None:
    owner = open_shop.browser().start()
    placed = owner.place()
    pay(owner, placed, open_shop.token())
    answer = open_shop.browser().get(placed.json["link"])
    page = answer.text
    assert "Mara L., Berlin, Germany" in answer.words
    for private in (MARA["line1"], MARA["postal_code"], MARA["email"], "Lindqvist"):
        assert private not in page
    owner.post("/api/checkout/new", {})
    assert MARA["line1"] in owner.get(placed.json["link"]).text


def test_links_cannot_be_guessed(open_shop: ShopWorld) -> None:
    browser = open_shop.browser().start()
    link = browser.place().json["link"]
    assert len(link) == len("/o/") + 22
    reference = browser.place().json["reference"]
    for path in (f"/o/{reference}", f"/o/{link[3:-1]}", "/o/", f"/o/{link[3:].swapcase()}", "/api/o/1"):
        assert browser.get(path).status == 404


def test_hostile_text_is_printed_as_text(open_shop: ShopWorld) -> None:
    browser = open_shop.browser().start()
    placed = browser.place(name="<img src=x onerror=alert(1)>", city="{{7*7}}", line1="'\"><script>alert(1)</script>")
    page = browser.get(placed.json["link"]).text
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "{{7*7}}" in page


def test_tries_are_counted_per_checkout_and_per_address(tmp_path: Path) -> None:
    limits = Limits(
        pay_per_checkout=Allowance(2, 600), pay_per_address=Allowance(3, 600), approved_per_order=Allowance(2, 600)
    )
    with open_world(tmp_path, limits) as world:
        one, other = world.browser().start(), world.browser().start()
        placed, second = one.place(), other.place()
        assert [pay(one, placed, world.token(DECLINED)).status for _ in range(3)] == [200, 200, 429]
        stopped = pay(one, placed, world.token())
        assert stopped.json["error"]["message"].endswith("Nothing is held. Please wait 5 minutes, then try again.")
        assert int(stopped.headers["retry-after"]) > 200
        assert [pay(other, second, world.token(DECLINED)).status for _ in range(2)] == [200, 429]
        forged = other.post(
            f"/api/orders/{second.json['reference']}/pay", {"token": world.token()}, x_forwarded_for="198.51.100.9"
        )
        assert forged.status == 429
        # Coming back from the bank costs a reading at Stripe: counted per order, and on its own.
        link = f"/api{second.json['link']}/approved"
        assert [other.post(link, {}).status for _ in range(3)] == [200, 200, 429]
        assert one.post(f"/api{placed.json['link']}/approved", {}).status == 200
        assert one.post("/api/o/nowhere/approved", {}).status == 404


def test_an_answer_lost_on_the_way_is_found_out_by_looking(world: ShopWorld) -> None:
    browser = world.browser().start()
    placed = browser.place()
    world.sandbox.world.faults.plan("confirm", Fault.LOST_AFTER)
    assert pay(browser, placed, world.token()).json["state"] == "checking"
    assert "Checking with your bank" in browser.get(placed.json["link"]).text
    state = "checking"
    while state == "checking":
        state = look(browser, placed).json["state"]
    assert state == "held"
    assert intents(world) == 1


def test_a_shop_whose_database_came_back_from_the_past_asks_to_try_again(world: ShopWorld) -> None:
    browser = world.browser().start()
    with world.works.store.write() as unit:
        unit.standing.fall_behind(1_790_000_000, 1_790_000_100)
        unit.commit()
    answer = browser.place()
    assert (answer.status, answer.code) == (503, "busy")
    assert "Nothing is held. Please try again in a moment." in answer.json["error"]["message"]
    assert intents(world) == 0
    world.works.resolve.run_due()
    assert browser.place().status == 200


def test_a_busy_stripe_before_the_order_is_told_as_busy(world: ShopWorld) -> None:
    browser = world.browser().start()
    world.sandbox.world.faults.plan("create_intent", Fault.BUSY_429, times=1)
    answer = browser.place()
    assert (answer.status, answer.code) == (503, "busy")
    assert answer.headers["retry-after"] == "12"
    assert "Nothing is held" in answer.json["error"]["message"]


def test_a_closed_order_is_not_told_as_closed_while_the_bank_is_asked(world: ShopWorld) -> None:
    browser = world.browser().start()
    placed = browser.place()
    link = placed.json["link"]
    slow = world.sandbox.world.faults.plan("confirm", Fault.SLOW)
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay, browser, placed, world.token())
        assert world.sandbox.world.faults.wait_until_holding()
        with world.works.store.write() as unit:
            unit.orders.close(world.order(link).id, 1)
            unit.commit()
        assert pay(browser, placed, world.token()).json["state"] == "checking"
        assert look(browser, placed).json["state"] == "checking"
        page = browser.get(link).text
        assert "Checking with your bank" in page
        assert "Closed" not in page
        slow.release()
        assert paying.result().json["state"] == "held"
    assert "Held, not charged" in browser.get(link).text


def test_a_card_that_has_arrived_is_not_told_as_not_asked(world: ShopWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page may look before the press it lost has been written down."""
    arrived, go_on = Event(), Event()
    original = PayOrder.pay

    def late(self: PayOrder, *given: str) -> PayAnswer:
        arrived.set()
        assert go_on.wait(20)
        return original(self, *given)

    monkeypatch.setattr(PayOrder, "pay", late)
    browser = world.browser().start()
    placed = browser.place()
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay, browser, placed, world.token())
        assert arrived.wait(20)
        assert look(browser, placed).json["state"] == "checking"
        go_on.set()
        assert paying.result().json["state"] == "held"
    assert look(browser, placed).json["state"] == "held"


def test_another_tab_closes_the_order_between_two_steps_of_a_press(
    world: ShopWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = world.browser().start()
    placed = browser.place()
    original = Paying.plan

    def late(self: Paying, order: Order, token: str, return_url: str) -> Operation:
        with world.works.store.write() as unit:
            unit.orders.close(order.id, 1)
            unit.commit()
        return original(self, order, token, return_url)

    monkeypatch.setattr(Paying, "plan", late)
    assert pay(browser, placed, world.token()).code == "closed"
    monkeypatch.undo()
    assert look(browser, placed).json["state"] == "closed"
    assert world.order(placed.json["link"]).payment.held == 0


def test_another_tab_holds_the_same_cart_between_two_steps_of_a_press(
    world: ShopWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The press finds the order of the other tab; it must not begin a second one."""
    browser = world.browser().start()
    placed = browser.place()
    original = PlaceOrder.place

    def late(self: PlaceOrder, checkout_id: str, *given: Any) -> Order:
        world.works.shopfront.pay_order.pay(checkout_id, placed.json["reference"], world.token(), world.url)
        return original(self, checkout_id, *given)

    monkeypatch.setattr(PlaceOrder, "place", late)
    again = browser.place()
    assert (again.status, again.json["state"], again.json["link"]) == (200, "held", placed.json["link"])
    assert intents(world) == 1


def test_behind_the_shops_proxy_each_shopper_is_counted_alone(tmp_path: Path) -> None:
    limits = Limits(pay_per_address=Allowance(1, 600), pay_together=Allowance(3, 600))
    origin = "https://shop.example"
    with open_world(tmp_path, limits, own_origins=(origin,)) as world:
        statuses = []
        for forwarded in (
            "198.51.100.1",
            "203.0.113.9, 198.51.100.1",  # what comes before the proxy's own entry is the shopper's own invention
            "2001:db8:1:2::1",
            "2001:db8:1:2:ffff::1",
            "198.51.100.2",
            "198.51.100.3",
        ):
            browser = Browser(world.url)
            sent = {"host": "shop.example", "origin": origin, "x_forwarded_for": forwarded}
            browser.ask("GET", "/checkout", headers={"Host": "shop.example"})
            placed = browser.post("/api/orders", {"cart": CART, "shopper": MARA}, **sent)
            token = {"token": world.token(DECLINED)}
            statuses.append(browser.post(f"/api/orders/{placed.json['reference']}/pay", token, **sent).status)
    assert statuses == [200, 429, 200, 429, 200, 429]


def test_while_the_bank_is_asked_everything_else_waits(world: ShopWorld) -> None:
    browser = world.browser().start()
    placed = browser.place()
    slow = world.sandbox.world.faults.plan("confirm", Fault.SLOW)
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay, browser, placed, world.token())
        assert world.sandbox.world.faults.wait_until_holding()
        for cart in (CART, [{"sku": "TEAPOT-09", "quantity": 1}]):
            again = browser.place(cart)
            assert (again.json["state"], again.json["link"]) == ("checking", placed.json["link"])
        assert pay(browser, placed, world.token()).json["state"] == "checking"
        assert look(browser, placed).json["state"] == "checking"
        slow.release()
        assert paying.result().json["state"] == "held"
    assert intents(world) == 1
