"""Which columns each stage shows, and what stands in them. Nothing here paints."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from sellerdesk.domain.declines import explain
from sellerdesk.domain.explanation import Again, Refuser
from sellerdesk.domain.listing import CLOSED, OrderRow
from sellerdesk.domain.order import Stage, show_reference
from sellerdesk.domain.payment import RAISED_RISKS, CardFacts
from sellerdesk.domain.seats import called
from sellerdesk.domain.tracking import carrier_name
from sellerdesk.formats import amount_parts, clock_time, countdown, when, when_exact
from sellerdesk.ui.chips import READY, REFUSED, REVIEW, SHIPPED, Chip, deadline_chip, operation_chip, short_chip
from sellerdesk.ui.widgets import Tone


class Kind(Enum):
    """Which delegate paints a column."""

    TEXT = auto()
    STRONG = auto()
    NUMBER = auto()
    AMOUNT = auto()
    DEADLINE = auto()
    CHECKS = auto()
    STATE = auto()


@dataclass(frozen=True, slots=True)
class Check:
    """What is thought of a card: an icon or '', a word where one is needed, and what a reader hears."""

    icon: str
    word: str
    tone: Tone
    spoken: str


@dataclass(frozen=True, slots=True)
class AmountParts:
    """An amount cut where the decimal sign lines up."""

    whole: str
    fraction: str
    code: str


class Sort(Enum):
    """How rows are sorted by a column, in words; its arrow points to where the larger values are."""

    SOONEST_FIRST = "soonest first"
    OLDEST_FIRST = "oldest first"
    NEWEST_FIRST = "newest first"

    @property
    def icon(self) -> str:
        return "arrow-down" if self is Sort.NEWEST_FIRST else "arrow-up"


@dataclass(frozen=True, slots=True)
class Column:
    """``text`` gets a row and the present second; ``widest`` is the widest text expected, from which the width comes;
    '' takes the rest. ``roomy`` is a text that a wide table has room for, ``least`` what a narrow one still shows.
    ``value`` is what a delegate paints where that is more than text. ``sort`` is how the rows are sorted by it, None
    where they are not. A ``spare`` one is left out where there is too little room."""

    title: str
    kind: Kind
    widest: str
    text: Callable[[OrderRow, int], str]
    tip: Callable[[OrderRow, int], str] | None = None
    spoken: Callable[[OrderRow, int], str] | None = None
    value: Callable[[OrderRow, int], Chip | Check | AmountParts | None] | None = None
    muted: bool = False
    roomy: str = ""
    least: str | None = None
    sort: Sort | None = None
    spare: bool = False


STAGE_NAMES = {
    Stage.TO_PREPARE: "To prepare",
    Stage.TO_SHIP: "To ship",
    Stage.PROBLEM: "Problems",
    Stage.UNFINISHED: "Unfinished",
    Stage.SHIPPED: "Shipped",
    Stage.ENDED: "Ended",
}
STAGE_ICONS = {
    Stage.TO_PREPARE: "package",
    Stage.TO_SHIP: "truck",
    Stage.PROBLEM: "triangle-alert",
    Stage.UNFINISHED: "shopping-cart",
    Stage.SHIPPED: "package-check",
    Stage.ENDED: "archive",
}
STAGES = tuple(STAGE_NAMES)

_BRANDS = {
    "visa": "Visa",
    "mastercard": "MC",
    "amex": "Amex",
    "discover": "Disc",
    "diners": "Diners",
    "jcb": "JCB",
    "unionpay": "UPay",
    "eftpos_au": "eftpos",
}
_RISKY = dict(zip(RAISED_RISKS, ("Raised risk", "High risk"), strict=True))
_UNFINISHED = {
    "": "Not started",
    "requires_payment_method": "No card yet",
    "requires_confirmation": "Not sent yet",
    "requires_action": "Bank asks",
    "processing": "Processing",
}
_ENDED = {
    "": "Canceled",
    CLOSED: "Cart changed",
    "automatic": "Hold lapsed",
    "expired": "Hold lapsed",
    "abandoned": "Not paid",
    "requested_by_customer": "Released",
    "duplicate": "Duplicate",
    "fraudulent": "Fraud",
}


def card_text(card: CardFacts | None) -> str:
    """'Visa 4242', or '' when no card is known."""
    if card is None:
        return ""
    return f"{_BRANDS.get(card.brand, card.brand.title() or 'Card')} {card.last4}".strip()


def check_of(row: OrderRow) -> Check | None:
    """The worst thing known about the card, or the quiet shield; None when there is no card."""
    card = row.card
    if row.risk_level in _RISKY:
        word = _RISKY[row.risk_level]
        return Check("shield-alert", word, Tone.RED if row.risk_level == "highest" else Tone.AMBER, word)
    if card is None:
        return None
    results = {"CVC": card.cvc_check, "Postcode": card.postal_code_check, "Street": card.line1_check}
    failed = [name for name, result in results.items() if result == "fail"]
    if failed:
        return Check("circle-alert", failed[0], Tone.AMBER, f"{', '.join(failed)} differs")
    if "pass" in results.values() or card.three_d_secure == "authenticated":
        return Check("shield-check", "", Tone.MUTED, "Checks pass")
    return Check("circle-dashed", "", Tone.MUTED, "Not checked")


def state_chip(row: OrderRow) -> Chip:
    """Quiet words where an order goes its way, a chip for what is not as usual."""
    if row.open_operation is not None:
        return operation_chip(row.open_operation)
    match row.stage:
        case Stage.TO_PREPARE if row.short:
            return short_chip(row.short)
        case Stage.TO_PREPARE | Stage.TO_SHIP if row.risk_level in _RISKY:
            return REVIEW
        case Stage.PROBLEM:
            return REFUSED
        case Stage.SHIPPED:
            return SHIPPED
        case Stage.UNFINISHED:
            return Chip(_UNFINISHED.get(row.raw_status, row.raw_status))
        case Stage.ENDED:
            return Chip(_ENDED.get(row.ended_because, row.ended_because))
        case _:
            return READY


def _state_tip(row: OrderRow) -> str:
    """With who does it, where it is done now."""
    operation, words = row.open_operation, state_chip(row).words
    return f"{words}: {called(operation.seat)}, since {when_exact(operation.since)}" if operation is not None else words


REFUSERS = {
    Refuser.BANK: "Bank",
    Refuser.STRIPE_RULES: "Stripe rules",
    Refuser.OWN_RULE: "Your rule",
    Refuser.OWN_LIST: "Your list",
    Refuser.STRIPE: "Stripe",
    Refuser.SHOPPER: "Shopper",
    Refuser.NOBODY: "Nobody",
}
_TRY_AGAIN = {
    Again.NEVER: Check("ban", "Never", Tone.RED, "Never with this card"),
    Again.REVIEW: Check("eye", "After review", Tone.AMBER, "After you have looked at it"),
    Again.OTHER_CARD: Check("", "Other card", Tone.TEXT, "At once, with another card"),
    Again.RETYPED: Check("", "Re-typed", Tone.TEXT, "At once, typed again"),
    Again.WITH_SHOPPER: Check("", "With shopper", Tone.TEXT, "At once, with the shopper"),
}


def try_again(row: OrderRow, now: int) -> Check | None:
    """When another try makes sense; None for an order of which nothing was refused."""
    if row.open_operation is not None:
        return Check("loader-circle", operation_chip(row.open_operation).words, Tone.MUTED, "Being tried now")
    if row.problem is None:
        return None
    found = explain(row.problem)
    if found.again_at is None:
        return _TRY_AGAIN[found.again]
    if found.again_at <= now:
        return Check("", "Now", Tone.TEXT, f"Since {when_exact(found.again_at)}")
    clock = when(found.again_at, now)
    day = clock if len(clock) == len("18:20") else clock_time(found.again_at).partition(",")[0]
    return Check("", day, Tone.TEXT, f"From {when_exact(found.again_at)}")


def _amount(row: OrderRow, _now: int) -> str:
    return _joined(_amount_parts(row, 0))


def _amount_parts(row: OrderRow, _now: int) -> AmountParts:
    return AmountParts(*amount_parts(row.amount, row.currency), row.currency.upper())


def _captured(row: OrderRow, _now: int) -> str:
    return _joined(_captured_parts(row, 0))


def _captured_parts(row: OrderRow, _now: int) -> AmountParts:
    return AmountParts(*amount_parts(row.captured, row.currency), row.currency.upper())


def _joined(parts: AmountParts) -> str:
    return f"{parts.whole}{parts.fraction}\u00a0{parts.code}"


def _stage_of_row(row: OrderRow) -> Chip:
    return operation_chip(row.open_operation) if row.open_operation is not None else Chip(STAGE_NAMES[row.stage])


_DEADLINE = Column(
    "Hold lapses",
    Kind.DEADLINE,
    "23 h left",
    lambda row, now: countdown(row.deadline - now) if row.deadline is not None else "",
    tip=lambda row, _now: f"Lapses {when_exact(row.deadline)}" if row.deadline is not None else "",
    spoken=lambda row, now: f"Hold lapses: {countdown(row.deadline - now)}" if row.deadline is not None else "No hold",
    value=lambda row, now: deadline_chip(row.deadline - now) if row.deadline is not None else None,
    sort=Sort.SOONEST_FIRST,
)
_REFERENCE = Column("Order", Kind.STRONG, "WMKQ-WMQX", lambda row, _now: show_reference(row.reference))
_SHOPPER = Column(
    "Shopper",
    Kind.TEXT,
    "Zoë Lefèvre-Okaf",
    lambda row, _now: row.shopper,
    tip=lambda row, _now: row.shopper,
    roomy="Katarzyna Dąbrowska-Lis",
    least="Zoë Lefèvre",
)
_PIECES = Column(
    "Pcs", Kind.NUMBER, "Pcs", lambda row, _now: str(row.pieces), spoken=lambda row, _now: f"{row.pieces} pieces"
)
_ITEMS = Column("Items", Kind.TEXT, "", lambda row, _now: row.items, tip=lambda row, _now: row.items, spare=True)
_AMOUNT = Column("Amount", Kind.AMOUNT, "99,999.00 EUR", _amount, value=_amount_parts, least="9,999.00 EUR")
_CAPTURED = Column("Captured", Kind.AMOUNT, "99,999.00 EUR", _captured, value=_captured_parts, least="9,999.00 EUR")
_CARD = Column("Card", Kind.TEXT, "Amex 0000", lambda row, _now: card_text(row.card), muted=True)
_CHECKS = Column(
    "Checks",
    Kind.CHECKS,
    "Postcode",
    lambda row, _now: found.word if (found := check_of(row)) else "",
    tip=lambda row, _now: found.spoken if (found := check_of(row)) else "",
    spoken=lambda row, _now: found.spoken if (found := check_of(row)) else "No card",
    value=lambda row, _now: check_of(row),
    least="",
)
_STATE = Column(
    "State",
    Kind.STATE,
    "Capturing",
    lambda row, _now: state_chip(row).words,
    tip=lambda row, _now: _state_tip(row),
    value=lambda row, _now: state_chip(row),
    least="Waiting",
)
_STAGE = Column(
    "Stage", Kind.STATE, "To prepare", lambda row, _now: _stage_of_row(row).words,
    value=lambda row, _now: _stage_of_row(row),
)  # fmt: skip
_CARRIER = Column(
    "Carrier", Kind.TEXT, "DHL Paket", lambda row, _now: carrier_name(row.carrier),
    tip=lambda row, _now: carrier_name(row.carrier), muted=True,
)  # fmt: skip
_HAPPENED = Column(
    "What happened",
    Kind.TEXT,
    "",
    lambda row, _now: explain(row.problem).headline if row.problem else "",
    tip=lambda row, _now: explain(row.problem).happened if row.problem else "",
)
_REFUSED_CARD = Column(
    "Card",
    Kind.TEXT,
    "Amex 0000",
    lambda row, _now: card_text(row.problem.card if row.problem and row.problem.card else row.card),
    muted=True,
)
_REFUSED_BY = Column(
    "Refused by",
    Kind.TEXT,
    "Stripe rules",
    lambda row, _now: REFUSERS[explain(row.problem).refuser] if row.problem else "",
    tip=lambda row, _now: explain(row.problem).who if row.problem else "",
    muted=True,
)
_AGAIN = Column(
    "Try again",
    Kind.CHECKS,
    "After review",
    lambda row, now: found.word if (found := try_again(row, now)) else "",
    tip=lambda row, now: found.spoken if (found := try_again(row, now)) else "",
    value=try_again,
)
_HOW_FAR = Column(
    "How far",
    Kind.STATE,
    "No card yet",
    lambda row, _now: state_chip(row).words,
    tip=lambda row, _now: state_chip(row).words,
    value=lambda row, _now: state_chip(row),
)
_WHY = Column("Why", Kind.STATE, "Hold lapsed", lambda row, _now: state_chip(row).words,
              value=lambda row, _now: state_chip(row))  # fmt: skip


def _time(title: str, at: Callable[[OrderRow], int], sort: Sort = Sort.NEWEST_FIRST) -> Column:
    return Column(
        title,
        Kind.TEXT,
        "16 Nov 18:20",
        lambda row, now: when(at(row), now),
        tip=lambda row, _now: when_exact(at(row)),
        sort=sort,
    )


def _last_try(row: OrderRow) -> int:
    return row.problem.at if row.problem is not None else row.stage_at


_BY_STAGE: dict[Stage, tuple[Column, ...]] = {
    Stage.TO_PREPARE: (_DEADLINE, _REFERENCE, _SHOPPER, _PIECES, _ITEMS, _AMOUNT, _CARD, _CHECKS, _STATE),
    Stage.TO_SHIP: (
        _time("Waiting since", lambda row: row.stage_at, Sort.OLDEST_FIRST),
        *(_REFERENCE, _SHOPPER, _PIECES, _ITEMS, _CAPTURED, _CARD, _STATE),
    ),
    Stage.PROBLEM: (
        _time("Last try", _last_try),
        *(_REFERENCE, _SHOPPER, _AMOUNT, _REFUSED_CARD, _HAPPENED, _REFUSED_BY, _AGAIN),
    ),
    Stage.UNFINISHED: (
        _time("Left at", lambda row: row.stage_at),
        *(_REFERENCE, _SHOPPER, _PIECES, _ITEMS, _AMOUNT, _HOW_FAR),
    ),
    Stage.SHIPPED: (
        _time("Shipped", lambda row: row.stage_at),
        *(_REFERENCE, _SHOPPER, _PIECES, _ITEMS, _CAPTURED, _CARRIER, _STATE),
    ),
    Stage.ENDED: (_time("Ended", lambda row: row.stage_at), _REFERENCE, _SHOPPER, _ITEMS, _AMOUNT, _WHY),
}
_FOUND = (
    _time("Placed", lambda row: row.placed_at),
    *(_REFERENCE, _SHOPPER, _PIECES, _ITEMS, _AMOUNT, _CARD, _STAGE),
)


def columns_for(stage: Stage | None) -> tuple[Column, ...]:
    """The columns of a stage; None is the list of what a search found in all of them."""
    return _FOUND if stage is None else _BY_STAGE[stage]
