"""Plain domain values for tests: small, valid, and changed by naming what differs."""

from dataclasses import replace
from typing import Any

from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.ids import new_id, new_reference, new_secret_token
from sellerdesk.domain.money import step
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Address, Order, OrderLine, Parcel, Shipment, Shopper, TimelineEntry
from sellerdesk.domain.payment import CardFacts, EventHint, Payment, PaymentFacts, PaymentStatus, Problem, ShippingFacts
from sellerdesk.domain.requests import Capture, Confirm, CreateIntent, PassTracking, Request, sha256_of, to_json

NOW = 1_795_425_240  # Mon 23 Nov 2026, 09:14 UTC
DAY = 86_400
WEEK = 7 * DAY

ADA = Shopper("Ada Byron", "ada@example.com", Address("1 Lovelace Way", "Berlin", "10115", "DE"))
VISA = CardFacts("visa", "4242", 12, 2030, "pass", "pass", "pass")


def facts(status: str = "requires_capture", amount: int = 7590, **more: object) -> PaymentFacts:
    """Facts of one intent; with an authorization where the status needs one."""
    held = status == "requires_capture"
    authorized = status in ("requires_capture", "succeeded")
    known = PaymentStatus(status) if status in set(PaymentStatus) else PaymentStatus.OTHER
    values: dict[str, object] = {
        "intent_id": "pi_1",
        "status": known,
        "raw_status": status,
        "amount": amount,
        "currency": "eur",
        "amount_capturable": amount if held else 0,
        "amount_received": amount if status == "succeeded" else 0,
        "livemode": False,
        "created": NOW - 60,
        "observed_ms": NOW * 1000,
        "charge_id": "ch_1" if authorized else "",
        "authorized_at": NOW if authorized else None,
        "capture_before": NOW + WEEK if authorized else None,
        "card": VISA if authorized else None,
    }
    return PaymentFacts(**{**values, **more})  # type: ignore[arg-type]


def problem(code: str = "card_declined", decline_code: str = "generic_decline", at: int = NOW) -> Problem:
    """One declined attempt."""
    return Problem(code, decline_code, "Your card was declined.", "", "ch_0", at, VISA)


def line(position: int = 0, quantity: int = 2, unit_price: int = 2000, **more: object) -> OrderLine:
    """One line; 19 % tax unless told otherwise."""
    values: dict[str, object] = {
        "position": position,
        "sku": f"SKU-{position}",
        "name": f"Thing {position}",
        "quantity": quantity,
        "unit_price": unit_price,
        "tax_rate": 1900,
        "tax": 0,
    }
    return OrderLine(**{**values, **more})  # type: ignore[arg-type]


def order(lines: tuple[OrderLine, ...] = (), status: str = "requires_capture", **more: object) -> Order:
    """An order whose original payment is in ``status``, on hold for its whole total by default."""
    lines = lines or (line(0), line(1, 1, 3000))
    currency = str(more.get("currency", "eur"))
    unit = step(currency)
    values: dict[str, object] = {
        "id": "a" * 32,
        "reference": "K7QP3MX2",
        "link_token": "link",
        "version": 1,
        "placed_at": NOW - 60,
        "currency": currency,
        "shopper": ADA,
        "lines": lines,
        "shipping": 590 if unit == 1 else 600,
        "shipping_tax_rate": 1900,
        "discount": sum(each.discount for each in lines),
        "save_card": False,
        "payments": (),
    }
    made = Order(**{**values, **more})  # type: ignore[arg-type]
    if made.payments:
        return made
    paid = facts(status, made.total, currency=currency)
    return replace(made, payments=(Payment("b" * 32, made.id, "original", made.total, currency, paid),))


# --- values with names of their own, so that a database can hold many of them ----------------------------


def fresh_id(at: int = NOW) -> str:
    """A new id of ours; ids made for later seconds sort later."""
    return new_id(at * 1000)


def address(**changes: Any) -> Address:
    return replace(Address("14 rue de la Part-Dieu", "Lyon", "69003", "FR"), **changes)


def shopper(**changes: Any) -> Shopper:
    return replace(Shopper("Zoë Lefèvre-Okafor", "z.lefevre@example.fr", address(), "+33 6 12 34 56 78"), **changes)


def apron(**changes: Any) -> OrderLine:
    """Two of 24.60, 20 % tax included."""
    return replace(line(0, 2, 2460, sku="APRON-M", name="Linen apron", tax_rate=2000, tax=820), **changes)


def kettle(**changes: Any) -> OrderLine:
    """One of 32.10, 20 % tax included."""
    name = "Enamel tea kettle 1.2 L, cobalt blue"
    return replace(line(1, 1, 3210, sku="KETTLE-12", name=name, tax_rate=2000, tax=535), **changes)


def card(**changes: Any) -> CardFacts:
    return replace(VISA, **changes)


def refusal(**changes: Any) -> Problem:
    """A bank's refusal for lack of funds, of a card that ends in 9995."""
    plain = problem(decline_code="insufficient_funds", at=NOW + 60)
    return replace(plain, **{"card": card(last4="9995"), **changes})


def shipping_facts(**changes: Any) -> ShippingFacts:
    plain = ShippingFacts("Zoë Lefèvre-Okafor", "14 rue de la Part-Dieu", "", "Lyon", "", "69003", "FR")
    return replace(plain, **changes)


def payment_facts(status: PaymentStatus = PaymentStatus.REQUIRES_CAPTURE, **changes: Any) -> PaymentFacts:
    """An intent of its own over 87.20; held and captured amounts, charge and deadline fit ``status``."""
    plain = facts(
        status.value,
        changes.get("amount", 8720),
        intent_id=f"pi_{fresh_id()}",
        canceled_at=NOW + 2 * DAY if status is PaymentStatus.CANCELED else None,
        risk_level="normal",
        metadata=(("sd_order", "1"),),
        request_id="req_1",
    )
    return replace(plain, **changes)


def payment(order_id: str, facts: PaymentFacts | None = None, **changes: Any) -> Payment:
    """The original payment of an order; 87.20 where no facts say otherwise."""
    plain = Payment(fresh_id(), order_id, "original", facts.amount if facts else 8720, "eur", facts)
    return replace(plain, **changes)


def placed_order(facts: PaymentFacts | None = None, problem: Problem | None = None, **changes: Any) -> Order:
    """An apron and a kettle, 87.20 in all, with names of its own; ``facts`` make it held, captured and so on."""
    order_id = changes.pop("id", None) or fresh_id(changes.get("placed_at", NOW))
    plain = order(
        (apron(), kettle()),
        id=order_id,
        reference=new_reference(),
        link_token=new_secret_token(),
        placed_at=NOW,
        shopper=shopper(),
        payments=(payment(order_id, facts, problem=problem),),
    )
    return replace(plain, **changes)


def held_order(**changes: Any) -> Order:
    """An order with names of its own whose money is on hold."""
    return placed_order(payment_facts(), **changes)


def shipment(**changes: Any) -> Shipment:
    return replace(Shipment((Parcel("colissimo", "6A12345678901"),), NOW + 2 * DAY, "Ola"), **changes)


def entry(what: str = "placed", **changes: Any) -> TimelineEntry:
    return replace(TimelineEntry(NOW, what, "checkout page"), **changes)


def request_for(kind: OperationKind, amount: int = 8720) -> Request:
    """What is asked of Stripe by an operation of ``kind``."""
    match kind:
        case OperationKind.CAPTURE:
            return Capture("pi_1", amount, (), 590, ())
        case OperationKind.CONFIRM:
            return Confirm("pi_1", "ctoken_1", "http://127.0.0.1/return", False, "z@example.fr", shipping_facts())
        case OperationKind.SHIP:
            return PassTracking("pi_1", "ch_1", shipping_facts(carrier="colissimo", tracking_number="6A1"), ())
        case _:
            return CreateIntent(amount, "eur", "cus_1", "z@example.fr", "", "K7QP3MX2", shipping_facts(), (), 590, ())


def operation(of: Order, kind: OperationKind = OperationKind.CAPTURE, amount: int = 8720, **changes: Any) -> Operation:
    """A planned operation on the payment of ``of``."""
    params = to_json(request_for(kind, amount))
    plain = Operation(
        id=fresh_id(),
        kind=kind,
        order_id=of.id,
        payment_id=of.payment.id,
        params=params,
        params_sha256=sha256_of(params),
        state=OperationState.PLANNED,
        seat="packing-1",
        created_at=NOW + DAY,
    )
    return replace(plain, **changes)


def product(sku: str = "APRON-M", **changes: Any) -> Product:
    return replace(Product(sku, "Linen apron", 2460, "eur", 2000, 14, "apron.svg"), **changes)


def shipping_rate(country: str = "*", **changes: Any) -> ShippingRate:
    return replace(ShippingRate(country, "eur", 590, 2000), **changes)


def event_hint(intent_id: str = "pi_1", **changes: Any) -> EventHint:
    return replace(EventHint(f"evt_{fresh_id()}", "payment_intent.succeeded", NOW, intent_id), **changes)
