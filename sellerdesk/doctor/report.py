"""The doctor's round: one look after another, said line by line or as one value for a machine."""

import argparse
import logging
import sys
from collections.abc import Iterator

from sellerdesk import __version__
from sellerdesk.addresses import parse_api_base
from sellerdesk.databases import DATABASE
from sellerdesk.doctor import computer, folders
from sellerdesk.doctor.findings import Finding, as_json, bad, good, guarded, is_healthy, line, note
from sellerdesk.doctor.keyring import keyring
from sellerdesk.doctor.shop import ShopFiles, shop
from sellerdesk.domain.database_address import read_database_address
from sellerdesk.domain.errors import ReadOnlyPlace
from sellerdesk.logs import configure
from sellerdesk.settings import CHECKOUT_PORT, LAST_PROFILE, Places, Settings, places
from sellerdesk.shops import PICTURES, Shops


def doctor(options: argparse.Namespace) -> int:
    """Look at everything; the exit status is 1 when something that is needed does not work."""
    found: list[Finding] = []
    for finding in examine(options):
        if not options.json:
            if finding.shop and not (found and found[-1].shop == finding.shop):
                _say("")
            _say(line(finding))
        found.append(finding)
    healthy = is_healthy(found)
    if options.json:
        _say(as_json(found, __version__))
    else:
        count = sum(each.state.value == "bad" for each in found)
        _say("")
        _say("Everything that is needed works." if healthy else f"{count} of the above must be put right.")
    return 0 if healthy else 1


def examine(options: argparse.Namespace) -> Iterator[Finding]:
    """Every finding, as it is found. Raises a RefusedError for a wrong option."""
    api_base = parse_api_base(options.stripe_api_base) if options.stripe_api_base else ""
    chosen = read_database_address(options.database) if options.database else None
    yield good("SellerDesk", __version__)
    for about, look in (
        ("Python", computer.python),
        ("Qt", computer.qt),
        ("SQLite", computer.sqlite),
        ("Browser", computer.browser),
    ):
        yield from guarded(about, look)
    where = _places(options)
    if where is None:
        # What the libraries have to say goes nowhere: there is no file for it.
        logging.getLogger().addHandler(logging.NullHandler())
    else:
        yield from guarded("Data", lambda: folders.folders(where))
    yield from guarded("Keyring", lambda: keyring(deep=options.deep))
    if where is None:
        yield from guarded("Data", lambda: _no_places(options))
        return
    settings = Settings.load(where.settings_file)
    yield from guarded("Settings", lambda: folders.settings_notes(settings))
    shops = Shops(where, settings, api_base, database=chosen)
    yield from _shops(shops, where, settings, options)


def _places(options: argparse.Namespace) -> Places | None:
    try:
        where = places(options.data_dir)
        configure(where.state, "doctor")
    except ReadOnlyPlace:
        return None
    return where


def _no_places(options: argparse.Namespace) -> Iterator[Finding]:
    """Raises ReadOnlyPlace again, with its sentence."""
    configure(places(options.data_dir).state, "doctor")
    yield bad("Data", "The folders could not be written a moment ago.", "Look again.")


def _shops(shops: Shops, where: Places, settings: Settings, options: argparse.Namespace) -> Iterator[Finding]:
    profiles = shops.profiles()
    last = settings.get(LAST_PROFILE)
    if not profiles:
        yield note("Shop", "None is connected yet.", "Start sellerdesk and connect Stripe, or try the demo shop.")
    if last and last not in profiles:
        yield bad("Shop", f"The shop that was open last ({last}) is not in the data folder.", "Connect Stripe again.")
    for profile in profiles:
        folder = where.data / profile
        files = ShopFiles(
            profile=profile,
            folder=folder,
            database=folder / DATABASE,
            pictures=folder / PICTURES,
            settings=shops.settings_of(profile),
            addresses=shops.addresses_of(profile),
            port=settings.get(CHECKOUT_PORT),
            is_open_last=profile == last,
            shared=shops.databases.shared(shops.settings_of(profile)),
        )
        yield from shop(files, deep=options.deep, online=options.online)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
