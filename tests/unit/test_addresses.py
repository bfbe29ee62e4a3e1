"""One setting yields every address, and what is no proper address is refused."""

import pytest

from sellerdesk.addresses import Addresses, AddressNotUsable, check_key_fits, parse_api_base
from sellerdesk.domain.errors import KeyNotUsable
from sellerdesk.domain.keys import classify


def test_stripe() -> None:
    addresses = Addresses.stripe()
    assert addresses.is_stripe
    assert not addresses.is_loopback
    assert addresses.api_base == "https://api.stripe.com"
    assert addresses.script_url == "https://js.stripe.com/dahlia/stripe.js"
    assert "https://js.stripe.com" in addresses.script_origins
    assert "https://hooks.stripe.com" in addresses.frame_origins
    assert addresses.connect_origins == ("https://api.stripe.com",)


@pytest.mark.parametrize("text", ["https://api.stripe.com", "https://API.stripe.com/", "https://api.stripe.com:443"])
def test_stripes_own_address_is_stripe(text: str) -> None:
    assert Addresses.at(text) == Addresses.stripe()


def test_a_sandbox() -> None:
    addresses = Addresses.at("http://127.0.0.1:12111/")
    assert not addresses.is_stripe
    assert addresses.is_loopback
    assert addresses.api_base == "http://127.0.0.1:12111"
    assert addresses.script_url == "http://127.0.0.1:12111/stripe.js"
    assert {*addresses.script_origins, *addresses.frame_origins, *addresses.connect_origins} == {
        "http://127.0.0.1:12111"
    }


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("http://localhost:8", "http://localhost:8"),
        ("http://LOCALHOST:80", "http://localhost"),
        (" http://[::1]:9 ", "http://[::1]:9"),
        ("https://stripe.example.com:8443", "https://stripe.example.com:8443"),
    ],
)
def test_the_one_spelling(text: str, read: str) -> None:
    assert parse_api_base(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.stripe.com",
        "//api.stripe.com",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://api.stripe.com",
        "http://10.0.0.1:8000",
        "http://0.0.0.0:8000",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://user:secret@api.stripe.com",
        "https://api.stripe.com@evil.example",
        "https://api.stripe.com/v1",
        "https://api.stripe.com?x=1",
        "https://api.stripe.com#x",
        "https://api.stripe.com:0x50",
        "https://api.stripe.com:99999",
        "https://[::1",
        "https://",
        "https://evil.example\\@api.stripe.com",
        "https://api.stripe.com\nHost: evil.example",
        "https://\u0430pi.stripe.com",
        "https://" + "a" * 300 + ".example",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressNotUsable) as caught:
        parse_api_base(text)
    assert "secret" not in str(caught.value)


def test_a_live_key_goes_to_stripe_only() -> None:
    live, test, unknown = classify("sk_" + "live_x"), classify("sk_test_x"), classify("x")
    check_key_fits(live, Addresses.stripe())
    check_key_fits(test, Addresses.stripe())
    check_key_fits(test, Addresses.at("http://127.0.0.1:9"))
    for key in (live, unknown):
        with pytest.raises(KeyNotUsable, match="not Stripe"):
            check_key_fits(key, Addresses.at("http://127.0.0.1:9"))
