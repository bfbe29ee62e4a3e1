"""When something was last sent, from the times that clocks have written, of which one may have been wrong."""

import pytest

from sellerdesk.domain.operation import Try
from sellerdesk.services.tries import NOT_SEEN, last_sending, last_unanswered

NOW = 10_000
LOOKED = "waits for Stripe's repair"


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        ((), 0),
        (((100, "server error"),), 100),
        (((100, "server error"), (200, "no answer")), 200),
        (((100, "server error"), (200, LOOKED), (300, "read failed: busy"), (400, NOT_SEEN)), 100),
        (((100, LOOKED),), 0),
        # It never ended: it may have been sent.
        (((100, "server error"), (200, "")), 200),
        # A clock that was days ahead.
        (((100, "server error"), (99_000, "no answer"), (400, LOOKED)), 400),
        (((99_000, "server error"), (99_001, LOOKED)), NOW),
        # A clock that was behind does not make it earlier.
        (((5_000, "server error"), (200, LOOKED)), 5_000),
        (((5_000, "server error"), (200, "no answer")), 5_000),
    ],
)
def test_last_sending(tries: tuple[tuple[int, str], ...], expected: int) -> None:
    assert last_sending([Try(at, outcome) for at, outcome in tries], NOW) == expected


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("no answer", "found done"), 1),
        (("server error", "new key", "done"), 1),
        (("key refused", "rejected: 400", "done", "A person decided to send it again."), 0),
        (("key refused", "busy"), 2),
        (("fault of ours: ValueError",), 1),
        (("",), 1),
    ],
)
def test_last_unanswered(outcomes: tuple[str, ...], expected: int) -> None:
    tries = [Try(at, outcome) for at, outcome in enumerate(outcomes, 1)]
    assert last_unanswered(tries, NOW) == expected
