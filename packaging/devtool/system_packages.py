"""The few system libraries and programs that Python packages cannot bring along.

Qt's wheels link against libraries of the desktop (https://doc.qt.io/qt-6/linux-requirements.html).
As root on Debian and its relatives what is missing is installed; everywhere else it is named.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from devtool.console import run_quietly, say, show_failure


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the system must have.

    Attributes:
        packages: its names in Debian and Ubuntu, old and new; one of them is enough.
        library: the file that proves it on other Linux systems.
        programs: commands that prove it on any system; one of them is enough.
    """

    packages: tuple[str, ...]
    library: str = ""
    programs: tuple[str, ...] = ()


QT = (
    Need(("libglib2.0-0", "libglib2.0-0t64"), "libglib-2.0.so.0"),
    Need(("libgl1",), "libGL.so.1"),
    Need(("libegl1",), "libEGL.so.1"),
    Need(("libfontconfig1",), "libfontconfig.so.1"),
    Need(("libdbus-1-3",), "libdbus-1.so.3"),
    Need(("libxkbcommon0",), "libxkbcommon.so.0"),
    Need(("libxcb-cursor0",), "libxcb-cursor.so.0"),
    Need(("libxcb-icccm4",), "libxcb-icccm.so.4"),
    Need(("libxcb-keysyms1",), "libxcb-keysyms.so.1"),
    Need(("libxcb-shape0",), "libxcb-shape.so.0"),
    Need(("libxkbcommon-x11-0",), "libxkbcommon-x11.so.0"),
    Need(("libcups2", "libcups2t64"), "libcups.so.2"),
)
# The one without a window of its own is a third quicker, and nothing here opens one.
CHROMIUM_PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
BROWSER = (Need(("chromium-headless-shell", "chromium", "chromium-browser"), programs=CHROMIUM_PROGRAMS),)
DRIVER = (Need(("libatomic1",), "libatomic.so.1"),)  # of the Node.js inside playwright's wheel
FONTS = (Need(("fonts-inter",)), Need(("fonts-noto-core",)), Need(("fonts-noto-cjk",)))
SECRETS = (
    Need(("dbus-daemon", "dbus"), programs=("dbus-daemon",)),
    Need(("gnome-keyring",), programs=("gnome-keyring-daemon",)),
)
# Debian keeps a server's programs in folders of their versions, out of PATH.
DATABASE = (Need(("postgresql",), programs=("initdb",)),)
SCREEN = (Need(("xvfb",), programs=("Xvfb",)), Need(("xauth",), programs=("xauth",)))

FOR_WINDOW = QT
FOR_TOUR = (*QT, *BROWSER, *DRIVER, *FONTS)
FOR_TESTS = (*FOR_TOUR, *SECRETS, *DATABASE, *SCREEN)


def provide(needs: Iterable[Need], purpose: str) -> None:
    """Install what is missing where that is possible, otherwise name it in one sentence; never fails.

    Args:
        needs: what must be there.
        purpose: what it is for, as the end of "... needed for".
    """
    if not sys.platform.startswith("linux"):
        return
    if not _is_debian():
        _name_elsewhere([need for need in needs if not _is_there(need)], purpose)
        return
    missing = _missing_on_debian(tuple(needs))
    if not missing:
        return
    if os.geteuid() != 0:
        say(
            f"System packages needed for {purpose} are missing; install them with: "
            f"sudo apt-get install --no-install-recommends {' '.join(need.packages[0] for need in missing)}"
        )
        return
    _install(missing, purpose)


def _is_debian() -> bool:
    return shutil.which("dpkg-query") is not None and shutil.which("apt-get") is not None


def _is_there(need: Need) -> bool:
    if need.programs:
        return any(shutil.which(program) for program in need.programs)
    if not need.library:
        return True  # fonts: not having them costs beauty, not function
    try:
        ctypes.CDLL(need.library)
    except OSError:
        return False
    return True


def _name_elsewhere(missing: list[Need], purpose: str) -> None:
    if missing:
        names = ", ".join(need.library or need.programs[0] for need in missing)
        say(f"Not found on this system, but needed for {purpose}: {names}. Install them with its package manager.")


def _missing_on_debian(needs: tuple[Need, ...]) -> list[Need]:
    names = [name for need in needs for name in need.packages]
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        encoding="utf-8",
        check=False,  # it ends with 1 as soon as one name is unknown
    )
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.split()[1:] == ["installed"]}
    return [
        need
        for need in needs
        if installed.isdisjoint(need.packages) and not any(shutil.which(name) for name in need.programs)
    ]


def _install(missing: list[Need], purpose: str) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    names = " ".join(need.packages[0] for need in missing)
    say(f"Installing the system packages needed for {purpose}: {names}")
    run_quietly("Reading the package lists", ["apt-get", "update"], env=environ)
    known = [_known_name(need) for need in missing]
    install = ["apt-get", "install", "--yes", "--no-install-recommends"]
    done = run_quietly("Installing system packages", [*install, *known], env=environ, summarise=_apt_note)
    if done.ok:
        say(f"  done: {len(known)} packages in {done.seconds:.0f} s.")
    else:
        show_failure(
            "The system packages could not be installed; going on without them. By hand: "
            f"apt-get install --no-install-recommends {' '.join(known)}",
            done,
            lines=8,
        )


def _known_name(need: Need) -> str:
    """The name that this release uses."""
    for name in need.packages:
        answer = subprocess.run(["apt-cache", "show", "--no-all-versions", name], capture_output=True, check=False)
        if answer.returncode == 0 and answer.stdout.strip():
            return name
    return need.packages[0]


def _apt_note(line: str) -> str | None:
    word, _, rest = line.partition(" ")
    if word in {"Unpacking", "Setting"} and rest:
        return f"{word.lower()} {rest.removeprefix('up ').split(' ')[0]}"
    if word.startswith("Get:"):
        return "downloading " + (rest.split(" ")[3] if len(rest.split(" ")) > 3 else "")
    return None
