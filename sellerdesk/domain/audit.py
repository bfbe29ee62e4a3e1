"""What an audit found: how many orders agree with Stripe, and each break with what mends it. Kept as JSON."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Break:
    """One order that does not agree. ``what`` and ``mending`` are sentences; ``order_id`` and ``reference`` are '' when
    there is none."""

    order_id: str
    reference: str
    intent_id: str
    what: str
    mending: str

    @property
    def name(self) -> str:
        """What a person knows it by: the order's reference, else Stripe's own id of the payment."""
        return self.reference or self.intent_id


@dataclass(frozen=True, slots=True)
class Audit:
    """``orders`` were compared; ``agreed`` of them agree now, ``mended`` of those were behind and were brought up to
    date by the comparison, or appeared by it; ``at`` is seconds UTC."""

    at: int
    orders: int
    agreed: int
    mended: int
    breaks: tuple[Break, ...] = ()

    @property
    def sentence(self) -> str:
        """'412 of 412 orders agree with Stripe'."""
        if not self.orders:
            return "No order is open, so there is nothing to compare with Stripe"
        noun, verb = ("order", "agrees") if self.orders == 1 else ("orders", "agree")
        return f"{self.agreed:,} of {self.orders:,} {noun} {verb} with Stripe"


def to_json(audit: Audit) -> str:
    """One JSON object, keys as the fields are called."""
    return json.dumps(asdict(audit), ensure_ascii=False)


def from_json(text: str) -> Audit | None:
    """An audit as ``to_json`` wrote it; None for anything else, as a newer version might have kept it."""
    try:
        kept = json.loads(text)
        breaks = tuple(Break(**each) for each in kept.pop("breaks"))
        return Audit(**kept, breaks=breaks)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
