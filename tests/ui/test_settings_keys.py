"""The keys in the settings: what is said of them, and what replacing and removing them means and does."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.errors import KeyNotUsable, KeyRefused, KeyringLocked, OutcomeUnknown
from sellerdesk.services.desk import Mode
from sellerdesk.services.shop_keys import SameShop
from sellerdesk.ui.dialogs.connect import ConnectDialog
from sellerdesk.ui.dialogs.replace_key import RemoveKeyDialog, ReplaceKeyDialog
from sellerdesk.ui.dialogs.settings import SettingsDialog
from sellerdesk.ui.dialogs.settings_keys import KeysPage
from sellerdesk.ui.theme import Theme
from tests.ui.conftest import Books, open_shop
from tests.ui.dressing import nameless, words_of
from tests.ui.room import cramped
from tests.ui.sample_orders import order
from tests.ui.settings_room import NEW_KEY, Desk, Opener, account, settle

Make = Callable[..., Desk]


@pytest.fixture
def make(qtbot: QtBot, look: Theme, books: Books, tmp_path: Path) -> Make:
    def make_it(mode: Mode | None = Mode.TEST) -> Desk:
        shop = open_shop(books, mode) if mode is not None else None
        return Desk(qtbot, look, Opener(shop), tmp_path)

    return make_it


def page_of(dialog: SettingsDialog) -> KeysPage:
    page = dialog.pages[0]
    assert isinstance(page, KeysPage)
    return page


def replacing(desk: Desk, dialog: SettingsDialog) -> ReplaceKeyDialog:
    page_of(dialog).replace.click()
    found = desk.window.settings.keys.dialog
    assert isinstance(found, ReplaceKeyDialog)
    desk.qtbot.waitUntil(found.isActiveWindow)
    desk.qtbot.waitUntil(found.kept.isVisible)
    return found


def removing(desk: Desk, dialog: SettingsDialog) -> RemoveKeyDialog:
    page_of(dialog).remove.click()
    found = desk.window.settings.keys.dialog
    assert isinstance(found, RemoveKeyDialog)
    desk.qtbot.waitUntil(found.isActiveWindow)
    return found


def go(dialog: QWidget) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def check(desk: Desk, dialog: ReplaceKeyDialog, key: str = NEW_KEY) -> None:
    dialog.secret.field.setText(key)
    QTest.keyClick(dialog.secret.field, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(dialog.check.isEnabled)


class TestThePage:
    def test_whose_it_is_where_it_is_and_what_it_may_do(self, make: Make) -> None:
        desk = make()
        desk.opener.of_shop.account = account(missing=("Disputes",), name="Kontor <b>Nord</b>")
        dialog = desk.open()
        words = words_of(dialog)
        for said in (
            "acct_1", "Test, no real money", "…h7Qx, read from the system keyring",
            "Secret Service keyring; in no file, in no log", "Kontor <b>Nord</b>, AT, EUR.", "5 of 6 granted",
            "without it: no luck", "You can start without Disputes.",
        ):  # fmt: skip
            assert said in words
        assert page_of(dialog).view.table.states["Disputes"] == "Missing"
        assert desk.opener.asked_for == ["acct_1-test"]
        assert cramped(dialog) == []

    def test_checked_again_after_something_was_added_at_stripe(self, make: Make) -> None:
        desk = make()
        keys = desk.opener.of_shop
        keys.account = account(needed=("Events",))
        dialog = desk.open()
        page = page_of(dialog)
        assert "SellerDesk cannot work without Events." in words_of(dialog)
        keys.account = account()
        keys.gate.clear()
        page.check.click()
        assert not page.check.isEnabled()
        keys.gate.set()
        desk.qtbot.waitUntil(page.check.isEnabled)
        assert page.view.table.states["Events"] == "Granted"
        assert "cannot work" not in words_of(dialog)

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            (OutcomeUnknown("Stripe could not be reached."), "Stripe could not be reached."),
            (KeyringLocked("The keyring is locked."), "The keyring is locked."),
            (KeyRefused(f"No such key {NEW_KEY}."), "No such key rk_test_…"),
            (ValueError(NEW_KEY), "SellerDesk made a mistake of its own."),
        ],
    )
    def test_a_check_that_fails_is_said_in_place(self, make: Make, error: Exception, sentence: str) -> None:
        desk = make()
        desk.opener.of_shop.fail_with = error
        dialog = desk.open()
        assert sentence in words_of(dialog)
        assert NEW_KEY not in words_of(dialog)
        page_of(dialog).check.click()
        desk.qtbot.waitUntil(page_of(dialog).view.isVisible)
        assert sentence not in words_of(dialog)

    def test_left_while_stripe_is_asked(self, make: Make) -> None:
        desk = make()
        keys = desk.opener.of_shop
        keys.gate.clear()
        desk.window.settings.open()
        desk.qtbot.waitUntil(lambda: desk.window.settings.dialog is not None and bool(keys.done))
        dialog = desk.window.settings.dialog
        assert dialog is not None
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        keys.gate.set()
        desk.closed()
        settle()

    def test_the_demo_shop_says_that_its_keys_are_made_up(self, make: Make) -> None:
        desk = make(Mode.DEMO)
        words = words_of(desk.open())
        assert "The demo shop’s keys are made up." in words
        assert "live in memory only" in words
        assert desk.opener.asked_for == []

    def test_without_a_shop_it_leads_to_connecting(self, make: Make) -> None:
        desk = make(None)
        dialog = desk.open()
        assert "No shop is open, so there is no key." in words_of(dialog)
        page = dialog.pages[0]
        page.connect_stripe.click()  # type: ignore[attr-defined]
        desk.closed()
        assert isinstance(desk.window.welcome.dialog, ConnectDialog)
        desk.window.welcome.dialog.close()


class TestReplacing:
    @pytest.mark.parametrize(
        ("same_shop", "sentence"),
        [
            (SameShop.ACCOUNT, "The same Stripe account as before."),
            (SameShop.PAYMENT, "this key can read a payment of this shop"),
            (SameShop.NOT_KNOWN, "It could not be verified that this key belongs to the same account."),
        ],
    )
    def test_whether_it_is_the_same_account_is_said_before(
        self, make: Make, same_shop: SameShop, sentence: str
    ) -> None:
        desk = make()
        desk.opener.of_shop.same_shop = same_shop
        dialog = replacing(desk, desk.open())
        assert "The orders of Kontor Nord stay as they are." in words_of(dialog)
        check(desk, dialog)
        assert sentence in words_of(dialog)
        assert dialog.go.isEnabled()
        assert dialog.focusWidget() is dialog.safe
        assert nameless(dialog) == []
        dialog.secret.field.setText(NEW_KEY + "x")
        assert sentence not in words_of(dialog)
        assert not dialog.go.isEnabled()

    def test_replaced_it_is_the_new_one_everywhere(self, make: Make, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        desk = make()
        settings = desk.open()
        dialog = replacing(desk, settings)
        check(desk, dialog)
        go(dialog)
        desk.qtbot.waitUntil(lambda: desk.window.settings.keys.dialog is None)
        desk.qtbot.waitUntil(page_of(settings).check.isEnabled)
        assert desk.opener.of_shop.done == ["check", f"try {NEW_KEY}", f"replace {NEW_KEY}", "check"]
        assert "…p2Lk, read from the system keyring" in words_of(settings)
        assert desk.opener.opened == 1
        QTest.keyClick(settings, Qt.Key.Key_Escape)
        desk.closed()
        assert desk.opener.opened == 2
        desk.qtbot.waitUntil(lambda: "The key is replaced." in desk.said)
        assert NEW_KEY not in caplog.text

    def test_a_key_of_another_account_is_refused_at_the_field(self, make: Make) -> None:
        desk = make()
        dialog = replacing(desk, desk.open())
        desk.opener.of_shop.fail_with = KeyNotUsable("This key belongs to another Stripe account (Atelier Süd).")
        check(desk, dialog)
        assert "another Stripe account (Atelier Süd)" in words_of(dialog)
        assert dialog.secret.error.isVisible()
        assert not dialog.go.isEnabled()

    def test_a_key_of_the_other_mode_is_never_sent(self, make: Make) -> None:
        desk = make()
        dialog = replacing(desk, desk.open())
        dialog.secret.field.setText(NEW_KEY.replace("test", "live", 1))
        assert "test mode needs a test key" in words_of(dialog)
        assert not dialog.check.isEnabled()
        assert desk.opener.of_shop.done == ["check"]

    def test_a_key_without_a_needed_right_is_not_taken(self, make: Make) -> None:
        desk = make()
        desk.opener.of_shop.account = account(needed=("Payment intents",))
        dialog = replacing(desk, desk.open())
        check(desk, dialog)
        assert not dialog.go.isEnabled()

    def test_a_keyring_that_refuses_leaves_everything_as_it_was(self, make: Make) -> None:
        desk = make()
        settings = desk.open()
        dialog = replacing(desk, settings)
        check(desk, dialog)
        desk.opener.of_shop.fail_with = KeyringLocked("The keyring is locked. Please unlock it.")
        go(dialog)
        desk.qtbot.waitUntil(dialog.trouble.isVisible)
        assert "The key was not replaced." in words_of(dialog)
        assert dialog.secret.text() == NEW_KEY
        assert dialog.go.isEnabled()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.secret.text() == ""
        settings.close()
        desk.closed()
        assert desk.opener.opened == 1


class TestRemoving:
    def test_what_it_means_is_said_before_with_the_money_on_hold(self, make: Make, books: Books) -> None:
        books.add(order())
        desk = make()
        desk.qtbot.waitUntil(lambda: desk.window.list.overview is not None)
        dialog = removing(desk, desk.open())
        words = words_of(dialog)
        for said in (
            "128.40\u00a0EUR on hold cannot be captured from here any more.", "Key …h7Qx of Kontor Nord.",
            "SellerDesk has no other copy of it.", "Orders and settings stay on this computer.", "stays valid",
        ):  # fmt: skip
            assert said in words
        assert dialog.focusWidget() is dialog.safe
        assert (dialog.safe.text(), dialog.go.text()) == ("Keep key", "Remove key")
        assert nameless(dialog) == []
        assert cramped(dialog) == []
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert desk.opener.of_shop.done == ["check"]
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert desk.opener.of_shop.done == ["check"]

    def test_removed_the_shop_closes(self, make: Make, books: Books) -> None:
        desk = make()
        dialog = removing(desk, desk.open())
        go(dialog)
        desk.closed()
        assert desk.opener.of_shop.done == ["check", "remove"]
        assert books.closed == 1
        assert desk.window.stack.currentWidget() is desk.window.welcome.page
        assert desk.window.band.word == "NO SHOP"
        assert QApplication.activeModalWidget() is None

    def test_a_keyring_that_refuses_keeps_the_shop_open(self, make: Make, books: Books) -> None:
        desk = make()
        dialog = removing(desk, desk.open())
        desk.opener.of_shop.fail_with = KeyringLocked("The keyring is locked. Please unlock it.")
        go(dialog)
        desk.qtbot.waitUntil(dialog.trouble.isVisible)
        assert "The key was not removed. The keyring is locked." in dialog.trouble.accessibleName()
        assert dialog.go.isEnabled()
        assert books.closed == 0
        assert desk.window.keeper.shop is not None
