"""The composition root: a store and a gateway become the use cases of one shop. Only this level sees everything."""

from collections.abc import Callable
from dataclasses import dataclass

from sellerdesk.background import IDLE_MOST_SECONDS, Background
from sellerdesk.clock import Clock
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.services.adopt import Adopt
from sellerdesk.services.approving import Approving
from sellerdesk.services.audit import RunAudit
from sellerdesk.services.back_order import BackOrder
from sellerdesk.services.card_attempts import ReadAttempts
from sellerdesk.services.catalogue import KeepCatalogue
from sellerdesk.services.catch_up import CatchUp, NoMemory
from sellerdesk.services.check_now import CheckNow
from sellerdesk.services.conduct import Conductor, nowhere
from sellerdesk.services.confirm_again import ConfirmAgain
from sellerdesk.services.desk import Desk, OpenShop, ShopInfo
from sellerdesk.services.duty import Duty
from sellerdesk.services.intents import Intents
from sellerdesk.services.keeping import Backups, SentMemory
from sellerdesk.services.orders import ReadOrders
from sellerdesk.services.overview import ReadFigures
from sellerdesk.services.pay_order import PayOrder
from sellerdesk.services.paying import Paying
from sellerdesk.services.place_order import PlaceOrder
from sellerdesk.services.ports import PaymentGateway, Store
from sellerdesk.services.prepare import Prepare
from sellerdesk.services.refund import Refunding
from sellerdesk.services.release import Release
from sellerdesk.services.renew import Renew
from sellerdesk.services.resolve import Resolve
from sellerdesk.services.review import Review
from sellerdesk.services.ship import Ship
from sellerdesk.services.shop import Shop
from sellerdesk.services.shopfront import Shopfront
from sellerdesk.services.stock import SetStock
from sellerdesk.services.sweep import Sweep
from sellerdesk.services.sync import Sync


@dataclass(frozen=True, slots=True)
class Works:
    """The use cases of one shop, joined to its store and its gateway."""

    store: Store
    gateway: PaymentGateway
    clock: Clock
    desk: Desk
    shopfront: Shopfront
    resolve: Resolve
    catch_up: CatchUp
    sweep: Sweep


def by_server() -> ConfirmationRoad:
    """The road of a shop that was told nothing else."""
    return ConfirmationRoad.SERVER


def assemble(
    store: Store,
    gateway: PaymentGateway,
    clock: Clock,
    *,
    seat: str,
    installation: str,
    road: Callable[[], ConfirmationRoad] = by_server,
    memory: SentMemory | None = None,
    reached: Callable[[str], None] = nowhere,
) -> Works:
    """Join the parts. ``seat`` names this desk in timelines and locks, ``installation`` marks our intents, ``road`` is
    asked for each new order. ``memory`` keeps what was sent, so that an older copy of the database is noticed; one that
    is thrown away needs none."""
    memory = memory or NoMemory()
    conductor = Conductor(store, gateway, clock, seat, memory, reached)
    adopt = Adopt(store, gateway, clock)
    sync = Sync(store, gateway, adopt, clock)
    catch_up = CatchUp(store, gateway, adopt, sync, clock, memory)
    renew = Renew(store, conductor, clock, seat, installation)
    desk = Desk(
        orders=ReadOrders(store, clock),
        attempts=ReadAttempts(store, gateway),
        prepare=Prepare(store, conductor, clock, seat),
        ship=Ship(store, conductor, clock, seat),
        release=Release(store, conductor, clock, seat),
        refund=Refunding(store, conductor, clock, seat),
        back_order=BackOrder(store, conductor, clock, seat, installation),
        renew=renew,
        review=Review(store, gateway, conductor, clock, seat),
        check=CheckNow(store, conductor),
        sync=sync,
        clock=clock,
        seat=seat,
        figures=ReadFigures(store, clock),
        catalogue=KeepCatalogue(store),
        stock=SetStock(store),
        audit=RunAudit(store, gateway, adopt, clock),
    )
    again = ConfirmAgain(store, gateway, conductor, clock)
    paying = Paying(store, gateway, conductor, again, clock)
    intents = Intents(store, conductor, clock, installation, road)
    return Works(
        store=store,
        gateway=gateway,
        clock=clock,
        desk=desk,
        shopfront=Shopfront(
            shop=Shop(store),
            place_order=PlaceOrder(store, conductor, paying, intents, clock, road),
            pay_order=PayOrder(store, paying, intents),
            approving=Approving(store, gateway, conductor, clock),
            clock=clock,
        ),
        resolve=Resolve(store, conductor, again, renew, catch_up, clock),
        catch_up=catch_up,
        sweep=Sweep(store, gateway, conductor, clock, installation),
    )


def open_shop(
    works: Works,
    info: ShopInfo,
    changes: Callable[[], int],
    *closers: Callable[[], None],
    idle_most: float = IDLE_MOST_SECONDS,
    find_page: Callable[[], str | None] | None = None,
    sweeps: bool = True,
    backups: Backups | None = None,
    duty: Duty | None = None,
) -> OpenShop:
    """Start the background of ``works`` and give the window its shop. Closing stops the background first, then
    calls ``closers`` in turn, once. ``idle_most`` and ``find_page`` are the background's; without ``sweeps``
    unfinished checkouts stay open; ``backups`` are made once a day. ``duty`` is there where several seats share the
    database."""
    background = Background(
        works.desk.sync,
        works.resolve,
        changes,
        idle_most=idle_most,
        find_page=find_page,
        sweep=works.sweep if sweeps else None,
        audit=works.desk.audit,
        catch_up=works.catch_up,
        backups=backups,
        duty=duty,
    )
    background.start()
    steps = [background.stop, *closers]

    def close() -> None:
        while steps:
            steps.pop(0)()

    return OpenShop(info, works.desk, background, close)
