"""What we ask Stripe for, as frozen values: stored as canonical JSON in the journal, translated in the gateway.

Amounts are minor units. The same value is sent for the first try and for every later one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sellerdesk.domain.payment import ShippingFacts

# The metadata by which an operation's effect is found again at Stripe. It must never be renamed: operations that were
# sent under the old name would look as if they had not happened.
TAG_OPERATION = "sd_op"
# Which payment of an order an intent belongs to.
TAG_PAYMENT = "sd_payment"


@dataclass(frozen=True, slots=True)
class LineItem:
    """One line as Stripe keeps it in ``amount_details.line_items``; ``discount`` is for all pieces."""

    name: str
    sku: str
    quantity: int
    unit_cost: int
    discount: int


@dataclass(frozen=True, slots=True)
class CreateCustomer:
    """https://docs.stripe.com/api/customers/create"""

    name: str
    email: str
    phone: str
    shipping: ShippingFacts
    metadata: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CreateIntent:
    """An unconfirmed intent with manual capture. https://docs.stripe.com/api/payment_intents/create

    ``shipping`` is None where the page sends it when it confirms; ``save_card`` tells what the shopper agreed to where
    the page confirms, which cannot say it by itself.
    """

    amount: int
    currency: str
    customer_id: str
    receipt_email: str
    description: str
    order_reference: str
    shipping: ShippingFacts | None
    lines: tuple[LineItem, ...]
    shipping_amount: int
    metadata: tuple[tuple[str, str], ...]
    confirmation_method: str = "automatic"
    save_card: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """Confirm with a token, and whatever the shopper changed, in one call.

    ``token`` is a ConfirmationToken ('ctoken_...'), a PaymentMethod ('pm_...') or a card token of older pages
    ('tok_...'); '' confirms again with the card that the intent has, after the bank's approval of an intent with
    manual confirmation. ``after_action`` tells that the intent waited for the bank's approval of an earlier card when
    this was planned; it is not sent. ``off_session`` tells that the shopper is not there to be asked.
    https://docs.stripe.com/api/payment_intents/confirm
    """

    intent_id: str
    token: str
    return_url: str
    save_card: bool
    receipt_email: str
    shipping: ShippingFacts
    after_action: bool = False
    off_session: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """Take ``amount`` of the hold, once. https://docs.stripe.com/api/payment_intents/capture

    ``pieces`` are those that go out, by position of the order's lines: the lines that Stripe is told of need not be
    told apart. It is not told of them, and requests of older versions have none.
    """

    intent_id: str
    amount: int
    lines: tuple[LineItem, ...]
    shipping_amount: int
    metadata: tuple[tuple[str, str], ...]
    pieces: tuple[tuple[int, int], ...] = ()


ABANDONED = "abandoned"
"""Why a payment is closed that its shopper did not finish."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Let go of a hold, for ever. ``reason`` is one of Stripe's words, or '' for none of them. ``unless_paid``: only
    while nothing is held; it is not sent. https://docs.stripe.com/api/payment_intents/cancel"""

    intent_id: str
    reason: str
    unless_paid: bool = False


@dataclass(frozen=True, slots=True)
class PassTracking:
    """Write carrier and number to the intent, with the full shipping block (name and address are required
    inside it): https://docs.stripe.com/api/payment_intents/update"""

    intent_id: str
    charge_id: str
    shipping: ShippingFacts
    metadata: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChargeSavedCard:
    """Make an intent and confirm it at once with a saved card, the shopper not being there. ``holds`` makes a hold of
    it, to be captured later; otherwise the money is taken at once.

    It carries no shipping address: the shopper approves it by a link, and whoever has that must not read one from it.
    https://docs.stripe.com/payments/save-during-payment#charge-saved-payment-method
    """

    amount: int
    currency: str
    customer_id: str
    payment_method_id: str
    receipt_email: str
    description: str
    order_reference: str
    lines: tuple[LineItem, ...]
    shipping_amount: int
    metadata: tuple[tuple[str, str], ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class CreateRefund:
    """Give captured money back. ``reason`` is one of Stripe's words, or '' for none of them.

    ``pieces`` (per line position), ``shipping_amount`` (minor units) and ``note`` tell us what it was for; they are
    not sent. https://docs.stripe.com/api/refunds/create
    """

    intent_id: str
    amount: int
    currency: str
    reason: str
    metadata: tuple[tuple[str, str], ...]
    pieces: tuple[tuple[int, int], ...] = ()
    shipping_amount: int = 0
    note: str = ""


Request = CreateCustomer | CreateIntent | Confirm | Capture | Cancel | PassTracking | CreateRefund | ChargeSavedCard

_KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (CreateCustomer, CreateIntent, Confirm, Capture, Cancel, PassTracking, CreateRefund, ChargeSavedCard)
}


def to_json(request: Request) -> str:
    """Canonical JSON: the same value gives the same text on every machine."""
    body = {"request": type(request).__name__, **asdict(request)}
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> Request:
    """The value that ``to_json`` wrote."""
    body = json.loads(text)
    kind = _KINDS[body.pop("request")]
    if body.get("shipping") is not None:
        body["shipping"] = ShippingFacts(**body["shipping"])
    if "lines" in body:
        body["lines"] = tuple(LineItem(**line) for line in body["lines"])
    if "pieces" in body:
        body["pieces"] = tuple((position, pieces) for position, pieces in body["pieces"])
    if "metadata" in body:
        body["metadata"] = tuple((name, value) for name, value in body["metadata"])
    request: Request = kind(**body)
    return request


def sha256_of(params: str) -> str:
    """Fingerprint of canonical JSON: one idempotency key never goes with two of them."""
    return hashlib.sha256(params.encode()).hexdigest()
