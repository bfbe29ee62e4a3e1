"""One connected shop: its database, its keys, what it sells, its checkout page, and what Stripe says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sellerdesk.addresses import Addresses
from sellerdesk.clock import Clock
from sellerdesk.credentials import DATABASE_PASSWORD, SECRET_KEY, Credentials
from sellerdesk.doctor.findings import Finding, bad, good, guarded, note, skipped
from sellerdesk.doctor.folders import settings_notes
from sellerdesk.domain.account import Permission
from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import DatabaseTooNew, KeyNotUsable
from sellerdesk.domain.keys import KeyKind, classify, hint, read_publishable_key
from sellerdesk.page_probe import Answers, who_answers
from sellerdesk.settings import PUBLIC_ADDRESS, PUBLISHABLE_KEY, SHOP_NAME, Settings

if TYPE_CHECKING:
    from sellerdesk.store.health import FileHealth

# A difference that a person would not notice; SellerDesk reckons with Stripe's time anyway.
_CLOCK_MAY_DIFFER = 30
# Beyond it certificates and sign-ins of other programs begin to fail, too.
_CLOCK_IS_WRONG = 300
_NAMED_PICTURES = 5
_READ_RIGHTS = "Add it to the key at Stripe, or replace the key in Settings."


@dataclass(frozen=True, slots=True)
class ShopFiles:
    """What a look at one shop needs. ``is_open_last`` tells the shop that the desk opens, ``shared``
    where its orders are when they are not in the file ``database``."""

    profile: str
    folder: Path
    database: Path
    pictures: Path
    settings: Settings
    addresses: Addresses
    port: int
    is_open_last: bool
    shared: DatabaseAddress | None = None

    @property
    def livemode(self) -> bool:
        return self.profile.endswith("-live")


def shop(files: ShopFiles, *, deep: bool, online: bool) -> Iterator[Finding]:
    """Everything about one shop, each finding marked with it."""
    looks = (
        ("Shop", lambda: _who(files)),
        ("Settings", lambda: settings_notes(files.settings)),
        ("Database", lambda: _database(files, deep)),
        ("Secret key", lambda: _secret_key(files)),
        ("Publishable key", lambda: _publishable_key(files)),
        ("Webhook", _webhook),
        ("Stripe", lambda: _online(files) if online else _not_asked()),
        ("Catalogue", lambda: _catalogue(files)),
        ("Checkout page", lambda: _page(files)),
    )
    for about, look in looks:
        for finding in guarded(about, look):
            yield replace(finding, shop=files.profile)


def _who(files: ShopFiles) -> Iterator[Finding]:
    mode = "live mode, real money" if files.livemode else "test mode, no real money"
    last = ", the one that the desk opens" if files.is_open_last else ""
    name = files.settings.get(SHOP_NAME) or files.profile
    yield good("Shop", f"{name}, {mode}{last}, in {files.folder}.")
    if not files.addresses.is_stripe:
        yield note("Shop", f"It talks to {files.addresses.api_base}, not to Stripe.", "Right for tests only.")


def _database(files: ShopFiles, deep: bool) -> Iterator[Finding]:
    if not files.shared and not files.database.exists():
        yield note("Database", "There is none yet; it is made when the shop is opened.")
        return
    try:
        health = _health(files, deep=deep)
    except DatabaseTooNew as error:
        yield bad("Database", str(error))
        return
    shared = f" {files.shared.shown}, shared by several seats;" if files.shared else ""
    if health.damage:
        yield bad("Database", f"It is damaged: {'; '.join(health.damage)[:300]}", "Restore a backup before you go on.")
    elif not health.is_newest:
        old = f"revision {health.revision}" if health.revision else "empty"
        yield note("Database", f"It opens;{shared} {old}, brought up to {health.newest} when the shop is opened.")
    else:
        whole = ", whole" if deep and not shared else ""
        yield good("Database", f"It opens;{shared} revision {health.revision}, the newest{whole}.")
    if not deep and not shared:
        yield skipped("Database", "Not read through. With --deep it is, which may take a while.")


def _health(files: ShopFiles, *, deep: bool = False) -> "FileHealth":
    from sellerdesk.store.health import look_at, look_at_server

    if files.shared is None:
        return look_at(files.database, deep=deep)
    return look_at_server(files.shared, _password(files))


def _password(files: ShopFiles) -> str | None:
    return Credentials(files.profile).get(DATABASE_PASSWORD) if files.shared else None


def _secret_key(files: ShopFiles) -> Iterator[Finding]:
    key = Credentials(files.profile).get(SECRET_KEY)
    if key is None:
        yield bad(
            "Secret key",
            "It is not in the keyring any more, so the shop cannot be opened. Its orders are all here.",
            "Connect Stripe again with a key of the same account.",
        )
        return
    facts = classify(key)
    if facts.kind not in (KeyKind.SECRET, KeyKind.RESTRICTED) or facts.livemode is not files.livemode:
        mode = "live" if files.livemode else "test"
        yield bad("Secret key", f"What is in the keyring is no {mode} key.", "Replace the key in Settings.")
    elif facts.kind is KeyKind.SECRET:
        yield note(
            "Secret key",
            f"{hint(key)} is in the keyring. It may do everything at Stripe.",
            "A restricted key does less harm in wrong hands: replace it in Settings.",
        )
    else:
        yield good("Secret key", f"{hint(key)} is in the keyring, a restricted key.")


def _publishable_key(files: ShopFiles) -> Iterator[Finding]:
    key = files.settings.get(PUBLISHABLE_KEY)
    if not key:
        yield note("Publishable key", "There is none: the checkout page cannot start.", "Enter it in Settings, Keys.")
        return
    try:
        read_publishable_key(key, files.livemode)
    except KeyNotUsable as error:
        yield bad("Publishable key", str(error), "Enter it anew in Settings, Keys.")
        return
    yield good("Publishable key", f"{hint(key)}, of the same mode as the secret key.")


def _webhook() -> Iterator[Finding]:
    yield good("Webhook", "None is needed: SellerDesk asks Stripe for news by itself.")


def _not_asked() -> Iterator[Finding]:
    yield skipped("Stripe", "Not asked. With --online the key, its permissions and the clock are tried there.")


def _online(files: ShopFiles) -> Iterator[Finding]:
    """Whether the key works, what it may do, and how the clocks differ. Raises CallError's family."""
    from sellerdesk.gateway.stripe_gateway import StripeGateway

    key = Credentials(files.profile).get(SECRET_KEY)
    if key is None:
        yield skipped("Stripe", "Not asked: there is no key.")
        return
    clock = Clock()
    account = StripeGateway(key, files.addresses, clock).check_key()
    who = ", ".join(each for each in (account.name, account.account_id) if each) or "an account it may not read"
    yield good("Stripe", f"The key works, for {who}.")
    for permission in account.permissions:
        yield _right(permission)
    yield _clock(clock.offset)


def _right(permission: Permission) -> Finding:
    what = f"{permission.name} ({permission.access})"
    if permission.granted:
        return good("Permission", f"{what}: {permission.purpose}.")
    if permission.granted is None:
        return note("Permission", f"{what}: could not be found out now.", "Look again in a minute.")
    says = f"{what} is missing: {permission.without or permission.purpose}."
    return bad("Permission", says, _READ_RIGHTS) if permission.required else note("Permission", says, _READ_RIGHTS)


def _clock(offset: int) -> Finding:
    """``offset``: seconds that Stripe's clock is ahead."""
    if abs(offset) <= _CLOCK_MAY_DIFFER:
        return good("Clock", "Agrees with Stripe’s.")
    which = "behind" if offset > 0 else "ahead of"
    says = f"This computer is {abs(offset)} seconds {which} Stripe. Deadlines are reckoned with Stripe’s time."
    todo = "Set the clock of this computer, or let it be set by itself."
    return bad("Clock", says, todo) if abs(offset) > _CLOCK_IS_WRONG else note("Clock", says, todo)


def _catalogue(files: ShopFiles) -> Iterator[Finding]:
    from sellerdesk.store.database import look_into

    if (not files.shared and not files.database.exists()) or not _health(files).is_newest:
        yield skipped("Catalogue", "Not read: the database must be made or brought up to date first.")
        return
    store = look_into(files.shared or files.database, password=_password(files))
    try:
        with store.read() as unit:
            products = [each for each in unit.catalogue.products() if not each.withdrawn]
            rates = unit.catalogue.shipping_rates()
    finally:
        store.close()
    if not products or not rates:
        yield note(
            "Catalogue",
            f"{len(products)} products and {len(rates)} shipping rates: the checkout page cannot start without either.",
            "sellerdesk catalogue import PRODUCTS.csv SHIPPING.csv",
        )
        return
    yield good("Catalogue", f"{len(products)} products for sale, {len(rates)} shipping rates.")
    missing = [each.picture for each in products if each.picture and not (files.pictures / each.picture).is_file()]
    if missing:
        named = ", ".join(missing[:_NAMED_PICTURES]) + (" …" if len(missing) > _NAMED_PICTURES else "")
        yield note("Catalogue", f"{len(missing)} pictures are missing: {named}.", f"Put them into {files.pictures}.")


def _page(files: ShopFiles) -> Iterator[Finding]:
    public = files.settings.get(PUBLIC_ADDRESS)
    host = public.removeprefix("https://")
    where = f"port {files.port} of this computer"
    match who_answers(files.port, files.profile, host):
        case Answers.PAGE:
            yield good("Checkout page", f"It answers at {where}.")
        case Answers.NOBODY:
            yield good("Checkout page", f"It is not running; {where} is free for it.")
        case Answers.SILENT:
            yield note("Checkout page", f"Somebody listens at {where} and says nothing.", "Look again in a minute.")
        case _:
            yield note(
                "Checkout page",
                f"At {where} another program answers, or the page of another shop, so this one cannot start there.",
                "Choose another port in Settings, Checkout page.",
            )
    if public:
        yield good("Checkout page", f"Its public address is {public}; your web server must lead from there to {where}.")
    else:
        yield note(
            "Checkout page",
            "It has no public address, so only this computer reaches it.",
            "For shoppers elsewhere put a web server with HTTPS before it, and name its address in Settings.",
        )
