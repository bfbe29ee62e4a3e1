"""What was told to people, and what our programs wrote into their log as a contradiction in themselves."""

import logging
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sellerdesk.domain.errors import CallError, KeyRefused, RefusedError, SellerDeskError
from sellerdesk.services.saved_card import ChargeState, LaterCharge
from tests.chaos.trouble import Broken

if TYPE_CHECKING:
    from tests.chaos.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody was told about an operation of theirs: 'done', 'refused' (Stripe or the bank said no) or 'nothing
    sent'."""

    operation_id: str
    what: str
    said: str


class Logbook(logging.Handler):
    """Keeps both. Listens to the log while it is entered."""

    def __init__(self, simulation: "Simulation") -> None:
        super().__init__(logging.ERROR)
        self.told: list[Told] = []
        self.complaints: list[str] = []
        self._simulation = simulation

    def emit(self, record: logging.LogRecord) -> None:
        trouble = record.exc_info[1] if record.exc_info else None
        self.complaints.append(f"{record.getMessage()} ({trouble})" if trouble else record.getMessage())

    def raise_complaints(self) -> None:
        """Raises Broken when a program logged that it contradicts itself."""
        if self.complaints:
            raise Broken("no contradiction in ourselves", self.complaints[0])

    def refused(self, operation_id: str, what: str, error: SellerDeskError) -> None:
        """Note that the person who wanted ``operation_id`` reads ``error``. A key that does not work leaves it waiting,
        and after an error of the database nobody knows."""
        if isinstance(error, KeyRefused) or not isinstance(error, CallError | RefusedError):
            return
        if isinstance(error, CallError):
            rows = self._simulation.sql("SELECT kind, state FROM operation WHERE id = ?", operation_id)
            if rows and rows[0][1] not in ("failed", "dropped"):
                raise Broken("a refusal has a row", f"{what} was refused ({error}), and is {rows}")
        self.told.append(Told(operation_id, "refused" if isinstance(error, CallError) else "nothing sent", what))

    def shown(self, operation_id: str, what: str, answer: object) -> None:
        """Note that they are shown ``answer``. Raises Broken where that is success, and stands nowhere in the journal.
        That parcels left is true whatever Stripe says of it."""
        rows = self._simulation.sql("SELECT state, outcome FROM operation WHERE id = ?", operation_id)
        state = rows[0][0] if rows else ""
        if isinstance(answer, LaterCharge) and answer.state in (ChargeState.DECLINED, ChargeState.NEEDS_SHOPPER):
            self.told.append(Told(operation_id, "refused", what))
        elif state == "done":
            self.told.append(Told(operation_id, "done", what))
        elif state not in ("planned", "sending", "unknown", "review") and what != "ship":
            raise Broken("success has a row", f"{what} was shown as done or waiting, and is {rows or 'nowhere'}")

    def __enter__(self) -> Self:
        logger = logging.getLogger("sellerdesk")
        self._before = logger.propagate
        logger.propagate = False
        logger.addHandler(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        logger = logging.getLogger("sellerdesk")
        logger.removeHandler(self)
        logger.propagate = self._before
