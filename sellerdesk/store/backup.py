"""Backups of a file: made by a process of their own, checked, marked as copies, and thinned out as they age.

The copy is written by another process because closing a file throws this one's locks on it away:
https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
"""

import os
import re
import secrets
import subprocess  # nosec B404
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from sellerdesk.domain.errors import WorldError

FOLDER = "backups"
DAILY = 7
WEEKLY = 4
UPGRADES = 3
_PATIENCE_SECONDS = 1800
_MOMENT = "%Y%m%d-%H%M%SZ"
_NAME = re.compile(r"sellerdesk-(\d{8}-\d{6}Z)(-before-upgrade)?\.db")
# What a copy that was killed leaves.
_PART = re.compile(r"\.sellerdesk-(\d{8}-\d{6}Z)(-before-upgrade)?\.db(\.\w+)?\.part(-\w+)?")
_PACKAGE = Path(__file__).parents[2]
_CHILD = "from sellerdesk.store.copying import copy_as_told; copy_as_told()"


class BackupFailed(WorldError):
    """There is no new backup. The sentence says why; the database is as it was."""


class FileBackups:
    """The backups of the database in the file ``database``, in a folder beside it. Times are seconds UTC."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.folder = database.parent / FOLDER

    def is_due(self, now: int) -> bool:
        """Whether none was made today, by the calendar of this computer."""
        today = _day(now)
        return all(_day(made) != today for made, _, _ in self._all())

    def make(self, now: int, *, upgrade: bool = False) -> Path:
        """Make one now; where it is. Older ones are thinned out. Raises BackupFailed."""
        moment = datetime.fromtimestamp(now, UTC).strftime(_MOMENT)
        target = self.folder / f"sellerdesk-{moment}{'-before-upgrade' if upgrade else ''}.db"
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise _failed(f"the folder {self.folder} cannot be made ({error.strerror})") from error
        copy_apart(self._database, target, now)
        self._thin_out(now)
        self._remove_parts(now)
        return target

    def _all(self, pattern: re.Pattern[str] = _NAME) -> list[tuple[int, bool, Path]]:
        """Those of ours, the newest first: when, whether before an upgrade, where."""
        found = []
        try:
            files = list(self.folder.iterdir())
        except OSError:
            return []
        for file in files:
            name = pattern.fullmatch(file.name)
            if name is None or not file.is_file():
                continue
            with suppress(ValueError):
                made = datetime.strptime(name[1], _MOMENT).replace(tzinfo=UTC)
                found.append((int(made.timestamp()), name[2] is not None, file))
        return sorted(found, reverse=True)

    def _thin_out(self, now: int) -> None:
        """What cannot be removed now is removed another day. Those of days that are yet to come, which a clock that ran
        ahead has dated, neither count nor go before."""
        every = [each for each in self._all() if each[0] <= now]
        upgrades = [file for _, upgrade, file in every if upgrade]
        stays = {*to_keep((made, file) for made, upgrade, file in every if not upgrade), *upgrades[:UPGRADES]}
        for _, _, file in every:
            if file not in stays:
                with suppress(OSError):
                    file.unlink()

    def _remove_parts(self, now: int) -> None:
        """Of copies that are not being made any more: each is given up after a while."""
        for began, _, part in self._all(_PART):
            if abs(now - began) > _PATIENCE_SECONDS:
                with suppress(OSError):
                    part.unlink()


def to_keep(made: Iterable[tuple[int, Path]]) -> list[Path]:
    """Of backups, the newest first, the last one of each of the newest seven days, and of each of the newest four
    weeks."""
    days: dict[date, Path] = {}
    weeks: dict[tuple[int, int], Path] = {}
    for at, file in made:
        day = _day(at)
        days.setdefault(day, file)
        weeks.setdefault(day.isocalendar()[:2], file)
    return [*list(days.values())[:DAILY], *list(weeks.values())[:WEEKLY]]


def copy_apart(source: Path, target: Path, at: int) -> None:
    """Write a checked copy of the database ``source`` to ``target`` from another process, marked as made ``at``. What
    ``target`` was before stays until all of it is there. Raises BackupFailed."""
    if not source.is_file():
        raise _failed(f"there is no database {source} yet")
    # Of its own: another program may be making the same copy.
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    try:
        _run_child(source, target, part, at)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):
                part.with_name(part.name + ending).unlink()


def _run_child(source: Path, target: Path, part: Path, at: int) -> None:
    paths = os.pathsep.join([str(_PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        # This very Python with a fixed text; the paths are arguments, not code. -P: nothing is imported from the folder
        # in which the program happened to be started.
        done = subprocess.run(  # noqa: S603  # nosec B603
            [sys.executable, "-P", "-c", _CHILD, str(source), str(target), str(part), str(at)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_PATIENCE_SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise _failed("it took too long") from error
    except OSError as error:
        raise _failed(f"no other process can be started ({error.strerror})") from error
    if done.returncode:
        raise _failed(done.stdout.strip() or "the process that writes it ended early")


def _day(at: int) -> date:
    return datetime.fromtimestamp(at).astimezone().date()


def _failed(why: str) -> BackupFailed:
    why = why[:1].lower() + why[1:].rstrip(".")
    return BackupFailed(f"No backup could be made: {why}. The database is as it was, and orders go on.")
