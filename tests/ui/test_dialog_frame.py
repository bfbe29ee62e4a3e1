"""The frame of dialogs: the window behind is dimmed, corners are round, and too much content scrolls."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.ui.dialogs.frame import FramedDialog
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.note_box import NoteBox
from sellerdesk.ui.theme import Scheme, Theme
from sellerdesk.ui.widgets import Tone, label
from tests.ui.dressing import clear_away, dressed


class Asking(DeskDialog):
    """A dialog with a number of lines."""

    def __init__(self, lines: int, parent: QWidget | None = None) -> None:
        super().__init__("Title", "Keep", "Go", parent)
        self.lines = [label(f"Line {number}", wrap=True) for number in range(lines)]
        for line in self.lines:
            self.content.addWidget(line)
        self.resize(400, 200)


@pytest.fixture
def window(qtbot: QtBot, look: Theme) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(300, 200)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    clear_away()


def colour_of(widget: QWidget) -> str:
    return QColor(widget.grab().toImage().pixel(5, 5)).name()


@pytest.mark.parametrize("scheme", list(Scheme)[1:])
def test_the_window_behind_is_dim_while_a_dialog_is_open(window: QWidget, scheme: Scheme) -> None:
    dressed(scheme)
    usual = colour_of(window)
    dialog = FramedDialog(window)
    dialog.open()
    dim = colour_of(window)
    assert QColor(dim).lightness() < QColor(usual).lightness()
    window.resize(500, 400)
    assert QColor(window.grab().toImage().pixel(480, 380)).name() == dim
    dialog.reject()
    clear_away()
    assert colour_of(window) == usual
    dressed()


def test_corners_can_be_seen_through(window: QWidget) -> None:
    dialog = Asking(1, window)
    dialog.open_safely()
    image = dialog.grab().toImage()
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(image.width() // 2, 2).alpha() == 255
    dialog.close()


def test_what_is_higher_than_the_screen_scrolls_and_the_buttons_stay(window: QWidget, qapp: QApplication) -> None:
    dialog = Asking(80, window)
    dialog.open_safely()
    screen = dialog.screen().availableGeometry().height()
    assert dialog.height() == screen
    assert QRect(0, 0, dialog.width(), screen).contains(dialog.go.geometry())
    assert dialog._scroll.verticalScrollBar().maximum() > 0
    dialog.close()


def test_a_dialog_grows_and_shrinks_with_its_content(window: QWidget, qtbot: QtBot) -> None:
    dialog = Asking(4, window)
    dialog.open_safely()
    usual = dialog.height()
    dialog.lines[0].setText("A sentence that needs more than one line. " * 6)
    qtbot.waitUntil(lambda: dialog.height() > usual)
    assert dialog._scroll.verticalScrollBar().maximum() == 0
    dialog.lines[0].setText("Line 0")
    qtbot.waitUntil(lambda: dialog.height() == usual)
    dialog.close()


def test_a_note_takes_one_line_where_it_fits(window: QWidget) -> None:
    note = NoteBox()
    note.setParent(window)
    note.say("A hold can be captured once.", "Nothing is released.", Tone.AMBER)
    note.show()
    narrow, wide = note.heightForWidth(240), note.heightForWidth(600)
    assert wide < narrow
    note.resize(600, wide)
    assert note.title.y() == note.text.y()
    assert note.title.geometry().right() < note.text.x()
    note.resize(240, narrow)
    assert note.text.y() >= note.title.geometry().bottom()
    note.say("A hold can be captured once.")
    assert note.heightForWidth(600) == wide
