"""The little server: ports, stopping, dropped connections."""

import http.client
import logging
import socket
from collections.abc import MutableMapping
from typing import Any

import pytest

from sellerdesk.serving import DROP_CONNECTION, AddressInUse, AsgiServer, Receive, Scope, Send


async def hello(scope: Scope, _receive: Receive, send: Send) -> None:
    if scope["path"] == "/drop":
        scope[DROP_CONNECTION] = True
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def get(server: AsgiServer, path: str = "/") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def test_serves_until_stopped() -> None:
    server = AsgiServer(hello)
    server.start()
    server.start()
    assert server.url == f"http://127.0.0.1:{server.port}" and server.port
    assert get(server) == b"hello"
    server.stop()
    server.stop()
    with pytest.raises(ConnectionError):
        get(server)


def test_port_that_is_taken_is_told_and_free_again_after_stop() -> None:
    with AsgiServer(hello) as first:
        with pytest.raises(AddressInUse, match=f"Port {first.port} on 127.0.0.1 is already in use") as refusal:
            AsgiServer(hello, port=first.port).start()
        assert refusal.value.port == first.port
    with AsgiServer(hello, port=first.port) as second:
        assert get(second) == b"hello"


def test_open_connections_do_not_hold_up_the_end() -> None:
    server = AsgiServer(hello)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    server.stop()
    assert connection.sock.recv(1) == b""
    connection.close()


def test_dropped_connection_has_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), AsgiServer(hello) as server:
        with pytest.raises(http.client.RemoteDisconnected):
            get(server, "/drop")
        assert get(server) == b"hello"
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


def test_application_that_fails_answers_500(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("broken")

    with AsgiServer(broken) as server:
        assert get(server) == b"Internal Server Error"
    assert "broken" in caplog.text


def test_address_that_cannot_be_used() -> None:
    with pytest.raises(OSError, match="assign requested address") as refusal:
        AsgiServer(hello, host="192.0.2.1").start()
    assert not isinstance(refusal.value, AddressInUse)


def test_number_that_is_no_port() -> None:
    with pytest.raises(OSError, match="70000 is no port"):
        AsgiServer(hello, port=70000).start()


def test_date_header_can_be_left_to_the_application() -> None:
    async def dated(_scope: Scope, _receive: Receive, send: Send) -> None:
        start: MutableMapping[str, Any] = {
            "type": "http.response.start",
            "status": 204,
            "headers": [(b"date", b"then")],
        }
        await send(start)
        await send({"type": "http.response.body"})

    with AsgiServer(dated, date_header=False) as server, socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert answer.lower().count(b"date:") == 1 and b"then" in answer
