"""What the window remembers: its size, the widths of its columns, its colours; and a home that cannot be written."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import RefusedError
from sellerdesk.domain.order import Stage
from sellerdesk.settings import COLUMN_WIDTHS, WINDOW_SHAPE, Settings
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.preferences import WindowShape
from sellerdesk.ui.theme import Theme
from sellerdesk.window import KeptPreferences
from tests.ui.conftest import Books, FakeOpener, Remembers, open_shop
from tests.ui.sample_orders import order

Open = Callable[[Remembers], MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, look: Theme, books: Books) -> Open:
    books.add(order())

    def open_it(remembers: Remembers) -> MainWindow:
        window = MainWindow(FakeOpener(open_shop(books)), look, remembers)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        qtbot.waitUntil(lambda: window.panel.view is not None)
        return window

    return open_it


def test_the_size_is_that_of_last_time(open_window: Open) -> None:
    remembers = Remembers()
    first = open_window(remembers)
    first.resize(780, 520)
    first.close()
    assert remembers.shape == WindowShape(780, 520)
    assert open_window(remembers).size() == QSize(780, 520)


def test_a_maximized_window_is_maximized_again_and_knows_its_usual_size(open_window: Open) -> None:
    remembers = Remembers()
    remembers.shape = WindowShape(770, 500, maximized=True)
    window = open_window(remembers)
    assert window.isMaximized()
    window.close()
    assert remembers.shape.maximized
    assert (remembers.shape.width, remembers.shape.height) == (770, 500)


def test_a_size_for_a_larger_screen_is_cut_to_this_one(open_window: Open) -> None:
    remembers = Remembers()
    remembers.shape = WindowShape(9000, 9000)
    window = open_window(remembers)
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert window.width() <= screen.width()
    assert window.height() <= screen.height()


def test_columns_are_as_wide_as_last_time(open_window: Open) -> None:
    remembers = Remembers()
    window = open_window(remembers)
    shopper = [column.title for column in window.model.columns].index("Shopper")
    window.view.horizontalHeader().resizeSection(shopper, 210)
    window.view._columns_dragged()
    assert list(remembers.widths) == ["Shopper"]
    again = open_window(remembers)
    assert abs(again.view.columnWidth(shopper) - 210) <= 1
    again.go_to(Stage.SHIPPED)


def kept_in(path: Path) -> KeptPreferences:
    """What is kept for the whole program; nothing here is about a shop."""
    return KeptPreferences(Settings.load(path), lambda profile: Settings.load(path.parent / profile))


def test_it_is_kept_in_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    kept = kept_in(path)
    assert kept.window_shape() is None
    assert kept.column_widths() == {}
    kept.keep_window_shape(WindowShape(1280, 800, maximized=True))
    kept.keep_column_widths({"Shopper": 180, "Waiting since": 120})
    kept.keep_scheme("dark")
    again = kept_in(path)
    assert again.window_shape() == WindowShape(1280, 800, maximized=True)
    assert again.column_widths() == {"Shopper": 180, "Waiting since": 120}
    again.keep_column_widths({})
    assert kept_in(path).column_widths() == {}


def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    kept = kept_in(path)
    kept.keep_column_widths({})
    assert not path.exists()


def test_what_cannot_be_kept_is_only_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    kept = kept_in(tmp_path / "file" / "settings.toml")
    with caplog.at_level(logging.WARNING):
        kept.keep_window_shape(WindowShape(1280, 800))
        # A title that no column has.
        kept.keep_column_widths({"x" * 80: 5})
    assert len(caplog.records) == 2
    assert kept.window_shape() == WindowShape(1280, 800)


@pytest.mark.parametrize("odd", ["1440", "axb", "99x900", "1440x900 minimized", 5, "100000x900", "-1x1", None])
def test_an_odd_size_in_the_file_is_no_size(odd: object) -> None:
    with pytest.raises(RefusedError):
        WINDOW_SHAPE.read(odd)


@pytest.mark.parametrize("odd", ["Shopper", {"Shopper": "wide"}, {"Shopper": 0}, {"Shopper": True}, {"x" * 41: 5}, 5])
def test_odd_widths_in_the_file_are_none(odd: object) -> None:
    with pytest.raises(RefusedError):
        COLUMN_WIDTHS.read(odd)
