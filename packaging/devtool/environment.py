"""The private virtual environment of a checkout, made from pinned and hashed requirements.

A stamp inside it remembers which Python and which requirements it was made from, so that the second
start needs neither time nor a network, and a changed requirement makes it anew.
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from devtool.console import run_quietly, say, show_failure
from devtool.layout import BUILD, REQUIREMENTS, ROOT, VENV, relative

Kind = Literal["runtime", "tour", "test"]
# Each contains the ones before it.
KINDS: tuple[Kind, ...] = ("runtime", "tour", "test")

STAMP_FORMAT = 1
# Published without a wheel; plain Python, wanted by the tests only.
_AS_SOURCE = ("--no-binary", "localstripe")


class EnvironmentFailedError(Exception):
    """The environment could not be made; the sentence says why and what to do."""


def python_of(venv: Path) -> Path:
    """The interpreter inside a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure(kind: Kind) -> Path:
    """Make sure that the checkout's environment exists and is current.

    Args:
        kind: "runtime" for running SellerDesk, "tour" to drive a browser too, "test" for everything.

    Returns:
        The interpreter to use.

    Raises:
        EnvironmentFailedError: when it cannot be made.
    """
    with _one_at_a_time():
        if _is_current(kind):
            return python_of(VENV)
        _make(kind)
        return python_of(VENV)


def _stamp_path() -> Path:
    return VENV / "sellerdesk-stamp.json"


def requirements_of(kind: Kind) -> Path:
    """The lock file of a kind of environment."""
    return REQUIREMENTS / f"{kind}.txt"


def _digest(kind: Kind) -> str:
    # Line ends differ between checkouts on different systems; the requirements do not.
    return hashlib.sha256(requirements_of(kind).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _wanted(kind: Kind) -> dict[str, object]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    kinds = KINDS[: KINDS.index(kind) + 1]
    return {
        "format": STAMP_FORMAT,
        "python": f"{sys.implementation.name} {version}",
        "requirements": {name: _digest(name) for name in kinds},
    }


def _is_current(kind: Kind) -> bool:
    """Whether what is there was made from the same things; a test environment also serves for running."""
    try:
        stamp = json.loads(_stamp_path().read_text("utf-8"))
    except (OSError, ValueError):
        return False
    wanted = _wanted(kind)
    if not isinstance(stamp, dict) or not python_of(VENV).exists():
        return False
    have = stamp.pop("requirements", {})
    need = wanted.pop("requirements")
    assert isinstance(need, dict)
    return stamp == wanted and all(have.get(name) == digest for name, digest in need.items())


def _make(kind: Kind) -> None:
    if not _has_ensurepip():
        raise EnvironmentFailedError(
            "This Python has no ensurepip, which its venv module needs. "
            "On Debian and Ubuntu: apt-get install python3-venv"
        )
    what = {"runtime": "SellerDesk", "tour": "SellerDesk and its tour", "test": "SellerDesk and its tests"}[kind]
    say(f"Making a private Python environment for {what} in {relative(VENV)}/ (once; it is reused afterwards).")
    if VENV.exists():
        shutil.rmtree(VENV)
    created = run_quietly("Creating the environment", [sys.executable, "-m", "venv", VENV], env=_clean_environ())
    if not created.ok:
        show_failure("", created)
        raise EnvironmentFailedError(f"The environment could not be created in {relative(VENV)}/; see above.")
    requirements = requirements_of(kind)
    installed = run_quietly(
        f"Installing the packages of {relative(requirements)}",
        [
            python_of(VENV), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
            "--progress-bar", "off", "--require-hashes", "--no-deps", "--only-binary", ":all:",
            *_AS_SOURCE, "-r", requirements,
        ],
        env=_clean_environ(),
        cwd=ROOT,
        summarise=_pip_note,
    )  # fmt: skip
    if not installed.ok:
        show_failure("", installed, lines=15)
        raise EnvironmentFailedError(
            "The packages could not be installed; see above. The first start needs a package index "
            "within reach (pip's own settings apply). Run the same command again when it is."
        )
    stamp = _wanted(kind)
    _stamp_path().write_text(json.dumps(stamp, indent=2) + "\n", "utf-8")
    say(f"  done: {_count(requirements)} packages in {created.seconds + installed.seconds:.0f} s.")


def _has_ensurepip() -> bool:
    try:
        import ensurepip  # noqa: F401  # Debian takes it out of the standard library
    except ImportError:
        return False
    return True


def _count(requirements: Path) -> int:
    return sum("==" in line for line in requirements.read_text("utf-8").splitlines())


def _pip_note(line: str) -> str | None:
    word, _, rest = line.strip().partition(" ")
    if word in {"Collecting", "Downloading", "Using"}:
        return rest.split("==")[0].split(" (")[0].rsplit("/", 1)[-1] if rest else None
    if word == "Installing":
        return "unpacking"
    return None


def _clean_environ() -> dict[str, str]:
    """Our environment without what would make venv and pip work somewhere else."""
    environ = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME", "__PYVENV_LAUNCHER__"}}
    environ["PIP_USER"] = "0"
    return environ


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second terminal wait instead of building into the same folder."""
    try:
        import fcntl
    except ImportError:  # Windows has none; two builds at once are then the user's own affair
        yield
        return
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "environment.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another run of this command is preparing the environment; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
