"""Addresses made of an order: the pay link, the payment at Stripe, and a mail into which nothing hostile gets."""

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QUrl

from sellerdesk.domain.order import Order
from sellerdesk.services.desk import Mode, ShopInfo
from sellerdesk.ui.order_links import is_local, pay_link, pay_mail, stripe_page
from tests.ui import sample_orders as samples
from tests.ui.sample_orders import HOSTILE

INFO = ShopInfo(Mode.TEST, "Kontor Nord", "…h7Qx", "", "https://shop.example/kontor/")
LINK = "https://shop.example/kontor/o/token"


def to(email: str = "zoe@example.fr", name: str = "Zoë Lefèvre-Okafor", order: Order | None = None) -> Order:
    order = order or samples.problem_order()
    return replace(order, shopper=replace(order.shopper, email=email, name=name))


def body_of(mail: str) -> str:
    return parse_qs(urlsplit(mail).query)["body"][0]


def test_the_pay_link_is_the_orders_page_at_the_checkout() -> None:
    assert pay_link(INFO, samples.order()) == LINK
    assert pay_link(replace(INFO, checkout_url="http://127.0.0.1:8080"), samples.order()).endswith(":8080/o/token")
    odd = replace(samples.order(), link_token="a/../b?c#d")
    assert pay_link(INFO, odd) == "https://shop.example/kontor/o/a%2F..%2Fb%3Fc%23d"


@pytest.mark.parametrize("address", ["", "shop.example", "ftp://shop.example/", "javascript:alert(1)"])
def test_without_a_page_there_is_no_pay_link(address: str) -> None:
    assert pay_link(replace(INFO, checkout_url=address), samples.order()) == ""


@pytest.mark.parametrize(
    ("link", "local"),
    [
        ("http://127.0.0.1:8080/o/x", True),
        ("http://localhost/o/x", True),
        ("http://[::1]:80/o/x", True),
        ("http://shop.localhost/", True),
        ("https://shop.example/o/x", False),
        ("https://127.example/o/x", False),
        ("http://192.168.1.4/o/x", False),
    ],
)
def test_what_leads_to_this_computer_only(link: str, local: bool) -> None:
    assert is_local(link) is local


def test_the_payment_at_stripe_by_mode() -> None:
    order = samples.order()
    assert stripe_page(INFO, order) == "https://dashboard.stripe.com/test/payments/pi_3Qb7"
    assert stripe_page(replace(INFO, mode=Mode.LIVE), order) == "https://dashboard.stripe.com/payments/pi_3Qb7"
    assert stripe_page(replace(INFO, mode=Mode.DEMO), order) == ""
    assert stripe_page(replace(INFO, other_address="http://127.0.0.1:1"), order) == ""
    bare = replace(order, payments=(replace(order.payment, facts=None),))
    assert stripe_page(INFO, bare) == ""


@pytest.mark.parametrize("intent", ["pi_1/../../x", "pi_1?a=b", "https://evil.example", "pi_", "PI_1"])
def test_no_strange_intent_makes_an_address(intent: str) -> None:
    assert stripe_page(INFO, samples.order(samples.facts(intent_id=intent))) == ""


def test_the_mail_says_what_may_be_said_and_where_to_pay() -> None:
    mail = pay_mail(INFO, to(), LINK)
    assert mail.startswith("mailto:zoe@example.fr?subject=Your%20order%20K7QP-3MX2%20at%20Kontor%20Nord")
    body = body_of(mail)
    for part in (
        "Hello Zoë Lefèvre-Okafor,",
        "over 128.40 EUR is not paid yet. Your bank did not approve the payment.",
        "Nothing was charged and nothing is held.",
        LINK,
    ):
        assert part in body
    assert QUrl(mail, QUrl.ParsingMode.StrictMode).isValid()


@pytest.mark.parametrize("code", ["stolen_card", "fraudulent", "merchant_blacklist"])
def test_p19_the_mail_does_not_tell_what_must_not_be_told(code: str) -> None:
    body = body_of(pay_mail(INFO, to(order=samples.problem_order(code)), LINK))
    assert "Your bank declined this card." in body
    for word in ("stolen", "fraud", "list", "lost", "risk"):
        assert word not in body.lower()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "zoe",
        "zoe@localhost",
        "zoe@example.fr?bcc=all@example.com",
        "zoe@example.fr&cc=x@example.com",
        "zoe@example.fr,other@example.com",
        "zoe@example.fr\r\nBcc: x@example.com",
        "zoe @example.fr",
        "<zoe@example.fr>",
        "zoé@example.fr",
        "a" * 65 + "@example.fr",
        "a@" + "b" * 300 + ".fr",
        HOSTILE,
    ],
)
def test_an_address_that_is_none_makes_no_mail(email: str) -> None:
    assert pay_mail(INFO, to(email), LINK) == ""


def test_what_an_address_may_hold_is_encoded() -> None:
    mail = pay_mail(INFO, to("a?b&c%d#e@example.fr"), LINK)
    assert mail.startswith("mailto:a%3Fb%26c%25d%23e@example.fr?subject=")


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_name_adds_a_field_a_line_or_a_direction(name: str, shop: str) -> None:
    info = replace(INFO, name=shop)
    mail = pay_mail(info, to(name=name), LINK)
    assert mail.isascii()
    assert mail.count("?") == 1
    assert set(parse_qs(urlsplit(mail).query)) == {"subject", "body"}
    subject = parse_qs(urlsplit(mail).query)["subject"][0]
    assert "\n" not in subject
    assert "\r" not in subject
    assert len(body_of(mail).split("\r\n")) == 9
    assert not set(unquote(mail)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\x00")
    assert len(mail) < 2000
