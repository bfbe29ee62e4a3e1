"""Keeps secrets in the keyring of the operating system, and nowhere else.

keyring picks its backend by environment, configuration file and installed packages, and some backends write plain
text or forget at once. So a backend is taken only from a list of real keyrings. keyring is imported at first use.
"""

import configparser
import importlib
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sellerdesk.domain.errors import KeyringError, KeyringLocked, KeyringRefused, NoKeyring

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "SellerDesk"
SECRET_KEY = "secret_key"
"""Kind of Stripe's secret or restricted key."""
SIGNING_SECRET = "signing_secret"
"""Kind of the secret with which Stripe signs the events that it sends to one address of ours."""
DATABASE_PASSWORD = "database_password"
"""Kind of secret: the password of the shared database."""

_Value = TypeVar("_Value")
_log = logging.getLogger(__name__)

# Name of the backend's class, and what a person calls that keyring.
_REAL = {
    "keyring.backends.SecretService.Keyring": "Secret Service keyring",
    "keyring.backends.libsecret.Keyring": "Secret Service keyring",
    "keyring.backends.kwallet.DBusKeyring": "KDE wallet",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
    "keyring.backends.macOS.Keyring": "macOS keychain",
}
# Asking keyring to choose by itself is no choice of a particular backend.
_AUTOMATIC = "keyring.backends.chainer.ChainerBackend"


class Credentials:
    """The secrets of one profile. Every method may take as long as a person needs to unlock the keyring.

    All raise NoKeyring, KeyringLocked or KeyringRefused; there is never a file instead.
    """

    def __init__(self, profile: str) -> None:
        self._profile = profile

    def __repr__(self) -> str:
        return f"Credentials({self._profile!r})"

    def get(self, kind: str) -> str | None:
        """The secret, or None when there is none."""
        backend = _backend()
        return _guarded(lambda: backend.get_password(SERVICE, self._user(kind)))

    def set(self, kind: str, secret: str) -> None:
        """Keep ``secret`` in place of an older one, and read it back to be sure."""
        backend = _backend()
        user = self._user(kind)
        _guarded(lambda: backend.set_password(SERVICE, user, secret))
        if _guarded(lambda: backend.get_password(SERVICE, user)) != secret:
            raise KeyringRefused("The keyring took the key but does not give it back. The key was not kept.")

    def delete(self, kind: str) -> None:
        """Forget the secret. Nothing happens when there is none."""
        if self.get(kind) is not None:
            backend = _backend()
            _guarded(lambda: backend.delete_password(SERVICE, self._user(kind)))

    def where(self) -> str:
        """What a person calls the keyring that is used, such as "Secret Service keyring"."""
        return _REAL[_name_of(_backend())]

    def _user(self, kind: str) -> str:
        return f"{self._profile}/{kind}"


def _backend() -> "KeyringBackend":
    """The best real keyring that works here. Raises NoKeyring."""
    wanted = _configured()
    if wanted and wanted != _AUTOMATIC and wanted not in _REAL:
        raise NoKeyring(
            f"This computer is set up to keep secrets in {wanted[:80]}, which is not a real keyring. "
            "The key was not kept. Please remove that setting of Python's keyring, or choose a real one."
        )
    names = [wanted] if wanted in _REAL else list(_REAL)
    best: tuple[float, type[KeyringBackend]] | None = None
    for name in names:
        found = _viable(name)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        raise NoKeyring(
            "There is no keyring on this computer, so the key cannot be kept. Please install or start one "
            "(GNOME Keyring, KWallet or KeePassXC), then try again."
        )
    return _guarded(best[1])


def _viable(name: str) -> "tuple[float, type[KeyringBackend]] | None":
    """Rank and class of a backend that says it works here."""
    module, _, class_name = name.rpartition(".")
    try:
        kind: type[KeyringBackend] = getattr(importlib.import_module(module), class_name)
        return float(kind.priority), kind
    except Exception as error:  # noqa: BLE001 - a backend says "not here" with whatever its system raises
        _log.debug("%s cannot be used here: %s", name, type(error).__name__)
        return None


def _configured() -> str:
    """The backend that the environment or keyring's configuration file asks for, '' when neither does."""
    named = os.environ.get("PYTHON_KEYRING_BACKEND", "").strip()
    if named:
        return named
    from keyring.util import platform_

    configuration = configparser.RawConfigParser()
    try:
        configuration.read(platform_.config_root() / "keyringrc.cfg", encoding="utf-8")
        return configuration.get("backend", "default-keyring", fallback="").strip()
    except (configparser.Error, UnicodeDecodeError, OSError):
        return ""


def _name_of(backend: "KeyringBackend") -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def _guarded(work: Callable[[], _Value]) -> _Value:
    """Do ``work``; whatever the keyring raises becomes one of our three errors, without its details."""
    problem: KeyringError
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - each system's library has its own family of errors
        _log.warning("The keyring failed: %s", type(error).__name__)
        problem = _translated(error)
    raise problem


def _translated(error: Exception) -> KeyringError:
    from keyring import errors

    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, errors.NoKeyringError) or names & {"SecretServiceNotAvailableException", "ConnectionError"}:
        return NoKeyring("The keyring of this computer does not answer, so the key cannot be kept or read.")
    if isinstance(error, errors.KeyringLocked) or names & {"LockedException"}:
        return KeyringLocked("The keyring is locked. Please unlock it with its password, then try again.")
    if isinstance(error, errors.InitError):
        return KeyringRefused(
            "The keyring could not be opened: it has no place for passwords yet, or the question for its password was "
            "dismissed. Please set up a password keyring, then try again."
        )
    return KeyringRefused("The keyring refused. Please allow SellerDesk to use it, then try again.")
