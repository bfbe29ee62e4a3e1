"""Ship: a scanner fills the rows and ships nothing; what is wrong is said where it is."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.order import Order, Parcel
from sellerdesk.domain.tracking import MAX_PARCELS
from sellerdesk.services.desk import Mode
from sellerdesk.ui.dialogs.ship import ShipDialog
from sellerdesk.ui.theme import Scheme
from tests.ui import sample_orders as samples
from tests.ui.dressing import clear_away, colours_of, dressed, nameless, words_of

OPERATION = "b" * 32
UPS = "1Z999AA10123456784"
DHL = "00340434161094042557"
Opener = Callable[..., ShipDialog]


class Heard(QObject):
    """Keeps what the dialog asked for."""

    def __init__(self, dialog: ShipDialog) -> None:
        super().__init__()
        self.shipments: list[tuple[str, tuple[Parcel, ...]]] = []
        dialog.ship_chosen.connect(self._ship)

    def _ship(self, operation: str, parcels: object) -> None:
        assert isinstance(parcels, tuple)
        self.shipments.append((operation, parcels))


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opener]:
    dressed()
    made: list[ShipDialog] = []

    def make(order: Order | None = None, mode: Mode = Mode.TEST) -> ShipDialog:
        dialog = ShipDialog(order or samples.captured_order(), mode, lambda: samples.NOW, OPERATION)
        qtbot.addWidget(dialog)
        made.append(dialog)
        dialog.open_safely()
        dialog.activateWindow()
        assert QTest.qWaitForWindowExposed(dialog)
        return dialog

    yield make
    for dialog in made:
        dialog.close()
    clear_away()


def focused(dialog: ShipDialog) -> QWidget:
    widget = dialog.focusWidget()
    assert widget is not None
    return widget


def scan(dialog: ShipDialog, code: str) -> None:
    """What a scanner does: type at once, then Return."""
    QTest.keyClicks(focused(dialog), code)
    QTest.keyClick(focused(dialog), Qt.Key.Key_Return)


def test_the_shopper_sees_nothing_sent_before_there_is_a_parcel(opened: Opener) -> None:
    dialog = opened()
    assert dialog.preview.title.full_text == "Being packed."
    assert dialog.preview.sent.full_text == "No tracking yet."
    scan(dialog, DHL)
    assert dialog.preview.title.full_text == "Your parcel is on its way."
    assert dialog.preview.sent.full_text.startswith("1 parcel, sent Mon 23 Nov, ")
    assert [line.full_text for line in dialog.preview.parcels] == ["DHL Paket 0034 0434 1610 9404 2557"]
    scan(dialog, UPS)
    assert dialog.preview.title.full_text == "Your parcels are on their way."
    assert [line.full_text for line in dialog.preview.parcels][1] == "UPS 1Z 999 AA1 01 2345 6784"
    dialog.parcels_box.rows[0].remove.click()
    assert [line.full_text for line in dialog.preview.parcels] == ["UPS 1Z 999 AA1 01 2345 6784"]


def test_a_number_that_was_understood_is_shown_as_it_is_printed(opened: Opener) -> None:
    dialog = opened()
    first, odd = dialog.parcels_box.rows[0], "A-77"
    QTest.keyClicks(focused(dialog), UPS)
    assert first.number.text() == UPS
    QTest.keyClick(focused(dialog), Qt.Key.Key_Return)
    assert first.number.text() == "1Z 999 AA1 01 2345 6784"
    assert first.parcel() == Parcel("ups", UPS)
    scan(dialog, odd)
    assert dialog.parcels_box.rows[1].number.text() == odd


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Complete for France"),
        ({"postal_code": ""}, "The postcode is missing for France"),
        ({"postal_code": "0815"}, "The postcode does not look like one of France"),
        ({"line1": "  "}, "The street is missing for France"),
        ({"city": ""}, "The town is missing for France"),
        ({"country": "US", "postal_code": "94110"}, "The state or region is missing for United States"),
        ({"country": "US", "postal_code": "94110", "state": "CA"}, "Complete for United States"),
        ({"country": "ZZ"}, "Complete for Unknown Region"),
    ],
)
def test_an_address_says_whether_it_is_complete(opened: Opener, changes: dict[str, str], words: str) -> None:
    order = samples.captured_order()
    address = replace(order.shopper.address, **changes)
    dialog = opened(replace(order, shopper=replace(order.shopper, address=address)))
    assert dialog.ship_to.verdict.label.full_text == words


def test_a_day_with_the_scanner_only(opened: Opener) -> None:
    dialog = opened()
    heard = Heard(dialog)
    scan(dialog, UPS)
    scan(dialog, DHL)
    assert heard.shipments == []
    assert focused(dialog) is dialog.parcels_box.rows[2].number
    assert dialog.go.text() == "Ship 2 parcels"
    words = words_of(dialog)
    assert "UPS recognised, check digit right." in words
    assert "DHL Paket recognised, check digit right." in words
    QTest.keyClick(focused(dialog), Qt.Key.Key_Return)
    assert heard.shipments == []
    QTest.keyClick(focused(dialog), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert heard.shipments == [(OPERATION, (Parcel("ups", UPS), Parcel("dhl", DHL)))]


def test_an_unknown_number_asks_for_the_carrier_which_may_be_any_name(opened: Opener) -> None:
    dialog = opened()
    heard = Heard(dialog)
    scan(dialog, "A-77")
    row = dialog.parcels_box.rows[0]
    assert focused(dialog) is row.carrier or focused(dialog) is row.carrier.lineEdit()
    assert not dialog.go.isEnabled()
    scan(dialog, "Fahrradkurier Mueller")
    assert focused(dialog) is dialog.parcels_box.rows[1].number
    assert dialog.go.text() == "Ship 1 parcel"
    QTest.keyClick(dialog, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    assert heard.shipments == [(OPERATION, (Parcel("Fahrradkurier Mueller", "A-77"),))]


@pytest.mark.parametrize("typed", ["ups", "UPS", "Ups"])
def test_a_known_carrier_typed_in_is_the_known_one(opened: Opener, typed: str) -> None:
    dialog = opened()
    row = dialog.parcels_box.rows[0]
    row.number.setText("ABC123")
    row.carrier.setEditText(typed)
    assert dialog.parcels() == (Parcel("ups", "ABC123"),)


def test_a_carrier_chosen_by_hand_is_never_replaced(opened: Opener) -> None:
    dialog = opened()
    row = dialog.parcels_box.rows[0]
    row.number.setText("ABC")
    row.carrier.choose("gls")
    row.number.setText(UPS)
    assert dialog.parcels() == (Parcel("gls", UPS),)
    assert "Looks like UPS." in words_of(dialog)


def test_our_own_guess_follows_the_number(opened: Opener) -> None:
    dialog = opened()
    row = dialog.parcels_box.rows[0]
    row.number.setText(UPS)
    row.number.setText(DHL)
    assert dialog.parcels() == (Parcel("dhl", DHL),)
    row.number.setText("ABC")
    assert row.carrier.code() == ""


def test_the_same_number_twice_is_refused_where_it_stands(opened: Opener) -> None:
    dialog = opened()
    scan(dialog, UPS)
    scan(dialog, "1z 999 aa1 01 2345 6784")
    assert "This number is already in parcel 1." in words_of(dialog)
    assert focused(dialog) is dialog.parcels_box.rows[1].number
    assert not dialog.go.isEnabled()
    dialog.parcels_box.rows[0].remove.click()
    assert "already" not in words_of(dialog)
    assert dialog.parcels() == (Parcel("ups", UPS),)
    assert dialog.go.isEnabled()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("https://www.ups.com/track?tracknum=1Z", "This is an address. Please give the tracking number alone."),
        ("1Z\u202e999", "letters"),
        ("ABC\x1d123", "letters"),
        ("<b>1</b>", "letters"),
        ("٣٤٥", "letters"),
        ("A" * 90, "at most 64 characters"),
    ],
)
def test_what_is_no_number_is_refused_in_words_and_kept(opened: Opener, typed: str, sentence: str) -> None:
    dialog = opened()
    row = dialog.parcels_box.rows[0]
    row.number.setText(typed)
    QTest.keyClick(row.number, Qt.Key.Key_Return)
    assert sentence in words_of(dialog)
    assert row.number.text()
    assert not dialog.go.isEnabled()
    assert dialog.parcels() == ()


def test_a_number_being_typed_is_not_called_wrong(opened: Opener) -> None:
    dialog = opened()
    QTest.keyClicks(focused(dialog), "A-77")
    assert not dialog.parcels_box.rows[0].error.isVisible()
    QTest.keyClick(focused(dialog), Qt.Key.Key_Tab)
    QTest.keyClick(focused(dialog), Qt.Key.Key_Tab)
    assert dialog.parcels_box.rows[0].error.isVisible()


def test_return_on_any_button_presses_nothing(opened: Opener) -> None:
    dialog = opened()
    heard = Heard(dialog)
    scan(dialog, UPS)
    for place in (dialog.safe, dialog.go, dialog.parcels_box.rows[0].remove, dialog.ship_to.copy):
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_Return)
        QTest.keyClick(place, Qt.Key.Key_Enter)
    assert dialog.isVisible()
    assert len(dialog.parcels()) == 1
    assert heard.shipments == []


def test_two_clicks_ship_once(opened: Opener) -> None:
    dialog = opened()
    heard = Heard(dialog)
    scan(dialog, UPS)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert len(heard.shipments) == 1
    assert dialog.busy_words() == "Shipping 1 parcel…"


def test_a_refusal_is_shown_in_place(opened: Opener) -> None:
    dialog = opened()
    scan(dialog, UPS)
    dialog.go.click()
    assert dialog.refuse("This order changed while you were looking.")
    assert "This order changed while you were looking." in words_of(dialog)
    assert not dialog.go.isEnabled()


def test_without_money_nothing_can_be_shipped(opened: Opener) -> None:
    dialog = opened(samples.order())
    assert "Nothing is captured yet." in words_of(dialog)
    assert dialog.focusWidget() is dialog.safe
    dialog.parcels_box.rows[0].number.setText(UPS)
    assert not dialog.go.isEnabled()
    heard = Heard(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert heard.shipments == []


def test_the_shoppers_view_is_shown_as_it_will_be(opened: Opener) -> None:
    dialog = opened()
    scan(dialog, UPS)
    words = words_of(dialog)
    assert "Your parcel is on its way." in words
    assert "UPS 1Z 999 AA1 01 2345 6784" in words
    assert "You paid 96.30\u00a0EUR with Visa 4242." in words
    assert "6 pieces of 7 are paid and go out." in words


def test_the_address_can_be_copied(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    with qtbot.waitSignal(dialog.copy_requested) as copied:
        dialog.ship_to.copy.click()
    assert copied.args == ["Zoë Lefèvre-Okafor\n14 rue de la Part-Dieu\n69003 Lyon\nFrance"]


def test_there_is_an_end_to_parcels(opened: Opener) -> None:
    dialog = opened()
    for index in range(MAX_PARCELS + 2):
        row = dialog.parcels_box.rows[min(index, MAX_PARCELS - 1)]
        row.number.setText(f"ABC{index}")
        row.carrier.choose("gls")
    assert len(dialog.parcels_box.rows) == MAX_PARCELS
    assert dialog.go.text() == f"Ship {MAX_PARCELS} parcels"
    assert dialog.go.isEnabled()


def test_the_wheel_changes_no_carrier(opened: Opener) -> None:
    dialog = opened()
    row = dialog.parcels_box.rows[0]
    row.number.setText(UPS)
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(row.carrier, event)
    assert row.carrier.code() == "ups"


def test_escape_ships_nothing(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    scan(dialog, UPS)
    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(focused(dialog), Qt.Key.Key_Escape)
    assert heard.shipments == []


def test_hostile_names_stay_plain(opened: Opener) -> None:
    dialog = opened(samples.hostile_order())
    assert "<b>Robert</b>" in words_of(dialog)
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in dialog.findChildren(QLabel))


def test_everything_that_takes_the_focus_has_a_name(opened: Opener) -> None:
    dialog = opened()
    scan(dialog, UPS)
    assert nameless(dialog) == []


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_it_follows_the_scheme(opened: Opener, scheme: Scheme) -> None:
    dialog = opened()
    scan(dialog, UPS)
    theme = dressed(scheme)
    colours = colours_of(dialog.grab().toImage())
    assert theme.tokens.window.lower() in colours
    assert theme.tokens.accent.lower() in colours
    dressed()
