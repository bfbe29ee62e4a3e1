"""Whether the file under a database's name is still the one that was opened."""

from pathlib import Path

from sellerdesk.domain.errors import DatabaseUnusable


class SameFile:
    """The file that ``path`` names now. Raises DatabaseUnusable when there is none.

    A program goes on in a file that lost its name, and all it saves is gone with it; and a journal meets whatever file
    has the name: https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lost = False
        self._opened = self._named()

    def check(self) -> None:
        """Raises DatabaseUnusable once another file, or none, has the name: for good, also when the first one comes
        back, because another program may have worked under its name meanwhile.

        Only asks for the name: to open and close the file here would throw the locks of SQLite on it away.
        """
        if not self._lost:
            try:
                self._lost = self._named() != self._opened
            except FileNotFoundError:
                self._lost = True
            except OSError as error:
                why = f"The database {self._path.name} cannot be reached ({error.strerror})."
                raise DatabaseUnusable(why) from error
        if self._lost:
            raise DatabaseUnusable(
                f"The database {self._path.name} was removed or replaced while SellerDesk was using it. Nothing more "
                "is written into it. Please close SellerDesk everywhere, put the file back (a backup with: sellerdesk "
                "restore), then start again."
            )

    def _named(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_dev, found.st_ino
