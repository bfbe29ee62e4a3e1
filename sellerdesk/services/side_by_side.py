"""Several pieces of work side by side: most of the time of each is spent waiting for an answer of Stripe's."""

from collections import deque
from collections.abc import Callable, Iterable
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def side_by_side(work: Callable[[T], None], pieces: Iterable[T], at_once: int) -> None:
    """Do ``work`` with each of ``pieces``, the first ones first, ``at_once`` at a time; returns when all is done.

    What one piece raises is raised here, and no other is begun after it. A program that ends waits for none of them.
    """
    waiting = deque(pieces)
    if at_once == 1 or len(waiting) < 2:
        for piece in waiting:
            work(piece)
        return
    raised: list[Exception] = []

    def take() -> None:
        while not raised:
            try:
                piece = waiting.popleft()
            except IndexError:
                return
            try:
                work(piece)
            except Exception as error:  # noqa: BLE001 - it is raised below, in the thread of whoever asked
                raised.append(error)

    threads = [
        Thread(target=take, name="sellerdesk-side-by-side", daemon=True) for _ in range(min(at_once, len(waiting)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
