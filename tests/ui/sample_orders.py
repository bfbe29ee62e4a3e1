"""Orders as plain values for the tests of panel and dialogs: one of each kind, friendly and hostile."""

from dataclasses import replace

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OpenOperation, OperationKind, OperationState
from sellerdesk.domain.order import Address, Order, OrderLine, Parcel, PassedOn, Shipment, Shopper, TimelineEntry
from sellerdesk.domain.payment import CardFacts, Payment, PaymentFacts, PaymentStatus, Problem

NOW = 1_795_425_240  # Mon 23 Nov 2026, 09:14 UTC
HOUR = 3600
DAY = 86_400

VISA = CardFacts("visa", "4242", 4, 2029, "pass", "fail", "pass", "authenticated")
HOSTILE = "<b>Robert</b> <img src='file:///etc/passwd'> \u202eexe.txt"

LINES = (
    OrderLine(1, "AP-NAT-M", "Linen apron “Atelier”, natural, size M", 2, 2460, 2000, 820, picture="apron.svg"),
    OrderLine(2, "WRAP-3", "Beeswax food wraps, set of 3", 3, 940, 2000, 470),
    OrderLine(3, "SOAP-OAK", "Soap dish, oiled oak", 1, 1300, 2000, 217),
    OrderLine(4, "KETTLE-12", "Enamel tea kettle 1.2 L, cobalt blue, gas and induction", 1, 3210, 2000, 535),
)
STOCK = (("AP-NAT-M", 14), ("WRAP-3", 40), ("SOAP-OAK", 6), ("KETTLE-12", 0))
LYON = Address("14 rue de la Part-Dieu", "Lyon", "69003", "FR")
ZOE = Shopper("Zoë Lefèvre-Okafor", "z.lefevre@example.fr", LYON)


def facts(
    status: str = "requires_capture",
    amount: int = 12840,
    *,
    captured: int = 0,
    left: int = 9 * HOUR + 360,
    currency: str = "eur",
    **more: object,
) -> PaymentFacts:
    """Facts of an intent in ``status``; a held one lapses ``left`` seconds from NOW after seven days."""
    held = status == "requires_capture"
    authorized = status in {"requires_capture", "succeeded"}
    before = NOW + left if authorized else None
    values: dict[str, object] = {
        "intent_id": "pi_3Qb7",
        "status": PaymentStatus(status) if status in set(PaymentStatus) else PaymentStatus.OTHER,
        "raw_status": status,
        "amount": amount,
        "currency": currency,
        "amount_capturable": amount if held else 0,
        "amount_received": captured,
        "livemode": False,
        "created": NOW - 6 * DAY,
        "observed_ms": NOW * 1000,
        "receipt_email": "z.lefevre@example.fr",
        "authorized_at": before - 7 * DAY if before is not None else None,
        "capture_before": before,
        "card": VISA if authorized else None,
    }
    values.update(more)
    return PaymentFacts(**values)  # type: ignore[arg-type]


def order(
    payment_facts: PaymentFacts | None = None,
    *,
    lines: tuple[OrderLine, ...] = LINES,
    shipping: int = 590,
    currency: str = "eur",
    shopper: Shopper = ZOE,
    problem: Problem | None = None,
    **more: object,
) -> Order:
    """An order with one payment; by default held, 9 hours left, the kettle out of stock."""
    total = sum(line.amount for line in lines) + shipping
    known = payment_facts if payment_facts is not None else facts(amount=total, currency=currency)
    payment = Payment("f" * 32, "a" * 32, "original", total, currency, known, problem)
    values: dict[str, object] = {
        "id": "a" * 32,
        "reference": "K7QP3MX2",
        "link_token": "token",
        "version": 3,
        "placed_at": NOW - 6 * DAY,
        "currency": currency,
        "shopper": shopper,
        "lines": lines,
        "shipping": shipping,
        "shipping_tax_rate": 2000,
        "discount": 0,
        "save_card": False,
        "payments": (payment,),
        "on_hand": STOCK,
    }
    values.update(more)
    return Order(**values)  # type: ignore[arg-type]


def captured_order(**more: object) -> Order:
    """Captured short: the kettle was left out."""
    lines = tuple(replace(line, kept=0 if line.sku == "KETTLE-12" else line.quantity) for line in LINES)
    values: dict[str, object] = {
        "lines": lines,
        "shipping_kept": 590,
        "message": "The kettle is sold out; we are sorry.",
    }
    values.update(more)
    return order(facts("succeeded", captured=9630), **values)  # type: ignore[arg-type]


def shipped_order(passed_on: PassedOn = PassedOn.ON_INTENT) -> Order:
    parcels = (Parcel("ups", "1Z999AA10123456784"), Parcel("Fahrradkurier Müller", "A-77"))
    return captured_order(shipment=Shipment(parcels, NOW - HOUR, "Ola", passed_on))


def problem_order(decline_code: str = "insufficient_funds") -> Order:
    problem = Problem("card_declined", decline_code, "Your card has insufficient funds.", "try_again_later",
                      "ch_3Qb7", NOW - HOUR, CardFacts("jcb", "0505", 9, 2028))  # fmt: skip
    return order(facts("requires_payment_method"), problem=problem)


def yen_order() -> Order:
    lines = (OrderLine(1, "KNIFE", "Chef’s knife 21 cm", 2, 12400, 1000, 2254),)
    tanaka = Shopper("田中 愛子", "aiko@example.jp", Address("神宮前1-2-3", "渋谷区", "150-0001", "JP", "", "東京都"))
    known = facts(amount=24800, currency="jpy", left=2 * DAY + 4 * HOUR)
    return order(known, lines=lines, shipping=0, currency="jpy", shopper=tanaka, on_hand=(("KNIFE", 9),))


def hostile_order() -> Order:
    shopper = Shopper(HOSTILE, HOSTILE, Address(HOSTILE, HOSTILE, HOSTILE, "DE"))
    lines = (
        OrderLine(1, "X", HOSTILE, 2, 3000, 1900, 958),
        OrderLine(2, "Y", "حمزة السيد — " + "a very long name that never ends " * 8, 1, 240, 0, 0),
    )
    return order(lines=lines, shopper=shopper, shipping=600, on_hand=(), message=HOSTILE)


NOVEL = "<h1>Ω</h1> " + "Maximiliane " * 900


def endless_order() -> Order:
    """Somebody fills every field with ten thousand letters, words and none."""
    solid = "W" * 10_000
    lines = (OrderLine(1, "X", NOVEL, 1, 3000, 1900, 479), OrderLine(2, "Y", solid, 1, 3000, 1900, 479))
    shopper = Shopper(NOVEL, "a" * 200 + "@example.com", Address(solid, NOVEL, "69003", "FR", NOVEL, solid))
    return order(lines=lines, shopper=shopper, shipping=600, on_hand=(("Y", 0),))


def with_operation(
    given: Order, state: OperationState, *, kind: OperationKind = OperationKind.CAPTURE, since: int = NOW - 2
) -> Order:
    return replace(given, open_operation=OpenOperation("b" * 32, kind, state, 9630, since, "Packing desk 2"))


def view(given: Order) -> OrderView:
    """The order with a timeline, newest first."""
    return OrderView(
        given,
        (
            TimelineEntry(NOW - 700, "captured", "Ola, packing desk 2", 9630, given.currency, "", "req_8Kd2mQ4vTzR1xN"),
            TimelineEntry(NOW - 5 * DAY, "held", "Checkout page", 12840, given.currency, "", "req_5Wn0cYb7LsE3aP"),
            TimelineEntry(NOW - 5 * DAY - 60, "action", "Shopper"),
            TimelineEntry(NOW - 5 * DAY - 90, "a_new_word", "System", note="<i>note</i>"),
            TimelineEntry(NOW - 400 * DAY, "placed", "Checkout page"),
        ),
    )
