"""Remake the lock files: every package pinned and hashed, for all systems, from pyproject.toml."""

import os
import shutil
import sys

from devtool.console import Outcome, run_quietly, say, show_failure
from devtool.environment import KINDS, Kind, python_of, requirements_of
from devtool.layout import BUILD, ROOT, relative

OLDEST_PYTHON = "3.11"
HEADER = (
    "# Pinned and hashed for every system by: python3 packaging/dev.py lock\n"
    "# Change pyproject.toml and run that; do not edit.\n"
)


def remake(*, upgrade: bool) -> int:
    """Write the lock files anew; the versions in them stay unless they must or may move.

    Args:
        upgrade: take the newest versions that pyproject.toml allows.

    Returns:
        0, or 1 when the resolver failed; the files are then as before.
    """
    uv = _resolver()
    if uv is None:
        say("uv, which resolves the requirements, could not be installed; is a package index within reach?")
        return 1
    for kind in KINDS:
        done = _compile(uv, kind, upgrade=upgrade)
        if not done.ok:
            show_failure(f"{relative(requirements_of(kind))} is unchanged.", done)
            return 1
        pins = sum("==" in line for line in requirements_of(kind).read_text("utf-8").splitlines())
        say(f"{relative(requirements_of(kind))}: {pins} packages.")
    return 0


def _compile(uv: str, kind: Kind, *, upgrade: bool) -> Outcome:
    target = requirements_of(kind)
    BUILD.mkdir(exist_ok=True)
    target.parent.mkdir(exist_ok=True)
    draft = BUILD / f"lock-{kind}.txt"
    draft.write_text(target.read_text("utf-8") if target.exists() else "", "utf-8")
    command = [
        uv, "pip", "compile", "pyproject.toml", "--universal", "--python-version", OLDEST_PYTHON,
        "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
        "--output-file", relative(draft),
    ]  # fmt: skip
    if kind != "runtime":
        # The tests must run against what people run.
        before = KINDS[KINDS.index(kind) - 1]
        command += ["--extra", kind, "--constraints", relative(requirements_of(before))]
    if upgrade:
        command.append("--upgrade")
    done = run_quietly(f"Resolving {kind} requirements", command, cwd=ROOT)
    if done.ok:
        lines = draft.read_text("utf-8").splitlines(keepends=True)
        target.write_text(HEADER + "".join(line for line in lines if not line.startswith("#")), "utf-8")
    return done


def _resolver() -> str | None:
    """The path of uv: the installed one, or one in a small environment of its own under build/."""
    found = shutil.which("uv")
    if found:
        return found
    home = BUILD / "lock-tools"
    uv = python_of(home).with_name("uv.exe" if os.name == "nt" else "uv")
    if uv.exists():
        return str(uv)
    made = run_quietly("Preparing the resolver", [sys.executable, "-m", "venv", home])
    if made.ok:
        made = run_quietly("Installing the resolver", [python_of(home), "-m", "pip", "install", "uv"])
    return str(uv) if made.ok else None
