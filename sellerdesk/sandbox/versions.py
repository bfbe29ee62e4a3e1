"""API versions: which there are, how they compare, and what they changed.

https://docs.stripe.com/changelog . What an answer looked like before a change is in ``ageing``; what a call did
before it stands beside the rule, which asks ``CHANGE.holds_in(version)``.
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, order=True, slots=True)
class Version:
    """One version. Versions compare by their date; ``name`` is the release train, empty in the older ones."""

    date: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.date}.{self.name}" if self.name else self.date


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is so since a version. ``page`` describes it; ``adds`` are the parameters that came with it."""

    since: Version
    what: str
    page: str
    adds: frozenset[str] = frozenset()

    def holds_in(self, version: Version) -> bool:
        """Whether the change is part of ``version``."""
        return version >= self.since


def _version(text: str) -> Version:
    date, _, name = text.partition(".")
    return Version(date, name)


KNOWN = {
    text: _version(text)
    for text in """
    2019-02-11 2019-02-19 2019-03-14 2019-05-16 2019-08-14 2019-09-09 2019-10-08 2019-10-17 2019-11-05 2019-12-03
    2020-03-02 2020-08-27 2022-08-01 2022-11-15 2023-08-16 2023-10-16 2024-04-10 2024-06-20
    2024-09-30.acacia 2024-10-28.acacia 2024-11-20.acacia 2024-12-18.acacia 2025-01-27.acacia 2025-02-24.acacia
    2025-03-31.basil 2025-04-30.basil 2025-05-28.basil 2025-06-30.basil 2025-07-30.basil 2025-08-27.basil
    2025-09-30.clover 2025-10-29.clover 2025-11-17.clover 2025-12-15.clover 2026-01-28.clover 2026-02-25.clover
    2026-03-25.dahlia 2026-04-22.dahlia 2026-05-27.dahlia 2026-06-24.dahlia 2026-07-29.dahlia 2026-08-26.dahlia
    2026-09-30.endive 2026-10-28.endive
    """.split()
}
"""The versions that can be asked for. Before the first one a PaymentIntent had other statuses."""

NEWEST = max(KNOWN.values())
API_VERSION = str(NEWEST)
"""The version that the sandbox's own shapes and rules are written for."""

_PAGES = "https://docs.stripe.com/changelog/"

NO_CHARGES_INSIDE = Change(
    KNOWN["2022-11-15"],
    "A PaymentIntent no longer holds the list of its charges.",
    _PAGES + "2022-11-15/removes-charges-attribute-paymentintent",
)
NO_REFUNDS_INSIDE = Change(
    KNOWN["2022-11-15"],
    "A Charge shows its refunds only when they are expanded.",
    _PAGES + "2022-11-15/deprecates-charges-auto-expand",
)
AUTOMATIC_METHODS = Change(
    KNOWN["2023-08-16"],
    "automatic_payment_methods is on unless types are named; it needs a return_url and no error_on_requires_action.",
    _PAGES + "2023-08-16/automatic-payment-methods",
)
CAPTURED_LATER = Change(
    KNOWN["2024-04-10"],
    "capture_method is automatic_async unless another is named.",
    _PAGES + "2024-04-10/automatic-sync-default-paymentintents",
)
RELEASED_WITHOUT_REFUND = Change(
    KNOWN["2025-03-31.basil"],
    "Money that is let go makes no Refund, and a hold that lapsed is canceled as expired, not as automatic.",
    _PAGES + "basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow",
)
ALLOWED_TYPES = Change(
    KNOWN["2026-07-29.dahlia"],
    "allowed_payment_method_types can be sent and is shown.",
    _PAGES + "dahlia/2026-07-29/allowed-payment-method-types-parameter",
    frozenset({"allowed_payment_method_types"}),
)
MORE_ERROR_CODES = Change(
    KNOWN["2026-08-26.dahlia"],
    "Error codes for every way to pay stand beside those for cards.",
    _PAGES + "dahlia/2026-08-26/adds-payment-method-error-codes",
)
TYPES_NOT_WRITABLE = Change(
    KNOWN["2026-09-30.endive"],
    "payment_method_types is shown but can no longer be sent.",
    _PAGES + "endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents",
)

CHANGES = (
    NO_CHARGES_INSIDE,
    NO_REFUNDS_INSIDE,
    AUTOMATIC_METHODS,
    CAPTURED_LATER,
    RELEASED_WITHOUT_REFUND,
    ALLOWED_TYPES,
    MORE_ERROR_CODES,
    TYPES_NOT_WRITABLE,
)
"""Every difference between versions that the sandbox knows, oldest first."""


@cache
def unknown_in(version: Version) -> frozenset[str]:
    """The parameters that a version does not know yet."""
    return frozenset().union(*(change.adds for change in CHANGES if not change.holds_in(version)))
