"""The mark of an open transaction: per thread, nestable, gone after an error."""

from threading import Thread

import pytest

from sellerdesk import phase
from sellerdesk.domain.errors import OurBug


def test_outside_a_transaction_calls_may_be_made() -> None:
    assert not phase.in_transaction()
    phase.refuse_inside_transaction()


def test_inside_a_transaction_calls_are_refused() -> None:
    with phase.transaction(), pytest.raises(OurBug, match="inside a database transaction"):
        phase.refuse_inside_transaction()


def test_the_inner_end_does_not_end_the_outer() -> None:
    with phase.transaction():
        with phase.transaction():
            pass
        assert phase.in_transaction()
    assert not phase.in_transaction()


def test_an_error_ends_it() -> None:
    with pytest.raises(ValueError, match="x"), phase.transaction():
        raise ValueError("x")
    assert not phase.in_transaction()


def test_another_thread_is_not_concerned() -> None:
    seen: list[bool] = []
    with phase.transaction():
        thread = Thread(target=lambda: seen.append(phase.in_transaction()))
        thread.start()
        thread.join()
    assert seen == [False]
