"""All checks and tests, with a table at the end: linters beside each other, then the measurements, then the tests.

They run with a home folder and XDG folders of their own and without the session bus, so that they meet
neither the developer's settings nor the developer's keyring. Tests that need a keyring start one of their own
(tests/secret_service.py).
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtool import clients, system_packages
from devtool.console import run_aloud, run_side_by_side, say, show_failure
from devtool.environment import ensure
from devtool.layout import ROOT

# The slowest first: it takes as long as all others together.
LINTERS = (
    ("mypy", ("-m", "mypy", "--no-color-output")),
    ("ruff check", ("-m", "ruff", "check", "--quiet", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", "--quiet", ".")),
    ("import-linter", ("-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache")),
    ("deptry", ("-m", "deptry", "sellerdesk", "--no-ansi")),
    ("bandit", ("-m", "bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "sellerdesk")),
)
# Compiles the tests once, beside the linters; else each of pytest's workers would, all at the same time.
COLLECT = ("collecting", ("-m", "pytest", "--collect-only", "--quiet"))
BENCH = ("-m", "pytest", "tests/bench", "-m", "bench", "-p", "no:xdist", "-q", "-s")
# Two for each core of a small machine: browsers and servers wait for each other half of the time.
# tests/conftest.py puts the long files first; xdist would put those first that have many tests.
# A worker that died is not replaced, and the run ends: with files dealt out, xdist 3.8 can wait for ever for what the
# dead one had done.
_DEALT_OUT = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0")
PYTEST = ("-m", "pytest", *_DEALT_OUT, "-m", "not bench")
CLOSING_LINE = re.compile(r"^(=+ )?(\d+ \w+|no tests ran).* in [0-9.]+s\b")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# What a developer's shell may carry and a test must not see; and what would let the hundreds of programs that the
# tests start compile themselves anew each time.
FOREIGN = re.compile(
    r"^(STRIPE_|PYTEST_|QT_|SELLERDESK_|XDG_|DBUS_SESSION|GNOME_KEYRING|PYTHONPATH$|PYTHONHOME$|"
    r"PYTHON_KEYRING|PYTHONWARNINGS$|PYTHONDONTWRITEBYTECODE$|VIRTUAL_ENV$|DISPLAY$|WAYLAND_DISPLAY$|SSH_AUTH_SOCK$)"
)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table: a step, how it ended and the seconds it took."""

    step: str
    ok: bool
    seconds: float


def run_linters() -> int:
    """Run the linters only. Returns 0 when all are content, 1 otherwise."""
    python = ensure("test")
    began = time.monotonic()
    with private_environ() as environ:
        results = _check(python, environ, LINTERS)
    _print_table(results, time.monotonic() - began)
    return 0 if all(result.ok for result in results) else 1


def run_all(pytest_arguments: Sequence[str]) -> int:
    """Run the linters, the benchmarks and all tests.

    Args:
        pytest_arguments: passed on to pytest, for example ["-k", "shortening"].

    Returns:
        0 when every step passed, 1 otherwise.
    """
    system_packages.provide(system_packages.FOR_TESTS, "the tests")
    python = ensure("test")
    clients.provide(python)
    began = time.monotonic()
    with private_environ() as environ:
        results = _check(python, environ, (*LINTERS, COLLECT))
        if any((ROOT / "tests" / "bench").glob("test_*.py")):
            say("Benchmarks (they print durations and judge none) ...")
            bench = run_aloud([python, *BENCH], env=environ, cwd=ROOT)
            results.append(Result("bench", bench.ok, bench.seconds))
        say("Tests ...")
        tests = run_aloud([python, *PYTEST, *pytest_arguments], env=environ, cwd=ROOT)
        results.append(Result("pytest", tests.ok, tests.seconds))
    _print_table(results, time.monotonic() - began)
    closing = [line for line in tests.tail if CLOSING_LINE.match(ANSI.sub("", line))]
    if closing:
        say(closing[-1])
    return 0 if all(result.ok for result in results) else 1


def _check(python: Path, environ: dict[str, str], steps: Sequence[tuple[str, tuple[str, ...]]]) -> list[Result]:
    commands: dict[str, Sequence[str | Path]] = {step: (python, *arguments) for step, arguments in steps}
    outcomes = run_side_by_side("Checking the code", commands, env=environ, cwd=ROOT)
    for step, done in outcomes.items():
        if not done.ok:
            show_failure(f"{step} failed.", done)
    return [Result(step, done.ok, done.seconds) for step, done in outcomes.items()]


@contextmanager
def private_environ() -> Iterator[dict[str, str]]:
    """An environment for tests: own home and XDG folders, no session bus, no screen, no Stripe key."""
    home = Path(tempfile.mkdtemp(prefix="sd-test-"))
    try:
        environ = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        for name, folder in {
            "HOME": "home",
            "XDG_DATA_HOME": "home/.local/share",
            "XDG_CONFIG_HOME": "home/.config",
            "XDG_CACHE_HOME": "home/.cache",
            "XDG_STATE_HOME": "home/.local/state",
            "XDG_RUNTIME_DIR": "run",
        }.items():
            path = home / folder
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            environ[name] = str(path)
        environ["QT_QPA_PLATFORM"] = "offscreen"
        environ["PYTHONUTF8"] = "1"
        environ["LC_ALL"] = "C.UTF-8"
        environ["NO_COLOR"] = "1"
        if "STRIPE_SECRET_KEY" in os.environ and os.environ["STRIPE_SECRET_KEY"].startswith("sk_test_"):
            environ["STRIPE_SECRET_KEY"] = os.environ["STRIPE_SECRET_KEY"]  # the tests marked live ask for it
        yield environ
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _print_table(results: Sequence[Result], seconds: float) -> None:
    """Each step, and all of them in ``seconds``: less than their sum, as some run beside each other."""
    say("")
    for result in results:
        say(f"  {result.step:<14} {'passed' if result.ok else 'FAILED':<7} {result.seconds:7.1f} s")
    say(f"  {'all':<14} {'passed' if all(r.ok for r in results) else 'FAILED':<7} {seconds:7.1f} s")
