"""What the desktop window works with: an open shop as one value, and how one is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from sellerdesk.domain.audit import Audit
from sellerdesk.domain.standing import Behind, CaughtUp

# What the use cases are made of is loaded with the shop, not with the first window.
if TYPE_CHECKING:
    from sellerdesk.clock import Clock
    from sellerdesk.domain.account import AccountFacts
    from sellerdesk.services.audit import RunAudit
    from sellerdesk.services.back_order import BackOrder
    from sellerdesk.services.card_attempts import ReadAttempts
    from sellerdesk.services.catalogue import KeepCatalogue
    from sellerdesk.services.check_now import CheckNow
    from sellerdesk.services.orders import ReadOrders
    from sellerdesk.services.overview import ReadFigures
    from sellerdesk.services.practice import Practice
    from sellerdesk.services.prepare import Prepare
    from sellerdesk.services.refund import Refunding
    from sellerdesk.services.release import Release
    from sellerdesk.services.renew import Renew
    from sellerdesk.services.review import Review
    from sellerdesk.services.ship import Ship
    from sellerdesk.services.shop_keys import ShopKeys
    from sellerdesk.services.stock import SetStock
    from sellerdesk.services.sync import Sync


class Mode(StrEnum):
    """Which money moves."""

    LIVE = "live"
    TEST = "test"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class ShopInfo:
    """What the band says. ``key_hint`` is the tail of the key ('…h7Qx') or ''; ``other_address`` is the API's
    address when it is not Stripe's own, else ''; ``checkout_url`` is where shoppers order, or ''. ``profile`` names
    what is kept of the shop: its settings, its database, its keys. ``shared_database`` is what a sentence calls the
    database that several seats share, or '' where the orders are in a file of this computer."""

    mode: Mode
    name: str
    key_hint: str
    other_address: str
    checkout_url: str
    profile: str = ""
    shared_database: str = ""


@dataclass(frozen=True, slots=True)
class OrdersChanged:
    """Something in the database changed, here or in another process."""


@dataclass(frozen=True, slots=True)
class Synced:
    """Stripe was asked what is new; ``at`` is seconds UTC."""

    at: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """The background work met a failure of the world; the sentence is for the status bar. '' means it is over.
    ``key_refused``: only another key ends it."""

    sentence: str
    key_refused: bool = False


@dataclass(frozen=True, slots=True)
class PageMoved:
    """The checkout page of this shop answers at ``address`` from now on, or nowhere ('')."""

    address: str


@dataclass(frozen=True, slots=True)
class Audited:
    """The orders were compared with Stripe."""

    audit: Audit


@dataclass(frozen=True, slots=True)
class BackupNews:
    """``problem`` is a sentence about the backup that could not be made; '' when one was made again."""

    problem: str


News = Audited | BackupNews | Behind | CaughtUp | OrdersChanged | Synced | Trouble | PageMoved


class Feed(Protocol):
    """Tells what happens in the background."""

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Call ``listener`` at once with how things stand with Stripe, if that is known, and then from a background
        thread for each piece of news; the result ends it."""
        ...

    def sync_now(self) -> None:
        """Ask Stripe at once instead of at the next turn. Returns immediately."""
        ...

    def audit_now(self) -> None:
        """Compare all orders with Stripe at once. Returns immediately."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """The use cases of an open shop. All of them block: call them from a worker, never from the UI thread."""

    orders: "ReadOrders"
    attempts: "ReadAttempts"
    prepare: "Prepare"
    ship: "Ship"
    release: "Release"
    refund: "Refunding"
    back_order: "BackOrder"
    renew: "Renew"
    review: "Review"
    check: "CheckNow"
    sync: "Sync"
    clock: "Clock"
    seat: str
    figures: "ReadFigures"
    catalogue: "KeepCatalogue"
    stock: "SetStock"
    audit: "RunAudit"


@dataclass(eq=False, slots=True)
class OpenShop:
    """An open shop. ``close`` ends its background work and its files; it may take a moment and may be called twice.

    ``info`` is exchanged, in the UI thread, when the checkout page is found at another address. ``practice`` is None
    but for the demo.
    """

    info: ShopInfo
    desk: Desk
    feed: Feed
    close: Callable[[], None]
    practice: "Practice | None" = None


class ShopOpener(Protocol):
    """Opens shops. Every method blocks and raises SellerDeskError's family."""

    def last(self) -> OpenShop | None:
        """The shop used last time, or None at the first start."""
        ...

    def demo(self, progress: Callable[[str, int, int], None]) -> OpenShop:
        """Make the demo shop anew; ``progress`` gets a sentence, steps done and steps in all."""
        ...

    def check(self, secret_key: str) -> "AccountFacts":
        """Whose key this is and what it may do; nothing is kept. Raises KeyNotUsable or CallError."""
        ...

    def keyring_name(self) -> str:
        """The keyring a key would be kept in. Raises KeyringError when there is none."""
        ...

    def connect(self, secret_key: str, publishable_key: str) -> OpenShop:
        """Keep the keys (secret in the keyring, publishable in the settings) and open the shop."""
        ...

    def keys(self, profile: str) -> "ShopKeys":
        """The keys of a connected shop. Does not block."""
        ...
