"""Secrets go into a real keyring or nowhere: unlocked, locked, without a place, absent, or not a keyring at all."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import secretstorage

from sellerdesk.credentials import SECRET_KEY, Credentials
from sellerdesk.domain.errors import KeyringLocked, KeyringRefused, NoKeyring
from tests.secret_service import SecretService, missing_programs

SECRET = "sk_test_madeupmadeup1234"


class BareService(SecretService):
    """A Secret Service that was never given a password, so it has no collection."""

    def _spawn(self, command: list[str]) -> None:
        super()._spawn([word for word in command if word != "--unlock"])

    def _is_answering(self) -> bool:
        with self._connect() as connection:
            return secretstorage.check_service_availability(connection)


def children_of(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())


@pytest.mark.keyring
class TestARealKeyring:
    def test_kept_read_replaced_and_forgotten(self, keyring_session: SecretService) -> None:
        credentials = Credentials("acct_1-test")
        assert credentials.get(SECRET_KEY) is None
        credentials.set(SECRET_KEY, SECRET)
        assert credentials.get(SECRET_KEY) == SECRET
        credentials.set(SECRET_KEY, SECRET + "new")
        assert Credentials("acct_1-test").get(SECRET_KEY) == SECRET + "new"
        credentials.delete(SECRET_KEY)
        assert credentials.get(SECRET_KEY) is None
        credentials.delete(SECRET_KEY)

    def test_profiles_do_not_see_each_other(self, keyring_session: SecretService) -> None:
        Credentials("acct_1-test").set(SECRET_KEY, SECRET)
        assert Credentials("acct_1-live").get(SECRET_KEY) is None

    def test_it_has_a_name(self, keyring_session: SecretService) -> None:
        assert Credentials("demo").where() == "Secret Service keyring"

    def test_another_process_finds_it_under_its_agreed_name(self, keyring_session: SecretService) -> None:
        Credentials("acct_1-test").set(SECRET_KEY, SECRET)
        code = "import keyring; print(keyring.get_password('SellerDesk', 'acct_1-test/secret_key'))"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, env=dict(os.environ)
        )
        assert done.stdout.strip() == SECRET

    def test_a_locked_keyring(self, keyring_session: SecretService) -> None:
        credentials = Credentials("acct_1-test")
        credentials.set(SECRET_KEY, SECRET)
        keyring_session.lock()
        works: list[Callable[[], object]] = [
            lambda: credentials.get(SECRET_KEY),
            lambda: credentials.set(SECRET_KEY, "other"),
            lambda: credentials.delete(SECRET_KEY),
        ]
        for work in works:
            with pytest.raises(KeyringLocked) as caught:
                work()
            assert caught.value.__context__ is None
        assert credentials.where() == "Secret Service keyring"

    def test_a_keyring_that_went_away(self, keyring_session: SecretService, monkeypatch: pytest.MonkeyPatch) -> None:
        credentials = Credentials("acct_1-test")
        credentials.set(SECRET_KEY, SECRET)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
        with pytest.raises(NoKeyring):
            credentials.get(SECRET_KEY)

    @pytest.mark.parametrize(
        "backend",
        [
            "keyring.backends.null.Keyring",
            "keyring.backends.fail.Keyring",
            "keyrings.alt.file.PlaintextKeyring",
            "tests.no_such_module.Keyring",
        ],
    )
    def test_the_environment_cannot_choose_a_false_one(
        self, keyring_session: SecretService, monkeypatch: pytest.MonkeyPatch, backend: str
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
        with pytest.raises(NoKeyring) as caught:
            Credentials("acct_1-test").set(SECRET_KEY, SECRET)
        assert backend in str(caught.value)
        assert SECRET not in str(caught.value)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        assert Credentials("acct_1-test").get(SECRET_KEY) is None

    def test_a_file_cannot_choose_a_false_one(
        self, keyring_session: SecretService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "config" / "python_keyring"
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n", "utf-8")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        with pytest.raises(NoKeyring):
            Credentials("demo").where()
        (folder / "keyringrc.cfg").write_bytes(b"\xff\xfe no configuration")
        assert Credentials("demo").where() == "Secret Service keyring"

    @pytest.mark.parametrize(
        "backend", ["keyring.backends.SecretService.Keyring", "keyring.backends.chainer.ChainerBackend"]
    )
    def test_a_real_one_may_be_chosen(
        self, keyring_session: SecretService, monkeypatch: pytest.MonkeyPatch, backend: str
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
        credentials = Credentials("demo")
        credentials.set(SECRET_KEY, SECRET)
        assert credentials.get(SECRET_KEY) == SECRET

    def test_a_real_one_that_does_not_work_here(
        self, keyring_session: SecretService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.Windows.WinVaultKeyring")
        with pytest.raises(NoKeyring):
            Credentials("demo").where()


def test_no_keyring_means_no_secret_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    credentials = Credentials("acct_1-test")
    works: list[Callable[[], object]] = [
        lambda: credentials.set(SECRET_KEY, SECRET),
        lambda: credentials.get(SECRET_KEY),
        lambda: credentials.delete(SECRET_KEY),
        credentials.where,
    ]
    for work in works:
        with pytest.raises(NoKeyring) as caught:
            work()
        assert "no keyring" in str(caught.value)
    assert SECRET not in children_of(tmp_path)


@pytest.mark.keyring
def test_a_keyring_without_a_place_for_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that was never given a password has no collection, and here there is nobody to ask for one."""
    if missing_programs():
        pytest.skip("needs a Secret Service")
    service = BareService()
    service.start()
    try:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(KeyringRefused) as caught:
            Credentials("acct_1-test").set(SECRET_KEY, SECRET)
        assert "set up" in str(caught.value)
    finally:
        service.stop()


def test_nothing_shows_and_nothing_is_imported_early() -> None:
    code = (
        "import sys; from sellerdesk.credentials import Credentials; "
        "assert 'keyring' not in sys.modules; print(Credentials('demo'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "Credentials('demo')"
