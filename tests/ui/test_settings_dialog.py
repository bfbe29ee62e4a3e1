"""The settings as a seller meets them: pages, wrong values, what is kept when, and what takes effect."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from sellerdesk.services.desk import Mode, ShopInfo
from sellerdesk.settings import (
    ACCENT,
    CHECKOUT_PORT,
    COLOUR_SCHEME,
    CONFIRMATION_ROAD,
    HEADLINE,
    POLL_SECONDS,
    PROFILE,
    PUBLIC_ADDRESS,
    PUBLISHABLE_KEY,
    SEAT_NAME,
    SHOP_NAME,
    Settings,
)
from sellerdesk.ui.dialogs.settings import SettingsDialog
from sellerdesk.ui.dialogs.settings_pages import SeatPage
from sellerdesk.ui.dialogs.settings_parts import ChoiceEntry, TextEntry
from sellerdesk.ui.theme import Scheme, Theme
from sellerdesk.ui.tokens import DARK, LIGHT
from tests.ui.conftest import Books, focused_widget, open_shop
from tests.ui.dressing import nameless, words_of
from tests.ui.room import cramped
from tests.ui.settings_room import Desk, Opener, settle

PAGES = ["Keys", "Confirmation", "Checkout page", "Polling", "Appearance", "This seat"]
Make = Callable[..., Desk]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def make(qtbot: QtBot, look: Theme, books: Books, folder: Path) -> Make:
    def make_it(mode: Mode | None = Mode.TEST, place: Path | None = folder) -> Desk:
        shop = open_shop(books, mode) if mode is not None else None
        return Desk(qtbot, look, Opener(shop), place)

    return make_it


def program(folder: Path) -> Settings:
    """What stands in the file."""
    return Settings.load(folder / "settings.toml")


def of_shop(folder: Path, profile: str = "acct_1-test") -> Settings:
    return Settings.load(folder / profile / "settings.toml", PROFILE)


def entry(dialog: SettingsDialog, key: str) -> Any:
    found = [each for page in dialog.pages for each in page.entries if each.setting.key == key]
    assert len(found) == 1
    return found[0]


def text(dialog: SettingsDialog, setting: Any) -> TextEntry:
    found = entry(dialog, setting.key)
    assert isinstance(found, TextEntry)
    return found


def choose(dialog: SettingsDialog, setting: Any, value: object) -> None:
    found = entry(dialog, setting.key)
    assert isinstance(found, ChoiceEntry)
    found.marks[value].click()


def save(desk: Desk, dialog: SettingsDialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.closed()


class TestWhatIsThere:
    def test_three_ways_in(self, make: Make) -> None:
        desk = make()
        window = desk.window
        rail_entry = window.rail._commands[0]
        ways: list[Callable[[], None]] = [
            lambda: QTest.mouseClick(rail_entry, Qt.MouseButton.LeftButton),
            window.actions_.settings.trigger,
            lambda: QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier),
        ]
        for way in ways:
            dialog = desk.open(way)
            assert [button.text() for button in dialog.buttons] == PAGES
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            desk.closed()

    def test_asked_for_twice_it_opens_once(self, make: Make) -> None:
        desk = make()
        desk.window.settings.open()
        dialog = desk.open()
        desk.window.settings.open()
        settle()
        assert desk.window.settings.dialog is dialog

    @pytest.mark.parametrize(
        ("mode", "pages"),
        [(Mode.DEMO, PAGES), (Mode.LIVE, PAGES), (None, ["Keys", "Checkout page", "Appearance", "This seat"])],
    )
    def test_pages_of_each_kind_of_shop(self, make: Make, mode: Mode | None, pages: list[str]) -> None:
        dialog = make(mode).open()
        assert [button.text() for button in dialog.buttons] == pages

    def test_the_demo_shop_has_no_address_to_choose(self, make: Make) -> None:
        dialog = make(Mode.DEMO).open()
        dialog.show_page("Checkout page")
        labels = [each.setting.label for each in dialog.pages[2].entries]
        assert labels == ["Headline", "Line below the headline", "Colour of the checkout page"]
        assert "when the demo shop is opened again" in words_of(dialog)

    def test_where_the_page_runs_is_said(self, make: Make) -> None:
        dialog = make().open()
        dialog.show_page("Checkout page")
        assert "It runs on this computer only (127.0.0.1)" in words_of(dialog)
        assert "after the checkout page is started again" in words_of(dialog)

    @pytest.mark.parametrize(
        ("mode", "shared", "said"),
        [
            (Mode.LIVE, "", "The orders are in a file of this computer."),
            (Mode.LIVE, "shop at db.example", "The orders are in the database “shop at db.example”"),
            (Mode.DEMO, "", ""),
            (None, "", ""),
        ],
    )
    def test_where_the_orders_are(self, qtbot: QtBot, mode: Mode | None, shared: str, said: str, folder: Path) -> None:
        shop = ShopInfo(mode, "Kontor Nord", "…h7Qx", "", "", "p", shared) if mode is not None else None
        page = SeatPage(program(folder), shop)
        qtbot.addWidget(page)
        page.show()
        words = words_of(page)
        assert said in words if said else "The orders are" not in words

    def test_what_each_road_means_and_which_is_untried(self, make: Make) -> None:
        dialog = make().open()
        dialog.show_page("Confirmation")
        words = words_of(dialog)
        assert "nothing more is needed after 3-D Secure" in words
        assert "once more after 3-D Secure, within the hour" in words
        assert "Not yet tried at Stripe with this API version." not in words
        choose(dialog, CONFIRMATION_ROAD, "manual")
        assert "Not yet tried at Stripe with this API version." in words_of(dialog)

    def test_what_asking_costs(self, make: Make) -> None:
        dialog = make().open()
        dialog.show_page("Polling")
        words = words_of(dialog)
        assert "43,200 reads a month if the desk never closes: fine from 173 payments a month on." in words
        assert "8,640 reads a month if the desk never closes: fine from 35 payments a month on." in words

    def test_a_pause_that_somebody_wrote_into_the_file_stays_a_choice(self, make: Make, folder: Path) -> None:
        of_shop(folder).change({POLL_SECONDS: 90})
        dialog = make().open()
        dialog.show_page("Polling")
        assert entry(dialog, POLL_SECONDS.key).marks[90].isChecked()
        assert "Every 90 seconds" in words_of(dialog)

    def test_everything_is_plain_text_has_a_name_and_has_room(self, make: Make) -> None:
        dialog = make().open()
        for width, height in ((880, 660), (620, 420)):
            dialog.resize(width, height)
            for button in dialog.buttons:
                button.click()
                settle()
                assert cramped(dialog) == []
                assert nameless(dialog) == []
        assert all(each.textFormat() is Qt.TextFormat.PlainText for each in dialog.findChildren(QLabel))

    @pytest.mark.parametrize("mode", [Mode.TEST, None])
    def test_a_page_scrolls_only_when_there_is_no_room(self, make: Make, mode: Mode | None) -> None:
        dialog = make(mode).open()
        dialog.resize(900, 760)
        if mode is not None:
            choose(dialog, CONFIRMATION_ROAD, "manual")
        for button, page in zip(dialog.buttons, dialog.pages, strict=True):
            button.click()
            settle()
            area = next(each for each in dialog.findChildren(QScrollArea) if each.widget() is page)
            too_high = page.content.totalHeightForWidth(page.width()) > area.viewport().height()
            assert area.verticalScrollBar().isVisible() == too_high, button.text()


class TestByKeyboard:
    def test_from_page_to_page_and_into_it(self, make: Make) -> None:
        dialog = make().open()
        assert dialog.focusWidget() is dialog.buttons[0]
        for expected in PAGES[1:]:
            QTest.keyClick(focused_widget(), Qt.Key.Key_Down)
            assert focused_widget() is dialog.buttons[PAGES.index(expected)]
            assert dialog.pages[PAGES.index(expected)].isVisible()
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        assert focused_widget() is text(dialog, SEAT_NAME).field

    def test_a_setting_is_changed_without_a_mouse(self, make: Make, folder: Path) -> None:
        desk = make()
        dialog = desk.open()
        for _ in PAGES[1:5]:
            QTest.keyClick(focused_widget(), Qt.Key.Key_Down)
        QTest.keyClick(focused_widget(), Qt.Key.Key_Tab)
        QTest.keyClick(focused_widget(), Qt.Key.Key_Down)
        QTest.keyClick(focused_widget(), Qt.Key.Key_Down)
        assert entry(dialog, COLOUR_SCHEME.key).marks["dark"].isChecked()
        save(desk, dialog)
        assert program(folder).get(COLOUR_SCHEME) == "dark"

    def test_return_saves_nothing(self, make: Make, folder: Path) -> None:
        dialog = make().open()
        dialog.show_page("This seat")
        field = text(dialog, SEAT_NAME).field
        field.setFocus()
        QTest.keyClicks(field, "Desk 7")
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert dialog.isVisible()
        assert program(folder).get(SEAT_NAME) == ""


class TestWhatIsKept:
    def test_nothing_to_save_at_first(self, make: Make) -> None:
        dialog = make().open()
        assert not dialog.go.isEnabled()
        assert dialog.safe.text() == "Close"
        assert dialog.state.label.full_text == "Nothing is changed."

    def test_leaving_keeps_nothing(self, make: Make, folder: Path) -> None:
        desk = make()
        dialog = desk.open()
        text(dialog, SEAT_NAME).field.setText("Desk 7")
        choose(dialog, COLOUR_SCHEME, "dark")
        assert dialog.state.label.full_text == "2 changes, not saved yet."
        assert dialog.safe.text() == "Change nothing"
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        desk.closed()
        assert not (folder / "settings.toml").exists()
        assert not desk.window.palette().window().color().lightness() < 128
        assert text(desk.open(), SEAT_NAME).field.text() == ""

    def test_what_is_put_back_is_no_change(self, make: Make) -> None:
        dialog = make().open()
        text(dialog, HEADLINE).field.setText("Stoneware")
        assert dialog.go.isEnabled()
        text(dialog, HEADLINE).field.setText("")
        assert not dialog.go.isEnabled()

    def test_settings_of_the_program_and_of_the_shop_go_where_they_belong(self, make: Make, folder: Path) -> None:
        desk = make()
        dialog = desk.open()
        text(dialog, CHECKOUT_PORT).field.setText(" 8080 ")
        text(dialog, HEADLINE).field.setText("  Stoneware and <b>linen</b>  ")
        text(dialog, PUBLIC_ADDRESS).field.setText("https://Shop.Example/")
        choose(dialog, CONFIRMATION_ROAD, "page")
        save(desk, dialog)
        assert program(folder).get(CHECKOUT_PORT) == 8080
        assert of_shop(folder).get(HEADLINE) == "Stoneware and <b>linen</b>"
        assert of_shop(folder).get(PUBLIC_ADDRESS) == "https://shop.example"
        assert of_shop(folder).get(CONFIRMATION_ROAD) == "page"
        assert "checkout_port" not in (folder / "acct_1-test" / "settings.toml").read_text("utf-8")
        assert "seat_name" not in (folder / "settings.toml").read_text("utf-8")

    def test_what_another_process_wrote_is_shown_and_stays(self, make: Make, folder: Path) -> None:
        desk = make()
        program(folder).change({SEAT_NAME: "Theirs"})
        dialog = desk.open()
        assert text(dialog, SEAT_NAME).field.text() == "Theirs"
        program(folder).change({SEAT_NAME: "Theirs again"})
        of_shop(folder).change({SHOP_NAME: "Their name"})
        text(dialog, CHECKOUT_PORT).field.setText("9000")
        text(dialog, HEADLINE).field.setText("Ours")
        save(desk, dialog)
        assert (program(folder).get(SEAT_NAME), program(folder).get(CHECKOUT_PORT)) == ("Theirs again", 9000)
        assert (of_shop(folder).get(SHOP_NAME), of_shop(folder).get(HEADLINE)) == ("Their name", "Ours")

    def test_a_place_that_cannot_be_written(self, make: Make) -> None:
        desk = make(place=None)
        dialog = desk.open()
        text(dialog, SEAT_NAME).field.setText("Desk 7")
        text(dialog, HEADLINE).field.setText("Stoneware")
        save(desk, dialog)
        desk.qtbot.waitUntil(lambda: bool(desk.said))
        assert "cannot be written" in desk.said
        assert "They hold until SellerDesk is closed." in desk.said
        assert "--data-dir" in desk.said
        dialog = desk.open()
        assert text(dialog, SEAT_NAME).field.text() == "Desk 7"
        assert text(dialog, HEADLINE).field.text() == "Stoneware"


WRONG = (
    (CHECKOUT_PORT, "Checkout page", "0x1F", "whole number from 0 to 65535"),
    (CHECKOUT_PORT, "Checkout page", "-1", "whole number from 0 to 65535"),
    (CHECKOUT_PORT, "Checkout page", "65536", "whole number from 0 to 65535"),
    (CHECKOUT_PORT, "Checkout page", "９０００", "whole number from 0 to 65535"),
    (CHECKOUT_PORT, "Checkout page", "", "whole number from 0 to 65535"),
    (PUBLIC_ADDRESS, "Checkout page", "http://shop.example", "must begin with https://"),
    (PUBLIC_ADDRESS, "Checkout page", "shop", "must look like https://shop.example"),
    (PUBLIC_ADDRESS, "Checkout page", "https://u:p@shop.example", "must look like https://shop.example"),
    (HEADLINE, "Checkout page", "x" * 81, "at most 80 characters"),
    (HEADLINE, "Checkout page", "two\u2028lines", "one line"),
    (SHOP_NAME, "Checkout page", "\u202eevil", "one line"),
    (ACCENT, "Checkout page", "petrol", "#0B5D6E"),
    (ACCENT, "Checkout page", "#12345", "#0B5D6E"),
    (ACCENT, "Checkout page", "#FFEE00", "too pale to be read"),
    (SEAT_NAME, "This seat", "x" * 41, "at most 40 characters"),
)


class TestWrongValues:
    def test_each_is_refused_at_its_field(self, make: Make, folder: Path) -> None:
        dialog = make().open()
        for setting, page, typed, sentence in WRONG:
            dialog.show_page(page)
            found = text(dialog, setting)
            found.field.setText(typed)
            found.field.editingFinished.emit()
            assert sentence in found.error.label.full_text
            assert found.error.isVisible()
            assert found.field.property("wrong") is True
            assert not dialog.go.isEnabled()
            assert setting.label in dialog.state.label.full_text
            assert page in dialog.state.label.full_text
            assert "wrong" in dialog.buttons[PAGES.index(page)].accessibleName()
            QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            assert dialog.isVisible()
            assert found.field.text() == typed
            found.field.setText(str(found.kept))
            assert not found.error.isVisible()
            assert dialog.buttons[PAGES.index(page)].accessibleName() == page
        assert not folder.exists()

    def test_what_is_being_typed_is_not_called_wrong(self, make: Make) -> None:
        dialog = make().open()
        dialog.show_page("Checkout page")
        found = text(dialog, PUBLIC_ADDRESS)
        found.field.setFocus()
        QTest.keyClicks(found.field, "https:/")
        assert not found.error.isVisible()
        assert not dialog.go.isEnabled()
        QTest.keyClick(found.field, Qt.Key.Key_Tab)
        assert found.error.isVisible()

    def test_a_key_that_does_not_belong_on_the_page(self, make: Make) -> None:
        dialog = make().open()
        found = entry(dialog, PUBLISHABLE_KEY.key)
        for typed, sentence in (
            ("rk_test_MadeUpForTests0000p2Lk", "must never reach the checkout page"),
            ("pk_" + "live_MadeUpForTests0000w3Yz", "This is a live key"),
            ("pk_test_", "cut off"),
            ("hello", "not a Stripe key"),
        ):
            found.key.field.setText(typed)
            found.key.field.editingFinished.emit()
            assert sentence in words_of(dialog)
            assert not dialog.go.isEnabled()

    def test_a_pale_colour_is_judged_at_once_and_a_darker_one_offered(self, make: Make, folder: Path) -> None:
        desk = make()
        dialog = desk.open()
        dialog.show_page("Checkout page")
        found = entry(dialog, ACCENT.key)
        assert "contrast 6.4 to 1 on the light page" in words_of(dialog)
        found.field.setFocus()
        found.field.selectAll()
        QTest.keyClicks(found.field, "#E6A")
        assert "too pale to be read" in found.error.label.full_text
        assert found.error.isVisible()
        found.nearest.click()
        assert not found.error.isVisible()
        assert found.judgement.isVisible()
        assert not found.nearest.isVisible()
        nearest = found.field.text()
        save(desk, dialog)
        assert of_shop(folder).get(ACCENT) == nearest


class TestWhatTakesEffect:
    def test_colours_at_once(self, make: Make, look: Theme) -> None:
        desk = make()
        dialog = desk.open()
        choose(dialog, COLOUR_SCHEME, "dark")
        assert look.tokens is LIGHT
        save(desk, dialog)
        assert look.tokens is DARK
        assert desk.window.actions_._schemes[Scheme.DARK].isChecked()
        assert desk.opener.opened == 1

    def test_the_shop_is_opened_again_where_it_must_be(self, make: Make) -> None:
        desk = make()
        changes = ((SEAT_NAME, "Desk 7"), (SHOP_NAME, "Süd"), (PUBLIC_ADDRESS, "https://a.example"))
        for times, (setting, value) in enumerate(changes, start=2):
            dialog = desk.open()
            text(dialog, setting).field.setText(value)
            save(desk, dialog)
            assert desk.opener.opened == times
            desk.qtbot.waitUntil(lambda: desk.said == "The settings are saved.")

    def test_polling_opens_it_again_and_words_of_the_page_do_not(self, make: Make) -> None:
        desk = make()
        dialog = desk.open()
        text(dialog, HEADLINE).field.setText("Stoneware")
        save(desk, dialog)
        assert desk.opener.opened == 1
        assert desk.said == "The settings are saved."
        dialog = desk.open()
        choose(dialog, POLL_SECONDS, 60)
        save(desk, dialog)
        assert desk.opener.opened == 2

    def test_the_demo_shop_is_never_opened_again_for_it(self, make: Make, folder: Path) -> None:
        desk = make(Mode.DEMO)
        dialog = desk.open()
        text(dialog, SEAT_NAME).field.setText("Desk 7")
        choose(dialog, POLL_SECONDS, 60)
        save(desk, dialog)
        assert desk.opener.opened == 1
        assert of_shop(folder, "demo").get(POLL_SECONDS) == 60

    def test_a_shop_that_closes_takes_the_settings_along(self, make: Make) -> None:
        desk = make()
        desk.open()
        desk.window.keeper.open_again()
        desk.closed()
        assert QApplication.activeModalWidget() is None


def test_every_setting_that_a_person_decides_is_on_a_page(make: Make) -> None:
    from sellerdesk.settings import (
        ACCOUNT,
        COLUMN_WIDTHS,
        DATABASE_ADDRESS,
        EXERCISES_DONE,
        LAST_PROFILE,
        PROGRAM,
        STRIPE_API,
        WINDOW_SHAPE,
    )

    dialog = make().open()
    shown: set[str] = {each.setting.key for page in dialog.pages for each in page.entries}
    # Where the orders are is written by move-database, or into the file by whoever sets a server up.
    elsewhere = (ACCOUNT, COLUMN_WIDTHS, DATABASE_ADDRESS, EXERCISES_DONE, LAST_PROFILE, STRIPE_API, WINDOW_SHAPE)
    assert shown == {each.key for each in (*PROGRAM, *PROFILE)} - {each.key for each in elsewhere}
