"""What every simulation starts from: a shop with a catalogue and some orders, made once in calm and copied.

Orders of every stage are there from the first step on, here and at Stripe: so no step is wasted on making them.
"""

import copy
import random
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sellerdesk.app import Works
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.order import Order, Parcel
from sellerdesk.domain.shortening import ShippingChoice
from sellerdesk.sandbox.state import Store as StripesStore
from sellerdesk.store import sqlite
from sellerdesk.store.database import SqlStore, open_store
from tests.chaos.virtual import VirtualTime, repeatable_ids
from tests.contract.inside import Client
from tests.wiring import ADA, CART, PRODUCTS, RATES, RETURN_URL

REFUND_FAILS, PLAIN, ASKS = "pm_card_refundFail", "pm_card_visa", "pm_card_authenticationRequiredOnSetup"


@dataclass
class Checkout:
    """One shopper with one browser. ``order`` is what the page knows of it, ``token`` the card given last."""

    id: str
    cart: tuple[CartItem, ...]
    saves: bool
    order: Order | None = None
    token: str = ""


class Ground:
    """Put back to its beginning for each seed. A power cut may take it: nothing in it is worth a sync."""

    def __init__(self, template: Path) -> None:
        self._template = template
        self._path = template.with_name("shop.db")
        self._at_stripe = StripesStore()
        self._checkouts: list[Checkout] = []
        self.begins_ms = VirtualTime().look()

    @contextmanager
    def fresh(self, statements: Sequence[str] = ()) -> Iterator[SqlStore]:
        """The database as it was made, open, after ``statements`` were carried out in it."""
        for leftover in self._path.parent.glob("shop.db*"):
            leftover.unlink()
        shutil.copy(self._template, self._path)
        _run(self._path, *((each, ()) for each in statements))
        store = open_store(self._path, seat="Ground", durable=False)
        try:
            yield store
        finally:
            store.close()

    def at_stripe(self) -> StripesStore:
        """What Stripe remembers of the orders that are there."""
        return copy.deepcopy(self._at_stripe)

    def checkouts(self) -> list[Checkout]:
        """The shoppers of these orders, with their pages still open."""
        return copy.deepcopy(self._checkouts)

    def keep(self, at_stripe: StripesStore, checkouts: list[Checkout], now_ms: int) -> None:
        """This is where simulations begin from now on; the database is the one that was open last."""
        shutil.copy(self._path, self._template)
        self._at_stripe, self._checkouts, self.begins_ms = at_stripe, checkouts, now_ms


def shop_ground(folder: Path) -> Ground:
    """A new ground in ``folder``."""
    from tests.chaos.simulation import Simulation  # it needs a ground itself

    template = folder / "template.db"
    store = open_store(template, seat="Ground", durable=False)
    with store.write() as unit:
        unit.catalogue.replace(PRODUCTS, RATES)
        unit.commit()
    store.close()
    # The database's own name must be the same in each run.
    _run(template, ("UPDATE meta SET value = ? WHERE key = 'db_epoch'", ("5eed" * 8,)))
    ground = Ground(template)
    with ground.fresh() as store, closing(Simulation(0, store, ground)) as simulation:
        simulation.be_calm()
        with repeatable_ids(random.Random(0)):
            checkouts = list(_orders(simulation.seats[0].works, simulation.outsider))
    ground.keep(simulation.world.store, checkouts, simulation.time.look())
    return ground


def _orders(works: Works, page: Client) -> Iterator[Checkout]:
    """Two on hold, three captured (one of them shortened, one of them sent), one unfinished."""
    desk = works.desk
    yield _ordered(works, page, PLAIN, saves=True)
    yield _ordered(works, page, ASKS, saves=False)
    shortened = _ordered(works, page, PLAIN, saves=True)
    yield _prepared(works, shortened, {1: 0})
    yield _prepared(works, _ordered(works, page, REFUND_FAILS, saves=True), {0: 1})
    sent = _prepared(works, _ordered(works, page, REFUND_FAILS, saves=False), {})
    assert sent.order is not None
    order = desk.orders.view(sent.order.id).order
    desk.ship.run(desk.ship.new_operation(), order.id, order.version, (Parcel("ups", "1Z999AA10123456784"),))
    yield sent
    yield _ordered(works, page, "", saves=False)


def _ordered(works: Works, page: Client, card: str, *, saves: bool) -> Checkout:
    checkout = Checkout(new_secret_token(), CART, saves)
    checkout.order = works.shopfront.place_order.place(checkout.id, CART, ADA, saves)
    if card:
        said = page.post("test_helpers/confirmation_tokens", payment_method=card)
        checkout.token = str(said.body["id"])
        works.shopfront.pay_order.pay(checkout.id, checkout.order.reference, checkout.token, RETURN_URL)
    return checkout


def _prepared(works: Works, checkout: Checkout, kept: dict[int, int]) -> Checkout:
    assert checkout.order is not None
    order, prepare = works.desk.orders.view(checkout.order.id).order, works.desk.prepare
    prepare.run(prepare.new_operation(), order.id, order.version, kept, ShippingChoice.FULL)
    return checkout


def _run(path: Path, *statements: tuple[str, tuple[str, ...]]) -> None:
    with closing(sqlite.connect(sqlite.driver(), path)) as connection:
        for statement, values in statements:
            connection.execute(statement, values)
