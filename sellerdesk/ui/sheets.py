"""Small windows of plain text: the keys, the test cards, and what this program is."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.ui.buttons import IconButton, PlainButton
from sellerdesk.ui.dialogs.frame import FramedDialog
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.widgets import Tone, label

# From https://docs.stripe.com/testing
TEST_CARDS = (
    ("4242 4242 4242 4242", "Pays"),
    ("4000 0027 6000 3184", "The bank asks first, in a window of its own"),
    ("4000 0000 0000 0002", "The bank declines"),
    ("4000 0000 0000 9995", "Too little money"),
    ("4000 0000 0000 0127", "Wrong CVC"),
)


def _sheet(parent: QWidget, title: str) -> tuple[QDialog, QVBoxLayout]:
    dialog = FramedDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    rows = QVBoxLayout(dialog)
    rows.setContentsMargins(20, 16, 20, 16)
    rows.setSpacing(12)
    rows.addWidget(label(title, size=Size.BIG, strong=True))
    return dialog, rows


def _add_foot(dialog: QDialog, rows: QVBoxLayout) -> None:
    close = PlainButton("Close", key="Esc")
    close.clicked.connect(dialog.close)
    foot = QHBoxLayout()
    foot.addStretch(1)
    foot.addWidget(close)
    rows.addLayout(foot)
    close.setFocus()


def keys_sheet(parent: QWidget, keys: list[tuple[str, str, str]]) -> QDialog:
    """Every key, in two columns of lines: where, key, what it does."""
    dialog, rows = _sheet(parent, "Keys")
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    half = (len(keys) + 1) // 2
    for number, (where, key, what) in enumerate(keys):
        row, column = number % half, 4 * (number // half)
        grid.addWidget(label(where, size=Size.SMALL, tone=Tone.MUTED), row, column)
        grid.addWidget(label(key, strong=True), row, column + 1)
        grid.addWidget(label(what), row, column + 2)
        grid.setColumnMinimumWidth(column + 3, 24)
    rows.addLayout(grid)
    _add_foot(dialog, rows)
    return dialog


def cards_sheet(parent: QWidget, copy: Callable[[str], None]) -> QDialog:
    """Cards for the checkout page in demo and test mode; ``copy`` gets a number."""
    dialog, rows = _sheet(parent, "Test cards")
    words = "Pay with them on the checkout page. Any date to come, any CVC of three figures, any name. No money moves."
    rows.addWidget(label(words, tone=Tone.MUTED, wrap=True))
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(2, 1)
    for row, (number, what) in enumerate(TEST_CARDS):
        button = IconButton("copy", f"Copy {number}")
        button.clicked.connect(partial(copy, number.replace(" ", "")))
        grid.addWidget(label(number, strong=True, selectable=True), row, 0)
        grid.addWidget(button, row, 1)
        grid.addWidget(label(what), row, 2)
    rows.addLayout(grid)
    dialog.setMinimumWidth(pixels(460))
    _add_foot(dialog, rows)
    return dialog


def about_sheet(parent: QWidget, version: str) -> QDialog:
    """Name, version, licence."""
    dialog, rows = _sheet(parent, "SellerDesk")
    for line in (
        f"Version {version}",
        "A seller’s desk for card orders that are held first and charged when the goods go out.",
        "MIT licence. Icons by Lucide, ISC licence. Qt is used under the LGPL.",
    ):
        rows.addWidget(label(line, wrap=True))
    dialog.setFixedWidth(pixels(420))
    _add_foot(dialog, rows)
    return dialog
