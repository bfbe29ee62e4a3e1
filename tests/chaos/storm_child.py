"""Seats and a checkout server as processes that are killed whenever somebody likes, forked from one warm parent.

It is started with the sandbox's address, a key, the database's place, the folder for reports and how fast time runs.
One JSON object a line comes in and asks for one more process; its id goes out. When nothing more can come in, all of
them are killed.
"""

import gc
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works, assemble
from sellerdesk.clock import Clock
from sellerdesk.domain.errors import CallError, RefusedError
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.domain.order import Order, Stage
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.domain.refund import RefundReason
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.gateway.stripe_gateway import StripeGateway
from tests import wiring
from tests.crash.child import Worker

CARDS = ("tok_visa", "tok_visa", "tok_visa", "tok_chargeDeclined")
CROWDED = 4
"""So many of the newest orders of a stage are worked on: few, so that seats meet."""


class QuickClock(Clock):
    """All machines agree on the time, and it runs ``pace`` times as fast as usual since ``began`` (monotonic seconds),
    so that leases and back-off run out while the storm lasts."""

    def __init__(self, began: float, base: float, pace: int) -> None:
        super().__init__()
        self.began = began
        self.base = base
        self._pace = pace

    def seconds(self) -> float:
        return self.base + (time.monotonic() - self.began) * self._pace

    def system_ms(self) -> int:
        return int(self.seconds() * 1000)

    def learn(self, stripe_seconds: int) -> None:
        """There is nothing to learn: Stripe looks at the same clock."""


class Reports:
    """What a process leaves behind, one short line at a time, which a death does not tear."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / f"{os.getpid()}.txt", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def tell(self, what: str, more: str) -> None:
        os.write(self._file, (json.dumps([what, more]) + "\n").encode())


class Person:
    """Somebody who works on until the process is killed. Refusals and trouble with Stripe are read and forgotten;
    everything else is a fault of ours."""

    def __init__(self, works: Works, seed: int, reports: Reports) -> None:
        self._works = works
        self._rng = random.Random(seed)
        self._reports = reports

    def sell(self) -> NoReturn:
        """As a seat of the desk; where nothing is to be done, one writes an order down."""
        while True:
            self._try(self._rng.choice((self._prepare, self._prepare, self._after_capture, self._release, self._look)))

    def serve(self) -> NoReturn:
        """As the checkout server, for one shopper after another."""
        while True:
            self._try(self._rng.choice((self._shop, self._shop, self._look)))

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except (RefusedError, CallError) as error:
            self._reports.tell("refused", type(error).__name__)
        except Exception:
            self._reports.tell("fault", traceback.format_exc())

    def _shop(self) -> None:
        front = self._works.shopfront
        checkout_id = new_secret_token()
        for _ in range(self._rng.choice((1, 1, 2))):  # the button is pressed twice now and then
            order = front.place_order.place(checkout_id, wiring.CART, wiring.ADA, False)
        card = self._rng.choice(CARDS)
        with suppress(RefusedError):
            front.pay_order.pay(checkout_id, order.reference, card, wiring.RETURN_URL)
        front.pay_order.pay(checkout_id, order.reference, card, wiring.RETURN_URL)

    def _look(self) -> None:
        """What the background does every few seconds."""
        self._works.resolve.run_due()
        self._works.desk.sync.poll()

    def _prepare(self) -> None:
        order = self._one_of(Stage.TO_PREPARE)
        if order is None:
            self._shop()
            return
        prepare = self._works.desk.prepare
        operation_id = prepare.new_operation()
        kept = self._rng.choice(({}, {1: 0}))
        after = prepare.run(operation_id, order.id, order.version, kept)
        if after.payment.status is PaymentStatus.SUCCEEDED:
            self._reports.tell("done", operation_id)

    def _release(self) -> None:
        order = self._one_of(Stage.TO_PREPARE)
        if order is None:
            self._shop()
            return
        release = self._works.desk.release
        operation_id = release.new_operation()
        after = release.run(operation_id, order.id, order.version, ReleaseReason.OTHER)
        if after.payment.status is PaymentStatus.CANCELED:
            self._reports.tell("done", operation_id)

    def _after_capture(self) -> None:
        order = self._one_of(Stage.TO_SHIP)
        if order is None:
            self._prepare()
            return
        if self._rng.random() < 0.5:
            ship = self._works.desk.ship
            ship.run(ship.new_operation(), order.id, order.version, (wiring.PARCEL,))
            return
        refund = self._works.desk.refund
        plan = refund.preview_lines(order, order.payment.id, {0: 1})
        operation_id = refund.new_operation()
        after = refund.run(operation_id, order.id, order.version, plan, RefundReason.OTHER, "")
        if any(each.operation_id == operation_id for each in after.refunds):
            self._reports.tell("done", operation_id)

    def _one_of(self, stage: Stage) -> Order | None:
        rows = self._works.desk.orders.page(OrderQuery(stage, limit=CROWDED)).rows
        return self._works.desk.orders.view(self._rng.choice(rows).id).order if rows else None


def _work(worker: Worker, job: dict[str, str], folder: Path, clock: Clock) -> NoReturn:
    reports = Reports(folder)
    gateway = StripeGateway(worker.key, Addresses.at(worker.url), clock)
    store = worker.store
    works = assemble(store, gateway, clock, seat=job["seat"], installation=job["installation"])
    person = Person(works, int(job["seed"]), reports)
    person.serve() if job["seat"] == "Server" else person.sell()
    raise AssertionError("not reached")


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork for every line until there are no more."""
    url, key, place, folder, began, base, pace = sys.argv[1:]
    worker = Worker(url, key, place)
    worker.warm_up()
    gc.collect()
    gc.freeze()
    clock = QuickClock(float(began), float(base), int(pace))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _tell(0)
    living = []
    for text in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                _work(worker, json.loads(text), Path(folder), clock)
            finally:
                traceback.print_exc()
                os._exit(1)
        living.append(pid)
        _tell(pid)
    for pid in living:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.wait()  # for all of them, as nobody waits for each: https://man7.org/linux/man-pages/man2/wait.2.html


if __name__ == "__main__":
    main()
