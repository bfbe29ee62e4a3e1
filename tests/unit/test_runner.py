"""The runner: turns begin when due or woken, one bad turn ends nothing, and stopping waits for the present one."""

import logging
from collections.abc import Iterator
from threading import Event, Lock, Semaphore, current_thread

import pytest

from sellerdesk.runner import Job, Runner

LONG = 3600.0
PATIENCE = 20.0


class Turns:
    """A job that tells when a turn began, and ends it when it may."""

    def __init__(self, name: str = "job", *, held: bool = False, pause: float = LONG) -> None:
        self.name = name
        self.pause = pause
        self.began = Semaphore(0)
        self.may_end = Event()
        if not held:
            self.may_end.set()
        self.count = 0
        self.at_once = 0
        self.most_at_once = 0
        self.thread = ""
        self.error: Exception | None = None
        self._lock = Lock()

    def run(self) -> float:
        with self._lock:
            self.count += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.thread = current_thread().name
        self.began.release()
        assert self.may_end.wait(PATIENCE)
        with self._lock:
            self.at_once -= 1
        if self.error is not None:
            raise self.error
        return self.pause

    def wait_for_turn(self) -> bool:
        return self.began.acquire(timeout=PATIENCE)

    @property
    def job(self) -> Job:
        return Job(self.name, self.run)


@pytest.fixture
def started() -> Iterator[list[Runner]]:
    runners: list[Runner] = []
    yield runners
    for runner in runners:
        assert runner.stop(PATIENCE)


def start(started: list[Runner], *turns: Turns) -> Runner:
    runner = Runner(each.job for each in turns)
    started.append(runner)
    runner.start()
    return runner


def test_every_job_begins_at_once_in_a_thread_of_its_own(started: list[Runner]) -> None:
    one, two = Turns("one", held=True), Turns("two", held=True)
    start(started, one, two)
    assert one.wait_for_turn()
    assert two.wait_for_turn()
    assert (one.thread, two.thread) == ("sellerdesk-one", "sellerdesk-two")
    one.may_end.set()
    two.may_end.set()


def test_a_woken_job_does_not_wait_for_its_pause(started: list[Runner]) -> None:
    turns = Turns()
    runner = start(started, turns)
    for _ in range(5):
        assert turns.wait_for_turn()
        runner.wake("job")
    assert turns.wait_for_turn()


def test_a_pause_of_zero_goes_on_at_once(started: list[Runner]) -> None:
    turns = Turns(pause=0.0)
    start(started, turns)
    assert all(turns.wait_for_turn() for _ in range(10))
    turns.pause = LONG


def test_waking_during_a_turn_means_one_more_turn_and_never_two_at_once(started: list[Runner]) -> None:
    turns = Turns(held=True)
    runner = start(started, turns)
    assert turns.wait_for_turn()
    for _ in range(10):
        runner.wake("job")
    turns.may_end.set()
    assert turns.wait_for_turn()
    assert runner.stop(PATIENCE)
    assert (turns.count, turns.most_at_once) == (2, 1)


def test_waking_one_job_leaves_the_others_alone(started: list[Runner]) -> None:
    one, two = Turns("one"), Turns("two")
    runner = start(started, one, two)
    assert one.wait_for_turn()
    assert two.wait_for_turn()
    runner.wake("one")
    assert one.wait_for_turn()
    assert runner.stop(PATIENCE)
    assert (one.count, two.count) == (2, 1)


def test_a_failing_turn_is_logged_and_the_job_goes_on(started: list[Runner], caplog: pytest.LogCaptureFixture) -> None:
    turns = Turns()
    turns.error = ValueError("boom")
    with caplog.at_level(logging.ERROR):
        runner = start(started, turns)
        assert turns.wait_for_turn()
        runner.wake("job")
        assert turns.wait_for_turn()
        turns.error = None
        runner.wake("job")
        assert turns.wait_for_turn()
        assert runner.stop(PATIENCE)
    assert "background job job failed" in caplog.text


def test_stopping_waits_for_the_present_turn_and_says_when_it_did_not_end(started: list[Runner]) -> None:
    turns = Turns(held=True)
    runner = start(started, turns)
    assert turns.wait_for_turn()
    assert not runner.stop(0.01)
    turns.may_end.set()
    assert runner.stop(PATIENCE)
    assert turns.count == 1
    runner.wake("job")
    assert not turns.began.acquire(blocking=False)


def test_a_runner_that_never_started_can_be_stopped() -> None:
    assert Runner([Turns().job]).stop()
