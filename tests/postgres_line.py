"""A line between a seat and its database that can be cut at a word: bytes go through until then."""

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from sellerdesk.domain.database_address import DatabaseAddress

# Not READ COMMITTED: https://www.postgresql.org/docs/current/protocol-message-formats.html
_COMMIT = b"COMMIT\0"


class Line:
    """Listens on this machine and passes on what is said to ``beyond``. ``cut_at`` cuts every connection at the next
    such word: before it reaches the server, or after the server's answer was heard by nobody else."""

    def __init__(self, beyond: DatabaseAddress) -> None:
        self._beyond = beyond
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._unheard: list[socket.socket] = []
        self._word = _COMMIT
        self._wait = 1
        self._cut: Callable[[socket.socket, bytes], None] | None = None
        Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> DatabaseAddress:
        """The database as it is reached through here."""
        port = int(self._listener.getsockname()[1])
        return DatabaseAddress("127.0.0.1", port, self._beyond.name, self._beyond.user)

    def cut_at_commit(self, number: int = 1, *, arrives: bool) -> None:
        """The next COMMIT, or the one of that ``number``, arrives at the server, or does not; either way nobody hears
        what came of it."""
        self.cut_at(_COMMIT, number, arrives=arrives)

    def cut_at(self, word: bytes, number: int = 1, *, arrives: bool) -> None:
        """The same for whatever has ``word`` in it."""
        self._word = word
        self._wait = number
        self._cut = self._after if arrives else self._before

    @property
    def was_cut(self) -> bool:
        """Whether it came to that."""
        return self._cut is None

    def close(self) -> None:
        self._listener.close()
        _hang_up(self._open)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._beyond.port))
                self._open += [near, far]
                Thread(target=self._pass_on, args=(near, far, True), daemon=True).start()
                Thread(target=self._pass_on, args=(far, near, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, towards_server: bool) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                if towards_server and self._cut is not None and self._word in said:
                    self._wait -= 1
                    if not self._wait:
                        cut, self._cut = self._cut, None
                        cut(target, said)
                        return
                if source not in self._unheard:
                    target.sendall(said)

    def _before(self, _server: socket.socket, _said: bytes) -> None:
        _hang_up(self._taken())

    def _after(self, server: socket.socket, said: bytes) -> None:
        """The server has done it, and hung up, before the seat notices anything; its answer is dropped on the way."""
        connected = self._taken()
        self._unheard += connected
        server.sendall(said)
        server.shutdown(socket.SHUT_WR)
        while server.recv(65536):
            pass
        _hang_up(connected)

    def _taken(self) -> list[socket.socket]:
        """What is connected now; whoever comes after it is another matter."""
        connected, self._open = self._open, []
        return connected


def _hang_up(connected: list[socket.socket]) -> None:
    for each in connected:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
