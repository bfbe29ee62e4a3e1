"""Approving a charge of the saved card by the order's link: that very intent, once, and nothing told to strangers."""

from sellerdesk.domain.charging_later import waits_for_shopper
from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.saved_card import ChargeState
from tests.checkout.shop import CART, MARA, Answer, Browser, ShopWorld, pack, restock

ASKS = "pm_card_authenticationRequired"
PRIVATE = (MARA["line1"], MARA["postal_code"], MARA["email"], "Lindqvist", "_secret_")


def asked(world: ShopWorld) -> str:
    """The link of an order whose bank wants the shopper for the item that was left out at first."""
    owner = world.browser().start()
    placed = owner.post("/api/orders", {"cart": CART, "shopper": MARA, "save_card": True}).json
    link = str(placed["link"])
    owner.post(f"/api/orders/{placed['reference']}/pay", {"token": world.token(ASKS)})
    world.sandbox.world.answer_challenge(world.order(link).payment.intent_id, approve=True)
    owner.post(f"/api/orders/{placed['reference']}/look", {})
    first = world.order(link).lines[0]
    pack(world, link, **{first.sku.replace("-", "_"): 1})
    order, back_order = world.order(link), world.works.desk.back_order
    plan = back_order.preview(order, {first.position: 1})
    charge = back_order.run(back_order.new_operation(), order.id, order.version, plan)
    assert charge.state is ChargeState.NEEDS_SHOPPER
    restock(world.works)  # the tests of this folder share their shop
    return link


def approve(browser: Browser, link: str) -> Answer:
    return browser.post(f"/api{link}/approve", {})


def charged(world: ShopWorld, link: str) -> int:
    (payment,) = world.order(link).back_orders
    return payment.captured


def answer(world: ShopWorld, link: str, *, yes: bool) -> None:
    """What the shopper says on the bank's page."""
    order: Order = world.order(link)
    waiting = waits_for_shopper(order)
    assert waiting is not None
    world.sandbox.world.answer_challenge(waiting.intent_id, approve=yes)


def test_the_shopper_approves_the_very_intent(open_shop: ShopWorld) -> None:
    link = asked(open_shop)
    (before,) = open_shop.order(link).back_orders
    stranger = open_shop.browser()
    answers = [stranger.get(link), approve(stranger, link), approve(stranger, link)]
    assert "Your bank asks about" in answers[0].words
    assert 'id="approve-saved"' in answers[0].text
    # Pressed twice, and in two browsers: one question of the bank's, on one page of the bank's.
    answers.append(approve(open_shop.browser(), link))
    urls = {each.json["url"] for each in answers[1:]}
    assert [each.json["state"] for each in answers[1:]] == ["ask"] * 3
    assert len(urls) == 1
    assert charged(open_shop, link) == 0

    answer(open_shop, link, yes=True)
    answers += [stranger.post(f"/api{link}/approved", {}), stranger.get(link)]
    assert answers[-2].json == {"state": "approved"}
    assert "Your bank asks about" not in answers[-1].words
    assert "Charged later" in answers[-1].words
    (after,) = open_shop.order(link).back_orders
    assert (after.intent_id, after.captured) == (before.intent_id, before.amount)
    assert [word for each in answers for word in PRIVATE if word in each.text] == []
    with open_shop.works.store.read() as unit:
        operations = unit.journal.of_order(open_shop.order(link).id)
    approvals = [each for each in operations if each.kind is OperationKind.CONFIRM and each.payment_id == after.id]
    assert len(approvals) == 1
    assert approve(stranger, link).json == {"state": "nothing"}


def test_who_says_no_can_say_yes_later(open_shop: ShopWorld) -> None:
    link = asked(open_shop)
    stranger = open_shop.browser()
    approve(stranger, link)
    answer(open_shop, link, yes=False)
    assert stranger.post(f"/api{link}/approved", {}).json == {"state": "declined"}
    assert charged(open_shop, link) == 0
    assert approve(stranger, link).json["state"] == "ask"
    answer(open_shop, link, yes=True)
    assert stranger.post(f"/api{link}/approved", {}).json == {"state": "approved"}
    assert charged(open_shop, link) > 0


def test_a_lost_answer_is_found_out(open_shop: ShopWorld) -> None:
    link = asked(open_shop)
    stranger = open_shop.browser()
    open_shop.sandbox.world.faults.plan("confirm", Fault.LOST_AFTER)
    assert approve(stranger, link).json == {"state": "checking"}
    # The reading that comes with the next press shows the bank's question.
    assert approve(stranger, link).json["state"] == "ask"
    answer(open_shop, link, yes=True)
    assert stranger.post(f"/api{link}/approved", {}).json == {"state": "approved"}
    assert open_shop.sandbox.world.dump()["intents"][open_shop.order(link).back_orders[0].intent_id]["captures"] == 1


def test_an_order_without_such_a_charge_has_nothing_to_approve(open_shop: ShopWorld) -> None:
    owner = open_shop.browser().start()
    link = str(owner.place().json["link"])
    assert approve(owner, link).json == {"state": "nothing"}
    assert "Your bank asks about" not in owner.get(link).words
    assert approve(owner, "/o/nowhere").status == 404
