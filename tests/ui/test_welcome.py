"""The first start and the keys: what is checked, what is said, and that a key stays nowhere."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.account import AccountFacts, Permission
from sellerdesk.domain.errors import KeyRefused, NoKeyring, OutcomeUnknown
from sellerdesk.services.desk import OpenShop
from sellerdesk.services.shop_keys import ShopKeys
from sellerdesk.ui.dialogs.connect import ConnectDialog
from sellerdesk.ui.dialogs.welcome import FirstStart
from sellerdesk.ui.tasks import Tasks
from sellerdesk.ui.theme import Scheme
from tests.ui.dressing import clear_away, colours_of, dressed, nameless, words_of

SECRET = "rk_test_NqMadeUpForTests0h7Qx"
FULL_SECRET = "sk_test_NqMadeUpForTests0h7Qx"
LIVE = SECRET.replace("test", "live", 1)
PUBLISHABLE = "pk_test_NqMadeUpForTests0w3Yz"
LIVE_PUBLISHABLE = "pk_live_NqMadeUpForTests0w3Yz"


def account(*, livemode: bool = False, missing: tuple[str, ...] = (), needed: tuple[str, ...] = ()) -> AccountFacts:
    names = ("Payment intents", "Customers", "Events", "Disputes")
    permissions = tuple(
        Permission(name, "write", "what it is for", name not in missing + needed, name in needed) for name in names
    )
    return AccountFacts("acct_1", "Kontor <b>Nord</b>", "AT", "eur", livemode, permissions)


class Shops:
    """A ShopOpener whose answers a test can choose and hold back."""

    def __init__(self) -> None:
        self.answer: AccountFacts | Exception = account()
        self.keyring: str | Exception = "Secret Service keyring “Login”"
        self.asked: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def last(self) -> OpenShop | None:
        return None

    def demo(self, progress: Callable[[str, int, int], None]) -> OpenShop:
        raise AssertionError("not asked for here")

    def check(self, secret_key: str) -> AccountFacts:
        self.asked.append(secret_key)
        assert self.gate.wait(30)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def keyring_name(self) -> str:
        if isinstance(self.keyring, Exception):
            raise self.keyring
        return self.keyring

    def connect(self, secret_key: str, publishable_key: str) -> OpenShop:
        raise AssertionError("the dialog hands the keys on and keeps nothing")

    def keys(self, profile: str) -> ShopKeys:
        raise AssertionError("not asked for here")


class Heard(QObject):
    """Keeps what the dialog asked for."""

    def __init__(self, dialog: ConnectDialog) -> None:
        super().__init__()
        self.keys: list[tuple[str, str]] = []
        dialog.connect_chosen.connect(self._connect)

    def _connect(self, secret: str, publishable: str) -> None:
        self.keys.append((secret, publishable))


@pytest.fixture
def shops() -> Shops:
    return Shops()


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close(5.0)


@pytest.fixture
def opened(qtbot: QtBot, shops: Shops, tasks: Tasks) -> Iterator[Callable[[], ConnectDialog]]:
    dressed()
    made: list[ConnectDialog] = []

    def make() -> ConnectDialog:
        dialog = ConnectDialog(shops, tasks)
        qtbot.addWidget(dialog)
        made.append(dialog)
        dialog.open_safely()
        dialog.activateWindow()
        assert QTest.qWaitForWindowExposed(dialog)
        qtbot.waitUntil(lambda: bool(dialog.kept.label.full_text))
        return dialog

    yield make
    shops.gate.set()
    for dialog in made:
        dialog.close()
    clear_away()


Opener = Callable[[], ConnectDialog]


def fill(dialog: ConnectDialog, secret: str = SECRET, publishable: str = PUBLISHABLE) -> None:
    dialog.secret.field.setText(secret)
    dialog.publishable.field.setText(publishable)


def check(dialog: ConnectDialog, qtbot: QtBot) -> None:
    dialog.check.click()
    qtbot.waitUntil(lambda: dialog.check.isEnabled())


def test_the_two_ways_to_begin(qtbot: QtBot) -> None:
    dressed()
    page = FirstStart()
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    page.activateWindow()
    assert QTest.qWaitForWindowExposed(page)
    assert page.focusWidget() is None or page.focusProxy() is page.demo
    with qtbot.waitSignal(page.demo_requested):
        QTest.keyClick(page.demo, Qt.Key.Key_Space)
    with qtbot.waitSignal(page.connect_requested):
        QTest.keyClick(page.connect_stripe, Qt.Key.Key_Space)
    # Their keys are the File menu's: two that are equal answer to nobody.
    assert page.findChildren(QShortcut) == []
    assert "No card number ever reaches this program." in words_of(page)
    assert nameless(page) == []


def test_the_whole_way_by_keyboard(opened: Opener, qtbot: QtBot, shops: Shops) -> None:
    dialog = opened()
    heard = Heard(dialog)
    assert dialog.focusWidget() is dialog.secret.field
    QTest.keyClicks(dialog.secret.field, SECRET)
    dialog.publishable.field.setFocus()
    QTest.keyClicks(dialog.publishable.field, PUBLISHABLE)
    assert not dialog.go.isEnabled()
    dialog.secret.field.setFocus()
    QTest.keyClick(dialog.secret.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.go.isEnabled())
    assert shops.asked == [SECRET]
    assert heard.keys == []
    words = words_of(dialog)
    assert "Kontor <b>Nord</b>, AT, EUR. Test mode, no real money." in words
    assert "4 of 4 granted" in words
    assert "Kept in: Secret Service keyring “Login”. Never in a file, never in a log." in words
    assert dialog.go.text() == "Connect in test mode"
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert heard.keys == [(SECRET, PUBLISHABLE)]
    dialog.finish()
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("secret", "sentence"),
    [
        (PUBLISHABLE, "This is the publishable key"),
        ("sk_org_test_NqMadeUpForTests0h7Qx", "This is an organization key"),
        ("whsec_51NqMadeUpForTests0h7Qx", "This is a webhook secret"),
        ("rk_test_Nq", "This key is cut off."),
        ("hello there", "blank"),
        ("x" * 900, "far too long"),
    ],
)
def test_a_wrong_key_is_named_at_its_field_and_never_sent(
    opened: Opener, shops: Shops, secret: str, sentence: str
) -> None:
    dialog = opened()
    dialog.secret.field.setText(secret)
    assert sentence in words_of(dialog)
    assert not dialog.check.isEnabled()
    QTest.keyClick(dialog.secret.field, Qt.Key.Key_Return)
    assert shops.asked == []
    assert dialog.secret.text() == secret


def test_a_key_being_typed_is_not_called_wrong(opened: Opener) -> None:
    dialog = opened()
    QTest.keyClicks(dialog.secret.field, "rk_test_Nq")
    assert not dialog.secret.error.isVisible()
    QTest.keyClick(dialog.secret.field, Qt.Key.Key_Tab)
    assert dialog.secret.error.isVisible()


def test_a_secret_key_is_taken_with_a_word_of_warning(opened: Opener) -> None:
    dialog = opened()
    fill(dialog, FULL_SECRET)
    assert "It can do everything; a restricted key is safer." in words_of(dialog)
    assert dialog.check.isEnabled()


def test_the_publishable_key_must_be_of_the_same_mode(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    fill(dialog, SECRET, LIVE_PUBLISHABLE)
    check(dialog, qtbot)
    assert "This is a live key, and test mode needs a test key." in words_of(dialog)
    assert not dialog.go.isEnabled()
    dialog.publishable.field.setText(PUBLISHABLE)
    assert dialog.go.isEnabled()


def test_a_secret_in_the_public_field_is_refused(opened: Opener) -> None:
    dialog = opened()
    fill(dialog, SECRET, FULL_SECRET)
    assert "It must never reach the checkout page" in words_of(dialog)


def test_live_mode_is_asked_for_plainly(opened: Opener, qtbot: QtBot, shops: Shops) -> None:
    shops.answer = account(livemode=True)
    dialog = opened()
    fill(dialog, LIVE, LIVE_PUBLISHABLE)
    check(dialog, qtbot)
    words = words_of(dialog)
    assert "Live mode: real cards, real money." in words
    assert dialog.go.text() == "Connect in live mode"
    assert dialog.focusWidget() is dialog.safe


def test_a_missing_permission_that_can_wait_is_amber(opened: Opener, qtbot: QtBot, shops: Shops) -> None:
    shops.answer = account(missing=("Disputes",))
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    assert dialog.account.table.states == {
        "Payment intents": "Granted", "Customers": "Granted", "Events": "Granted", "Disputes": "Missing"
    }  # fmt: skip
    assert "You can start without Disputes." in words_of(dialog)
    assert dialog.go.isEnabled()


def test_a_missing_permission_that_is_needed_switches_connecting_off(
    opened: Opener, qtbot: QtBot, shops: Shops
) -> None:
    shops.answer = account(needed=("Payment intents", "Events"))
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    assert "SellerDesk cannot work without Payment intents and Events." in words_of(dialog)
    assert not dialog.go.isEnabled()
    shops.answer = account()
    assert dialog.check.text() == "Check again"
    check(dialog, qtbot)
    assert dialog.go.isEnabled()


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (KeyRefused("Stripe does not know this key."), "Stripe does not know this key."),
        (OutcomeUnknown("Stripe did not answer."), "Stripe did not answer. Nothing was kept."),
        (OutcomeUnknown(f"Odd answer about {FULL_SECRET}."), "Odd answer about sk_test_…"),
        (ValueError(SECRET), "SellerDesk made a mistake of its own."),
    ],
)
def test_a_failed_check_is_said_in_place_and_everything_stays_filled_in(
    opened: Opener, qtbot: QtBot, shops: Shops, error: Exception, sentence: str
) -> None:
    shops.answer = error
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    words = words_of(dialog)
    assert sentence in words
    assert SECRET not in words
    assert FULL_SECRET not in words
    assert dialog.secret.text() == SECRET
    assert dialog.publishable.text() == PUBLISHABLE
    assert not dialog.go.isEnabled()


def test_another_key_makes_an_earlier_check_worthless(opened: Opener, qtbot: QtBot, shops: Shops) -> None:
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    assert dialog.go.isEnabled()
    dialog.secret.field.setText(FULL_SECRET)
    assert not dialog.go.isEnabled()
    assert not dialog.account.isVisible()


def test_an_answer_for_a_key_that_is_gone_is_not_shown(
    opened: Opener, qtbot: QtBot, shops: Shops, tasks: Tasks
) -> None:
    dialog = opened()
    shops.gate.clear()
    fill(dialog)
    dialog.check.click()
    qtbot.waitUntil(lambda: shops.asked == [SECRET])
    dialog.secret.field.setText(FULL_SECRET)
    shops.gate.set()
    later: list[object] = []
    tasks.read(dialog, lambda: None, later.append, later.append)
    qtbot.waitUntil(lambda: later == [None])
    assert not dialog.account.isVisible()
    assert not dialog.go.isEnabled()


def test_a_running_check_can_be_left(opened: Opener, qtbot: QtBot, shops: Shops) -> None:
    dialog = opened()
    shops.gate.clear()
    fill(dialog)
    dialog.check.click()
    qtbot.waitUntil(lambda: shops.asked == [SECRET])
    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    shops.gate.set()


def test_without_a_keyring_nothing_can_be_connected(opened: Opener, qtbot: QtBot, shops: Shops) -> None:
    shops.keyring = NoKeyring("There is no keyring on this system.")
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    assert "There is no keyring on this system." in words_of(dialog)
    assert not dialog.go.isEnabled()


def test_a_refusal_leaves_everything_filled_in_and_it_can_be_tried_again(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    fill(dialog)
    check(dialog, qtbot)
    dialog.go.click()
    assert not dialog.secret.isEnabled()
    assert dialog.refuse("The keyring is locked.")
    assert "The keyring is locked." in words_of(dialog)
    assert dialog.secret.text() == SECRET
    dialog.go.click()
    assert heard.keys == [(SECRET, PUBLISHABLE)] * 2


def test_the_key_is_hidden_and_forgotten_when_the_dialog_closes(
    opened: Opener, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    assert dialog.secret.field.echoMode() is QLineEdit.EchoMode.Password
    dialog.secret.reveal.click()
    assert dialog.secret.field.echoMode() is QLineEdit.EchoMode.Normal
    said = [dialog.windowTitle(), words_of(dialog), *(each.accessibleName() for each in dialog.findChildren(QWidget))]
    assert not any(SECRET in each for each in said)
    dialog.reject()
    assert dialog.secret.text() == ""
    assert dialog.publishable.text() == ""
    assert dialog.secret.field.echoMode() is QLineEdit.EchoMode.Password
    dialog.secret.field.undo()
    assert dialog.secret.text() == ""
    assert SECRET not in caplog.text


def test_paste_takes_the_clipboard_without_the_blanks_around_it(opened: Opener) -> None:
    dialog = opened()
    QGuiApplication.clipboard().setText(f"  {SECRET}\n")
    dialog.secret.paste.click()
    assert dialog.secret.text() == SECRET
    QGuiApplication.clipboard().clear()


def test_everything_is_plain_text_and_has_a_name(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in dialog.findChildren(QLabel))
    assert nameless(dialog) == []


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_it_follows_the_scheme(opened: Opener, qtbot: QtBot, scheme: Scheme) -> None:
    dialog = opened()
    fill(dialog)
    check(dialog, qtbot)
    theme = dressed(scheme)
    colours = colours_of(dialog.grab().toImage())
    assert theme.tokens.window.lower() in colours
    assert theme.tokens.accent.lower() in colours
    dressed()
