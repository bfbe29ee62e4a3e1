"""Remembered answers: one effect per idempotency key (https://docs.stripe.com/api/idempotent_requests)."""

from dataclasses import dataclass

from sellerdesk.sandbox.errors import ApiError, invalid

LIFETIME = 24 * 3600
"""Seconds after which a key is forgotten and the same key makes a second object."""
MAX_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Remembered:
    """The first answer given under a key."""

    fingerprint: str
    status: int
    body: bytes
    until: int


class Memory:
    """Keys in use and keys answered. The caller holds the world's lock."""

    def __init__(self) -> None:
        self._answers: dict[str, Remembered] = {}
        self._running: dict[str, str] = {}

    def begin(self, key: str, fingerprint: str, now: int) -> Remembered | None:
        """The remembered answer, or ``None`` after noting that the request runs.

        Raises ApiError 400 ``idempotency_error`` when the key was used with other parameters and 409
        ``idempotency_key_in_use`` while the first request still runs.
        """
        if len(key) > MAX_LENGTH:
            raise invalid(f"Idempotency keys can have at most {MAX_LENGTH} characters.")
        answer = self._answers.get(key)
        if answer is not None and answer.until <= now:
            del self._answers[key]
            answer = None
        seen = self._running.get(key) or (answer.fingerprint if answer else fingerprint)
        if seen != fingerprint:
            raise ApiError(
                400,
                "This idempotency key was already used with other parameters or for another call. "
                "Use a new key for a changed request.",
                type="idempotency_error",
            )
        if key in self._running:
            raise ApiError(
                409,
                "Another request with the same idempotency key is still running.",
                code="idempotency_key_in_use",
            )
        if answer is None:
            self._running[key] = fingerprint
        return answer

    def finish(self, key: str, now: int, answer: tuple[int, bytes] | None) -> None:
        """The request has ended; ``answer`` is remembered unless it is ``None``."""
        fingerprint = self._running.pop(key, None)
        if answer is not None and fingerprint is not None:
            self._answers[key] = Remembered(fingerprint, answer[0], answer[1], now + LIFETIME)
