"""Duty: of several seats that share one database, one asks Stripe what is new; the others see what it wrote.

It spares Stripe's read allowance (https://docs.stripe.com/rate-limits), and nothing else: two seats that ask at once
take in the same events once, so that no safety depends on a clock or on who is on duty.
"""

import json
from dataclasses import asdict, dataclass
from secrets import token_hex

from sellerdesk.clock import Clock
from sellerdesk.services.ports import Store

KEPT = "on_duty"
LEASE_SECONDS = 60
# How often each seat looks whose turn it is: a seat that died is replaced within a lease and one look.
LOOK_SECONDS = 20
# A lease that lies further ahead was written by a clock that is wrong, or was set back since.
FARTHEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is on duty until when (seconds of the system clock), and when Stripe was last asked (seconds UTC)."""

    owner: str = ""
    until: int = 0
    synced: int = 0


class Duty:
    """One seat's side. ``mine`` is whether it was on duty when it looked last."""

    def __init__(self, store: Store, clock: Clock, seat: str) -> None:
        self._store = store
        self._clock = clock
        self._owner = f"{seat} {token_hex(4)}"
        self.mine = False

    def look(self, *, willing: bool = True) -> Turn:
        """Take a turn that nobody has, keep one's own, or leave it when not ``willing``; whose it is then. Raises
        StoreError's family."""
        now = self._clock.system_now()
        with self._store.write() as unit:
            turn = _read(unit.shared.get(KEPT))
            free = not now <= turn.until <= now + FARTHEST_SECONDS
            own = turn.owner == self._owner
            if willing and (free or (own and turn.until - now < LEASE_SECONDS - LOOK_SECONDS)):
                turn = Turn(self._owner, now + LEASE_SECONDS, turn.synced)
            elif own and not willing:
                turn = Turn(synced=turn.synced)
            else:
                self.mine = own
                return turn
            unit.shared.put_untold(KEPT, _text(turn))
            unit.commit()
        self.mine = turn.owner == self._owner
        return turn

    def synced(self, at: int) -> None:
        """Note for the others that Stripe was asked at ``at``. Raises StoreError's family."""
        with self._store.write() as unit:
            turn = _read(unit.shared.get(KEPT))
            unit.shared.put_untold(KEPT, _text(Turn(turn.owner, turn.until, max(turn.synced, at))))
            unit.commit()


def _read(kept: str | None) -> Turn:
    """What another version kept is nobody's turn."""
    try:
        turn = Turn(**json.loads(kept or "{}"))
    except (ValueError, TypeError):
        return Turn()
    numbers = type(turn.until) is int and type(turn.synced) is int
    return turn if numbers and isinstance(turn.owner, str) else Turn()


def _text(turn: Turn) -> str:
    return json.dumps(asdict(turn))
