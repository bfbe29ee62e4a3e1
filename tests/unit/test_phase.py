"""The marks of an open transaction and of a lease: per thread, nestable, gone after an error."""

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


def test_where_nothing_was_claimed_no_lease_ends() -> None:
    assert not phase.end_of_lease()()


def test_a_lease_ends_when_it_says_so_even_if_it_was_asked_before() -> None:
    over: list[bool] = []
    with phase.lease(lambda: bool(over)):
        is_over = phase.end_of_lease()
        assert not is_over()
        over.append(True)
        assert is_over()
    assert not phase.end_of_lease()()


def test_the_outer_lease_counts_again_after_the_inner_one_and_after_an_error() -> None:
    with phase.lease(lambda: True):
        with pytest.raises(ValueError, match="x"), phase.lease(lambda: False):
            assert not phase.end_of_lease()()
            raise ValueError("x")
        assert phase.end_of_lease()()


def test_the_lease_of_one_thread_is_none_of_anothers() -> None:
    seen: list[bool] = []
    with phase.lease(lambda: True):
        thread = Thread(target=lambda: seen.append(phase.end_of_lease()()))
        thread.start()
        thread.join()
    assert seen == [False]
