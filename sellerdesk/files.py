"""Files read whole, and written whole or not at all; a sentence when a person chose one and it cannot be done."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from sellerdesk.domain.errors import RefusedError, WorldError

_MOST_BYTES = 20_000_000


class FileUnreadable(RefusedError):
    """The file cannot be read as text."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be read: {why}. Nothing was changed.")


class FileUnwritable(WorldError):
    """The file cannot be written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} cannot be written: {why}. Nothing was changed.")


def read_text(path: Path) -> str:
    """The text of a file in UTF-8. Raises FileUnreadable."""
    try:
        with path.open("rb") as file:
            found = file.read(_MOST_BYTES + 1)
        if len(found) > _MOST_BYTES:
            raise FileUnreadable(path, f"it is larger than {_MOST_BYTES // 1_000_000} MB")
        return found.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileUnreadable(path, "it is not UTF-8 text") from error
    except OSError as error:
        raise FileUnreadable(path, error.strerror or "it cannot be opened") from error


def write_text(path: Path, text: str) -> None:
    """Put ``text`` into ``path``, in UTF-8 with the line ends it has. What was there before stays until all of it is
    written. Raises FileUnwritable."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise FileUnwritable(path, error.strerror or "the disk refused it") from error


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file so that after a crash either the old or the new one is there, whole; readable by its owner.
    Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new name in it survives a power cut from now on. Raises OSError."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
