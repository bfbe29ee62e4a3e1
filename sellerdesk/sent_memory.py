"""What was sent from a database, in a small file that is not beside it: a copy of the database does not carry it along.

Written before each call to Stripe, so that an older copy that comes back is noticed. A file that is gone, broken, in
the way or from a later version means that nobody knows; it never stops the program.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sellerdesk.domain.standing import Sent
from sellerdesk.files import replace_file

_VERSION = 1
_MOST_BYTES = 1_000_000
# Nobody ever sent as often, and a database can count on from there.
_MOST = 1 << 53
_turn = Lock()

_log = logging.getLogger(__name__)


class FileMemory:
    """Implements the port ``SentMemory`` for the database named ``installation``, in a file in ``folder``. Used by
    several threads and programs at once."""

    def __init__(self, folder: Path, installation: str) -> None:
        self.path = folder / f"{installation}.json"
        self._complained = False

    def kept(self) -> Sent | None:
        """In turn with those who keep: on Windows a file that is read cannot be replaced."""
        try:
            with _turn, _alone(self.path.parent):
                return self._look()
        except OSError as error:
            self._complain(error)
            return None

    def keep(self, sent: Sent) -> None:
        try:
            with _turn, _alone(self.path.parent):
                kept = self._look()
                both = sent.with_all(kept) if kept is not None and kept.life == sent.life else sent
                if both == kept:
                    return
                self._make_room()
                text = json.dumps({"version": _VERSION, "life": both.life, "sent": dict(both.counts)})
                replace_file(self.path, text.encode())
        except OSError as error:
            self._complain(error)

    def _look(self) -> Sent | None:
        try:
            with self.path.open("rb") as file:
                return _read(file.read(_MOST_BYTES))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            self._complain(error)
            return None

    def _make_room(self) -> None:
        """What has the file's name and is no file is put aside."""
        if self.path.is_dir():
            self.path.replace(self.path.with_name(f"{self.path.name}.unreadable"))

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            _log.warning("%s cannot be used (%s): a restored database may not be noticed", self.path, error)


def _read(content: bytes) -> Sent:
    """Raises ValueError for what this version did not write."""
    found = json.loads(content)
    if not isinstance(found, dict) or found.get("version") != _VERSION:
        raise ValueError("it is of another version")
    life, counts = found.get("life"), found.get("sent")
    if not isinstance(life, str) or not life or not isinstance(counts, dict):
        raise ValueError("it does not say what was sent")
    if not all(type(each) is int and 0 <= each < _MOST for each in counts.values()):
        raise ValueError("it counts what cannot be counted")
    return Sent(life, counts)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Of the programs of this computer one at a time. https://docs.python.org/3/library/fcntl.html#fcntl.flock"""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
