"""The weeks before the demo opens, driven through the real use cases.

Each happening is placed, paid, prepared, shipped or released over HTTP while the sandbox's clock stands at its moment.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from sellerdesk.app import Works
from sellerdesk.demo_stories import Approval, CardTried, Story, read_stories
from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.stages import stage_of

Progress = Callable[[str, int, int], None]
Happening = tuple[int, int, Callable[[], None]]

RETURN_URL = "https://shop.example/checkout"
# While the weeks are lived through the shelves are full; what is left is counted when the demo opens.
_PLENTY = 1000


class MovableClock(Protocol):
    """The sandbox's clock, seconds UTC."""

    def now(self) -> int: ...
    def set(self, timestamp: int) -> int: ...
    def reset(self) -> int: ...


class SandboxWorld(Protocol):
    """What of the sandbox's world the demo moves."""

    @property
    def clock(self) -> MovableClock: ...
    def answer_challenge(self, intent_id: str, *, approve: bool) -> None: ...


class RunningSandbox(Protocol):
    """A sandbox that is being served."""

    @property
    def world(self) -> SandboxWorld: ...
    @property
    def url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def control_token(self) -> str: ...


def live_through(
    works: Works,
    sandbox: RunningSandbox,
    products: tuple[Product, ...],
    rates: tuple[ShippingRate, ...],
    progress: Progress,
) -> None:
    """Make the stories happen in the order of time, and leave the sandbox's clock at now.

    ``products`` and ``rates`` are all that was sold meanwhile, also where it is not sold any more.
    """
    with works.store.write() as unit:
        unit.catalogue.replace((replace(each, on_hand=_PLENTY) for each in products), rates)
        unit.commit()
    _Weeks(works, sandbox).live(progress)


def order_as_shopper(works: Works, sandbox: RunningSandbox, story: Story) -> Order:
    """Place and pay the order of ``story`` as the checkout page does, with tokens made without a browser."""
    checkout_id = new_secret_token()
    place_order, pay_order = works.shopfront.place_order, works.shopfront.pay_order
    order = place_order.place(checkout_id, story.cart, story.shopper, story.save_card)
    for card in story.cards:
        token = _token(sandbox, card, story.save_card)
        order = pay_order.pay(checkout_id, order.reference, token, RETURN_URL).order
        if card.approval is not Approval.LEFT:
            approve = card.approval is Approval.APPROVED
            sandbox.world.answer_challenge(order.payment.intent_id, approve=approve)
            order = pay_order.look_again(checkout_id, order.reference).order
    if stage_of(order) is Stage.PROBLEM:
        # A refusal comes without its charge; who refused stands there.
        works.desk.sync.read_again(order.payment.intent_id)
    return order


class _Weeks:
    """One run through the stories; remembers which order each became."""

    def __init__(self, works: Works, sandbox: RunningSandbox) -> None:
        self._works = works
        self._sandbox = sandbox
        sandbox.world.clock.reset()
        self._now = sandbox.world.clock.now()
        self._orders: dict[int, str] = {}

    def live(self, progress: Progress) -> None:
        happenings = self._happenings()
        for done, (ago, _, happen) in enumerate(happenings):
            progress("Making a week of orders for the demo shop", done, len(happenings))
            self._go_to(self._now - ago)
            happen()
        self._sandbox.world.clock.reset()
        self._works.clock.learn(self._sandbox.world.clock.now())
        # Every answer was read when it came; only the holds that lapsed since are news.
        self._works.desk.sync.poll()
        progress("The demo shop is open", len(happenings), len(happenings))

    def _happenings(self) -> list[Happening]:
        found: list[Happening] = []
        for index, story in enumerate(read_stories()):
            steps = (
                (story.ago, self._order),
                (story.prepared, self._prepare),
                (story.shipped, self._ship),
                (story.released, self._release),
            )
            found += [(ago, index, partial(step, index, story)) for ago, step in steps if ago is not None]
        return sorted(found, key=lambda happening: -happening[0])

    def _go_to(self, moment: int) -> None:
        self._works.clock.learn(self._sandbox.world.clock.set(moment))

    def _order(self, index: int, story: Story) -> None:
        self._orders[index] = order_as_shopper(self._works, self._sandbox, story).id

    def _prepare(self, index: int, story: Story) -> None:
        order = self._seen(index)
        kept = {line.position: 0 for line in order.lines if line.sku in story.left_out}
        prepare = self._works.desk.prepare
        prepare.run(prepare.new_operation(), order.id, order.version, kept, message=story.message)

    def _ship(self, index: int, story: Story) -> None:
        order = self._seen(index)
        ship = self._works.desk.ship
        ship.run(ship.new_operation(), order.id, order.version, story.parcels)

    def _release(self, index: int, story: Story) -> None:
        order = self._seen(index)
        release = self._works.desk.release
        release.run(release.new_operation(), order.id, order.version, story.reason, story.message)

    def _seen(self, index: int) -> Order:
        return self._works.desk.orders.view(self._orders[index]).order


def _token(sandbox: RunningSandbox, card: CardTried, save_card: bool) -> str:
    """A confirmation token without a browser, as Stripe's test helpers make them:
    https://docs.stripe.com/api/confirmation_tokens/test_create"""
    form = {"payment_method": card.method}
    if save_card:
        form["setup_future_usage"] = "off_session"
    request = Request(  # noqa: S310 - the address is the sandbox's own, on this computer
        f"{sandbox.url}/v1/test_helpers/confirmation_tokens",
        data=urlencode(form).encode(),
        headers={"Authorization": f"Bearer {sandbox.secret_key}"},
    )
    with urlopen(request, timeout=20) as answer:  # noqa: S310
        return str(json.load(answer)["id"])
