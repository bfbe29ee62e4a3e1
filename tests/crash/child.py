"""A process that dies on purpose. Started once, it forks for each piece of work, so that a death costs no start-up.

It is started with the sandbox's address, a key and the database's place. One JSON object a line comes in; the child's
process id and then its exit status go out, one a line. No connection and no open file of the database survives a fork:
children inherit nothing but code and SQLAlchemy's compiled statements.
"""

import gc
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works, assemble
from sellerdesk.domain.database_address import looks_like_database, read_database_address
from sellerdesk.domain.errors import CheckoutClosed
from sellerdesk.domain.order import Order
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.store.database import open_store
from tests import wiring
from tests.engines import Place

DIED = 137
COMMIT = " + commit"
"""Behind a gap's name: the next commit after it, just before the database is asked for it. The first one of all has
nothing before it."""


def to_place(text: str) -> Place:
    """A database's place, as it is written on a command line."""
    return read_database_address(text) if looks_like_database(text) else Path(text)


class Ending:
    """Ends the process, as a power cut would, the first time it comes to ``gap``."""

    def __init__(self, gap: str) -> None:
        self._gap = gap
        self._last = ""

    def __call__(self, place: str) -> None:
        if place == self._gap:
            os._exit(DIED)
        self._last = place

    def before_commit(self, _connection: Connection) -> None:
        """Listens to the writing transactions."""
        if self._gap == self._last + COMMIT:
            os._exit(DIED)


class Worker:
    """Does pieces of work on one database."""

    def __init__(self, url: str, key: str, place: str) -> None:
        self.url = url
        self.key = key
        # A process that dies takes nothing with it that it gave to the system: only a power cut would.
        self.store = open_store(to_place(place), seat="Worker", durable=False)

    def work(self, job: dict[str, Any]) -> None:
        """Do ``steps``, each a name with its arguments."""
        clock = wiring.MovedClock(job["ahead"])
        gateway = StripeGateway(self.key, Addresses.at(self.url), clock)
        ending = Ending(job["gap"])
        event.listen(self.store._writer, "commit", ending.before_commit)
        works = assemble(self.store, gateway, clock, seat=job["seat"], installation=job["installation"], reached=ending)
        for name, *arguments in job["steps"]:
            _STEPS[name](works, clock, *arguments)
        gateway.close()

    def warm_up(self) -> None:
        """Live through one order, so that every statement is compiled; then let all connections go."""
        checkout = "warm-up"
        self._rehearse("place", checkout)
        self._rehearse("pay", checkout, self._order(checkout).reference, "pm_card_visa")
        self._rehearse("resolve")
        self._rehearse("poll")
        order = self._order(checkout)
        self._rehearse("prepare", "1" * 32, order.id, order.version)
        self.store._writer.dispose()
        self.store._reader.dispose()

    def _rehearse(self, *step: Any) -> None:
        self.work({"ahead": 0, "seat": "Worker", "installation": "", "gap": "nowhere", "steps": [step]})

    def _order(self, checkout_id: str) -> Order:
        with self.store.read() as unit:
            order = unit.orders.by_checkout(checkout_id)
        assert order is not None
        return order


def _place(works: Works, _clock: wiring.MovedClock, checkout_id: str) -> None:
    works.shopfront.place_order.place(checkout_id, wiring.CART, wiring.ADA, False)


def _place_less(works: Works, _clock: wiring.MovedClock, checkout_id: str) -> None:
    """Another cart from the same browser, which gives the first one up."""
    with suppress(CheckoutClosed):
        works.shopfront.place_order.place(checkout_id, wiring.CART[:1], wiring.ADA, False)


def _pay(works: Works, _clock: wiring.MovedClock, checkout_id: str, reference: str, token: str) -> None:
    works.shopfront.pay_order.pay(checkout_id, reference, token, wiring.RETURN_URL)


def _prepare(works: Works, _clock: wiring.MovedClock, operation_id: str, order_id: str, version: int) -> None:
    works.desk.prepare.run(operation_id, order_id, version, {1: 0})


def _ship(works: Works, _clock: wiring.MovedClock, operation_id: str, order_id: str, version: int) -> None:
    works.desk.ship.run(operation_id, order_id, version, (wiring.PARCEL,))


def _release(works: Works, _clock: wiring.MovedClock, operation_id: str, order_id: str, version: int) -> None:
    works.desk.release.run(operation_id, order_id, version, ReleaseReason.DUPLICATE)


def _refund(works: Works, _clock: wiring.MovedClock, operation_id: str, order_id: str, version: int) -> None:
    """One mug of two."""
    order = works.desk.orders.view(order_id).order
    if any(each.operation_id == operation_id for each in order.refunds):
        return
    plan = works.desk.refund.preview_lines(order, order.payment.id, {0: 1})
    works.desk.refund.run(operation_id, order_id, version, plan, RefundReason.REQUESTED_BY_CUSTOMER, "One broke.")


def _back_order(works: Works, _clock: wiring.MovedClock, operation_id: str, order_id: str, version: int) -> None:
    """The teapot that was left out."""
    order = works.desk.orders.view(order_id).order
    plan = works.desk.back_order.preview(order, {1: 1})
    works.desk.back_order.run(operation_id, order_id, version, plan)


def _renew(works: Works, _clock: wiring.MovedClock, operation_id: str, order_id: str, version: int) -> None:
    order = works.desk.orders.view(order_id).order
    plan = works.desk.renew.offer(order).plan
    assert plan is not None
    works.desk.renew.run(operation_id, order_id, version, plan)


def _charge_again(works: Works, _clock: wiring.MovedClock, operation_id: str, order_id: str, version: int) -> None:
    works.desk.back_order.try_again(operation_id, order_id, version)


def _approve(works: Works, _clock: wiring.MovedClock, link_token: str) -> None:
    works.shopfront.approving.start(link_token, wiring.RETURN_URL)


def _resolve(works: Works, clock: wiring.MovedClock) -> None:
    for _ in range(6):
        if not works.resolve.run_due().waiting:
            return
        clock.advance()


def _poll(works: Works, _clock: wiring.MovedClock) -> None:
    works.desk.sync.poll()


_STEPS: dict[str, Callable[..., None]] = {
    "place": _place,
    "place_less": _place_less,
    "pay": _pay,
    "prepare": _prepare,
    "ship": _ship,
    "release": _release,
    "refund": _refund,
    "back_order": _back_order,
    "renew": _renew,
    "charge_again": _charge_again,
    "approve": _approve,
    "resolve": _resolve,
    "poll": _poll,
}


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork for every line until there are no more."""
    worker = Worker(*sys.argv[1:])
    worker.warm_up()
    # What is there stays: no child copies pages only because its collector wrote to them.
    gc.collect()
    gc.freeze()
    _tell(0)
    for text in sys.stdin:
        job = json.loads(text)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                worker.work(job)
                status = 0
            except BaseException:
                sys.excepthook(*sys.exc_info())
                sys.stderr.flush()
            finally:
                os._exit(status)
        _tell(pid)
        _tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main()
