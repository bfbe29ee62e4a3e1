"""Work off the UI thread: serial commands, reads of which the latest answers, and closing while work runs."""

import threading
import weakref
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sellerdesk.ui import tasks as module
from sellerdesk.ui.tasks import Tasks


class Owner(QObject):
    """Collects what arrives, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []
        self.threads: set[bool] = set()

    def done(self, value: object) -> None:
        self.got.append(value)
        self.threads.add(QThread.currentThread() is QApplication.instance().thread())  # type: ignore[union-attr]

    def failed(self, error: Exception) -> None:
        self.done(error)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.close(10)


def test_answers_and_errors_come_back_on_the_ui_thread(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    error = ValueError("no")

    def fail() -> None:
        raise error

    tasks.command(owner, lambda: "yes", owner.done, owner.failed)
    tasks.command(owner, fail, owner.done, owner.failed)
    qtbot.waitUntil(lambda: owner.got == ["yes", error])
    assert owner.threads == {True}


def test_commands_run_one_after_the_other(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    running = []
    most = []

    def work(number: int) -> int:
        running.append(number)
        most.append(len(running))
        running.remove(number)
        return number

    for number in range(50):
        tasks.command(owner, partial(work, number), owner.done, owner.failed)
    qtbot.waitUntil(lambda: len(owner.got) == 50)
    assert owner.got == list(range(50))
    assert max(most) == 1


def test_of_several_readings_only_the_latest_answers(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    gate = threading.Event()

    def slow() -> str:
        assert gate.wait(10)
        return "old"

    tasks.read(owner, slow, owner.done, owner.failed, key="page")
    tasks.read(owner, lambda: "new", owner.done, owner.failed, key="page")
    qtbot.waitUntil(lambda: owner.got == ["new"])
    gate.set()
    tasks.read(owner, lambda: "other", owner.done, owner.failed, key="other")
    qtbot.waitUntil(lambda: len(owner.got) == 2)
    assert owner.got == ["new", "other"]


def test_what_is_forgotten_does_not_answer(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    gate = threading.Event()
    tasks.read(owner, lambda: gate.wait(10), owner.done, owner.failed, key="view")
    tasks.forget("view")
    gate.set()
    tasks.command(owner, lambda: "end", owner.done, owner.failed)
    qtbot.waitUntil(lambda: "end" in owner.got)
    assert True not in owner.got


def test_an_owner_that_is_gone_hears_nothing(qtbot: QtBot, tasks: Tasks) -> None:
    gone, owner = Owner(), Owner()
    gate = threading.Event()
    got = gone.got
    tasks.command(gone, lambda: gate.wait(10), gone.done, gone.failed)
    with qtbot.waitSignal(gone.destroyed):
        gone.deleteLater()
    gate.set()
    tasks.command(owner, lambda: "end", owner.done, owner.failed)
    qtbot.waitUntil(lambda: owner.got == ["end"])
    assert got == []


def test_closing_while_work_runs_is_safe(qtbot: QtBot) -> None:
    tasks = Tasks()
    owner = Owner()
    gate, begun = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert gate.wait(10)
        return "late"

    tasks.command(owner, slow, owner.done, owner.failed)
    tasks.command(owner, lambda: "never", owner.done, owner.failed)
    assert begun.wait(10)
    assert not tasks.close(0.01)
    tasks.command(owner, lambda: "after", owner.done, owner.failed)
    gate.set()
    assert tasks.close(10)
    QApplication.processEvents()
    assert owner.got == []


def test_calls_may_be_posted_from_anywhere(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    thread = threading.Thread(target=lambda: tasks.post(lambda: owner.done("posted")))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: owner.got == ["posted"])
    assert owner.threads == {True}


def test_closing_waits_for_who_is_just_posting(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the object is taken away between the look at it and the call through it."""
    tasks = Tasks()
    looked, gate = threading.Event(), threading.Event()

    def look_long(_: object) -> bool:
        looked.set()
        return gate.wait(10)

    monkeypatch.setattr(module, "isValid", look_long)
    posting = threading.Thread(target=lambda: tasks.post(lambda: None))
    posting.start()
    assert looked.wait(10)
    closing = threading.Thread(target=tasks.close)
    closing.start()
    closing.join(0.05)
    assert closing.is_alive()
    gate.set()
    posting.join(10)
    closing.join(10)
    assert not closing.is_alive()


def test_a_worker_that_waits_holds_no_owner(qtbot: QtBot, tasks: Tasks) -> None:
    def ask() -> "weakref.ref[Owner]":
        owner = Owner()
        tasks.command(owner, lambda: "yes", owner.done, owner.failed)
        qtbot.waitUntil(lambda: owner.got == ["yes"])
        return weakref.ref(owner)

    gone = ask()
    qtbot.waitUntil(lambda: gone() is None)
