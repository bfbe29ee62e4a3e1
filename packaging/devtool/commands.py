"""The commands of packaging/dev.py and their arguments."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from devtool import checks, clients, locking, system_packages
from devtool.console import say
from devtool.environment import EnvironmentFailedError, ensure
from devtool.layout import ROOT, TOUR, has_screen, relative


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: what was typed after the script's name.

    Returns:
        The exit status: that of the program or the tests, 2 for wrong arguments, 130 after Ctrl+C.
    """
    own, passed_on = _split(arguments)
    options = _parser().parse_args(own)
    try:
        if options.command == "run":
            return run(passed_on)
        if options.command == "clients":
            return 0 if clients.provide(ensure("test")) else 1
        if options.command == "lock":
            return locking.remake(upgrade=options.upgrade)
        return checks.run_all(passed_on) if options.command == "test" else checks.run_linters()
    except EnvironmentFailedError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def _split(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Ours, and what is passed on: all that follows "run", or follows "--" elsewhere."""
    if arguments[:1] == ["run"]:
        return ["run"], [argument for argument in arguments[1:] if argument != "--"]
    if "--" in arguments:
        cut = list(arguments).index("--")
        return arguments[:cut], arguments[cut + 1 :]
    return arguments, []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="packaging/dev.py", description="See SellerDesk work, and run all of its checks."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser(
        "run",
        help="open the demo shop, or make the tour's pictures where there is no screen; "
        "what follows is passed on, and may be another command of SellerDesk: run checkout",
    )
    commands.add_parser("test", help="run every check and every test; what follows -- goes to pytest")
    commands.add_parser("check", help="run the linters only")
    commands.add_parser("clients", help="install Stripe's own clients, which some tests drive; test does it by itself")
    lock = commands.add_parser("lock", help="remake the pinned requirements from pyproject.toml")
    lock.add_argument("--upgrade", action="store_true", help="take the newest versions that are allowed")
    return parser


def run(arguments: Sequence[str]) -> int:
    """Start SellerDesk from the checkout and end with its exit status.

    With a screen it opens the demo shop, without one it makes the tour's pictures. When the first argument
    is no option, it is taken as the command to run.
    """
    own_command = bool(arguments) and not arguments[0].startswith("-")
    screen = has_screen()
    tour = arguments[0] == "tour" if own_command else not screen
    system_packages.provide(
        system_packages.FOR_TOUR if tour else system_packages.FOR_WINDOW, "the tour" if tour else "the window"
    )
    python = ensure("tour" if tour else "runtime")
    environ = utf8_environ(dict(os.environ))
    environ["PYTHONPATH"] = str(ROOT)
    if own_command:
        command = list(arguments)
    elif screen:
        say("Opening the demo shop. It needs no account, and no money moves.")
        command = ["demo", *arguments]
    else:
        say(f"There is no screen here, so SellerDesk shows itself in pictures: {relative(TOUR)}/")
        command = ["tour", "--out", str(TOUR), *arguments]
    if not screen:
        environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return _hand_over([str(python), "-m", "sellerdesk", *command], environ)


def utf8_environ(environ: dict[str, str]) -> dict[str, str]:
    """The environment with a UTF-8 locale where it names none: Qt needs one and says so otherwise."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if sys.platform.startswith("linux") and "utf" not in locale.lower():
        environ["LC_ALL"] = "C.UTF-8"
    return environ


def _hand_over(command: list[str], environ: dict[str, str]) -> int:
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, environ)  # signals and the exit status need no help this way
    return subprocess.call(command, env=environ)
