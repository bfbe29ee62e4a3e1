"""This computer: Python, Qt with its system libraries, SQLite, and a browser for the tour."""

import os
import platform
import re
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from sellerdesk.doctor.findings import Finding, bad, good, note

_PATIENCE_SECONDS = 60
_TRY_QT = (
    "from PySide6.QtCore import qVersion; from PySide6.QtWidgets import QApplication; "
    "app = QApplication([]); print(qVersion(), app.platformName())"
)
_LOOKED_THROUGH = ("QtCore.abi3.so", "QtGui.abi3.so", "QtWidgets.abi3.so", "Qt/plugins/platforms/libqxcb.so")
_NOT_FOUND = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)
# Debian's and Ubuntu's names: https://doc.qt.io/qt-6/linux-requirements.html
_PACKAGES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
}
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def python() -> Iterator[Finding]:
    """Which Python runs this, and on what."""
    yield good("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}")


def qt() -> Iterator[Finding]:
    """Whether a window can be opened; tried in another process, because Qt ends the one it cannot start in."""
    missing = missing_libraries()
    if not has_screen():
        yield from _without_screen(missing)
        return
    done = _start_qt({})
    if done is not None and done.returncode == 0:
        yield good("Qt", f"{done.stdout.strip()}: a window can be opened.")
        return
    yield bad("Qt", f"No window can be opened. {_why(done, missing)}", _how_to_install(missing))


def _without_screen(missing: tuple[str, ...]) -> Iterator[Finding]:
    done = _start_qt({"QT_QPA_PLATFORM": "offscreen"})
    if done is None or done.returncode != 0:
        yield bad("Qt", f"Qt cannot be started. {_why(done, missing)}", _how_to_install(missing))
        return
    version = done.stdout.split()[0]
    says = f"{version}. There is no screen here, so no window; the tour, the checkout page and the commands work."
    if missing:
        says += f" On a screen {_listed(missing)} would be missing."
    yield note("Qt", says, _how_to_install(missing))


def has_screen() -> bool:
    """Whether this process has a screen, or a stand-in for one, to open a window on."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def missing_libraries() -> tuple[str, ...]:
    """System libraries that Qt's files need and this Linux lacks; empty on other systems."""
    spec = find_spec("PySide6")
    linker = shutil.which("ldd")
    if not sys.platform.startswith("linux") or spec is None or not spec.submodule_search_locations or linker is None:
        return ()
    folder = Path(next(iter(spec.submodule_search_locations)))
    files = [str(folder / name) for name in _LOOKED_THROUGH if (folder / name).exists()]
    try:
        # The system's linker on Qt's own files; nothing comes from outside.
        done = subprocess.run(  # noqa: S603  # nosec B603
            [linker, *files], capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(sorted(set(_NOT_FOUND.findall(done.stdout))))


def _start_qt(more: dict[str, str]) -> "subprocess.CompletedProcess[str] | None":
    """Start an application and end it; None when it does not come to an end. In a folder of its own, for where no
    platform can be loaded Qt aborts, and some systems then write the memory's image beside it."""
    try:
        with TemporaryDirectory() as folder:
            # This very Python with a fixed text; nothing comes from outside.
            return subprocess.run(  # noqa: S603  # nosec B603
                [sys.executable, "-c", _TRY_QT],
                capture_output=True,
                text=True,
                timeout=_PATIENCE_SECONDS,
                check=False,
                env={**os.environ, **more},
                cwd=folder,
            )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _why(done: "subprocess.CompletedProcess[str] | None", missing: tuple[str, ...]) -> str:
    if missing:
        return f"These system libraries are missing: {_listed(missing)}."
    if done is None:
        return "Qt did not come to an end."
    said = [each.strip() for each in done.stderr.splitlines() if each.strip()]
    return f"Qt says: {said[-1][:300]}" if said else f"Qt ended with status {done.returncode} and said nothing."


def _how_to_install(missing: tuple[str, ...]) -> str:
    packages = sorted({_PACKAGES[name] for name in missing if name in _PACKAGES})
    return f"On Debian and Ubuntu: sudo apt install {' '.join(packages)}" if packages else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def sqlite() -> Iterator[Finding]:
    """Whether the SQLite in use is safe with several programs at once. Raises DatabaseUnusable."""
    from sellerdesk.store.sqlite import sqlite_version

    yield good("SQLite", f"{sqlite_version()}, safe while desk and checkout page write at once.")


def browser() -> Iterator[Finding]:
    """A browser and its driver, for the tour alone."""
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if found is not None and find_spec("playwright") is not None:
        yield good("Browser", f"{found}: the tour drives the shopper’s pages with it.")
        return
    lacking = "no Chromium" if found is None else "no driver (the Python package playwright)"
    yield note("Browser", f"There is {lacking}: the tour goes on without pictures of the shopper’s pages.")
