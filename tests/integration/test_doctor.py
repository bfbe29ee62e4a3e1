"""``sellerdesk doctor``: each thing that can be wrong is a finding with what to do, and no secret is ever said."""

import json
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import secretstorage
from jeepney.io.blocking import open_dbus_connection

from sellerdesk.cli import main
from sellerdesk.credentials import SECRET_KEY, Credentials
from sellerdesk.doctor import computer, folders
from sellerdesk.doctor.findings import Finding, State, as_json, bad, good, guarded, line
from sellerdesk.doctor.keyring import keyring
from sellerdesk.doctor.shop import ShopFiles, shop
from sellerdesk.domain.errors import ReadOnlyPlace
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.serve import checkout_server
from sellerdesk.settings import CHECKOUT_PORT, LAST_PROFILE, PUBLIC_ADDRESS, PUBLISHABLE_KEY, Settings, places
from sellerdesk.shops import Shops
from tests import wiring
from tests.integration.test_shop_keys import RIGHTS, connect
from tests.secret_service import SecretService

KEY = "rk_test_MadeUpForTests0000h7Qx"
Change = Callable[..., list[Finding]]


@pytest.fixture
def sandbox(keyring_session: SecretService) -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.world.restrict_key(KEY, RIGHTS | {"account_read"})
        yield running


@pytest.fixture
def files(data_dir: Path, sandbox: Sandbox) -> ShopFiles:
    """A connected shop with something to sell."""
    where = places(data_dir)
    shops = Shops(where, Settings.load(where.settings_file), sandbox.url)
    profile = connect(shops, KEY, sandbox)
    opened = shops.works(profile)
    with opened.works.store.write() as unit:
        unit.catalogue.replace(wiring.PRODUCTS, wiring.RATES)
        unit.commit()
    opened.close()
    folder = where.data / profile
    for name in ("mug.svg", "teapot.svg"):
        (folder / "pictures").mkdir(exist_ok=True)
        (folder / "pictures" / name).write_text("<svg/>", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return ShopFiles(
        profile, folder, folder / "sellerdesk.db", folder / "pictures", shops.settings_of(profile),
        shops.addresses_of(profile), port, is_open_last=True,
    )  # fmt: skip


def look(files: ShopFiles, *, deep: bool = False, online: bool = False) -> list[Finding]:
    found = list(shop(files, deep=deep, online=online))
    assert all(each.shop == files.profile for each in found)
    assert not [each for each in found if KEY in each.says + each.todo]
    return found


def about(found: list[Finding], what: str) -> list[tuple[State, str]]:
    return [(each.state, f"{each.says} {each.todo}".strip()) for each in found if each.about == what]


def the_one(found: list[Finding], what: str, state: State) -> str:
    said = [words for each, words in about(found, what) if each is state]
    assert len(said) == 1, about(found, what)
    return said[0]


def worst(found: list[Finding]) -> set[str]:
    return {each.about for each in found if each.state is State.BAD}


@pytest.mark.keyring
class TestAConnectedShop:
    def test_all_is_well(self, files: ShopFiles) -> None:
        found = look(files, deep=True, online=True)
        assert worst(found) == set()
        assert "the one that the desk opens" in the_one(found, "Shop", State.GOOD)
        assert "whole" in the_one(found, "Database", State.GOOD)
        assert "…h7Qx is in the keyring, a restricted key." in the_one(found, "Secret key", State.GOOD)
        assert "None is needed" in the_one(found, "Webhook", State.GOOD)
        assert "Sandbox shop, acct_" in the_one(found, "Stripe", State.GOOD)
        assert len(about(found, "Permission")) == 9
        assert the_one(found, "Clock", State.GOOD) == "Agrees with Stripe’s."
        assert "3 products for sale, 2 shipping rates." in the_one(found, "Catalogue", State.GOOD)
        assert f"port {files.port} of this computer is free" in the_one(found, "Checkout page", State.GOOD)
        assert "no public address" in the_one(found, "Checkout page", State.NOTE)

    def test_nothing_is_asked_or_read_through_unless_wanted(self, files: ShopFiles, sandbox: Sandbox) -> None:
        asked = len(sandbox.world.seen)
        found = look(files)
        assert "--online" in the_one(found, "Stripe", State.SKIPPED)
        assert "--deep" in the_one(found, "Database", State.SKIPPED)
        assert len(sandbox.world.seen) == asked

    def test_a_key_that_is_gone(self, files: ShopFiles) -> None:
        Credentials(files.profile).delete(SECRET_KEY)
        found = look(files, online=True)
        assert "Connect Stripe again" in the_one(found, "Secret key", State.BAD)
        assert "there is no key" in the_one(found, "Stripe", State.SKIPPED)

    def test_a_key_of_the_other_mode_and_a_full_one(self, files: ShopFiles, sandbox: Sandbox) -> None:
        Credentials(files.profile).set(SECRET_KEY, "rk_" + "live_MadeUpForTests0000h7Qx")
        assert "no test key" in the_one(look(files), "Secret key", State.BAD)
        Credentials(files.profile).set(SECRET_KEY, sandbox.secret_key)
        assert "may do everything" in the_one(look(files), "Secret key", State.NOTE)

    def test_a_locked_keyring(self, files: ShopFiles, keyring_session: SecretService) -> None:
        keyring_session.lock()
        found = look(files, online=True)
        assert "locked" in the_one(found, "Secret key", State.BAD)
        assert "locked" in the_one(found, "Stripe", State.BAD)
        assert worst(found) == {"Secret key", "Stripe"}

    def test_a_revoked_key(self, files: ShopFiles, sandbox: Sandbox) -> None:
        sandbox.world.revoke_key(KEY)
        assert "refused the key" in the_one(look(files, online=True), "Stripe", State.BAD)

    def test_permissions_one_by_one(self, files: ShopFiles, sandbox: Sandbox) -> None:
        sandbox.world.restrict_key(KEY, RIGHTS - {"event_read", "dispute_read"})
        found = look(files, online=True)
        assert "Events (read) is missing: what happens elsewhere is not seen." in the_one(
            found, "Permission", State.BAD
        )
        noted = [words for state, words in about(found, "Permission") if state is State.NOTE]
        assert [words.partition(" is missing")[0] for words in noted] == ["Disputes (read)", "Account (read)"]

    def test_a_clock_that_is_wrong(self, files: ShopFiles, sandbox: Sandbox) -> None:
        sandbox.world.clock.advance(120)
        assert "120 seconds behind Stripe" in the_one(look(files, online=True), "Clock", State.NOTE)
        sandbox.world.clock.advance(3600)
        assert "Set the clock" in the_one(look(files, online=True), "Clock", State.BAD)

    @pytest.mark.parametrize(
        ("key", "state", "words"),
        [
            ("", State.NOTE, "the checkout page cannot start"),
            ("pk_" + "live_MadeUpForTests0000w3Yz", State.BAD, "live key"),
            (KEY, State.BAD, "must never reach the checkout page"),
        ],
    )
    def test_the_publishable_key(self, files: ShopFiles, key: str, state: State, words: str) -> None:
        files.settings.change({PUBLISHABLE_KEY: key})
        assert words in the_one(look(files), "Publishable key", state)

    def test_a_database_of_a_newer_version(self, files: ShopFiles) -> None:
        _write(files.database, "UPDATE alembic_version SET version_num = '9999'")
        found = look(files)
        assert "newer SellerDesk" in the_one(found, "Database", State.BAD)

    def test_a_database_of_an_older_version(self, files: ShopFiles) -> None:
        _write(files.database, "UPDATE alembic_version SET version_num = '0001'")
        found = look(files)
        assert "brought up to" in the_one(found, "Database", State.NOTE)
        assert "brought up to date first" in the_one(found, "Catalogue", State.SKIPPED)

    def test_a_file_that_is_no_database(self, files: ShopFiles) -> None:
        files.database.write_text("not a database, however long it is. " * 100, "utf-8")
        found = look(files, deep=True)
        assert worst(found) == {"Database", "Catalogue"}
        assert files.database.read_text("utf-8").startswith("not a database")

    def test_a_damaged_database(self, files: ShopFiles) -> None:
        _write(files.database, "PRAGMA journal_mode=DELETE")
        size = files.database.stat().st_size
        with files.database.open("r+b") as file:
            for page in range(4096, size, 4096):
                file.seek(page + 100)
                file.write(b"\xff" * 2000)
        found = look(files, deep=True)
        assert "Database" in worst(found)

    def test_no_database_yet(self, files: ShopFiles) -> None:
        files.database.unlink()
        found = look(files, deep=True)
        assert "made when the shop is opened" in the_one(found, "Database", State.NOTE)
        assert not files.database.exists()

    def test_nothing_to_sell_and_pictures_that_are_missing(self, files: ShopFiles) -> None:
        (files.pictures / "mug.svg").unlink()
        assert "1 pictures are missing: mug.svg." in the_one(look(files), "Catalogue", State.NOTE)
        _write(files.database, "DELETE FROM shipping_rate")
        assert "catalogue import" in the_one(look(files), "Catalogue", State.NOTE)

    def test_who_answers_where_the_page_should(self, files: ShopFiles, sandbox: Sandbox, data_dir: Path) -> None:
        elsewhere = replace(files, port=int(sandbox.url.rpartition(":")[2]))
        said = [words for _, words in about(look(elsewhere), "Checkout page")]
        assert "another program answers" in said[0]
        shops = Shops(places(data_dir), Settings.load(places(data_dir).settings_file), sandbox.url)
        opened = shops.works(files.profile)
        server = checkout_server(
            opened.works, opened.info, files.profile, opened.publishable_key, opened.addresses, files.pictures,
            own_origins=("https://shop.example",),
        )  # fmt: skip
        files.settings.change({PUBLIC_ADDRESS: "https://shop.example"})
        said = [words for _, words in about(look(replace(files, port=server.port)), "Checkout page")]
        server.stop()
        opened.close()
        assert said[0] == f"It answers at port {server.port} of this computer."
        assert "https://shop.example" in said[1]

    def test_a_setting_that_cannot_be_used(self, files: ShopFiles) -> None:
        path = files.folder / "settings.toml"
        path.write_text(path.read_text("utf-8") + 'poll_seconds = "often"\n', "utf-8")
        files.settings.refresh()
        assert "How often Stripe is asked" in the_one(look(files), "Settings", State.NOTE)


def _write(database: Path, sql: str) -> None:
    connection = sqlite3.connect(database)
    connection.execute(sql)
    connection.commit()
    connection.close()


@pytest.mark.keyring
class TestTheKeyring:
    def test_only_looked_at(self, keyring_session: SecretService) -> None:
        found = list(keyring(deep=False))
        assert [each.state for each in found] == [State.GOOD, State.SKIPPED]
        assert _items(keyring_session) == 0

    def test_a_round_trip_leaves_nothing(self, keyring_session: SecretService) -> None:
        Credentials("acct_1-test").set(SECRET_KEY, KEY)
        found = list(keyring(deep=True))
        assert [each.state for each in found] == [State.GOOD, State.GOOD]
        assert _items(keyring_session) == 1
        assert Credentials("acct_1-test").get(SECRET_KEY) == KEY

    def test_locked(self, keyring_session: SecretService) -> None:
        keyring_session.lock()
        for deep in (False, True):
            assert "locked" in the_one(list(keyring(deep=deep)), "Keyring", State.BAD)

    def test_a_false_one_is_named(self, keyring_session: SecretService, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
        said = the_one(list(keyring(deep=True)), "Keyring", State.BAD)
        assert "keyrings.alt.file.PlaintextKeyring, which is not a real keyring" in said


def _items(service: SecretService) -> int:
    with open_dbus_connection(service.environment["DBUS_SESSION_BUS_ADDRESS"]) as connection:
        return len(list(secretstorage.get_default_collection(connection).get_all_items()))


class TestTheComputer:
    def test_qt_starts(self) -> None:
        assert "a window can be opened" in the_one(list(computer.qt()), "Qt", State.GOOD)

    def test_without_a_screen_that_is_said_and_fine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr("sys.platform", "linux")
        assert "There is no screen here" in the_one(list(computer.qt()), "Qt", State.NOTE)

    def test_a_screen_that_qt_cannot_use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QT_QPA_PLATFORM", "nonsense")
        assert "No window can be opened." in the_one(list(computer.qt()), "Qt", State.BAD)

    def test_missing_libraries_are_named_with_their_packages(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        linker = tmp_path / "ldd"
        linker.write_text(
            "#!/bin/sh\nprintf '\\tlibxcb-cursor.so.0 => not found\\n\\tlibc.so.6 => /lib/libc.so.6\\n'\n"
        )
        linker.chmod(linker.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr("shutil.which", lambda _name: str(linker))
        monkeypatch.setattr("sys.platform", "linux")
        assert computer.missing_libraries() == ("libxcb-cursor.so.0",)
        monkeypatch.setenv("QT_QPA_PLATFORM", "nonsense")
        said = the_one(list(computer.qt()), "Qt", State.BAD)
        assert "These system libraries are missing: libxcb-cursor.so.0." in said
        assert "sudo apt install libxcb-cursor0" in said

    def test_the_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert the_one(list(computer.python()), "Python", State.GOOD)
        assert "safe while" in the_one(list(computer.sqlite()), "SQLite", State.GOOD)
        monkeypatch.setattr("shutil.which", lambda _name: None)
        assert "no Chromium" in the_one(list(computer.browser()), "Browser", State.NOTE)


class TestTheFolders:
    def test_room_on_the_disk(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        where = places(data_dir)
        for free, state in ((10**12, State.GOOD), (100 * 2**20, State.NOTE), (2**20, State.BAD)):
            monkeypatch.setattr("shutil.disk_usage", lambda _folder, free=free: type("Usage", (), {"free": free}))
            assert "MB are free" in the_one(list(folders.folders(where)), "Disk", state)

    def test_a_network_drive_is_known(self, data_dir: Path, tmp_path: Path) -> None:
        mounts = tmp_path / "mountinfo"
        odd = str(data_dir).replace(" ", r"\040")
        mounts.write_text(
            "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
            f"98 21 0:44 / {odd} rw,relatime shared:9 - nfs4 server:/export rw\n"
            "nonsense\n",
            "utf-8",
        )
        assert folders.file_system(data_dir / "state", mounts) == "nfs4"
        assert folders.file_system(tmp_path, mounts) == "ext4"
        assert folders.file_system(tmp_path, tmp_path / "none") == ""

    def test_a_network_drive_is_no_place_for_a_database(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(folders, "file_system", lambda _folder: "cifs")
        assert "network drive (cifs)" in the_one(list(folders.folders(places(data_dir))), "Data", State.BAD)


class TestTheReport:
    def test_a_line_says_what_and_what_to_do(self) -> None:
        said = line(bad("Keyring", "It is locked.", "Unlock it."))
        assert said == "BAD   Keyring          It is locked. Unlock it."

    def test_no_key_and_no_trick_gets_into_it(self) -> None:
        finding = good("Stripe", f"\x1b[31m{KEY}\nBAD Keyring sk_test_{'a' * 20} ada@example.com")
        for said in (line(finding), as_json([finding], "1")):
            assert "\n" not in said
            assert "\x1b" not in said
            assert KEY not in said
            assert "sk_test_aaaa" not in said
            assert "ada@example.com" not in said

    def test_a_look_that_stumbles_hides_nothing(self) -> None:
        def stumble() -> Iterator[Finding]:
            yield good("Disk", "One.")
            raise ValueError(KEY)

        found = list(guarded("Disk", stumble))
        assert [each.state for each in found] == [State.GOOD, State.BAD]
        assert "ValueError" in found[1].says
        assert KEY not in found[1].says

        def fail() -> list[Finding]:
            raise ReadOnlyPlace("The folder cannot be written.")

        assert [each.says for each in guarded("Data", fail)] == ["The folder cannot be written."]

    @pytest.mark.keyring
    def test_the_whole_round_for_people_and_for_machines(
        self, files: ShopFiles, data_dir: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Settings.load(places(data_dir).settings_file).change({CHECKOUT_PORT: files.port})
        arguments = ["--data-dir", str(data_dir), "doctor", "--deep", "--online"]
        assert main(arguments) == 0
        said = capsys.readouterr().out
        assert said.splitlines()[0].startswith("ok    SellerDesk")
        assert said.splitlines()[-1] == "Everything that is needed works."
        assert main([*arguments, "--json"]) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert told["healthy"] is True
        assert {each["state"] for each in told["findings"]} <= {state.value for state in State}
        listed = [each for each in told["findings"] if each["shop"] == files.profile]
        assert {each["about"] for each in listed} >= {"Database", "Secret key", "Permission", "Catalogue"}
        for text in (said, json.dumps(told)):
            assert KEY not in text
            assert KEY[-16:] not in text

    @pytest.mark.keyring
    def test_what_must_be_put_right_shows_in_the_exit_status(
        self, files: ShopFiles, data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(computer, "qt", lambda: iter(()))
        Credentials(files.profile).delete(SECRET_KEY)
        assert main(["--data-dir", str(data_dir), "doctor"]) == 1
        assert capsys.readouterr().out.splitlines()[-1] == "1 of the above must be put right."

    def test_without_a_keyring_and_a_shop(
        self, data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(computer, "qt", lambda: iter(()))
        assert main(["--data-dir", str(data_dir), "doctor", "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        wrong = [each["about"] for each in told["findings"] if each["state"] == "bad"]
        assert wrong == ["Keyring"]
        assert "None is connected yet." in str(told)

    def test_a_shop_that_was_moved_away(
        self, data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(computer, "qt", lambda: iter(()))
        Settings.load(places(data_dir).settings_file).change({LAST_PROFILE: "acct_9-test"})
        assert main(["--data-dir", str(data_dir), "doctor"]) == 1
        assert "(acct_9-test) is not in the data folder" in capsys.readouterr().out

    def test_folders_that_cannot_be_made(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(computer, "qt", lambda: iter(()))
        (tmp_path / "file").write_text("", "utf-8")
        assert main(["--data-dir", str(tmp_path / "file" / "data"), "doctor"]) == 1
        said = capsys.readouterr().out
        assert "cannot be used for SellerDesk's data" in said
        assert "--data-dir" in said
