"""What the person sees while a tool works: sentences, progress, and the output only when it matters."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LINE_EVERY_SECONDS = 10.0
REDRAW_EVERY_SECONDS = 0.2
KEPT_LINES = 200


def say(sentence: str) -> None:
    """Print one sentence at once, also into a pipe."""
    print(sentence, flush=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended.

    Attributes:
        status: its exit status; 127 when it could not be started.
        seconds: how long it took.
        tail: its last lines, standard output and error together.
    """

    status: int
    seconds: float
    tail: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it ended with 0."""
        return self.status == 0


class Progress:
    """A line that moves on a terminal; in a log, a new line every ten seconds.

    Use as a context manager. `note` says what is being done now; it may be called from any thread.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._note = ""
        self._started = time.monotonic()
        self._done = threading.Event()
        self._terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Progress":
        if not self._terminal:
            say(f"{self._label} ...")
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._done.set()
        self._thread.join()
        if self._terminal:
            sys.stdout.write("\r\x1b[K")
            sys.stdout.flush()

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    def note(self, text: str) -> None:
        """Say what is being done now."""
        self._note = text

    def _run(self) -> None:
        pause = REDRAW_EVERY_SECONDS if self._terminal else LINE_EVERY_SECONDS
        turn = 0
        while not self._done.wait(pause):
            text = f"{self._label}, {self.seconds:.0f} s" + (f": {self._note}" if self._note else "")
            if self._terminal:
                sys.stdout.write("\r\x1b[K" + "|/-\\"[turn % 4] + " " + text[: shutil.get_terminal_size().columns - 3])
                sys.stdout.flush()
                turn += 1
            else:
                say(f"  {text}")


def run_quietly(
    label: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    summarise: Callable[[str], str | None] = lambda line: line,
) -> Outcome:
    """Run a command with a progress line instead of its output.

    Args:
        label: what is being done, for the progress line.
        command: the program and its arguments.
        env: its whole environment; ours when None.
        cwd: where it runs.
        summarise: turns a line of its output into a short note, or None to keep the last one.

    Returns:
        The outcome, with the last lines of output for the case that it failed.
    """
    with Progress(label) as progress:

        def take(line: str) -> None:
            note = summarise(line)
            if note:
                progress.note(note)

        return _pump(command, take, env=env, cwd=cwd)


def run_side_by_side(
    label: str,
    commands: Mapping[str, Sequence[str | Path]],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    at_once: int = 2,
) -> dict[str, Outcome]:
    """Run commands beside each other with one progress line, begun in their order.

    Args:
        label: what is being done, for the progress line.
        commands: each by the name it is known by.
        env: their whole environment; ours when None.
        cwd: where they run.
        at_once: how many at the same time.

    Returns:
        The outcomes by name, in the order of the commands.
    """
    running: list[str] = []
    with Progress(label) as progress, ThreadPoolExecutor(at_once) as pool:

        def run(name: str) -> Outcome:
            running.append(name)
            progress.note(", ".join(running))
            outcome = _pump(commands[name], lambda _line: None, env=env, cwd=cwd)
            running.remove(name)
            progress.note(", ".join(running))
            return outcome

        return dict(zip(commands, pool.map(run, commands), strict=True))


def run_aloud(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Outcome:
    """Run a command and show its output line by line as it comes."""
    return _pump(command, say, env=env, cwd=cwd)


def _pump(
    command: Sequence[str | Path],
    take: Callable[[str], None],
    *,
    env: Mapping[str, str] | None,
    cwd: Path | None,
) -> Outcome:
    started = time.monotonic()
    tail: deque[str] = deque(maxlen=KEPT_LINES)
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        return Outcome(127, 0.0, (f"{command[0]} could not be started: {error.strerror}",))
    with process:
        try:
            assert process.stdout is not None
            for raw in process.stdout:
                line = raw.rstrip()
                tail.append(line)
                take(line)
        except BaseException:
            process.terminate()
            raise
    return Outcome(process.returncode, time.monotonic() - started, tuple(tail))


def show_failure(sentence: str, outcome: Outcome, *, lines: int = 60) -> None:
    """Print what failed and the last lines that the command wrote."""
    for line in outcome.tail[-lines:]:
        say(f"    {line}")
    say(sentence)
