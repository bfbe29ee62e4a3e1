"""An operation: one money intention, written to the journal before anything is sent."""

from dataclasses import dataclass
from enum import StrEnum


class OperationKind(StrEnum):
    """What an operation wants of Stripe."""

    CREATE_CUSTOMER = "create_customer"
    CREATE_INTENT = "create_intent"
    CONFIRM = "confirm"
    CAPTURE = "capture"
    SHIP = "ship"
    CANCEL = "cancel"
    REFUND = "refund"
    BACK_ORDER = "back_order"
    RENEW = "renew"
    CHARGE_AGAIN = "charge_again"


class OperationState(StrEnum):
    """planned -> sending -> done | failed | unknown | review; unknown -> sending again.

    dropped is for what was never sent and need not be any more. review waits for a person, or for a read that shows
    that Stripe settled it (then done or failed).
    """

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    REVIEW = "review"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


OPEN_STATES = frozenset({OperationState.PLANNED, OperationState.SENDING, OperationState.UNKNOWN, OperationState.REVIEW})
FINAL_STATES = frozenset({OperationState.DONE, OperationState.FAILED, OperationState.DROPPED})


@dataclass(frozen=True, slots=True)
class Operation:
    """One journal row. ``id`` is made when the dialog or page opens (32 hexadecimal digits, time-ordered).

    ``params`` is canonical JSON text: exactly what is sent, for ever. ``generation`` says which idempotency key is
    in use. ``fence`` counts claims, so that a late worker cannot write. Times are seconds UTC, except
    ``lease_until`` and ``next_try_at`` which are seconds of the system clock (leases and back-off only).
    """

    id: str
    kind: OperationKind
    order_id: str
    payment_id: str
    params: str
    params_sha256: str
    state: OperationState
    seat: str
    created_at: int
    generation: int = 0
    fence: int = 0
    attempts: int = 0
    lease_until: int | None = None
    first_sent_at: int | None = None
    last_sent_at: int | None = None
    next_try_at: int | None = None
    finished_at: int | None = None
    outcome: str = ""

    @property
    def idempotency_key(self) -> str:
        """https://docs.stripe.com/api/idempotent_requests: the same key has the same effect."""
        return f"sd-{self.id}-{self.generation}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class Try:
    """One earlier call for an operation: when it began (seconds UTC), and the word for what came of it, '' when it
    never ended."""

    at: int
    outcome: str


@dataclass(frozen=True, slots=True)
class OpenOperation:
    """What a window shows of an operation that is not finished: kind, state, amount in minor units, since when.

    ``next_try_at`` is when it is looked at next by itself, seconds of the system clock, or None; ``why`` is what
    stopped one that waits for a person; ``payment_id`` is the payment it is about.
    """

    id: str
    kind: OperationKind
    state: OperationState
    amount: int | None
    since: int
    seat: str
    next_try_at: int | None = None
    why: str = ""
    payment_id: str = ""
