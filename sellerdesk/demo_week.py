"""The week before the demo opens: who ordered what, and what the seller did, driven through the real use cases.

Each happening is placed, paid, prepared or shipped over HTTP while the sandbox's clock stands at its moment.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from sellerdesk.app import Works
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.order import Address, Order, Parcel, Shopper

Progress = Callable[[str, int, int], None]

_HOUR = 3600
_DAY = 24 * _HOUR


class MovableClock(Protocol):
    """The sandbox's clock, seconds UTC."""

    def now(self) -> int: ...
    def set(self, timestamp: int) -> int: ...
    def reset(self) -> int: ...


class SandboxWorld(Protocol):
    """What of the sandbox's world the demo moves."""

    @property
    def clock(self) -> MovableClock: ...


class RunningSandbox(Protocol):
    """A sandbox that is being served."""

    @property
    def world(self) -> SandboxWorld: ...
    @property
    def url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Story:
    """One order of the week. ``ago`` and the others are seconds before now; None means that it did not happen.

    ``cards`` are tried one after the other; an empty one means that the shopper left before paying. ``left_out``
    are the SKUs that Prepare leaves out.
    """

    shopper: Shopper
    cart: tuple[CartItem, ...]
    ago: int
    cards: tuple[str, ...] = ("pm_card_visa",)
    prepared: int | None = None
    left_out: tuple[str, ...] = ()
    message: str = ""
    shipped: int | None = None
    parcels: tuple[Parcel, ...] = ()
    save_card: bool = False


def _shopper(name: str, street: str, postal_code: str, city: str, country: str) -> Shopper:
    mailbox = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha()) or "shopper"
    return Shopper(name, f"{mailbox}@example.com", Address(street, city, postal_code, country))


def _cart(*wishes: tuple[str, int]) -> tuple[CartItem, ...]:
    return tuple(CartItem(sku, quantity) for sku, quantity in wishes)


_MUG, _APRON, _CANDLES, _TEAPOT, _PLATE, _BOARD = (
    "MUG-SAND",
    "APRON-GREEN",
    "CANDLES-3",
    "TEAPOT-09",
    "PLATE-ARITA",
    "BOARD-OAK",
)

WEEK = (
    Story(
        _shopper("Emmanuel Adeyemi", "Karl-Marx-Straße 80", "12043", "Berlin", "DE"),
        _cart((_MUG, 1)),
        ago=7 * _DAY + _HOUR,
    ),
    Story(
        _shopper("حمزة السيد", "Sonnenallee 101", "12045", "Berlin", "DE"),
        _cart((_TEAPOT, 1), (_MUG, 4)),
        ago=6 * _DAY + 21 * _HOUR + 1200,
    ),
    Story(
        _shopper("Zoë Lefèvre-Okafor", "14 rue de la Part-Dieu", "69003", "Lyon", "FR"),
        _cart((_MUG, 2), (_APRON, 1), (_BOARD, 1)),
        ago=6 * _DAY + 14 * _HOUR + 2400,
        cards=("pm_card_mastercard",),
        save_card=True,
    ),
    Story(
        _shopper("Małgorzata Wiśniewska", "ul. Świętego Krzyża 12 m. 4", "31-028", "Kraków", "PL"),
        _cart((_TEAPOT, 2)),
        ago=5 * _DAY + 20 * _HOUR,
        prepared=1 * _DAY + 3 * _HOUR,
    ),
    Story(
        _shopper("田中 愛子", "神宮前1-5-8", "150-0001", "東京都渋谷区", "JP"),
        _cart((_PLATE, 2), (_MUG, 1)),
        ago=5 * _DAY + 4 * _HOUR,
        cards=("pm_card_jcb",),
    ),
    Story(
        _shopper("Daniel O'Sullivan", "Keizersgracht 241", "1016 EA", "Amsterdam", "NL"),
        _cart((_APRON, 1), (_CANDLES, 1)),
        ago=4 * _DAY + 9 * _HOUR,
        prepared=3 * _DAY + 2 * _HOUR,
        left_out=(_CANDLES,),
        message="The candles were out of stock when we packed. You do not pay for them.",
        shipped=2 * _DAY + 22 * _HOUR,
        parcels=(Parcel("dhl", "00340434161094042557"),),
    ),
    Story(
        _shopper("Iñaki Etxeberria", "Torstraße 140", "10119", "Berlin", "DE"),
        _cart((_MUG, 6)),
        ago=3 * _DAY + 15 * _HOUR,
        cards=("pm_card_amex",),
        prepared=2 * _DAY + 1 * _HOUR,
        shipped=1 * _DAY + 20 * _HOUR,
        parcels=(Parcel("ups", "1Z999AA10123456784"),),
    ),
    Story(
        _shopper("Anneliese Großmann", "Mariahilfer Straße 45", "1060", "Wien", "AT"),
        _cart((_MUG, 2), (_CANDLES, 1)),
        ago=2 * _DAY + 6 * _HOUR,
        prepared=5 * _HOUR,
        left_out=(_CANDLES,),
    ),
    Story(
        _shopper("Priya Raghunathan", "Schönhauser Allee 112", "10439", "Berlin", "DE"),
        _cart((_APRON, 1)),
        ago=1 * _DAY + 13 * _HOUR,
        cards=("pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_visa"),
    ),
    Story(
        _shopper("Thandiwe Nkosi", "Vasagatan 11", "111 20", "Stockholm", "SE"),
        _cart((_TEAPOT, 1)),
        ago=22 * _HOUR,
        cards=("pm_card_visa_chargeDeclinedInsufficientFunds",),
    ),
    Story(
        _shopper("Rasheed Okonkwo-Featherstonehaugh", "Bahnhofstrasse 30", "8001", "Zürich", "CH"),
        _cart((_APRON, 2)),
        ago=9 * _HOUR,
        cards=("pm_card_visa_chargeDeclinedLostCard",),
    ),
    Story(
        _shopper("Giulia D'Angelo", "Oranienstraße 25", "10999", "Berlin", "DE"),
        _cart((_MUG, 2)),
        ago=5 * _HOUR,
        cards=(),
    ),
    Story(
        _shopper("Øystein Håkonsen", "Hafenstraße 9", "20359", "Hamburg", "DE"),
        _cart((_CANDLES, 1), (_MUG, 1)),
        ago=2 * _HOUR,
        cards=("pm_card_authenticationRequired",),
    ),
    Story(
        _shopper("Katarzyna Dąbrowska", "Lindwurmstraße 88", "80337", "München", "DE"),
        _cart((_MUG, 3), (_TEAPOT, 1)),
        ago=40 * 60,
    ),
)


def live_through(works: Works, sandbox: RunningSandbox, progress: Progress) -> None:
    """Make ``WEEK`` happen in the order of time, and leave the sandbox's clock at now."""
    _Week(works, sandbox).live(progress)


def order_as_shopper(works: Works, sandbox: RunningSandbox, story: Story) -> Order:
    """Place and pay the order of ``story`` as the checkout page does, with tokens made without a browser."""
    checkout_id = new_secret_token()
    place_order = works.shopfront.place_order
    order = place_order.place(checkout_id, story.cart, story.shopper, story.save_card)
    for card in story.cards:
        token = _token(sandbox, card, story.save_card)
        place_order.pay(checkout_id, order.reference, token, "https://shop.example/checkout")
    return order


class _Week:
    """One run through the stories; remembers which order each became."""

    def __init__(self, works: Works, sandbox: RunningSandbox) -> None:
        self._works = works
        self._sandbox = sandbox
        sandbox.world.clock.reset()
        self._now = sandbox.world.clock.now()
        self._orders: dict[int, str] = {}

    def live(self, progress: Progress) -> None:
        happenings = self._happenings()
        self._go_to(self._now - happenings[0][0])
        self._works.desk.sync.poll()
        for done, (ago, _, happen) in enumerate(happenings):
            progress("Making a week of orders for the demo shop", done, len(happenings))
            self._go_to(self._now - ago)
            happen()
        self._sandbox.world.clock.reset()
        self._works.clock.learn(self._sandbox.world.clock.now())
        self._works.desk.sync.poll()
        progress("The demo shop is open", len(happenings), len(happenings))

    def _happenings(self) -> list[tuple[int, int, Callable[[], None]]]:
        found: list[tuple[int, int, Callable[[], None]]] = []
        for index, story in enumerate(WEEK):
            found.append((story.ago, index, partial(self._order, index, story)))
            if story.prepared is not None:
                found.append((story.prepared, index, partial(self._prepare, index, story)))
            if story.shipped is not None:
                found.append((story.shipped, index, partial(self._ship, index, story)))
        return sorted(found, key=lambda happening: -happening[0])

    def _go_to(self, moment: int) -> None:
        self._works.clock.learn(self._sandbox.world.clock.set(moment))

    def _order(self, index: int, story: Story) -> None:
        self._orders[index] = order_as_shopper(self._works, self._sandbox, story).id

    def _prepare(self, index: int, story: Story) -> None:
        order = self._works.desk.orders.view(self._orders[index]).order
        kept = {line.position: 0 for line in order.lines if line.sku in story.left_out}
        prepare = self._works.desk.prepare
        prepare.run(prepare.new_operation(), order.id, order.version, kept, message=story.message)

    def _ship(self, index: int, story: Story) -> None:
        order = self._works.desk.orders.view(self._orders[index]).order
        ship = self._works.desk.ship
        ship.run(ship.new_operation(), order.id, order.version, story.parcels)


def _token(sandbox: RunningSandbox, card: str, save_card: bool) -> str:
    """A confirmation token without a browser, as Stripe's test helpers make them:
    https://docs.stripe.com/api/confirmation_tokens/test_create"""
    form = {"payment_method": card}
    if save_card:
        form["setup_future_usage"] = "off_session"
    request = Request(  # noqa: S310 - the address is the sandbox's own, on this computer
        f"{sandbox.url}/v1/test_helpers/confirmation_tokens",
        data=urlencode(form).encode(),
        headers={"Authorization": f"Bearer {sandbox.secret_key}"},
    )
    with urlopen(request, timeout=20) as answer:  # noqa: S310
        return str(json.load(answer)["id"])
