"""Widgets that nobody holds any more are taken apart on the UI thread, never on a worker's."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from sellerdesk.ui.garbage import LOOK_EVERY, GarbageKeeper


class Held(QObject):
    """Stands in a cycle with itself, and tells on which thread it was taken apart."""

    def __init__(self, ended: list[str]) -> None:
        super().__init__()
        self.itself = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.current_thread().name)


@pytest.fixture
def keeper(qtbot: QtBot) -> Iterator[GarbageKeeper]:
    gc.collect()
    gc.enable()
    made = GarbageKeeper()
    yield made
    made.stop()


def _many() -> list[list[int]]:
    return [[] for _ in range(1_000)]


def _allocate() -> None:
    """More than Python's thresholds for all of its generations."""
    for _ in range(200):
        _many()


def _work() -> None:
    worker = threading.Thread(target=_allocate, name="worker")
    worker.start()
    worker.join()


@pytest.mark.usefixtures("keeper")
def test_a_worker_takes_nothing_apart() -> None:
    ended: list[str] = []
    Held(ended)
    _work()
    assert ended == []


def test_the_keeper_does_it_by_itself(qtbot: QtBot, keeper: GarbageKeeper) -> None:
    ended: list[str] = []
    Held(ended)
    # What others free meanwhile counts against it.
    kept = [_many() for _ in range(100)]
    qtbot.waitUntil(lambda: bool(ended), timeout=LOOK_EVERY * 30)
    assert ended == [threading.current_thread().name]
    assert kept


def test_what_lives_long_is_looked_at_when_it_is_due(keeper: GarbageKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    for counts in ((0, 0, 0), (701, 0, 0), (701, 11, 0), (3, 2, 11), (701, 11, 11)):
        monkeypatch.setattr(gc, "get_count", lambda counts=counts: counts)
        monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
        keeper.look()
    assert collected == [0, 1, 2, 2]


def test_the_collector_is_given_back(qtbot: QtBot) -> None:
    gc.enable()
    keeper = GarbageKeeper()
    assert not gc.isenabled()
    keeper.stop()
    assert gc.isenabled()
