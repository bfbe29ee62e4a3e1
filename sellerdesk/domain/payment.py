"""What Stripe told us about one payment, as frozen values. Statuses and codes keep Stripe's spelling."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class PaymentStatus(StrEnum):
    """Status of a PaymentIntent. https://docs.stripe.com/payments/paymentintents/lifecycle

    OTHER stands for a status we do not know: nothing is done then, and the raw word is shown.
    """

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"
    OTHER = "other"


# The fields of CardFacts with what the bank said about details that the shopper typed.
CHECKS = ("cvc_check", "postal_code_check", "line1_check")
# Above the usual: https://docs.stripe.com/radar/risk-evaluation
RAISED_RISKS = ("elevated", "highest")

# Under manual confirmation an approval with the bank is good for this long:
# https://docs.stripe.com/payments/payment-intents/upgrade-to-handle-actions
APPROVAL_SECONDS = 3600
FINAL_STATUSES = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.CANCELED})


def is_lapsed(status: PaymentStatus, cancellation_reason: str) -> bool:
    """Whether a bank let go of a hold because its time was over; nobody released it. The reasons are those of
    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-cancellation_reason"""
    return status is PaymentStatus.CANCELED and cancellation_reason in ("expired", "automatic")


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What Stripe tells about the card; never a number. ``checks`` are 'pass', 'fail', 'unavailable',
    'unchecked' or ''. ``three_d_secure`` is the result ('authenticated', ...) or ''."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int
    cvc_check: str = ""
    postal_code_check: str = ""
    line1_check: str = ""
    three_d_secure: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A failed attempt, from ``last_payment_error``, kept by us because Stripe clears it.

    ``message`` is Stripe's wording for the shopper. ``charge_id`` is '' when the bank was never asked. ``at`` is
    when the attempt was made, seconds UTC by Stripe's own records (the failed charge, else the payment method), so
    that reading it twice gives the same value. https://docs.stripe.com/api/errors

    The last four tell who refused, as far as the failed charge was there to be read; '' otherwise: the bank's own
    code, and of https://docs.stripe.com/api/charges/object#charge_object-outcome the type ('issuer_declined',
    'blocked', ...), the reason, and one sentence for the seller alone.
    """

    code: str
    decline_code: str
    message: str
    advice_code: str
    charge_id: str
    at: int
    card: CardFacts | None = None
    network_decline_code: str = ""
    outcome_type: str = ""
    outcome_reason: str = ""
    seller_message: str = ""

    def is_same_attempt(self, other: "Problem | None") -> bool:
        """Whether both tell of one attempt: date and outcome may be known better by one of two readings."""
        return other is not None and self._of_error_alone() == other._of_error_alone()

    def _of_error_alone(self) -> "Problem":
        return replace(self, at=0, network_decline_code="", outcome_type="", outcome_reason="", seller_message="")


@dataclass(frozen=True, slots=True)
class CardAttempt:
    """One try to hold the money, from its charge: ``problem`` is None when the bank agreed. ``at`` is seconds UTC,
    ``amount`` minor units. A try that never reached the bank (3-D Secure not passed) has no charge."""

    charge_id: str
    at: int
    amount: int
    currency: str
    card: CardFacts | None
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class ShippingFacts:
    """The shipping block on an intent, as read. Strings are '' when absent."""

    name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str = ""
    carrier: str = ""
    tracking_number: str = ""


NO_SHIPPING = ShippingFacts("", "", "", "", "", "", "")
"""Nothing is said about shipping."""


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One PaymentIntent with its latest charge, freshly read and checked by the gateway.

    Amounts are minor units of ``currency``; times are seconds UTC; ``observed_ms`` is when the answer arrived,
    milliseconds UTC of the injected clock. ``capture_before`` is the real deadline from the charge, or None.
    ``setup_future_usage`` is 'off_session' when the shopper agreed that the card is kept, '' when not asked.
    ``client_secret`` lets a page finish the payment, and ``approval_url`` is where the shopper answers the bank's
    question when no page of ours takes part: neither is ever stored, shown or logged.
    """

    intent_id: str
    status: PaymentStatus
    raw_status: str
    amount: int
    currency: str
    amount_capturable: int
    amount_received: int
    livemode: bool
    created: int
    observed_ms: int
    customer_id: str = ""
    receipt_email: str = ""
    charge_id: str = ""
    authorized_at: int | None = None
    capture_before: int | None = None
    canceled_at: int | None = None
    cancellation_reason: str = ""
    amount_refunded: int = 0
    risk_level: str = ""
    card: CardFacts | None = None
    problem: Problem | None = None
    next_action: str = ""
    shipping: ShippingFacts | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    request_id: str = ""
    confirmation_method: str = "automatic"
    setup_future_usage: str = ""
    payment_method_id: str = ""
    client_secret: str = field(default="", repr=False, compare=False)
    approval_url: str = field(default="", repr=False, compare=False)

    @property
    def saved_card_id(self) -> str:
        """The card that may be charged later without the shopper, or ''. Stripe attaches it to the customer when the
        payment is authorized: https://docs.stripe.com/payments/save-during-payment"""
        agreed = self.setup_future_usage == "off_session" and self.authorized_at is not None
        return self.payment_method_id if agreed and self.customer_id else ""

    @property
    def has_lapsed(self) -> bool:
        """Whether the bank let go of the hold because its time was over; nobody released it."""
        return is_lapsed(self.status, self.cancellation_reason)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of an order as our row knows it: the last merged facts, and the last problem seen.

    ``id`` is ours (32 hexadecimal digits). ``facts`` is None until Stripe has made the intent. ``role`` is one of
    'original', 'backorder' (items that an earlier capture left out, charged later) and 'renewal' (a new hold in place
    of the payment ``replaces_id``).

    ``lines`` are pieces per line position and ``shipping`` is what of the shipping a back-order charges; both are
    empty for the other roles, which stand for the whole order.
    """

    id: str
    order_id: str
    role: str
    amount: int
    currency: str
    facts: PaymentFacts | None = None
    problem: Problem | None = None
    replaces_id: str | None = None
    lines: tuple[tuple[int, int], ...] = ()
    shipping: int = 0

    @property
    def intent_id(self) -> str:
        return self.facts.intent_id if self.facts else ""

    @property
    def status(self) -> PaymentStatus | None:
        return self.facts.status if self.facts else None

    @property
    def is_confirmed_again(self) -> bool:
        """Whether a payment that the bank asks about must be confirmed once more after the shopper's approval."""
        return self.facts is not None and self.facts.confirmation_method == "manual"

    @property
    def waits_to_be_confirmed_again(self) -> bool:
        """Whether the shopper has approved with the bank and the server must confirm once more, within the hour."""
        return self.is_confirmed_again and self.status is PaymentStatus.REQUIRES_CONFIRMATION

    @property
    def authorized(self) -> int:
        """Minor units the bank agreed to hold at some time; 0 before."""
        return self.facts.amount if self.facts and self.facts.authorized_at is not None else 0

    @property
    def held(self) -> int:
        """Minor units on hold now."""
        return self.facts.amount_capturable if self.facts else 0

    @property
    def captured(self) -> int:
        return self.facts.amount_received if self.facts else 0

    @property
    def released(self) -> int:
        """Minor units that were held and went back: authorized less captured, once nothing is held any more.

        A released rest is no refund and has no Refund object:
        https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow
        """
        if self.facts is None or self.facts.status not in FINAL_STATUSES:
            return 0
        return max(0, self.authorized - self.captured)

    @property
    def refunded(self) -> int:
        return self.facts.amount_refunded if self.facts else 0

    @property
    def capture_before(self) -> int | None:
        return self.facts.capture_before if self.facts else None

    @property
    def saved_card_id(self) -> str:
        """The card the shopper let us keep for a later charge, or ''."""
        return self.facts.saved_card_id if self.facts else ""

    @property
    def is_over(self) -> bool:
        """Whether nothing can be taken or held by it any more."""
        return self.status in FINAL_STATUSES

    def pieces_of(self, position: int) -> int:
        """Pieces of a line that a back-order charges."""
        return dict(self.lines).get(position, 0)


@dataclass(frozen=True, slots=True)
class EventHint:
    """An event of Stripe's, used only as a hint which payment to read again. ``intent_id`` is '' when no intent made
    what it is about; ``created`` is seconds UTC."""

    id: str
    type: str
    created: int
    intent_id: str
