"""Paying with nothing but the order's link: enough to finish, never enough to read the address or to hold twice."""

from concurrent.futures import ThreadPoolExecutor

from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.pay_order import PayOrder
from tests.checkout.shop import MARA, Answer, Browser, ShopWorld

DECLINED = "pm_card_visa_chargeDeclined"
ASKS = "pm_card_authenticationRequired"
PRIVATE = (MARA["line1"], MARA["postal_code"], MARA["email"], "Lindqvist")


def link_of(world: ShopWorld, card: str = "") -> str:
    """An order of another browser, with ``card`` tried once if there is one."""
    owner = world.browser().start()
    placed = owner.place()
    if card:
        owner.post(f"/api/orders/{placed.json['reference']}/pay", {"token": world.token(card)})
    return str(placed.json["link"])


def pay(browser: Browser, link: str, token: str) -> Answer:
    return browser.post(f"/api{link}/pay", {"token": token})


def look(browser: Browser, link: str) -> Answer:
    return browser.post(f"/api{link}/look", {})


def holding(world: ShopWorld, link: str) -> list[str]:
    """The intents of the order's customer that hold money."""
    found = world.client.v1.payment_intents.list({"customer": world.order(link).customer_id}).data
    assert [intent.id for intent in found] == [world.order(link).payment.intent_id]
    return [intent.id for intent in found if intent.status == "requires_capture"]


def test_p12_an_order_without_a_card_is_paid_by_its_link(open_shop: ShopWorld) -> None:
    for card in ("", DECLINED):
        link = link_of(open_shop, card)
        stranger = open_shop.browser()
        assert look(stranger, link).json == {"state": "declined" if card else "open", "link": link} | (
            {"reason": "Your bank declined this card.", "advice": "Try another card."} if card else {}
        )
        assert pay(stranger, link, open_shop.token()).json == {"state": "held", "link": link}
        assert len(holding(open_shop, link)) == 1
        assert stranger.cookies == {}


def test_p12_another_browser_sees_the_short_address_whatever_it_does(open_shop: ShopWorld) -> None:
    link = link_of(open_shop, DECLINED)
    stranger = open_shop.browser()
    answers = [
        stranger.get(link),
        stranger.get(f"/api{link}"),
        look(stranger, link),
        pay(stranger, link, open_shop.token(DECLINED)),
        pay(stranger, link, open_shop.token()),
        pay(stranger, link, open_shop.token()),
        stranger.get(link),
    ]
    assert [answer.status for answer in answers] == [200] * len(answers)
    assert [word for answer in answers for word in PRIVATE if word in answer.text] == []
    assert "Mara L., Berlin, Germany" in answers[-1].words


def test_the_client_secret_goes_only_to_who_typed_the_card(open_shop: ShopWorld) -> None:
    """With the secret Stripe lets a page read the intent, and on the intent stands the whole address."""
    link = link_of(open_shop, ASKS)
    stranger = open_shop.browser()
    assert look(stranger, link).json == {"state": "action", "link": link, "client_secret": ""}
    assert "_secret_" not in stranger.get(link).text

    declined = open_shop.token(DECLINED)
    assert pay(stranger, link, declined).json["state"] == "declined"
    own = open_shop.token(ASKS)
    assert "_secret_" in pay(stranger, link, own).json["client_secret"]
    other = open_shop.browser()
    assert pay(other, link, open_shop.token(ASKS)).json["state"] == "action"
    # The bank now asks about the other browser's card.
    for earlier in (own, declined):
        assert pay(stranger, link, earlier).json.get("client_secret", "") == ""


def test_p12_two_devices_at_once_hold_once(world: ShopWorld) -> None:
    link = link_of(world)
    slow = world.sandbox.world.faults.plan("confirm", Fault.SLOW)
    first, second = world.browser(), world.browser()
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay, first, link, world.token())
        assert world.sandbox.world.faults.wait_until_holding()
        assert pay(second, link, world.token()).json["state"] == "checking"
        assert look(second, link).json["state"] == "checking"
        slow.release()
        assert paying.result().json["state"] == "held"
    assert pay(second, link, world.token()).json["state"] == "held"
    assert len(holding(world, link)) == 1


def test_an_order_that_never_got_its_intent_gets_it_when_it_is_paid(world: ShopWorld) -> None:
    owner = world.browser().start()
    world.sandbox.world.faults.plan("create_intent", Fault.BUSY_429, times=1)
    assert owner.place().code == "busy"
    order = world.works.shopfront.shop.by_checkout(next(iter(owner.cookies.values())).split(".")[0])
    assert order is not None and order.payment.intent_id == ""
    link = f"/o/{order.link_token}"
    assert look(world.browser(), link).json == {"state": "open", "link": link}
    assert "This order waits for a card." in world.browser().get(link).text
    assert pay(world.browser(), link, world.token()).json["state"] == "held"
    assert len(holding(world, link)) == 1


def test_a_closed_order_is_not_paid_by_its_link(world: ShopWorld) -> None:
    link = link_of(world)
    with world.works.store.write() as unit:
        unit.orders.close(world.order(link).id, 1)
        unit.commit()
    answer = pay(world.browser(), link, world.token())
    assert (answer.status, answer.code) == (409, "closed")
    assert world.order(link).payment.held == 0


def test_links_that_lead_nowhere(open_shop: ShopWorld) -> None:
    for path in ("pay", "look"):
        body = {"token": "ctoken_1"} if path == "pay" else {}
        answer = open_shop.browser().post(f"/api/o/nothing/{path}", body)
        assert (answer.status, answer.code) == (404, "unknown")


def test_only_a_page_of_ours_may_ask(open_shop: ShopWorld) -> None:
    link = link_of(open_shop)
    foreign = open_shop.browser().post(f"/api{link}/look", {}, origin="https://elsewhere.example")
    assert foreign.status == 403


def test_the_desk_reads_what_the_link_paid(open_shop: ShopWorld) -> None:
    """The road is the same as from the form: one journal, one intent, one place that answers."""
    link = link_of(open_shop)
    pay_order: PayOrder = open_shop.works.shopfront.pay_order
    answer = pay_order.pay_by_link(link.rpartition("/")[2], open_shop.token(), "https://shop.example/o/x")
    assert answer.order.payment.held == 12840
    view = open_shop.works.desk.orders.view(answer.order.id)
    assert [entry.what for entry in view.timeline] == ["held", "placed"]
