"""The ground that other tests stand on does what it promises."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import keyring
import keyring.errors
import pytest
from keyring.backends import SecretService as Backend
from playwright.sync_api import Error, Page

from tests.secret_service import SecretService


def test_home_is_private() -> None:
    assert "sd-home-" in os.environ["HOME"]
    assert Path(os.environ["XDG_DATA_HOME"]).is_relative_to(os.environ["HOME"])
    assert "DBUS_SESSION_BUS_ADDRESS" not in os.environ


def test_the_network_is_refused() -> None:
    with (
        socket.socket() as connection,
        pytest.raises(RuntimeError, match="tests need no network"),
    ):
        connection.connect(("192.0.2.1", 443))


@pytest.mark.keyring
def test_keyring_is_a_real_secret_service(keyring_session: SecretService) -> None:
    assert isinstance(keyring.get_keyring(), Backend.Keyring)
    keyring.set_password("SellerDesk", "test/secret", "made-up value")
    child = "import keyring; print(keyring.get_password('SellerDesk', 'test/secret'))"
    answer = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "made-up value"


@pytest.mark.keyring
def test_keyring_starts_empty(keyring_session: SecretService) -> None:
    assert keyring.get_password("SellerDesk", "test/secret") is None


@pytest.mark.keyring
def test_a_locked_keyring_says_so(keyring_session: SecretService) -> None:
    keyring_session.lock()
    with pytest.raises(keyring.errors.KeyringLocked):
        keyring.set_password("SellerDesk", "test/secret", "made-up value")


@pytest.mark.keyring
def test_the_next_test_finds_it_unlocked(keyring_session: SecretService) -> None:
    keyring.set_password("SellerDesk", "test/secret", "made-up value")
    assert keyring.get_password("SellerDesk", "test/secret") == "made-up value"


@pytest.mark.browser
def test_browser_reaches_this_machine_only(page: Page) -> None:
    page.set_content("<label>Name <input></label>")
    page.get_by_label("Name").fill("Ada")
    assert page.get_by_label("Name").input_value() == "Ada"
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.com/")
