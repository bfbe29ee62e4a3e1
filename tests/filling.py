"""Databases as full as one likes, in a moment: orders in every stage, written through the store's own columns."""

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from sellerdesk.domain.catalogue import Product
from sellerdesk.domain.order import Address, Order, OrderLine, Parcel, Shipment, Shopper, Stage
from sellerdesk.domain.payment import CardFacts, Payment, PaymentStatus
from sellerdesk.store.database import SqlStore, open_store
from sellerdesk.store.derive import derived_columns, first_arrival
from sellerdesk.store.mapping import line_columns, order_columns, payment_columns
from sellerdesk.store.models import (
    Base,
    LineRecord,
    OrderRecord,
    ParcelRecord,
    PaymentRecord,
    ShipmentRecord,
    TimelineRecord,
)
from tests import builders
from tests.builders import DAY, NOW

# Of a hundred orders: as many in each stage as a small window shows, so that lists differ in what is behind them.
SPREAD = {
    Stage.SHIPPED: 20,
    Stage.TO_PREPARE: 16,
    Stage.TO_SHIP: 16,
    Stage.UNFINISHED: 16,
    Stage.ENDED: 16,
    Stage.PROBLEM: 16,
}
_YEAR = 365 * DAY
_FIRST = "Ada Béla Chiara Dilan Emre Freya Giulia Håkon İpek João Kofi Léa Mei Noor Paweł Rosa Søren Zoë".split()
_LAST = "Byron Çelik Dupont Eriksen Fischer García Horváth Jansen Kowalska Lefèvre Meyer Nagy Okafor".split()
_STREETS = "Lovelace Way,Rue de la Part-Dieu,Lindenstraße,Calle Mayor,Via Roma,Kungsgatan".split(",")
_CITIES = (("Berlin", "10115", "DE"), ("Lyon", "69003", "FR"), ("Wien", "1010", "AT"), ("Milano", "20121", "IT"))
_THINGS = (
    ("Linen apron", 2460), ("Enamel tea kettle 1.2 L, cobalt blue", 3210), ("Beeswax food wraps, set of 3", 940),
    ("Soap dish, oiled oak", 1300), ("Stoneware mug", 2400), ("Chopping board, ash, 40 cm", 4800),
    ("Beeswax candles, pair", 1150), ("Teapot, 0.9 L, celadon", 6200), ("Dinner plate, speckled", 1900),
    ("Wool blanket, undyed", 12900), ("Brass watering can", 5400), ("Copper pan, 24 cm", 14900),
)  # fmt: skip
_STATUS = {
    Stage.UNFINISHED: PaymentStatus.REQUIRES_ACTION,
    Stage.PROBLEM: PaymentStatus.REQUIRES_PAYMENT_METHOD,
    Stage.TO_PREPARE: PaymentStatus.REQUIRES_CAPTURE,
    Stage.TO_SHIP: PaymentStatus.SUCCEEDED,
    Stage.SHIPPED: PaymentStatus.SUCCEEDED,
    Stage.ENDED: PaymentStatus.CANCELED,
}
_CARDS = (("visa", "4242"), ("mastercard", "4444"), ("amex", "8431"), ("visa", "5556"), ("jcb", "0505"))


# In one order of each database.
RARE = "Xylophone"
FREQUENT = "Linen apron"


@dataclass(frozen=True, slots=True)
class Full:
    """An open database of ``orders``."""

    store: SqlStore
    orders: tuple[Order, ...]


def fill(path: Path, count: int) -> Full:
    """A new database with ``count`` orders, the same ones at every call. Opened; whoever asked closes it."""
    dice = random.Random(count)
    stages = [stage for stage, share in SPREAD.items() for _ in range(count * share // 100)]
    dice.shuffle(stages)
    orders = [_order(dice, number, count, stage) for number, stage in enumerate(stages)]
    odd = replace(orders[count // 2], lines=(replace(orders[count // 2].lines[0], name=RARE),))
    orders[count // 2] = odd
    store = open_store(path, seat="Packing desk 1")
    write_orders(store, orders)
    return Full(store, tuple(orders))


def _order(dice: random.Random, number: int, count: int, stage: Stage) -> Order:
    """An order of the last year, the later the higher its number."""
    order_id = f"{number:08x}{dice.getrandbits(96):024x}"
    placed_at = NOW - _YEAR + _YEAR * number // count
    lines = tuple(_line(dice, position) for position in range(dice.choice((1, 1, 2, 2, 3, 4))))
    name = f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"
    street, (city, code, country) = dice.choice(_STREETS), dice.choice(_CITIES)
    address = Address(f"{dice.randint(1, 99)} {street}", city, code, country)
    order = Order(
        id=order_id,
        reference="".join(dice.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(8)),
        link_token=f"{dice.getrandbits(128):032x}",
        version=1,
        placed_at=placed_at,
        currency="eur",
        shopper=Shopper(name, f"{name.split()[0].lower()}{number}@example.com", address),
        lines=lines,
        shipping=590,
        shipping_tax_rate=1900,
        discount=0,
        save_card=False,
        payments=(),
        shipment=_shipment(dice, number, placed_at) if stage is Stage.SHIPPED else None,
    )
    return replace(order, payments=(_payment(dice, order, stage),))


def _line(dice: random.Random, position: int) -> OrderLine:
    name, price = dice.choice(_THINGS)
    sku = "".join(word[0] for word in name.upper().split()) + f"-{price}"
    return OrderLine(position, sku, name, dice.choice((1, 1, 1, 2, 3)), price, 1900, 0)


def _shipment(dice: random.Random, number: int, placed_at: int) -> Shipment:
    return Shipment((Parcel("dhl", f"JJD0{dice.getrandbits(40):013d}{number:05d}"),), placed_at + 2 * DAY, "Ola")


def _payment(dice: random.Random, order: Order, stage: Stage) -> Payment:
    status = _STATUS[stage]
    brand, last4 = dice.choice(_CARDS)
    card = CardFacts(brand, last4, 12, 2030, "pass", "pass", "pass")
    authorized = order.placed_at + 60
    facts = builders.payment_facts(
        status,
        amount=order.total,
        amount_capturable=order.total if status is PaymentStatus.REQUIRES_CAPTURE else 0,
        amount_received=order.total if status is PaymentStatus.SUCCEEDED else 0,
        intent_id=f"pi_{dice.getrandbits(90):024x}",
        observed_ms=authorized * 1000,
        authorized_at=authorized,
        capture_before=NOW + dice.randint(3600, 7 * DAY),
        canceled_at=order.placed_at + DAY if status is PaymentStatus.CANCELED else None,
        card=card,
    )
    problem = builders.problem(at=authorized) if stage is Stage.PROBLEM else None
    return Payment(f"{dice.getrandbits(128):032x}", order.id, "original", order.total, "eur", facts, problem)


def write_orders(store: SqlStore, orders: list[Order]) -> None:
    """All at once: the repository's way writes them one by one."""
    rows: dict[type[Base], list[dict[str, Any]]] = {
        OrderRecord: [
            order_columns(order)
            | derived_columns(order)
            | {"checkout_id": order.id, "cart_sha256": "sha", "arrival": first_arrival(order.placed_at) + number}
            for number, order in enumerate(orders)
        ],
        LineRecord: [line_columns(order.id, line) for order in orders for line in order.lines],
        PaymentRecord: [payment_columns(order.payment) for order in orders],
        ShipmentRecord: [
            {"order_id": order.id, "shipped_at": order.shipment.at, "shipped_by": "Ola", "passed_on": "on_intent"}
            for order in orders
            if order.shipment
        ],
        ParcelRecord: [
            {"order_id": order.id, "position": 0, "carrier": parcel.carrier, "number": parcel.number}
            for order in orders
            for parcel in (order.shipment.parcels if order.shipment else ())
        ],
        TimelineRecord: [
            {"order_id": order.id, "at": order.placed_at + 60 * number, "what": what, "actor": "Checkout page",
             "amount": None, "currency": "", "note": "", "request_id": ""}
            for order in orders
            for number, what in enumerate(("placed", "action", "held"))
        ],
    }  # fmt: skip
    with store.write() as unit:
        session = unit._open_session()
        for table, values in rows.items():
            session.execute(insert(table), values)
        unit.commit()
    with store.write() as unit:
        unit.catalogue.replace([Product("LA-2460", "Linen apron", 2460, "eur", 1900, 3)], [])
        unit.commit()
