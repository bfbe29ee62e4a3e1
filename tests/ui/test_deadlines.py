"""Holds that come near their end while the window is open are said once at each step."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.deadlines import STEPS, step_of
from sellerdesk.domain.order import Order
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, FakeOpener, Remembers, StillClock, open_shop
from tests.ui.sample_orders import NOW, facts, order

HOUR = 3600


@pytest.mark.parametrize(
    ("left", "step"),
    [
        (48 * HOUR + 1, None),
        (48 * HOUR, 48 * HOUR),
        (24 * HOUR + 1, 48 * HOUR),
        (24 * HOUR, 24 * HOUR),
        (6 * HOUR, 6 * HOUR),
        (HOUR + 1, 6 * HOUR),
        (HOUR, HOUR),
        (1, HOUR),
        (0, None),
        (-5, None),
    ],
)
def test_steps(left: int, step: int | None) -> None:
    assert step_of(NOW + left, NOW) == step


def lapsing(number: int, hours: int) -> Order:
    held = order(facts(left=hours * HOUR))
    return replace(held, id=f"{number:032x}", reference=f"K7QP000{number}")


def test_each_step_is_said_once(qtbot: QtBot, look: Theme, books: Books) -> None:
    books.add(lapsing(1, 30), lapsing(2, 49), lapsing(3, 400))
    shop = open_shop(books)
    clock = shop.desk.clock
    assert isinstance(clock, StillClock)
    window = MainWindow(FakeOpener(shop), look, Remembers())
    said: list[str] = []
    window.notices.speak_through(lambda notice: said.append(notice.text))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.panel.view is not None)

    def after(hours: float) -> list[str]:
        clock.moment = NOW + int(hours * HOUR)
        said.clear()
        with qtbot.waitSignal(window.deadlines.looked):
            window.deadlines.look()
        return list(said)

    assert len(STEPS) == 4
    assert after(0.5) == []
    (both,) = after(7)
    assert both.startswith("2 holds come near their end, K7QP-0001 (")
    assert "in less than 24 hours" in both
    assert after(7.5) == []
    (one,) = after(24.5)
    assert one.startswith("The hold of K7QP-0001 (")
    assert "in less than 6 hours" in one
    assert after(24.6) == []
