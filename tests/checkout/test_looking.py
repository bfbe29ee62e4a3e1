"""A page that waits for the bank asks again and again: what that may cost at Stripe, and what it is told beyond it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sellerdesk.checkout.limits import Allowance, Limits
from sellerdesk.domain.road import ConfirmationRoad
from tests.checkout.shop import Answer, ShopWorld, open_world

HOUR = 3600


def own(placed: Answer) -> str:
    return f"/api/orders/{placed.json['reference']}"


def linked(placed: Answer) -> str:
    return f"/api{placed.json['link']}"


def readings(world: ShopWorld, placed: Answer) -> int:
    """How often the order's intent was read at Stripe."""
    intent = world.order(placed.json["link"]).payment.intent_id
    with world.sandbox.world.open() as stripe:
        return sum(call.method == "GET" and call.path.endswith(intent) for call in stripe.seen)


def confirm_elsewhere(world: ShopWorld, placed: Answer) -> None:
    """The money is held, and our row has not heard of it."""
    intent = world.order(placed.json["link"]).payment.intent_id
    world.client.v1.payment_intents.confirm(
        intent, {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
    )


def test_a_page_in_two_tabs_is_answered_by_stripe_for_minutes() -> None:
    """45 looks two seconds apart, and then one every ten."""
    looks = 2 * (45 + (4 * 60 - 90) // 10)
    assert Limits().look_per_order.tries >= looks
    assert Limits().look_per_address.tries >= 2 * looks


@pytest.mark.parametrize("address", [own, linked])
def test_looking_again_and_again_does_not_use_up_the_shops_readings(
    tmp_path: Path, address: Callable[[Answer], str]
) -> None:
    with open_world(tmp_path, Limits(look_per_order=Allowance(3, HOUR))) as world:
        browser = world.browser().start()
        placed = browser.place()
        states = [browser.post(f"{address(placed)}/look", {}).json["state"] for _ in range(8)]
        assert states == ["open"] * 3 + ["checking"] * 5
        assert readings(world, placed) == 3


def test_a_page_that_looked_too_often_goes_on_waiting_and_is_never_told_that_nothing_is_held(tmp_path: Path) -> None:
    """The row is behind Stripe wherever a page confirms by itself."""
    with open_world(tmp_path, Limits(look_per_order=Allowance(1, HOUR)), ConfirmationRoad.PAGE) as world:
        browser = world.browser().start()
        placed = browser.place()
        assert browser.post(f"{own(placed)}/look", {}).json["state"] == "open"
        confirm_elsewhere(world, placed)
        for address in (own(placed), linked(placed)):
            assert browser.post(f"{address}/look", {}).json == {"state": "checking", "link": placed.json["link"]}
        world.works.desk.sync.read_again(world.order(placed.json["link"]).payment.intent_id)
        before = readings(world, placed)
        for address in (own(placed), linked(placed)):
            assert browser.post(f"{address}/look", {}).json == {"state": "held", "link": placed.json["link"]}
        assert readings(world, placed) == before


def test_what_one_address_may_read_is_counted_over_all_its_orders(tmp_path: Path) -> None:
    with open_world(tmp_path, Limits(look_per_address=Allowance(3, HOUR))) as world:
        states = []
        for _ in range(3):
            browser = world.browser().start()
            placed = browser.place()
            states += [browser.post(f"{own(placed)}/look", {}).json["state"] for _ in range(2)]
    assert states == ["open"] * 3 + ["checking"] * 3


def test_an_order_that_waits_for_no_card_is_not_read_by_pressing(tmp_path: Path) -> None:
    with open_world(tmp_path, Limits(look_per_order=Allowance(2, HOUR)), ConfirmationRoad.PAGE) as world:
        browser = world.browser().start()
        placed = browser.place()
        with world.works.store.write() as unit:
            unit.orders.close(world.order(placed.json["link"]).id, 1)
            unit.commit()
        before = readings(world, placed)
        states = [browser.post(f"{own(placed)}/start", {}).json["state"] for _ in range(4)]
        assert states == ["closed", "closed", "checking", "checking"]
        assert readings(world, placed) == before + 2
