"""The catalogue as a seller keeps it: counting in place, others who are faster, import with a look before, export."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from sellerdesk.domain.catalogue_csv import read_products, read_shipping_rates, write_products, write_shipping_rates
from sellerdesk.domain.errors import DatabaseUnusable
from sellerdesk.services.desk import Desk
from sellerdesk.services.stock import Count
from sellerdesk.ui.catalogue import CatalogueKeeper
from sellerdesk.ui.catalogue_model import NAME, ON_HAND, PICTURE, PRICE, SHIPS_FROM, SKU, STATE, TAX
from sellerdesk.ui.dialogs.import_catalogue import ImportDialog
from sellerdesk.ui.orders_model import Role
from sellerdesk.ui.side_pages import CATALOGUE
from tests.ui.access import guessing_labels, nameless
from tests.ui.conftest import focused_widget
from tests.ui.dressing import words_of
from tests.ui.real_shop import RealShop, cells, real_shop
from tests.wiring import PRODUCTS, RATES

__all__ = ["real_shop"]
Open = Callable[..., RealShop]
CONTROL = Qt.KeyboardModifier.ControlModifier


class Catalogue:
    """The page of a real shop, with hands."""

    def __init__(self, qtbot: QtBot, shop: RealShop) -> None:
        self.qtbot, self.shop = qtbot, shop
        self.keeper: CatalogueKeeper = shop.window.side.catalogue
        self.page, self.view, self.model = self.keeper.page, self.keeper.page.view, self.keeper.model
        shop.go_to(CATALOGUE)
        qtbot.waitUntil(lambda: self.page.stack.currentWidget() is not self.page.reading)

    def on_hand(self) -> dict[str, int]:
        return {each.sku: each.on_hand for each in self.shop.works.desk.catalogue.read().products}

    def cell(self, row: int, column: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self.model.data(self.model.index(row, column), role)

    def type_count(self, text: str, *, key: Qt.Key = Qt.Key.Key_Return) -> None:
        """Type a count on the current row, as one does while counting."""
        QTest.keyClicks(self.view, text[0])
        field = focused_widget()
        assert isinstance(field, QLineEdit)
        QTest.keyClicks(field, text[1:])
        QTest.keyClick(field, key)
        self.qtbot.waitUntil(lambda: self.view.state() is not self.view.State.EditingState)

    def reload(self) -> None:
        self.keeper.reload()
        self.qtbot.waitUntil(lambda: not self.keeper._running)


@pytest.fixture
def catalogue(qtbot: QtBot, real_shop: Open) -> Catalogue:
    return Catalogue(qtbot, real_shop())


# --- what it shows ---------------------------------------------------------------------------------------


def test_it_shows_what_is_sold_and_what_sending_costs(catalogue: Catalogue) -> None:
    assert [catalogue.cell(0, column) for column in (SKU, NAME, PRICE, TAX, ON_HAND, SHIPS_FROM, STATE)] == [
        "MUG", "Stoneware mug", "24.00", "19\u00a0%", "38", "", "For sale",
    ]  # fmt: skip
    assert catalogue.cell(0, PICTURE, Role.VALUE) == "mug.svg"
    assert cells(catalogue.page.rates)[1] == ["Everywhere else", "14.90\u00a0EUR", "19\u00a0%"]
    assert "3 products, 2 shipping rates" in words_of(catalogue.page)


def test_withdrawn_and_sold_out_are_told(catalogue: Catalogue) -> None:
    later = replace(PRODUCTS[1], on_hand=0, available_from="2026-12-04")
    keep = catalogue.shop.works.desk.catalogue
    keep.take_over(keep.propose(products=(replace(PRODUCTS[0], withdrawn=True), later)))
    catalogue.shop.tell()
    catalogue.qtbot.waitUntil(lambda: len(catalogue.model.products) == 2)
    assert [catalogue.cell(row, STATE) for row in (0, 1)] == ["Withdrawn", "Sold out"]
    assert catalogue.cell(1, SHIPS_FROM) == "4 Dec 2026"


def test_a_screen_reader_hears_every_cell(catalogue: Catalogue) -> None:
    spoken = [catalogue.cell(0, column, Qt.ItemDataRole.AccessibleTextRole) for column in range(8)]
    assert spoken == [
        "Stoneware mug", "SKU: MUG", "Product: Stoneware mug", "Price: 24.00 EUR", "Tax: 19\u00a0%", "On hand: 38",
        "Ships from: none", "State: For sale",
    ]  # fmt: skip
    assert nameless(catalogue.page.window()) == []
    assert guessing_labels(catalogue.page.window()) == []


def test_an_empty_catalogue_leads_to_the_import(qtbot: QtBot, real_shop: Open) -> None:
    catalogue = Catalogue(qtbot, real_shop(goods=False))
    assert catalogue.page.empty.title == "Nothing to sell yet"
    assert not catalogue.page.export.isEnabled()
    catalogue.page.empty.way.click()
    assert isinstance(catalogue.keeper.dialog, ImportDialog)
    catalogue.keeper.dialog.reject()


def test_a_reading_that_fails_can_be_tried_again(qtbot: QtBot, real_shop: Open) -> None:
    trouble: list[Exception] = [DatabaseUnusable("The disk is gone.")]

    def change(desk: Desk) -> Desk:
        real = desk.catalogue.read

        def read() -> object:
            if trouble:
                raise trouble[0]
            return real()

        broken = type("Broken", (), {"read": staticmethod(read)})()
        return replace(desk, catalogue=broken)

    catalogue = Catalogue(qtbot, real_shop(change=change))
    assert catalogue.page.empty.title == "The catalogue could not be read"
    assert "The disk is gone." in catalogue.shop.ears.words
    trouble.clear()
    catalogue.page.empty.way.click()
    qtbot.waitUntil(catalogue.view.isVisible)
    assert len(catalogue.model.products) == 3


# --- counting --------------------------------------------------------------------------------------------


def test_counting_along_a_shelf_with_the_keyboard_alone(catalogue: Catalogue) -> None:
    catalogue.qtbot.waitUntil(catalogue.view.hasFocus)
    catalogue.type_count("42")
    catalogue.type_count("0")
    assert catalogue.view.currentIndex().row() == 2
    assert catalogue.on_hand() == {"MUG": 38, "POT": 1, "BOOK": 5}
    assert [catalogue.cell(row, STATE) for row in range(3)] == ["Not saved", "Not saved", "For sale"]
    assert "On hand: 42, not saved, 38 before" in str(catalogue.cell(0, ON_HAND, Qt.ItemDataRole.AccessibleTextRole))
    assert catalogue.page.bar.words.label.full_text == "2 counts not saved yet."
    assert catalogue.page.bar.save.text() == "Save 2 counts"
    QTest.keyClick(catalogue.view, Qt.Key.Key_S, CONTROL)
    catalogue.qtbot.waitUntil(catalogue.page.bar.isHidden)
    assert catalogue.on_hand() == {"MUG": 42, "POT": 0, "BOOK": 5}
    assert "2 counts saved." in catalogue.shop.ears.words
    assert catalogue.cell(1, STATE) == "Sold out"


def test_escape_leaves_a_count_as_it_was_and_return_opens_it(catalogue: Catalogue) -> None:
    QTest.keyClick(catalogue.view, Qt.Key.Key_Return)
    field = focused_widget()
    assert isinstance(field, QLineEdit)
    assert field.text() == "38"
    assert field.accessibleName() == "Pieces on hand: Stoneware mug"
    QTest.keyClicks(field, "7")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert catalogue.model.pending == {}
    assert catalogue.page.isVisible()


def test_the_count_there_already_is_no_change(catalogue: Catalogue) -> None:
    catalogue.type_count("40")
    catalogue.view.selectRow(0)
    catalogue.type_count("38")
    assert catalogue.model.pending == {}
    assert catalogue.page.bar.isHidden()


@pytest.mark.parametrize("scanned", ["4006381333931", "1000001", "12x", "1.5"])
def test_what_is_no_count_is_not_taken(catalogue: Catalogue, scanned: str) -> None:
    QTest.keyClicks(catalogue.view, scanned[0])
    field = focused_widget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, scanned[1:])
    QTest.keyClick(field, Qt.Key.Key_Return)
    catalogue.qtbot.wait(0)
    assert field.isVisible()
    assert field.text() == scanned
    assert field.property("wrong") is True
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert catalogue.model.pending == {}


def test_discarding_leaves_everything_as_it_was(catalogue: Catalogue) -> None:
    catalogue.type_count("42")
    catalogue.page.bar.discard.click()
    assert catalogue.model.pending == {}
    assert catalogue.page.bar.isHidden()
    assert catalogue.cell(0, ON_HAND) == "38"


def test_another_seat_that_is_faster_is_told_before_saving(catalogue: Catalogue) -> None:
    catalogue.type_count("42")
    catalogue.shop.works.desk.stock.run({"MUG": Count(38, 5)})
    catalogue.shop.tell()
    catalogue.qtbot.waitUntil(lambda: catalogue.cell(0, STATE) == "Now 5")
    said = catalogue.page.bar.words.label.full_text
    assert "MUG\u2069 was changed to 5 while you were editing, by another seat or a packed order." in said
    assert said.endswith("Save to make it 42.")
    catalogue.page.bar.save.click()
    catalogue.qtbot.waitUntil(catalogue.page.bar.isHidden)
    assert catalogue.on_hand()["MUG"] == 42


def test_another_seat_that_is_faster_is_told_at_saving(catalogue: Catalogue) -> None:
    catalogue.type_count("42")
    catalogue.type_count("7")
    catalogue.shop.works.desk.stock.run({"MUG": Count(38, 5)})
    catalogue.page.bar.save.click()
    catalogue.qtbot.waitUntil(lambda: catalogue.cell(0, STATE) == "Now 5")
    # Nothing was saved, the other count neither.
    assert catalogue.on_hand() == {"MUG": 5, "POT": 1, "BOOK": 5}
    catalogue.qtbot.waitUntil(catalogue.page.bar.save.isEnabled)
    catalogue.page.bar.save.click()
    catalogue.qtbot.waitUntil(catalogue.page.bar.isHidden)
    assert catalogue.on_hand() == {"MUG": 42, "POT": 7, "BOOK": 5}


def test_what_is_being_typed_stays_when_the_catalogue_is_read_again(catalogue: Catalogue) -> None:
    QTest.keyClicks(catalogue.view, "4")
    field = focused_widget()
    assert isinstance(field, QLineEdit)
    catalogue.shop.works.desk.stock.run({"BOOK": Count(5, 6)})
    catalogue.reload()
    assert catalogue.cell(2, ON_HAND) == "6"
    assert field.isVisible()
    assert field.text() == "4"
    QTest.keyClick(field, Qt.Key.Key_Escape)


def test_a_product_that_is_gone_takes_its_count_along(catalogue: Catalogue) -> None:
    catalogue.type_count("42")
    keep = catalogue.shop.works.desk.catalogue
    keep.take_over(keep.propose(products=PRODUCTS[1:]))
    catalogue.reload()
    assert catalogue.model.pending == {}
    assert catalogue.page.bar.isHidden()


def test_counts_wait_where_one_left_them(catalogue: Catalogue) -> None:
    catalogue.type_count("42")
    window = catalogue.shop.window
    window.places.leave()
    assert "1 count not saved yet. It waits in the catalogue." in catalogue.shop.ears.words
    catalogue.shop.go_to(CATALOGUE)
    assert catalogue.model.pending["MUG"].wanted == 42


# --- import ----------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A file with a dearer mug and without the book, and one with another rate."""
    products, rates = tmp_path / "products.csv", tmp_path / "shipping.csv"
    products.write_text(write_products((replace(PRODUCTS[0], price=2600), PRODUCTS[1])), newline="")
    rates.write_text(write_shipping_rates((replace(RATES[0], amount=690), RATES[1])), newline="")
    return products, rates


def open_import(catalogue: Catalogue) -> ImportDialog:
    catalogue.page.take.click()
    dialog = catalogue.keeper.dialog
    assert dialog is not None
    catalogue.qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def changes(dialog: ImportDialog) -> list[tuple[str, str]]:
    return [(what, change) for what, _, change in cells(dialog.changes)]


def test_an_import_shows_what_it_changes_and_then_does_it(catalogue: Catalogue, files: tuple[Path, Path]) -> None:
    dialog = open_import(catalogue)
    assert not dialog.go.isEnabled()
    dialog.product_file.choose.click()
    chooser = dialog.product_file.dialog
    assert chooser is not None
    chooser.fileSelected.emit(str(files[0]))
    chooser.reject()
    dialog.rate_file.take(files[1])
    catalogue.qtbot.waitUntil(lambda: dialog.proposal is not None and dialog.proposal.change.count == 3)
    assert dialog.summary.full_text == (
        "1 product taken out, 1 changed, 1 as before. Shipping: 1 rate changed, 1 as before."
    )
    assert changes(dialog) == [
        ("Taken out", "Shoppers cannot order it any more."),
        ("Changed", "price 24.00\u00a0EUR → 26.00\u00a0EUR"),
        ("Changed", "price 5.90\u00a0EUR → 6.90\u00a0EUR"),
    ]
    assert dialog.go.text() == "Take over 3 changes"
    assert catalogue.on_hand() == {"MUG": 38, "POT": 1, "BOOK": 5}
    dialog.activateWindow()
    catalogue.qtbot.waitUntil(dialog.isActiveWindow)
    # Return does nothing; the decision is Ctrl+Enter's.
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CONTROL)
    catalogue.qtbot.waitUntil(lambda: "The catalogue is taken over" in catalogue.shop.ears.words)
    assert catalogue.on_hand() == {"MUG": 38, "POT": 1}
    catalogue.qtbot.waitUntil(lambda: len(catalogue.model.products) == 2)
    assert catalogue.cell(0, PRICE) == "26.00"
    assert cells(catalogue.page.rates)[0][1] == "6.90\u00a0EUR"


def test_one_file_leaves_the_other_part_alone(catalogue: Catalogue, files: tuple[Path, Path]) -> None:
    dialog = open_import(catalogue)
    dialog.rate_file.take(files[1])
    catalogue.qtbot.waitUntil(dialog.go.isEnabled)
    dialog.go.click()
    catalogue.qtbot.waitUntil(lambda: "taken over" in catalogue.shop.ears.words)
    found = catalogue.shop.works.desk.catalogue.read()
    assert found.products == PRODUCTS
    assert found.rates[0].amount == 690


def test_a_wrong_line_is_told_and_nothing_can_be_taken_over(
    catalogue: Catalogue, files: tuple[Path, Path], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(files[0].read_text().replace("2600", "26.00"))
    dialog = open_import(catalogue)
    dialog.product_file.take(wrong)
    catalogue.qtbot.waitUntil(lambda: bool(dialog.product_file.error))
    assert dialog.product_file.error.startswith("Line 2: the price in minor units must be a whole number")
    dialog.rate_file.take(files[1])
    catalogue.qtbot.waitUntil(lambda: dialog.proposal is not None)
    assert not dialog.go.isEnabled()
    # The right file in the place of the wrong one makes it possible.
    dialog.product_file.take(files[0])
    catalogue.qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.product_file.error == ""
    dialog.product_file.take(tmp_path / "gone.csv")
    catalogue.qtbot.waitUntil(lambda: "cannot be read" in dialog.product_file.error)
    assert not dialog.go.isEnabled()
    dialog.reject()
    assert catalogue.on_hand() == {"MUG": 38, "POT": 1, "BOOK": 5}


def test_the_same_file_again_changes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    same = tmp_path / "same.csv"
    same.write_text(write_products(PRODUCTS), newline="")
    dialog = open_import(catalogue)
    dialog.product_file.take(same)
    catalogue.qtbot.waitUntil(lambda: dialog.proposal is not None)
    assert dialog.summary.full_text == "All 3 products as before. Shipping: All 2 rates as before."
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_a_count_that_changes_meanwhile_is_looked_at_first(catalogue: Catalogue, files: tuple[Path, Path]) -> None:
    dialog = open_import(catalogue)
    dialog.product_file.take(files[0])
    catalogue.qtbot.waitUntil(dialog.go.isEnabled)
    catalogue.shop.works.desk.stock.run({"MUG": Count(38, 37)})
    dialog.go.click()
    catalogue.qtbot.waitUntil(lambda: "changed meanwhile" in dialog.note.text.full_text)
    both = ("Changed", "price 24.00\u00a0EUR → 26.00\u00a0EUR, on hand 37 → 38")
    catalogue.qtbot.waitUntil(lambda: both in changes(dialog))
    assert "changed meanwhile" in dialog.note.text.full_text
    assert catalogue.on_hand()["MUG"] == 37
    catalogue.qtbot.waitUntil(dialog.go.isEnabled)
    dialog.go.click()
    catalogue.qtbot.waitUntil(lambda: "taken over" in catalogue.shop.ears.words)
    assert catalogue.on_hand()["MUG"] == 38


def test_an_open_import_goes_with_its_shop(catalogue: Catalogue) -> None:
    dialog = open_import(catalogue)
    assert nameless(dialog) == []
    catalogue.shop.window.keeper.closing.emit()
    assert not dialog.isVisible()


# --- export ----------------------------------------------------------------------------------------------


def heard(catalogue: Catalogue, count: int) -> bool:
    return len(catalogue.shop.ears.heard) == count


def test_what_is_exported_can_be_imported(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.page.export.click()
    assert [action.text() for action in catalogue.page.menu.actions()] == ["Products…", "Shipping rates…"]
    catalogue.page.menu.close()
    for number, action in enumerate(catalogue.page.menu.actions()):
        action.trigger()
        dialog = catalogue.page.findChildren(QFileDialog)[-1]
        dialog.selectFile(str(tmp_path / f"{number}.csv"))
        dialog.accept()
        catalogue.qtbot.waitUntil(partial(heard, catalogue, number + 1))
    assert read_products((tmp_path / "0.csv").read_text("utf-8")) == PRODUCTS
    assert read_shipping_rates((tmp_path / "1.csv").read_text("utf-8")) == RATES
