"""The command line: which face of SellerDesk to start, and where it keeps its things."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sellerdesk import __version__
from sellerdesk.domain.errors import SellerDeskError

_DESCRIPTION = "Hold the money first, take it when the goods leave: a seller's desk for Stripe."


def build_parser() -> argparse.ArgumentParser:
    """Every command and option. Without a command the desk opens."""
    parser = argparse.ArgumentParser(prog="sellerdesk", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"SellerDesk {__version__}")
    parser.add_argument(
        "--data-dir", type=Path, metavar="FOLDER", help="keep settings, databases and logs in FOLDER instead of yours"
    )
    parser.add_argument(
        "--stripe-api-base",
        metavar="ADDRESS",
        help="talk to another server that speaks as Stripe does, such as the sandbox; the window says so",
    )
    parser.add_argument(
        "--database",
        metavar="ADDRESS",
        help="keep orders in a PostgreSQL database that several seats share: postgresql://user@host/database",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("desk", help="the window (this is what opens without a command)")
    demo = commands.add_parser("demo", help="the window with the demo shop: sandbox, checkout page, a week of orders")
    demo.add_argument("--port", type=_port, default=0, help="port of the checkout page (default: any free one)")
    _add_tour(commands)
    _add_checkout(commands)
    _add_sandbox(commands)
    commands.add_parser("sync", help="ask Stripe once what is new, finish what is open, and say what was found")
    _add_audit(commands)
    _add_webhook(commands)
    _add_doctor(commands)
    _add_catalogue(commands)
    _add_move(commands)
    _add_backup(commands)
    return parser


def _add_tour(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tour = commands.add_parser("tour", help="the whole job in numbered pictures, without a screen")
    tour.add_argument(
        "--out", type=Path, default=Path("build", "tour"), metavar="FOLDER", help="where to (default: build/tour)"
    )


def _add_checkout(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    checkout = commands.add_parser("checkout", help="the checkout page's server alone, for the shop connected last")
    checkout.add_argument("--port", type=_port, default=None, help="port on this computer (default: 8000, or as set)")
    checkout.add_argument("--profile", default="", help="another shop than the one connected last")
    checkout.add_argument(
        "--public-url", default="", metavar="ADDRESS", help="the https address of a proxy in front of this server"
    )


def _add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = commands.add_parser("audit", help="compare every order that is not over with Stripe, and list what differs")
    audit.add_argument("--json", action="store_true", help="one value for a machine instead of lines")
    audit.add_argument("--profile", default="", help="another shop than the one connected last")


def _add_webhook(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    webhook = commands.add_parser(
        "webhook",
        help="let Stripe tell what is new by itself",
        description=(
            "Make an endpoint at Stripe for the public address of your checkout server followed by /stripe/events, "
            "then keep its signing secret here. Without it SellerDesk asks Stripe again and again, which is enough."
        ),
    )
    actions = webhook.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, words in (("keep", "ask for the signing secret (whsec_...) and keep it in the keyring"), ("forget", "")):
        action = actions.add_parser(name, help=words or "remove the signing secret from the keyring")
        action.add_argument("--profile", default="", help="another shop than the one connected last")


def _add_sandbox(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sandbox = commands.add_parser(
        "sandbox",
        help="the sandbox alone, for any SDK; prints its address, then that of its pages",
        description="A pretended Stripe on this computer, for any SDK. The first line that it prints is its address: "
        "point the SDK there, with any made-up key such as sk_test_made_up. The second line opens the pages that show "
        "what is in it, in a browser; what follows token= there is the X-Sandbox-Token of the calls that move its "
        "clock and plan faults.",
        epilog="Ctrl+C ends it, and it forgets everything. The exit status is 2 when the port is taken.",
    )
    sandbox.add_argument("--port", type=_port, default=0, help="port to listen on (default: any free one)")


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    doctor = commands.add_parser("doctor", help="say what is wrong with this installation, and what to do about it")
    doctor.add_argument("--deep", action="store_true", help="read databases through, and try the keyring by writing")
    doctor.add_argument("--online", action="store_true", help="ask Stripe about keys, permissions and the clock")
    doctor.add_argument("--json", action="store_true", help="one value for a machine instead of lines")


def _add_catalogue(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    catalogue = commands.add_parser("catalogue", help="what the checkout page sells")
    actions = catalogue.add_subparsers(dest="action", metavar="ACTION", required=True)
    take_over = actions.add_parser("import", help="replace products and shipping rates from CSV files")
    take_over.add_argument(
        "products", type=Path, help="columns: sku,name,price,currency,tax_rate,on_hand,picture,available_from"
    )
    take_over.add_argument(
        "shipping", type=Path, help="columns: country,currency,amount,tax_rate (amounts in minor units)"
    )
    take_over.add_argument("--profile", default="", help="another shop than the one connected last")


def _add_move(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    move = commands.add_parser("move-database", help="move the orders of a file into a PostgreSQL database")
    move.add_argument(
        "source", type=Path, metavar="SOURCE.db", help="the database of a shop that nobody works with now"
    )
    move.add_argument("target", metavar="ADDRESS", help="an empty database: postgresql://user@host/database")
    move.add_argument("--dry-run", action="store_true", help="do all of it, compare, and undo it")


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser(
        "backup",
        help="copy the database of a shop now, beside the daily copies; prints where it is",
        description="Copies are made by themselves once a day and before each upgrade, into the folder backups beside "
        "the database: the last 7 days and 4 weeks are kept.",
    )
    restore = commands.add_parser(
        "restore",
        help="put a backup in the place of a shop's database, which is kept",
        description="Close every window and checkout server of the shop first. At its next start SellerDesk reads at "
        "Stripe what was done since the copy, before it sends anything.",
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="a backup, or a database that was kept")
    for command in (backup, restore):
        command.add_argument("--profile", default="", help="another shop than the one connected last")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. A failure that we know is one sentence on the standard error, status 1."""
    parser = build_parser()
    options = parser.parse_args(argv)
    try:
        return _run(options)
    except SellerDeskError as error:
        from sellerdesk.logs import for_terminal

        sys.stderr.write(f"{for_terminal(str(error))}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    """Import only what the command needs: the window must paint before anything heavy is loaded."""
    if options.command == "sandbox":
        from sellerdesk.sandbox.launch import serve

        return serve(options.port)
    if options.command == "tour":
        from sellerdesk.tour.run import run_tour

        return run_tour(options.out, options.data_dir)
    from sellerdesk import commands

    match options.command:
        case "checkout":
            return commands.checkout(options)
        case "sync":
            return commands.sync(options)
        case "audit":
            return commands.audit(options)
        case "webhook":
            return commands.webhook(options)
        case "doctor":
            return commands.doctor(options)
        case "catalogue":
            return commands.import_catalogue(options)
        case "move-database":
            return commands.move_database(options)
        case "backup" | "restore":
            from sellerdesk import backup_commands

            return backup_commands.backup(options) if options.command == "backup" else backup_commands.restore(options)
        case _:
            from sellerdesk.window import run_window

            return run_window(options)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
