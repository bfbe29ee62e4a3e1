"""Where the orders of a profile are: in its own file, or in a database that several seats share; and opening it."""

import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sellerdesk.credentials import DATABASE_PASSWORD, Credentials
from sellerdesk.domain.database_address import DatabaseAddress, read_database_address
from sellerdesk.domain.errors import PasswordNeeded
from sellerdesk.settings import DATABASE_ADDRESS, Places, Settings

if TYPE_CHECKING:
    from sellerdesk.store.backup import FileBackups
    from sellerdesk.store.database import SqlStore

DATABASE = "sellerdesk.db"
T = TypeVar("T")


def ask_at_terminal(address: DatabaseAddress) -> str | None:
    """The password as a person types it, unseen; None when there is nobody at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    return getpass.getpass(f"Password of {address.user} for the database {address.shown}: ") or None


class Databases:
    """Finds and opens the databases of profiles. ``chosen`` is used in the place of every profile's own."""

    def __init__(
        self,
        places: Places,
        chosen: DatabaseAddress | None = None,
        ask: Callable[[DatabaseAddress], str | None] = ask_at_terminal,
    ) -> None:
        self._places = places
        self._chosen = chosen
        self._ask = ask

    def shared(self, settings: Settings) -> DatabaseAddress | None:
        """The shared database of the profile with these ``settings``, None where it has a file of its own."""
        named = settings.get(DATABASE_ADDRESS)
        return self._chosen or (read_database_address(named) if named else None)

    def file(self, profile: str) -> Path:
        """Where the file of a profile is, if it has one. Raises ReadOnlyPlace."""
        return self._places.profile(profile) / DATABASE

    def backups(self, profile: str, settings: Settings) -> "FileBackups | None":
        """The backups of a profile's file; None where a server has the orders, which its administrator backs up."""
        from sellerdesk.store.backup import FileBackups

        return FileBackups(self.file(profile)) if self.shared(settings) is None else None

    def open(self, profile: str, settings: Settings, seat: str) -> "SqlStore":
        """Open them, and make sure that the database is this shop's. Raises StoreError's and KeyringError's
        families."""
        from sellerdesk.store.database import open_store

        shared = self.shared(settings)
        if shared is None:
            return open_store(self.file(profile), seat=seat, shop=profile)
        return self.with_password(
            profile, shared, lambda password: open_store(shared, seat=seat, shop=profile, password=password)
        )

    def with_password(self, profile: str, address: DatabaseAddress, use: Callable[[str | None], T]) -> T:
        """Do ``use`` with the password that the keyring has, None for the server's own ways (~/.pgpass, PGPASSWORD);
        where that is not the right one, ask for it once and keep what worked."""
        try:
            return use(Credentials(profile).get(DATABASE_PASSWORD))
        except PasswordNeeded as error:
            asked = self._ask(address)
            if asked is None:
                raise PasswordNeeded(
                    f"{error} Start sellerdesk once from a terminal: it asks for the password there and keeps it in "
                    "the keyring. PGPASSWORD and ~/.pgpass work, too."
                ) from error
        result = use(asked)
        Credentials(profile).set(DATABASE_PASSWORD, asked)
        return result
