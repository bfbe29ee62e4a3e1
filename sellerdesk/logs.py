"""Writes the log file: one line a record, readable by its owner only, with secrets and personal data left out."""

import logging
import os
import re
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sellerdesk.domain.errors import ReadOnlyPlace
from sellerdesk.domain.keys import without_keys

_LARGEST_FILE = 2 * 1024 * 1024
_OLDER_FILES = 4
# These write whole requests, statements or bodies at lower levels, or chatter about every step of theirs.
_PINNED = ("stripe", "urllib3", "requests", "keyring", "sqlalchemy", "alembic", "asyncio", "uvicorn")

_CLIENT_SECRET = re.compile(r"_secret_[A-Za-z0-9]+")
_E_MAIL = re.compile(r"[^\s@<>\"'(),;:=\[\]]+@[^\s@<>\"'(),;:=\[\]]+\.[^\s@<>\"'(),;:=\[\]]+")
# Card numbers have 13 to 19 digits and are written with blanks or hyphens, too.
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def redact(text: str) -> str:
    """``text`` without keys, client secrets, e-mail addresses and long numbers."""
    text = without_keys(text)
    text = _CLIENT_SECRET.sub("_secret_…", text)
    text = _E_MAIL.sub("…@…", text)
    return _LONG_NUMBER.sub("[number]", text)


def escaped(text: str) -> str:
    """``text`` on one line, with control and direction characters written out, so that nothing can pretend to be
    another record or act on a terminal."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def for_terminal(text: str) -> str:
    """``text`` for a person at a terminal: like ``escaped``, but its lines and its no-break spaces stay."""
    lines = ("\u00a0".join(escaped(part) for part in line.split("\u00a0")) for line in text.split("\n"))
    return "\n".join(lines)


class SafeFormatter(logging.Formatter):
    """Time in UTC, level, logger and message; the redaction covers the traceback as well."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return f"{when} {record.levelname} {record.name}: {escaped(redact(super().format(record)))}"


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its owner can read, and that never writes to standard error."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A full disk must not stop the work, nor print the record as it was."""


def configure(folder: Path, name: str, level: int = logging.INFO) -> Path:
    """Log to ``<folder>/<name>.log`` from now on, and return that file.

    Each process has a name of its own, because two cannot rotate one file. Raises ReadOnlyPlace.
    """
    path = folder / f"{name}.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFile(path, maxBytes=_LARGEST_FILE, backupCount=_OLDER_FILES, encoding="utf-8")
    except OSError as error:
        raise ReadOnlyPlace(f"The log cannot be written to {path}: {error.strerror}.") from error
    handler.setFormatter(SafeFormatter())
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one, _PrivateFile)]:
        root.removeHandler(earlier)
        earlier.close()
    root.addHandler(handler)
    root.setLevel(level)
    for pinned in _PINNED:
        logging.getLogger(pinned).setLevel(logging.WARNING)
    return path
