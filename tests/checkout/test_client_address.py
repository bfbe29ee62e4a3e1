"""Under which address a shopper's tries are counted, as the shop's own proxy tells it."""

import pytest
from starlette.requests import Request

from sellerdesk.checkout.limits import client_address

PROXY = "127.0.0.1"


def counted(forwarded: str, *, behind_proxy: bool = True) -> str:
    headers = [(b"x-forwarded-for", forwarded.encode())]
    return client_address(Request({"type": "http", "headers": headers, "client": (PROXY, 1)}), behind_proxy)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:cb00:7107", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:4711", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("198.51.100.9, 203.0.113.7:4711", "203.0.113.7"),
    ],
)
def test_a_shopper_is_the_address_that_the_proxy_wrote_last(forwarded: str, address: str) -> None:
    assert counted(forwarded) == address


@pytest.mark.parametrize("forwarded", ["", "unknown", "[", "[]:1", ":4711", "203.0.113:4711", "1.2.3.4:5:6", "_hidden"])
def test_what_is_no_address_counts_as_the_proxy(forwarded: str) -> None:
    assert counted(forwarded) == PROXY


def test_without_a_proxy_nothing_that_is_written_counts() -> None:
    assert counted("203.0.113.7", behind_proxy=False) == PROXY
