"""Everything that can be wrong before the first order: keys, keyring, ports, folders, databases.

Each gives a sentence that a seller understands, changes nothing and loses nothing.
"""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from pytestqt.qtbot import QtBot

from sellerdesk.cli import main
from sellerdesk.domain.errors import DatabaseTooNew, KeyNotUsable, KeyRefused, NoKeyring, ReadOnlyPlace
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.settings import LAST_PROFILE, Settings, places
from sellerdesk.shops import Shops
from sellerdesk.ui.main_window import MainWindow
from sellerdesk.ui.theme import Scheme, apply
from sellerdesk.window import KeptPreferences, NoPlace, make_application
from tests.secret_service import SecretService

CHECKOUT_ROOT = Path(__file__).parents[2]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def shops_in(data_dir: Path, api_base: str) -> Shops:
    where = places(data_dir)
    return Shops(where, Settings.load(where.settings_file), api_base)


def nothing_is_kept(data_dir: Path) -> bool:
    """No profile, no setting, no secret."""
    kept = [path.name for path in data_dir.iterdir() if path.name != "state"]
    return kept == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "enter"),
        ("pk_test_MadeUpForTests0123456789", "publishable key"),
        ("whsec_" + "MadeUpForTests0123456789", "webhook"),
        ("sk_org_test_MadeUpForTests0123456789", "organi"),
        ("sk_test_MadeUp\nForTests0123456789", "key"),
        ("sk_" + "live_MadeUpForTests0123456789", "live key"),
        ("sk_test_" + "a" * 10_000, "key"),
        ("hello", "key"),
    ],
)
@pytest.mark.keyring
def test_a_key_of_the_wrong_kind_is_named_and_nothing_is_kept(
    key: str, words: str, data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    shops = shops_in(data_dir, sandbox.url)
    with pytest.raises(KeyNotUsable) as refused:
        shops.connect(key, sandbox.publishable_key)
    assert words in str(refused.value)
    assert str(refused.value).endswith(".")
    assert key == "" or key not in str(refused.value)
    assert nothing_is_kept(data_dir)
    assert not sandbox.world.seen


@pytest.mark.keyring
def test_a_revoked_key_is_refused_by_stripe_and_not_kept(
    data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    sandbox.world.revoke_key(sandbox.secret_key)
    with pytest.raises(KeyRefused, match="refused the key"):
        shops_in(data_dir, sandbox.url).connect(sandbox.secret_key, sandbox.publishable_key)
    assert nothing_is_kept(data_dir)


@pytest.mark.keyring
def test_a_publishable_key_of_the_other_mode_is_refused(
    data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    other = sandbox.publishable_key.replace("_test_", "_live_")
    with pytest.raises(KeyNotUsable, match="live"):
        shops_in(data_dir, sandbox.url).connect(sandbox.secret_key, other)
    assert nothing_is_kept(data_dir)


def test_without_a_keyring_nothing_is_kept_anywhere(data_dir: Path, sandbox: Sandbox) -> None:
    shops = shops_in(data_dir, sandbox.url)
    with pytest.raises(NoKeyring, match="no keyring"):
        shops.connect(sandbox.secret_key, sandbox.publishable_key)
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    assert not [path for path in files if sandbox.secret_key.encode() in path.read_bytes()]
    assert shops.last() is None


@pytest.mark.keyring
def test_a_key_taken_out_of_the_keyring_is_asked_for_again(
    data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    shops = shops_in(data_dir, sandbox.url)
    shops.connect(sandbox.secret_key, sandbox.publishable_key).close()
    profile = Settings.load(places(data_dir).settings_file).get(LAST_PROFILE)
    keyring.delete_password("SellerDesk", f"{profile}/secret_key")
    with pytest.raises(KeyNotUsable, match="connect Stripe again"):
        shops_in(data_dir, "").last()
    assert (data_dir / profile / "sellerdesk.db").exists()


@pytest.mark.keyring
def test_a_database_from_a_newer_version_is_left_as_it_is(
    data_dir: Path, sandbox: Sandbox, keyring_session: SecretService
) -> None:
    shops_in(data_dir, sandbox.url).connect(sandbox.secret_key, sandbox.publishable_key).close()
    profile = Settings.load(places(data_dir).settings_file).get(LAST_PROFILE)
    database = data_dir / profile / "sellerdesk.db"
    connection = sqlite3.connect(database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = database.read_bytes()
    with pytest.raises(DatabaseTooNew, match="newer SellerDesk"):
        shops_in(data_dir, "").last()
    assert database.read_bytes() == before


def test_a_place_that_cannot_be_written_is_a_sentence_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ReadOnlyPlace) as refused:
        places(tmp_path / "file" / "data")
    settings = Settings.load(tmp_path / "nowhere" / "settings.toml")
    shops = NoPlace(refused.value)
    preferences = KeptPreferences(settings, shops.settings_of)
    window = MainWindow(shops, apply(make_application(), Scheme.LIGHT), preferences)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.bar.notice is not None)
    assert window.bar.notice is not None
    assert "cannot be used" in window.bar.notice.text
    window.close()
    window.finish()


def test_a_place_that_cannot_be_written_is_a_sentence_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert main(["--data-dir", str(tmp_path / "file" / "data"), "sync"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cannot be used" in said


def test_a_command_for_a_shop_that_was_never_connected_says_how(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["sync"], ["checkout", "--port", "0"]):
        assert main(["--data-dir", str(data_dir), *command]) == 1
        assert "Connect Stripe" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["sandbox", "--port"], ["demo-checkout"]])
def test_a_port_in_use_is_named(command: list[str], data_dir: Path, sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        if command[0] == "sandbox":
            done = subprocess.run(
                [sys.executable, "-m", "sellerdesk", *command, str(port)],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "PYTHONPATH": str(CHECKOUT_ROOT)},
            )
            assert done.returncode == 2
            said = done.stderr
        else:
            from sellerdesk.demo import open_demo
            from sellerdesk.domain.errors import AddressTaken

            with pytest.raises(AddressTaken) as refused:
                open_demo(data_dir / "demo", lambda *_: None, checkout_port=port)
            said = str(refused.value)
            assert list((data_dir / "demo").iterdir()) == [], "a demo that could not open leaves nothing behind"
    assert str(port) in said
    assert said.strip().count("\n") == 0


def test_the_sandbox_says_its_address_on_one_line_and_its_page_on_another() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "sellerdesk", "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT_ROOT)},
    )
    assert child.stdout is not None
    line, page = child.stdout.readline(), child.stdout.readline()
    child.terminate()
    rest, _ = child.communicate()
    assert line.startswith("http://127.0.0.1:")
    assert page.startswith(line.strip())
    assert rest == ""


@pytest.mark.parametrize("arguments", [["sandbox", "--port", "70000"], ["sandbox", "--port", "-1"], ["nonsense"]])
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "sellerdesk" in capsys.readouterr().err


@pytest.mark.parametrize("base", ["http://example.com", "ftp://127.0.0.1", "https://user:pw@api.stripe.com", "x"])
def test_an_address_that_is_no_place_for_a_key_is_refused(
    base: str, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data-dir", str(data_dir), "--stripe-api-base", base, "sync"]) == 1
    assert capsys.readouterr().err.strip()
