"""The commands without a window: checkout server, one sync, doctor, catalogue import, moving to a shared database."""

import argparse
import logging
import os
import sys
import threading
from pathlib import Path

from sellerdesk.addresses import parse_api_base, parse_public_address
from sellerdesk.background import back_up, sweep_once
from sellerdesk.databases import DATABASE, Databases
from sellerdesk.domain.database_address import read_database_address
from sellerdesk.domain.errors import KeyNotUsable, SellerDeskError
from sellerdesk.files import read_text
from sellerdesk.formats import caught_up_sentence
from sellerdesk.logs import configure, for_terminal
from sellerdesk.runner import Job, Runner
from sellerdesk.services.ports import EventReader
from sellerdesk.services.receive import ReceiveEvents
from sellerdesk.services.resolve import AT_ONCE
from sellerdesk.settings import (
    ACCENT,
    CHECKOUT_PORT,
    DATABASE_ADDRESS,
    HEADLINE,
    PROFILE,
    PUBLIC_ADDRESS,
    TAGLINE,
    Places,
    Settings,
    places,
)
from sellerdesk.shops import ProfileWorks, Shops

RESOLVE_SECONDS = 2.0
# Events are read as soon as they arrive; this is for what a crash or Stripe's silence left in the inbox.
EVENTS_SECONDS = 60.0
EVENTS_AGAIN_SECONDS = 5.0

_LONGEST_LINE = 4096

_log = logging.getLogger(__name__)


def shops_for(options: argparse.Namespace, log_name: str) -> tuple[Shops, Settings, Places]:
    """Folders, settings, log file and shops as the options ask for. Raises SellerDeskError's family."""
    api_base = parse_api_base(options.stripe_api_base) if options.stripe_api_base else ""
    database = read_database_address(options.database) if options.database else None
    where = places(options.data_dir)
    configure(where.state, log_name)
    settings = Settings.load(where.settings_file)
    demo_port = options.port if options.command == "demo" else 0
    return Shops(where, settings, api_base, demo_port, database), settings, where


def checkout(options: argparse.Namespace) -> int:
    """Serve the checkout page of a connected shop until interrupted. Finishes what a crash left open, too."""
    from sellerdesk.checkout.events import PATH as EVENTS_PATH
    from sellerdesk.serve import checkout_server

    named = parse_public_address(options.public_url)
    shops, settings, _ = shops_for(options, "checkout")
    port = settings.get(CHECKOUT_PORT) if options.port is None else options.port
    profile = shops.works(options.profile)
    public = named or profile.settings.get(PUBLIC_ADDRESS)
    try:
        _check_can_sell(profile)
        runner, receive = _background(profile, shops.event_reader(profile))
        server = checkout_server(
            profile.works,
            profile.info,
            profile.name,
            profile.publishable_key,
            profile.addresses,
            profile.pictures,
            port=port,
            own_origins=(public,) if public else (),
            headline=profile.settings.get(HEADLINE),
            tagline=profile.settings.get(TAGLINE),
            accent=profile.settings.get(ACCENT),
            receive=receive,
        )
        runner.start()
        behind = f"{public}, which must lead to {server.url}" if public else server.url
        say(f"{profile.info.name}: shoppers order at {behind}. Ctrl+C ends it.")
        if receive is not None:
            say(f"Stripe may send its events to {public or server.url}{EVENTS_PATH}")
        try:
            threading.Event().wait()
        finally:
            server.stop()
            runner.stop()
    finally:
        profile.close()
    return 0


def sync(options: argparse.Namespace) -> int:
    """One pass: finish what is open, then ask Stripe what is new."""
    shops, _, _ = shops_for(options, "sync")
    profile = shops.works()
    try:
        behind = profile.works.catch_up.behind()
        resolved = profile.works.resolve.run_due(AT_ONCE)
        report = profile.works.desk.sync.poll()
        caught_up = profile.works.catch_up.last() if behind is not None else None
    finally:
        profile.close()
    if caught_up is not None:
        say(caught_up_sentence(caught_up))
    say(
        f"{profile.info.name}: {report.new} new events, {report.read} payments read again, "
        f"{resolved.finished} open operations finished, {resolved.waiting} still wait."
    )
    return 0


def audit(options: argparse.Namespace) -> int:
    """Compare every order that is not over with Stripe; the exit status is 1 when one does not agree."""
    from sellerdesk.domain.audit import to_json

    shops, _, _ = shops_for(options, "audit")
    profile = shops.works(options.profile)
    try:
        profile.works.resolve.run_due(AT_ONCE)
        found = profile.works.desk.audit.run()
    finally:
        profile.close()
    if options.json:
        say(to_json(found))
    else:
        say(f"{profile.info.name}: {found.sentence}.")
        for each in found.breaks:
            say(f"{each.name}: {each.what} {each.mending}")
    return 1 if found.breaks else 0


def webhook(options: argparse.Namespace) -> int:
    """Keep, or forget, the secret with which Stripe signs the events that it sends to the checkout server."""
    from sellerdesk.checkout.events import PATH as EVENTS_PATH

    shops, _, _ = shops_for(options, "webhook")
    keys = shops.keys(options.profile or shops.last_profile())
    if options.action == "forget":
        keys.forget_signing_secret()
        say("The signing secret is forgotten. From its next start on the checkout server takes no events.")
        return 0
    keys.keep_signing_secret(_asked_secret("Signing secret of the endpoint (whsec_...): "))
    say(f"Kept in the {keys.kept_in()}. From its next start on the checkout server takes events at {EVENTS_PATH}.")
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Say what is wrong with this installation; the exit status is 1 when something needed does not work."""
    from sellerdesk.doctor.report import doctor as examine

    return examine(options)


def import_catalogue(options: argparse.Namespace) -> int:
    """Replace products and shipping rates; nothing is changed unless both files are right."""
    from sellerdesk.domain.catalogue_csv import read_products, read_shipping_rates

    products = read_products(read_text(options.products))
    rates = read_shipping_rates(read_text(options.shipping))
    shops, _, _ = shops_for(options, "catalogue")
    profile = shops.works(options.profile)
    try:
        catalogue = profile.works.desk.catalogue
        catalogue.take_over(catalogue.propose(products, rates))
    finally:
        profile.close()
    say(f"{profile.info.name}: {len(products)} products and {len(rates)} shipping rates taken over.")
    say(f"Pictures named in the file belong into {profile.pictures}.")
    return 0


def _check_can_sell(profile: ProfileWorks) -> None:
    """Raises KeyNotUsable when a page could not take an order."""
    from sellerdesk.serve import deliverable

    if not profile.publishable_key:
        raise KeyNotUsable(
            "The checkout page needs the publishable key (pk_…). Start sellerdesk, open Settings, and enter it on "
            "the page Keys."
        )
    shop = profile.works.shopfront.shop
    if not shop.products():
        raise KeyNotUsable("There is nothing to sell yet. Take over a catalogue first: sellerdesk catalogue import")
    if not deliverable(shop.rates()):
        raise KeyNotUsable(
            "There is no country to send to yet: no shipping rate is for one (such as DE) or for all others (*). "
            "Take over shipping rates first: sellerdesk catalogue import"
        )


def _background(profile: ProfileWorks, reader: EventReader | None) -> tuple[Runner, ReceiveEvents | None]:
    """The checkout server's background, not yet started, and what takes Stripe's events, where their secret is kept."""
    jobs = [Job("resolve", lambda: _resolve(profile)), Job("sweep", lambda: sweep_once(profile.works.sweep))]
    backups = profile.backups
    if backups is not None:
        jobs.append(Job("backup", lambda: back_up(backups)))
    if reader is None:
        return Runner(jobs), None
    runner = Runner([*jobs, Job("events", lambda: _read_arrived(profile))])
    works = profile.works
    return runner, ReceiveEvents(works.store, reader, works.clock, lambda: runner.wake("events"))


def move_database(options: argparse.Namespace) -> int:
    """Move the orders of one file into a shared database, and let their shop work there from now on."""
    from sellerdesk.store.moving import move

    target = read_database_address(options.target)
    where = places(options.data_dir)
    configure(where.state, "move")
    source = Path(os.path.abspath(options.source))  # noqa: PTH100 - resolve() would follow a link the person chose
    profile = source.parent.name if source == where.data / source.parent.name / DATABASE else ""
    moved = Databases(where).with_password(
        profile or target.name, target, lambda password: move(source, target, password, dry_run=options.dry_run)
    )
    said = f"{moved.count} rows of {len(moved.rows)} tables"
    if options.dry_run:
        say(f"{said} can be moved to {target.shown}; nothing was changed.")
        return 0
    say(f"{said} were moved to {target.shown} and compared there, one by one.")
    if moved.still_open:
        say(f"{moved.still_open} operations that are not finished went with them, and go on there.")
    say(f"{source} stays as it is; it is marked as moved and is not opened for work any more.")
    if profile:
        Settings.load(where.profile_settings_file(profile), PROFILE).change({DATABASE_ADDRESS: str(target)})
        say(f"The shop works there from its next start. Other seats start with: sellerdesk --database {target}")
    else:
        say(f"Start with: sellerdesk --database {target}")
    return 0


def _resolve(profile: ProfileWorks) -> float:
    """A failure of the world goes to the log: the next turn comes soon."""
    try:
        trouble: object = profile.works.resolve.run_due(AT_ONCE).trouble
    except SellerDeskError as error:
        trouble = error
    if trouble is not None:
        _log.warning("open operations wait: %s", type(trouble).__name__)
    return RESOLVE_SECONDS


def _read_arrived(profile: ProfileWorks) -> float:
    """What Stripe could not be asked about now is asked about later: it stays in the inbox."""
    try:
        profile.works.desk.sync.read_arrived()
    except SellerDeskError as error:
        _log.warning("events wait: %s", type(error).__name__)
        return EVENTS_AGAIN_SECONDS
    return EVENTS_SECONDS


def _asked_secret(question: str) -> str:
    """A line typed unseen, or piped in: a secret has no place on the command line, where others can read it."""
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(question)
    return sys.stdin.readline(_LONGEST_LINE)


def say(line: str) -> None:
    """A line for whoever typed the command."""
    sys.stdout.write(f"{for_terminal(line)}\n")
    sys.stdout.flush()
