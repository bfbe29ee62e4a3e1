"""P20: the secret key is in the keyring of the operating system and nowhere else, shown in the real window.

Real: window, settings, store, log, checkout server in a process of its own, HTTP to the sandbox, and a Secret Service
keyring, open, locked or absent. Every file that could hold the key is read.
"""

import base64
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import secretstorage
from jeepney.io.blocking import open_dbus_connection
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.order import Stage
from sellerdesk.logs import configure
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.settings import LAST_PROFILE, Settings, places
from sellerdesk.ui.dialogs.connect import ConnectDialog
from sellerdesk.ui.dialogs.replace_key import RemoveKeyDialog, ReplaceKeyDialog
from sellerdesk.ui.dialogs.settings_keys import KeysPage
from tests.e2e.road import CheckoutProcess, Seller, import_demo_catalogue
from tests.e2e.test_promises_desk import order_by
from tests.integration.test_shop_keys import RIGHTS
from tests.secret_service import SecretService
from tests.ui.dressing import words_of

pytestmark = [pytest.mark.keyring, pytest.mark.timeout(240)]

SECOND_KEY = "rk_test_SecondMadeUpKeyForTheTestp2Lk"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def places_of_files(data_dir: Path, service: SecretService) -> list[Path]:
    """Where a key could be left: home, data, the keyring's own files, and what this user's programs share."""
    named = (os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"))
    keyring_home = Path(service.environment["XDG_DATA_HOME"]).parent
    return [*map(Path, named), data_dir, keyring_home]


def ways_to_write(key: str) -> list[bytes]:
    """The key as a file might hold it: plain, in wide letters, encoded; its secret part is enough."""
    part = key.rpartition("_")[2]
    return [part.encode(), part.encode("utf-16-le"), base64.b64encode(key.encode())[:-4], part.encode().hex().encode()]


def files_with(folders: list[Path], *keys: str) -> list[str]:
    found = []
    wanted = [way for key in keys for way in ways_to_write(key)]
    looked_at = 0
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                looked_at += 1
                content = path.read_bytes()
                found += [f"{path}" for way in wanted if way in content]
    assert looked_at > 5
    return found


def processes_with(*keys: str) -> list[str]:
    """Arguments and environment of this process and its children, as any program of this user can read them."""
    if not sys.platform.startswith("linux"):
        return []
    ours = {os.getpid()}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if parent == os.getpid():
            ours.add(int(status.parent.name))
    assert len(ours) > 1
    found = []
    for process in ours:
        for name in ("cmdline", "environ"):
            content = (Path("/proc") / str(process) / name).read_bytes()
            found += [f"{name} of {process}" for key in keys if key.rpartition("_")[2].encode() in content]
    return found


def kept_in(service: SecretService) -> list[tuple[str, str]]:
    """Every secret in the keyring, with the name it is kept under."""
    with open_dbus_connection(service.environment["DBUS_SESSION_BUS_ADDRESS"]) as connection:
        items = list(secretstorage.get_default_collection(connection).get_all_items())
        return [(each.get_attributes()["username"], each.get_secret().decode()) for each in items]


def log_everything(data_dir: Path) -> None:
    """At the finest level, which nobody can switch on from outside."""
    configure(places(data_dir).state, "desk", logging.DEBUG)


def replace_key(seller: Seller, key: str) -> None:
    """Settings, Keys, Replace key, by keyboard."""
    window = seller.window
    window.settings.open()
    seller.wait(lambda: window.settings.dialog is not None)
    dialog = window.settings.dialog
    assert dialog is not None
    page = dialog.pages[0]
    assert isinstance(page, KeysPage)
    seller.wait(page.check.isEnabled)
    page.replace.click()
    asking = window.settings.keys.dialog
    assert isinstance(asking, ReplaceKeyDialog)
    seller.wait(asking.isActiveWindow)
    QTest.keyClicks(asking.secret.field, key)
    QTest.keyClick(asking.secret.field, Qt.Key.Key_Return)
    seller.wait(asking.go.isEnabled)
    assert "this key can read a payment of this shop" in words_of(asking)
    QTest.keyClick(asking, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seller.wait(lambda: window.settings.keys.dialog is None)
    seller.wait(page.check.isEnabled)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    seller.wait(lambda: window.settings.dialog is None and not window.keeper.is_busy)
    seller.wait(lambda: window.keeper.shop is not None)


def test_p20_the_key_is_in_the_keyring_and_nowhere_else(
    qtbot: QtBot, data_dir: Path, sandbox: Sandbox, keyring_session: SecretService, caplog: pytest.LogCaptureFixture
) -> None:
    first = sandbox.secret_key
    sandbox.world.restrict_key(SECOND_KEY, RIGHTS)
    seller = Seller(qtbot, data_dir, sandbox.url)
    log_everything(data_dir)
    caplog.set_level(logging.DEBUG)
    seller.connect(first, sandbox.publishable_key)
    profile = Settings.load(places(data_dir).settings_file).get(LAST_PROFILE)
    assert kept_in(keyring_session) == [(f"{profile}/secret_key", first)]
    import_demo_catalogue(data_dir)
    opened = seller.second_program()
    order = order_by(opened, sandbox)
    seller.see(Stage.TO_PREPARE, order.shown_reference)
    seller.prepare(leave_out_last=0)
    opened.close()
    replace_key(seller, SECOND_KEY)
    assert kept_in(keyring_session) == [(f"{profile}/secret_key", SECOND_KEY)]
    assert seller.order(order.id).payment.captured > 0
    checkout = CheckoutProcess(data_dir)
    everywhere = places_of_files(data_dir, keyring_session)
    while_working = files_with(everywhere, first, SECOND_KEY), processes_with(first, SECOND_KEY)
    checkout.stop()
    seller.leave()
    assert while_working == ([], [])
    assert files_with(everywhere, first, SECOND_KEY) == []
    assert first not in caplog.text
    assert SECOND_KEY not in caplog.text
    assert (data_dir / "state" / "desk.log").stat().st_size > 0


def test_p20_the_search_would_find_a_key(
    data_dir: Path, keyring_session: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in enumerate(ways_to_write(SECOND_KEY)):
        (data_dir / str(name)).write_bytes(b"before" + content + b"after")
        (data_dir / f"harmless {name}").write_bytes(b"nothing")
    assert len(files_with(places_of_files(data_dir, keyring_session), SECOND_KEY)) == 4


@pytest.mark.parametrize("backend", ["", "keyring.backends.null.Keyring", "keyrings.alt.file.PlaintextKeyring"])
def test_p20_without_a_usable_keyring_the_desk_says_so_and_keeps_nothing(
    qtbot: QtBot,
    data_dir: Path,
    sandbox: Sandbox,
    keyring_session: SecretService,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
) -> None:
    if backend:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    seller = Seller(qtbot, data_dir, sandbox.url)
    log_everything(data_dir)
    seller.wait(seller.window.welcome.page.isVisible)
    seller.window.welcome.ask_for_keys()
    dialog = seller.window.welcome.dialog
    assert isinstance(dialog, ConnectDialog)
    QTest.keyClicks(dialog.secret.field, sandbox.secret_key)
    QTest.keyClicks(dialog.publishable.field, sandbox.publishable_key)
    QTest.keyClick(dialog.secret.field, Qt.Key.Key_Return)
    seller.wait(lambda: dialog.account.isVisible() and dialog.kept.isVisible())
    words = words_of(dialog)
    assert ("not a real keyring" if backend else "no keyring") in words
    assert "Kept in" not in words
    assert not dialog.go.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert seller.window.keeper.shop is None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    seller.leave()
    assert files_with(places_of_files(data_dir, keyring_session), sandbox.secret_key) == []
    assert [path.name for path in data_dir.iterdir() if path.is_dir()] == ["state"]
    monkeypatch.undo()
    for name, value in keyring_session.environment.items():
        monkeypatch.setenv(name, value)
    assert kept_in(keyring_session) == []


def test_p20_a_locked_keyring_takes_no_key_and_the_window_says_so(
    qtbot: QtBot, data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    seller = Seller(qtbot, data_dir, sandbox.url)
    seller.wait(seller.window.welcome.page.isVisible)
    keyring_session.lock()
    seller.window.welcome.ask_for_keys()
    dialog = seller.window.welcome.dialog
    assert isinstance(dialog, ConnectDialog)
    QTest.keyClicks(dialog.secret.field, sandbox.secret_key)
    QTest.keyClicks(dialog.publishable.field, sandbox.publishable_key)
    QTest.keyClick(dialog.secret.field, Qt.Key.Key_Return)
    seller.wait(dialog.go.isEnabled)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seller.wait(dialog.trouble.isVisible)
    assert "The keyring is locked. Please unlock it with its password, then try again." in words_of(dialog)
    assert dialog.secret.text() == sandbox.secret_key
    dialog.reject()
    seller.leave()
    assert files_with(places_of_files(data_dir, keyring_session), sandbox.secret_key) == []
    assert [path.name for path in data_dir.iterdir() if path.is_dir()] == ["state"]


def test_p20_a_shop_whose_keyring_is_locked_is_not_opened_and_loses_nothing(
    qtbot: QtBot, data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    seller = Seller(qtbot, data_dir, sandbox.url)
    seller.connect(sandbox.secret_key, sandbox.publishable_key)
    seller.leave()
    keyring_session.lock()
    again = Seller(qtbot, data_dir, sandbox.url)
    again.wait(lambda: again.window.bar.notice is not None)
    notice = again.window.bar.notice
    assert notice is not None
    assert "The keyring is locked." in notice.text
    assert again.window.keeper.shop is None
    assert again.window.stack.currentWidget() is again.window.welcome.page
    again.leave()
    assert files_with(places_of_files(data_dir, keyring_session), sandbox.secret_key) == []


def test_p20_a_removed_key_is_nowhere_and_its_orders_come_back_with_the_next(
    qtbot: QtBot, data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    seller = Seller(qtbot, data_dir, sandbox.url)
    seller.connect(sandbox.secret_key, sandbox.publishable_key)
    import_demo_catalogue(data_dir)
    opened = seller.second_program()
    order = order_by(opened, sandbox)
    opened.close()
    seller.see(Stage.TO_PREPARE, order.shown_reference)
    window = seller.window
    window.settings.open()
    seller.wait(lambda: window.settings.dialog is not None)
    dialog = window.settings.dialog
    assert dialog is not None
    page = dialog.pages[0]
    assert isinstance(page, KeysPage)
    page.remove.click()
    asking = window.settings.keys.dialog
    assert isinstance(asking, RemoveKeyDialog)
    seller.wait(asking.isActiveWindow)
    assert "on hold cannot be captured from here any more" in words_of(asking)
    QTest.keyClick(asking, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    seller.wait(window.welcome.page.isVisible)
    assert window.keeper.shop is None
    assert kept_in(keyring_session) == []
    seller.connect(sandbox.secret_key, sandbox.publishable_key)
    seller.see(Stage.TO_PREPARE, order.shown_reference)
    seller.leave()
