"""Where things are kept: folders that can be written, room on the disk, no network drive, readable settings."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from sellerdesk.doctor.findings import Finding, bad, good, note
from sellerdesk.settings import Places, Settings

# SQLite's write-ahead log needs memory shared by all who have the file open: https://www.sqlite.org/wal.html
_NETWORK = frozenset(
    "9p afs ceph cifs coda davfs davfs2 fuse.sshfs fuse.glusterfs fuse.rclone glusterfs lustre ncpfs nfs nfs4 "
    "smb2 smb3 smbfs".split()
)
_LITTLE = 500 * 1024 * 1024
_TOO_LITTLE = 20 * 1024 * 1024
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def folders(where: Places) -> Iterator[Finding]:
    """The folders, which can be written: ``places`` has tried it. What cannot be told is left out."""
    named = {"Data": where.data, "Settings": where.config, "Log": where.state}
    for name, folder in named.items():
        yield good(name, f"{folder} can be written.")
    kind = file_system(where.data)
    if kind in _NETWORK:
        yield bad(
            "Data",
            f"The folder lies on a network drive ({kind}), where a database that two programs use can be damaged.",
            "Start with --data-dir and a folder on a disk of this computer.",
        )
    yield from _room(where.data)


def _room(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    words = f"{free // (1024 * 1024):,} MB are free."
    if free < _TOO_LITTLE:
        yield bad("Disk", f"Only {words} Nothing can be saved once it is full.", "Make room before you go on.")
    elif free < _LITTLE:
        yield note("Disk", f"Only {words}", "Make room soon.")
    else:
        yield good("Disk", words)


def settings_notes(settings: Settings, about: str = "Settings") -> Iterator[Finding]:
    """What is wrong in a settings file; the usual values hold for it."""
    for sentence in settings.notes:
        yield note(about, sentence, "Set it again in Settings.")


def file_system(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of file system that ``folder`` lies on, as Linux calls it; '' where it cannot be told."""
    if sys.platform == "win32":
        return "smb3" if str(folder.resolve()).startswith("\\\\") else ""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    # https://docs.kernel.org/filesystems/proc.html#proc-pid-mountinfo-information-about-mounts
    best, kind = "", ""
    place = str(folder.resolve())
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) < 5 or not kinds:
            continue
        point = _ESCAPED.sub(lambda found: chr(int(found.group(1), 8)), fields[4]).rstrip("/")
        if (place == point or place.startswith(f"{point}/")) and len(point) >= len(best):
            best, kind = point, kinds[0]
    return kind
