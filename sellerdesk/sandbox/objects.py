"""What the sandbox remembers: facts only. A status is always worked out from them, never stored."""

from dataclasses import dataclass, field
from typing import Any

from sellerdesk.sandbox.cards import BankCard
from sellerdesk.sandbox.declines import Refusal

Json = dict[str, Any]


@dataclass
class Customer:
    """A customer; ``data`` holds the fields that are only kept and given back."""

    id: str
    created: int
    data: Json
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass
class PaymentMethod:
    """A card as Stripe keeps it. The security code is never kept, only whether one was given.

    ``checked`` says whether a bank has seen the card yet; before that, nothing is known about code and address.
    """

    id: str
    created: int
    card: BankCard
    exp_month: int
    exp_year: int
    fingerprint: str
    has_cvc: bool
    billing: Json
    metadata: dict[str, str] = field(default_factory=dict)
    allow_redisplay: str = "unspecified"
    customer: str | None = None
    set_up: bool = False
    consumed: bool = False
    checked: bool = False


@dataclass
class CardToken:
    """A ``tok_...`` from the page: good for one payment method."""

    id: str
    created: int
    method: PaymentMethod
    used: bool = False


@dataclass
class ConfirmationToken:
    """A ``ctoken_...``: what the shopper typed and agreed to. ``context`` is what Elements was told."""

    id: str
    created: int
    method: PaymentMethod
    context: Json | None = None
    shipping: Json | None = None
    return_url: str | None = None
    setup_future_usage: str | None = None
    use_stripe_sdk: bool = True
    payment_intent: str | None = None

    LIFETIME = 12 * 3600
    """Seconds after which the token is no longer accepted."""

    @property
    def expires_at(self) -> int:
        """Seconds UTC."""
        return self.created + self.LIFETIME


@dataclass
class Charge:
    """One attempt at a card. ``failure`` tells why, when the bank or the risk rules said no.

    ``amount_released`` (minor units) was let go by a call of an older API version, which showed that as a refund.

    ``three_d_secure`` is how the holder's approval went, ``None`` when nobody asked for it.
    """

    id: str
    created: int
    intent: str
    amount: int
    currency: str
    method: PaymentMethod
    customer: str | None
    description: str | None
    receipt_email: str | None
    shipping: Json | None
    metadata: dict[str, str]
    capture_before: int | None
    three_d_secure: str | None
    failure: Refusal | None = None
    amount_captured: int = 0
    captured_at: int | None = None
    released_at: int | None = None
    balance_transaction: str | None = None
    fraud_details: Json = field(default_factory=dict)
    transfer_group: str | None = None
    amount_refunded: int = 0
    amount_released: int = 0
    disputed: bool = False
    review: str | None = None

    @property
    def held(self) -> bool:
        """Whether the money is still set aside at the bank."""
        return self.failure is None and self.captured_at is None and self.released_at is None


@dataclass
class Challenge:
    """A question that waits for the card's holder: 3-D Secure, or proof of being a person when ``captcha`` is set.

    ``ticket`` is what the bank's window presents.
    """

    ticket: str
    source: str
    intent: str
    method: PaymentMethod
    token: ConfirmationToken | None
    off_session: bool
    use_stripe_sdk: bool
    return_url: str | None
    captcha: bool = False


@dataclass
class Intent:
    """A PaymentIntent.

    ``shipping_by_server``: the secret key set the address last, so that no page may change it. ``older_types`` is what
    an older API version sent as ``payment_method_types``.
    """

    id: str
    created: int
    amount: int
    currency: str
    client_secret: str
    capture_method: str
    confirmation_method: str
    automatic_methods: Json | None
    allowed_types: list[str] | None
    older_types: list[str] | None = None
    customer: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    receipt_email: str | None = None
    shipping: Json | None = None
    shipping_by_server: bool = False
    setup_future_usage: str | None = None
    amount_details: Json = field(default_factory=dict)
    amount_error: Json | None = None
    line_items: list[Json] = field(default_factory=list)
    payment_details: Json | None = None
    card_options: Json = field(default_factory=dict)
    statement_descriptor: str | None = None
    statement_descriptor_suffix: str | None = None
    transfer_group: str | None = None
    method: PaymentMethod | None = None
    challenge: Challenge | None = None
    authenticated_until: int | None = None
    charge: str | None = None
    captures: int = 0
    confirmations: int = 0
    amount_received: int = 0
    last_error: Json | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None

    @property
    def card_capture_method(self) -> str:
        """How a card's money is taken: its own option wins over that of all ways to pay."""
        return str(self.card_options.get("capture_method") or self.capture_method)

    @property
    def card_usage(self) -> str | None:
        """Whether a card is saved, ``None`` when it is not: the card's own option wins, and may be ``none``."""
        usage = self.card_options.get("setup_future_usage") or self.setup_future_usage
        return None if usage == "none" else usage


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with the object as it was at that moment in the version of ``api_version``.

    ``newest`` is the same in the newest version, for endpoints that want another. ``previous`` is what an update
    changed.
    """

    id: str
    created: int
    type: str
    object: Json
    request_id: str | None
    idempotency_key: str | None
    api_version: str
    newest: Json
    previous: Json | None
