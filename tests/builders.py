"""Domain values for tests: complete and plausible, each part replaceable by keyword."""

from dataclasses import replace
from typing import Any

from sellerdesk.domain.account import EventHint
from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.ids import new_id, new_reference, new_secret_token
from sellerdesk.domain.operation import Operation, OperationKind, OperationState
from sellerdesk.domain.order import Address, Order, OrderLine, Parcel, PassedOn, Shipment, Shopper, TimelineEntry
from sellerdesk.domain.payment import CardFacts, Payment, PaymentFacts, PaymentStatus, Problem, ShippingFacts
from sellerdesk.domain.requests import Capture, Confirm, CreateIntent, PassTracking, Request, sha256_of, to_json

# 1 June 2026, 08:00 UTC: every built value happens around it.
NOW = 1_780_300_800
DAY = 24 * 3600


def fresh_id(at: int = NOW) -> str:
    """A new id of ours; ids made for later seconds sort later."""
    return new_id(at * 1000)


def address(**changes: Any) -> Address:
    return replace(Address("14 rue de la Part-Dieu", "Lyon", "69003", "FR"), **changes)


def shopper(**changes: Any) -> Shopper:
    return replace(Shopper("Zoë Lefèvre-Okafor", "z.lefevre@example.fr", address(), "+33 6 12 34 56 78"), **changes)


def line(position: int = 0, sku: str = "APRON-M", name: str = "Linen apron", **changes: Any) -> OrderLine:
    """Two pieces of 24.60, 20 % tax included."""
    plain = OrderLine(position, sku, name, quantity=2, unit_price=2460, tax_rate=2000, tax=820)
    return replace(plain, **changes)


def lines() -> tuple[OrderLine, ...]:
    """An apron, twice, and a kettle: 49.20 and 32.10."""
    kettle = line(1, "KETTLE-12", "Enamel tea kettle 1.2 L, cobalt blue", quantity=1, unit_price=3210, tax=535)
    return (line(), kettle)


def card(**changes: Any) -> CardFacts:
    return replace(CardFacts("visa", "4242", 4, 2029, "pass", "pass", "pass"), **changes)


def problem(**changes: Any) -> Problem:
    """A refusal by the bank for lack of funds."""
    plain = Problem(
        code="card_declined",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
        advice_code="try_again_later",
        charge_id="ch_declined",
        at=NOW + 60,
        card=card(last4="9995"),
    )
    return replace(plain, **changes)


def shipping_facts(**changes: Any) -> ShippingFacts:
    plain = ShippingFacts("Zoë Lefèvre-Okafor", "14 rue de la Part-Dieu", "", "Lyon", "", "69003", "FR")
    return replace(plain, **changes)


def payment_facts(status: PaymentStatus = PaymentStatus.REQUIRES_CAPTURE, **changes: Any) -> PaymentFacts:
    """An intent of 87.20 EUR in ``status``; held and captured amounts, charge and deadline fit the status."""
    held = status is PaymentStatus.REQUIRES_CAPTURE
    captured = status is PaymentStatus.SUCCEEDED
    authorized = held or captured
    amount = changes.get("amount", 8720)
    plain = PaymentFacts(
        intent_id=f"pi_{fresh_id()}",
        status=status,
        raw_status=status.value,
        amount=amount,
        currency="eur",
        amount_capturable=amount if held else 0,
        amount_received=amount if captured else 0,
        livemode=False,
        created=NOW,
        observed_ms=(NOW + 90) * 1000,
        customer_id="cus_1",
        receipt_email="z.lefevre@example.fr",
        charge_id="ch_1" if authorized else "",
        authorized_at=NOW + 90 if authorized else None,
        capture_before=NOW + 7 * DAY if authorized else None,
        canceled_at=NOW + 2 * DAY if status is PaymentStatus.CANCELED else None,
        risk_level="normal" if authorized else "",
        card=card() if authorized else None,
        metadata=(("sd_order", "1"),),
        request_id="req_1",
    )
    return replace(plain, **changes)


def payment(order_id: str, facts: PaymentFacts | None = None, **changes: Any) -> Payment:
    """The original payment of an order: 87.20 EUR."""
    plain = Payment(fresh_id(), order_id, "original", facts.amount if facts else 8720, "eur", facts)
    return replace(plain, **changes)


def order(facts: PaymentFacts | None = None, problem: Problem | None = None, **changes: Any) -> Order:
    """Two lines and 5.90 for sending, 87.20 EUR in all, just placed; ``facts`` make it held, captured and so on."""
    placed_at = changes.get("placed_at", NOW)
    order_id = changes.pop("id", None) or fresh_id(placed_at)
    plain = Order(
        id=order_id,
        reference=new_reference(),
        link_token=new_secret_token(),
        version=1,
        placed_at=placed_at,
        currency="eur",
        shopper=shopper(),
        lines=lines(),
        shipping=590,
        shipping_tax_rate=2000,
        discount=0,
        save_card=False,
        payments=(payment(order_id, facts, problem=problem),),
    )
    return replace(plain, **changes)


def held_order(**changes: Any) -> Order:
    """An order whose money is on hold."""
    return order(payment_facts(), **changes)


def shipment(**changes: Any) -> Shipment:
    plain = Shipment((Parcel("colissimo", "6A12345678901"),), NOW + 2 * DAY, "Ola", PassedOn.PENDING)
    return replace(plain, **changes)


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
