"""Opening shops: keys from the keyring, settings and database from the profile's folder, Stripe at its address."""

import hashlib
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sellerdesk.addresses import Addresses, check_key_fits
from sellerdesk.app import Works, assemble, open_shop
from sellerdesk.clock import Clock
from sellerdesk.credentials import SECRET_KEY, SIGNING_SECRET, Credentials
from sellerdesk.databases import Databases
from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import KeyNotUsable, ReadOnlyPlace
from sellerdesk.domain.keys import classify, hint, read_publishable_key, read_secret_key
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.page_probe import find_page
from sellerdesk.profile_keys import ProfileKeys
from sellerdesk.sent_memory import FileMemory
from sellerdesk.services.catch_up import notice_return
from sellerdesk.services.desk import Mode, OpenShop, ShopInfo
from sellerdesk.services.duty import Duty
from sellerdesk.services.keeping import Backups
from sellerdesk.services.ports import EventReader
from sellerdesk.settings import (
    ACCOUNT,
    CHECKOUT_PORT,
    CONFIRMATION_ROAD,
    LAST_PROFILE,
    POLL_SECONDS,
    PROFILE,
    PUBLIC_ADDRESS,
    PUBLISHABLE_KEY,
    SEAT_NAME,
    SETTINGS_FILE,
    SHOP_NAME,
    STRIPE_API,
    Places,
    Setting,
    Settings,
)

if TYPE_CHECKING:
    from sellerdesk.demo import DemoShop

PICTURES = "pictures"
# Beside the settings of the program: who copies a profile does not take it along.
SENT = "sent"


@dataclass(frozen=True, slots=True)
class ProfileWorks:
    """A profile's use cases with what the window or the checkout server needs beside them. ``close`` lets the
    database go; ``backups`` is None where a server has it."""

    name: str
    works: Works
    info: ShopInfo
    addresses: Addresses
    publishable_key: str
    pictures: Path
    settings: Settings
    changes: Callable[[], int]
    close: Callable[[], None]
    backups: Backups | None


class Shops:
    """Opens the demo shop and the shops of connected Stripe accounts. Implements the port ``ShopOpener``.

    ``api_base`` overrides Stripe's address of every profile, '' leaves it as the profile has it; ``database`` likewise
    overrides where its orders are. ``demo_shop`` is the demo opened last, with what lies behind its window.
    """

    def __init__(
        self,
        places: Places,
        settings: Settings,
        api_base: str = "",
        demo_port: int = 0,
        database: DatabaseAddress | None = None,
    ) -> None:
        self.databases = Databases(places, database)
        self._places = places
        self._settings = settings
        self._api_base = api_base
        self._demo_port = demo_port
        self._of_profiles: dict[str, Settings] = {}
        self.demo_shop: DemoShop | None = None

    def last(self) -> OpenShop | None:
        name = self._settings.get(LAST_PROFILE)
        return self._open(self.works(name)) if name else None

    def demo(self, progress: Callable[[str, int, int], None]) -> OpenShop:
        from sellerdesk.demo import PROFILE as DEMO
        from sellerdesk.demo import open_demo

        road = road_from(self._places.profile_settings_file(DEMO))
        self.demo_shop = open_demo(self._places.profile(DEMO), progress, road, checkout_port=self._demo_port)
        return self.demo_shop.shop

    def check(self, secret_key: str) -> AccountFacts:
        from sellerdesk.gateway.stripe_gateway import StripeGateway

        key = read_secret_key(secret_key, None)
        addresses = self._addresses("")
        check_key_fits(classify(key), addresses)
        return StripeGateway(key, addresses, Clock()).check_key()

    def keyring_name(self) -> str:
        return Credentials("").where()

    def connect(self, secret_key: str, publishable_key: str) -> OpenShop:
        account = self.check(secret_key)
        key = read_secret_key(secret_key, account.livemode)
        publishable = read_publishable_key(publishable_key, account.livemode) if publishable_key.strip() else ""
        name = self._profile_of(account, key)
        # First, so that a keyring that refuses leaves no folder behind.
        Credentials(name).set(SECRET_KEY, key)
        profile = self.settings_of(name)
        changes: dict[Setting[Any], object] = {
            STRIPE_API: self._addresses("").api_base,
            PUBLISHABLE_KEY: publishable,
            ACCOUNT: account.account_id or profile.get(ACCOUNT),
            SHOP_NAME: profile.get(SHOP_NAME) or account.name[:80],
        }
        profile.change(changes)
        self._settings.change({LAST_PROFILE: name})
        return self._open(self.works(name))

    def keys(self, profile: str) -> ProfileKeys:
        settings = self.settings_of(profile)
        addresses = self.addresses_of(profile)
        return ProfileKeys(
            profile, lambda: self.databases.open(profile, settings, self._seat()), settings, self._settings, addresses
        )

    def settings_of(self, profile: str) -> Settings:
        """The settings of a profile, as they are in its file now. What could not be written holds until the end, so
        there is one value of each profile. Raises ReadOnlyPlace."""
        settings = self._of_profiles.get(profile)
        if settings is None:
            settings = Settings.load(self._places.profile_settings_file(profile), PROFILE)
            self._of_profiles[profile] = settings
        else:
            settings.refresh()
        return settings

    def last_profile(self) -> str:
        """The profile of the shop connected last. Raises KeyNotUsable when there is none."""
        name = self._settings.get(LAST_PROFILE)
        if not name:
            raise KeyNotUsable("No shop is connected yet. Start sellerdesk, choose Connect Stripe, then try again.")
        return name

    def profiles(self) -> tuple[str, ...]:
        """The shops that were connected here, by the names of their profiles; the demo is none."""
        return tuple(sorted(file.parent.name for file in self._places.data.glob(f"*-*/{SETTINGS_FILE}")))

    def addresses_of(self, profile: str) -> Addresses:
        """Where Stripe is for a profile. Raises ReadOnlyPlace."""
        return self._addresses(self.settings_of(profile).get(STRIPE_API))

    def works(self, name: str = "") -> ProfileWorks:
        """The use cases of the profile ``name``, '' for the one connected last, without a background.

        Raises KeyNotUsable when there is none or its key is gone, KeyringError's and StoreError's families.
        """
        from sellerdesk.gateway.stripe_gateway import StripeGateway

        name = name or self.last_profile()
        key = Credentials(name).get(SECRET_KEY)
        if key is None:
            raise KeyNotUsable(
                "The key of this shop is not in the keyring any more. Nothing is lost: connect Stripe again with the "
                "same account, and its orders are here."
            )
        folder = self._places.profile(name)
        profile = self.settings_of(name)
        addresses = self._addresses(profile.get(STRIPE_API))
        clock = Clock()
        gateway = StripeGateway(key, addresses, clock)
        seat = self._seat()
        store = self.databases.open(name, profile, seat)
        road = road_from(self._places.profile_settings_file(name))
        installation = store.installation()
        memory = FileMemory(self._places.config / SENT, installation)
        notice_return(store, memory, clock.now())
        works = assemble(store, gateway, clock, seat=seat, installation=installation, road=road, memory=memory)
        mode = Mode.LIVE if classify(key).livemode else Mode.TEST
        shared = self.databases.shared(profile)
        info = ShopInfo(
            mode=mode,
            name=profile.get(SHOP_NAME) or name,
            key_hint=hint(key),
            other_address="" if addresses.is_stripe else addresses.api_base,
            checkout_url=profile.get(PUBLIC_ADDRESS),
            profile=name,
            shared_database=shared.shown if shared is not None else "",
        )
        pictures = folder / PICTURES
        return ProfileWorks(
            name,
            works,
            info,
            addresses,
            profile.get(PUBLISHABLE_KEY),
            pictures,
            profile,
            store.changes,
            store.close,
            self.databases.backups(name, profile),
        )

    def event_reader(self, profile: ProfileWorks) -> EventReader | None:
        """What proves the events that Stripe sends to this shop; None where no signing secret is kept. Raises
        KeyringError's family."""
        from sellerdesk.gateway.webhooks import WebhookReader

        secret = Credentials(profile.name).get(SIGNING_SECRET)
        if secret is None:
            return None
        return WebhookReader(secret, profile.info.mode is Mode.LIVE, profile.works.clock)

    def _open(self, profile: ProfileWorks) -> OpenShop:
        """A page without a public address is looked for on this computer."""
        works = profile.works
        is_shared = self.databases.shared(profile.settings) is not None
        return open_shop(
            works,
            profile.info,
            profile.changes,
            profile.close,
            idle_most=profile.settings.get(POLL_SECONDS),
            find_page=None if profile.info.checkout_url else lambda: self._find_page(profile.name),
            backups=profile.backups,
            duty=Duty(works.store, works.clock, works.desk.seat) if is_shared else None,
        )

    def _seat(self) -> str:
        return self._settings.get(SEAT_NAME) or platform.node()[:40] or "This computer"

    def _find_page(self, profile: str) -> str | None:
        return find_page(self._settings.get(CHECKOUT_PORT), profile)

    def _profile_of(self, account: AccountFacts, key: str) -> str:
        """The profile that has this account already, whatever it is called, or the name for a new one."""
        name = profile_name(account, key)
        mode = name.rpartition("-")[2]
        if account.account_id and not (self._places.data / name).exists():
            for folder in sorted(self._places.data.glob(f"key-*-{mode}")):
                with suppress(ReadOnlyPlace):
                    if self.settings_of(folder.name).get(ACCOUNT) == account.account_id:
                        return folder.name
        return name

    def _addresses(self, of_profile: str) -> Addresses:
        base = self._api_base or of_profile
        return Addresses.at(base) if base else Addresses.stripe()


def road_from(settings_file: Path) -> Callable[[], ConfirmationRoad]:
    """The road of a profile as its settings say at each new order: another process may have changed it since."""
    return lambda: ConfirmationRoad(Settings.load(settings_file, PROFILE).get(CONFIRMATION_ROAD))


def profile_name(account: AccountFacts, key: str) -> str:
    """'<account>-test' or '<account>-live'. A key that may not read its account stands for it by a fingerprint."""
    mode = "live" if account.livemode else "test"
    return f"{account.account_id or 'key-' + hashlib.sha256(key.encode()).hexdigest()[:12]}-{mode}"
