"""A shared database that goes back in time while programs work with it: they connect again by themselves, and notice.

Its administrator puts a copy of some night in its place, or lets a standby take over that missed the last commits.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sellerdesk import background
from sellerdesk.app import open_shop
from sellerdesk.background import Background
from sellerdesk.domain.errors import NotSentYet
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.standing import Behind, CaughtUp, Judgement, Sent
from sellerdesk.sandbox import Sandbox
from sellerdesk.sent_memory import FileMemory
from sellerdesk.services.catch_up import notice_return
from sellerdesk.services.desk import News
from sellerdesk.services.pay_answer import PayState
from tests import wiring
from tests.engines import open_place
from tests.integration.test_restore import NOW, leave_planned, sent, told
from tests.integration.test_services_background import INFO, Ear
from tests.postgres_server import PostgresServer
from tests.wiring import DAY, TOTAL, Plant, calls, intents_of, plant


class Shared:
    """A database on a server, of which a copy can be made and put in its place."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.place = server.new_database()
        with closing(open_place(self.place)) as store, store.write() as unit:
            unit.catalogue.replace(wiring.PRODUCTS, wiring.RATES)
            unit.commit()

    def copy(self) -> None:
        """A server copies only what nobody works with."""
        self._hang_up()
        self._server.execute(f"CREATE DATABASE {self.place.name}_copy TEMPLATE {self.place.name}")

    def put_back(self) -> None:
        """Whoever is connected is thrown out, and kept out for as long as it takes."""
        self._server.execute(f"ALTER DATABASE {self.place.name} ALLOW_CONNECTIONS false")
        self._hang_up()
        self._server.execute(
            f"ALTER DATABASE {self.place.name} RENAME TO {self.place.name}_lost",
            f"ALTER DATABASE {self.place.name}_copy RENAME TO {self.place.name}",
        )

    def _hang_up(self) -> None:
        self._server.execute(
            f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{self.place.name}'"
        )


@pytest.fixture
def shared(postgres_server: PostgresServer) -> Shared:
    return Shared(postgres_server)


@pytest.fixture
def memory(shared: Shared, tmp_path: Path) -> FileMemory:
    return memory_in(shared, tmp_path / "config")


def memory_in(shared: Shared, folder: Path) -> FileMemory:
    with closing(open_place(shared.place)) as store:
        return FileMemory(folder, store.installation())


class Open:
    """An open desk, turn by turn: what its background does by itself, and what it tells."""

    def __init__(self, desk: Plant) -> None:
        works = desk.works
        self._desk = desk
        self._background = Background(works.desk.sync, works.resolve, desk.store.changes, catch_up=works.catch_up)
        self.heard: list[News] = []
        self._background.subscribe(self.heard.append)

    def turn(self) -> None:
        self._desk.clock.advance()
        self._background._watch()
        self._background._resolve_due()
        self._background._poll()

    def told(self, kind: type[News]) -> list[News]:
        return [each for each in self.heard if isinstance(each, kind)]


def test_what_was_only_planned_in_the_copy_is_not_sent_again_by_who_stayed_open(
    stripe_sandbox: Sandbox, shared: Shared, memory: FileMemory
) -> None:
    """Days later, when Stripe has forgotten the key: only reading can tell."""
    with plant(stripe_sandbox, shared.place, memory=memory) as desk:
        order = desk.prepare(desk.place_and_pay())
    leave_planned(stripe_sandbox, shared.place, OperationKind.REFUND, lambda desk: desk.refund(order, 500))
    shared.copy()
    with plant(stripe_sandbox, shared.place, memory=memory) as desk:
        window = Open(desk)
        window.turn()
        assert desk.order(order.id).payment.refunded == 500
        before, asked = told(desk.order(order.id)), sent(stripe_sandbox)
        stripe_sandbox.world.clock.advance(2 * DAY)
        shared.put_back()
        window.turn()
        window.turn()
        assert len(window.told(Behind)) == 1
        assert len(window.told(CaughtUp)) == 1
        assert desk.works.catch_up.behind() is None
        assert told(desk.check_agrees(order.id)) == before
        assert sent(stripe_sandbox) == asked
        # It goes on with what it knows now.
        assert desk.refund(desk.order(order.id), 200).payment.refunded == 700


def test_an_open_desk_looks_as_soon_as_the_database_answers_again(
    stripe_sandbox: Sandbox, shared: Shared, memory: FileMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "RESOLVE_SECONDS", 3600.0)
    with plant(stripe_sandbox, shared.place, memory=memory) as desk:
        order = desk.place_and_pay()
        shared.copy()
        desk.prepare(order)
        opened = open_shop(desk.works, INFO, desk.store.changes)
        ear = Ear(opened)
        shared.put_back()
        ear.wait_for(Behind)
        ear.wait_for(CaughtUp)
        opened.close()
        assert desk.check_agrees(order.id).payment.captured == TOTAL


def test_who_paid_before_the_copy_came_back_does_not_pay_twice(
    stripe_sandbox: Sandbox, shared: Shared, memory: FileMemory
) -> None:
    leave_planned(stripe_sandbox, shared.place, OperationKind.CREATE_INTENT, lambda desk: desk.place("checkout-1"))
    shared.copy()
    with plant(stripe_sandbox, shared.place, memory=memory) as server:
        server.settle()
        order = server.prepare(server.pay(server.place("checkout-1")).order)
        stripe_sandbox.world.clock.advance(DAY + 3600)
        shared.put_back()
        # The page says that the order is not paid, and the shopper is faster than everything else.
        with pytest.raises(NotSentYet):
            server.pay(server.place("checkout-1"))
        server.settle()
        assert server.check_agrees(order.id).payment.captured == TOTAL
        assert server.pay(server.place("checkout-1")).state is PayState.HELD
        assert [each["amount_received"] for each in intents_of(stripe_sandbox, order.id)] == [TOTAL]


def test_nothing_is_sent_from_the_copy_even_before_anybody_looked(
    stripe_sandbox: Sandbox, shared: Shared, memory: FileMemory
) -> None:
    """And the loss cannot be made up for by counting on: the next start would judge that nothing was lost."""
    with plant(stripe_sandbox, shared.place, memory=memory) as desk:
        shipped, other = desk.prepare(desk.place_and_pay()), desk.prepare(desk.place_and_pay())
        shared.copy()
        desk.ship(shipped)
        shared.put_back()
        asked = sent(stripe_sandbox)
        with pytest.raises(NotSentYet, match="older than what Stripe knows"):
            desk.refund(other, 100)
        assert sent(stripe_sandbox) == asked
        (refund,) = desk.operations(other.id, OperationKind.REFUND)
        assert refund.state is OperationState.UNKNOWN
    with closing(open_place(shared.place)) as store:
        assert notice_return(store, memory, NOW) is Judgement.BEHIND
    with plant(stripe_sandbox, shared.place, memory=memory) as desk:
        desk.settle()
        assert desk.check_agrees(shipped.id).shipment is not None
        assert desk.check_agrees(other.id).payment.refunded == 100
    assert len(calls(stripe_sandbox, "POST", "/v1/refunds")) == 1


def test_a_seat_goes_on_where_another_one_brought_the_database_up_to_date(
    stripe_sandbox: Sandbox, shared: Shared, memory: FileMemory, tmp_path: Path
) -> None:
    """What it keeps names a life that the database has behind it: that is no return."""
    elsewhere = memory_in(shared, tmp_path / "elsewhere")
    with plant(stripe_sandbox, shared.place, memory=memory) as one:
        order = one.prepare(one.place_and_pay())
        shared.copy()
        with plant(stripe_sandbox, shared.place, memory=elsewhere, seat="Seat 2", clock=one.clock) as two:
            two.ship(order)
            before = elsewhere.kept()
            shared.put_back()
            two.settle()
            assert two.works.catch_up.last() is not None
            assert two.refund(two.order(order.id), 100).payment.refunded == 100
            assert one.works.catch_up.behind() is None
            assert one.refund(one.order(order.id), 300).payment.refunded == 400
        one.check_agrees(order.id)
    kept, of_the_other = memory.kept(), elsewhere.kept()
    assert kept is not None
    assert of_the_other is not None
    assert before is not None
    assert kept.life == of_the_other.life != before.life


class Hurried(FileMemory):
    """Another program of this computer sends something just before this one looks what was sent."""

    send: Callable[[], object] | None = None

    def kept(self) -> Sent | None:
        send, self.send = self.send, None
        if send is not None:
            send()
        return super().kept()


def test_what_another_program_sends_meanwhile_is_no_return(
    stripe_sandbox: Sandbox, shared: Shared, memory: FileMemory
) -> None:
    hurried = Hurried(memory.path.parent, memory.path.stem)
    with (
        plant(stripe_sandbox, shared.place, memory=memory) as checkout,
        plant(stripe_sandbox, shared.place, memory=hurried, seat="Seat 2", clock=checkout.clock) as desk,
    ):
        hurried.send = checkout.place_and_pay
        assert notice_return(desk.store, hurried, NOW) is Judgement.FINE
        hurried.send = checkout.place_and_pay
        assert desk.works.catch_up.behind() is None
        order = checkout.place_and_pay()
        hurried.send = checkout.place_and_pay
        desk.prepare(order)
        desk.check_agrees(order.id)
