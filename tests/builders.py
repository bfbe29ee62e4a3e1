"""Plain domain values for tests: small, valid, and changed by naming what differs."""

from dataclasses import replace

from sellerdesk.domain.money import step
from sellerdesk.domain.order import Address, Order, OrderLine, Shopper
from sellerdesk.domain.payment import CardFacts, Payment, PaymentFacts, PaymentStatus, Problem

NOW = 1_795_425_240  # Mon 23 Nov 2026, 09:14 UTC
WEEK = 7 * 86_400

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
