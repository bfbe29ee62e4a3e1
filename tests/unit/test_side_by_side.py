"""Work side by side: all of it is done, never more at once than allowed, and what goes wrong is told."""

from threading import Barrier, Lock

import pytest

from sellerdesk.services.side_by_side import side_by_side


@pytest.mark.parametrize("at_once", [1, 4, 100])
def test_everything_is_done_once(at_once: int) -> None:
    done: list[int] = []
    side_by_side(done.append, range(50), at_once)
    assert sorted(done) == list(range(50))


def test_so_many_at_once_and_no_more() -> None:
    lock, meeting = Lock(), Barrier(4)
    running, most = 0, 0

    def work(_piece: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        meeting.wait(60)  # goes on when four are here
        with lock:
            running -= 1

    side_by_side(work, range(12), 4)
    assert most == 4


@pytest.mark.parametrize("at_once", [1, 4])
def test_what_goes_wrong_is_raised_and_nothing_begun_after_it(at_once: int) -> None:
    begun: list[int] = []

    def work(piece: int) -> None:
        begun.append(piece)
        raise ValueError(piece)

    with pytest.raises(ValueError, match=r"[0-3]"):
        side_by_side(work, range(50), at_once)
    assert len(begun) <= at_once
