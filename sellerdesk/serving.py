"""Run one ASGI application in a thread of this process, on the loopback address.

Used for the checkout page and for the sandbox. The listening socket is bound in the caller's thread, so that a
port that is taken is an exception there and not a line in some log.
"""

import asyncio
import errno
import logging
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from types import TracebackType
from typing import Any

import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

DROP_CONNECTION = "sellerdesk.drop_connection"
"""Scope key: an application that sets it and sends nothing has its connection closed without an answer."""

_GRACE_SECONDS = 1
_STOP_TIMEOUT_SECONDS = 10.0


class AddressInUse(OSError):
    """The wanted port is already taken by another program on this computer."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(errno.EADDRINUSE, f"Port {port} on {host} is already in use by another program.")
        self.host = host
        self.port = port


class _Quiet(logging.Filter):
    """Leaves out the lines uvicorn writes about closings that were asked for."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
            return False
        return not str(record.msg).startswith(("ASGI callable should return None", "Cancel %s running task"))


_QUIET = _Quiet()


class _Server(uvicorn.Server):
    """uvicorn's server with an event for "accepts connections now"."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready.set()


class AsgiServer:
    """One ASGI application behind one loopback port.

    ``port=0`` lets the system choose a free port; ``url`` tells which one it became. ``date_header=False`` leaves
    the ``Date`` header to the application. ``start`` raises :class:`AddressInUse` when the port is taken and
    ``OSError`` for any other reason the address cannot be used. ``stop`` may be called any number of times.
    """

    def __init__(self, app: AsgiApp, *, host: str = "127.0.0.1", port: int = 0, date_header: bool = True) -> None:
        self._app = app
        self._host = host
        self._wanted_port = port
        self._date_header = date_header
        self._port = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    @property
    def port(self) -> int:
        """The port that is served; 0 before ``start``."""
        return self._port

    @property
    def url(self) -> str:
        """Address without a trailing slash, such as ``http://127.0.0.1:8000``."""
        return f"http://{self._host}:{self._port}"

    def start(self) -> None:
        """Serve in the background; returns once connections are accepted."""
        if self._thread is not None:
            return
        sock = _listen(self._host, self._wanted_port)
        self._port = int(sock.getsockname()[1])
        ready = threading.Event()
        self._server = _Server(self._config(), ready)
        logging.getLogger("uvicorn.error").addFilter(_QUIET)
        self._failure = None
        self._thread = threading.Thread(
            target=self._run, args=(self._server, sock, ready), name=f"asgi-{self._port}", daemon=True
        )
        self._thread.start()
        ready.wait()
        if not self._server.started:
            self._thread.join()
            self._thread = None
            sock.close()
            raise OSError(f"The server on {self.url} could not start.") from self._failure

    def stop(self) -> None:
        """Stop accepting, give running requests a second, close everything."""
        thread, server = self._thread, self._server
        if thread is None or server is None:
            return
        server.should_exit = True
        thread.join(_STOP_TIMEOUT_SECONDS)
        self._thread = None
        self._server = None

    def __enter__(self) -> "AsgiServer":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            _droppable(self._app),
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=self._date_header,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )

    def _run(self, server: _Server, sock: socket.socket, ready: threading.Event) -> None:
        try:
            asyncio.run(server.serve(sockets=[sock]))
        except BaseException as problem:  # noqa: BLE001 - the thread has no caller, start() reports it
            self._failure = problem
        finally:
            ready.set()


def _droppable(app: AsgiApp) -> Callable[[Scope, Receive, Send], Awaitable[Any]]:
    # uvicorn closes the transport, sending nothing, when an application returns something other than None.
    async def call(scope: Scope, receive: Receive, send: Send) -> Any:
        await app(scope, receive, send)
        return True if scope.get(DROP_CONNECTION) else None

    return call


def _listen(host: str, port: int) -> socket.socket:
    # asyncio switches Nagle's delay off (40 ms an answer) only on sockets whose protocol is named.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # on Windows the option would let two programs share one port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(128)
    except OverflowError:
        sock.close()
        raise OSError(errno.EINVAL, f"{port} is no port: ports go from 0 to 65535.") from None
    except OSError as problem:
        sock.close()
        if problem.errno == errno.EADDRINUSE:
            raise AddressInUse(host, port) from problem
        raise
    sock.setblocking(False)
    return sock
