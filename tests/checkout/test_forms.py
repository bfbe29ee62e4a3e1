"""What a form may say: every field read into a value or refused with one sentence."""

import pytest

from sellerdesk.checkout.bodies import holds_card_number
from sellerdesk.checkout.forms import read_cart, read_shopper, read_token
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import CartRefused, ShopperRefused, TokenRefused
from tests.checkout.shop import MARA

COUNTRIES = ("DE", "US", "JP", "IE", "HK", "GB")


def problems(**changes: object) -> dict[str, str]:
    with pytest.raises(ShopperRefused) as refused:
        read_shopper({**MARA, **changes}, COUNTRIES)
    return refused.value.problems


def test_a_good_form() -> None:
    shopper = read_shopper({**MARA, "phone": " +49 30 1234567 ", "line2": "Flat 3"}, COUNTRIES)
    assert shopper.name == "Mara Lindqvist-Oyelaran"
    assert shopper.phone == "+49 30 1234567"
    assert (shopper.address.postal_code, shopper.address.line2, shopper.address.state) == ("10439", "Flat 3", "")


@pytest.mark.parametrize(
    "name",
    [
        "Ærøskøbing Ó Séaghdha",
        "محمد علی",
        "می‌خواهم",  # a zero-width non-joiner belongs to this word
        "山田 太郎",
        "<img src=x onerror=alert(1)>",
        '=HYPERLINK("http://x")',
        "{{7*7}} %n '; DROP TABLE orders; --",
        "Ana 👩‍👩‍👧",
    ],
)
def test_names_are_text_whatever_they_look_like(name: str) -> None:
    assert read_shopper({**MARA, "name": name}, COUNTRIES).name == name


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Please enter your full name."),
        ("   ", "Please enter your full name."),
        ("12345", "Please enter your full name."),
        (None, "Please enter your full name."),
        (["Mara"], "Please enter your full name."),
        ("M" * 300, "At most 100 characters."),
        ("Mara\x00", "This holds characters that cannot be printed."),
        ("Mara\r\nBcc: x", "This holds characters that cannot be printed."),
        ("Mara \u202eevil", "This holds characters that cannot be printed."),
        ("Ma\u200bra", "This holds characters that cannot be printed."),
        ("Mara \ud800", "This holds characters that cannot be printed."),
        ("Z" + "\u0301" * 20, "This holds characters that cannot be printed."),
    ],
)
def test_names_that_cannot_be_printed(name: object, sentence: str) -> None:
    assert problems(name=name) == {"name": sentence}


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Please enter your e-mail address."),
        ("mara@example", "This address has no ending, like .com or .de."),
        ("a@b", "This address has no ending, like .com or .de."),
        ("mara@10.0.0.1", "This address has no ending, like .com or .de."),
        ("mara", "Please check this address."),
        ("mara@x@example.com", "Please check this address."),
        ("mara @example.com", "Please check this address."),
        ('"mara"@example.com', "Please check this address."),
        (".mara@example.com", "Please check this address."),
        ("mara@example..com", "Please check this address."),
        ("mara@-example.com", "Please check this address."),
        ("mara@example.com\r\nBcc: x@y.de", "This holds characters that cannot be printed."),
        ("m" * 400 + "@example.com", "At most 254 characters."),
    ],
)
def test_e_mail_addresses_that_cannot_be(email: str, sentence: str) -> None:
    assert problems(email=email) == {"email": sentence}


def test_a_domain_in_another_script_becomes_what_mail_servers_know() -> None:
    assert read_shopper({**MARA, "email": "mara@bücher.example"}, COUNTRIES).email == "mara@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"postal_code": "1043"}, {"postal_code": "Needs 5 digits."}),
        ({"postal_code": "SW1A 1AA"}, {"postal_code": "Needs 5 digits."}),
        ({"postal_code": ""}, {"postal_code": "Please enter it."}),
        ({"country": "de"}, {"country": "We cannot send to this country."}),
        ({"country": "XX"}, {"country": "We cannot send to this country."}),
        ({"country": None}, {"country": "We cannot send to this country."}),
        ({"country": "FR"}, {"country": "We cannot send to this country."}),
        ({"line1": ""}, {"line1": "Please enter street and number."}),
        ({"city": " "}, {"city": "Please enter the city."}),
        ({"phone": "call me"}, {"phone": "Digits and a plus only."}),
        ({"country": "US", "postal_code": "10001"}, {"state": "Please choose one."}),
        ({"country": "US", "postal_code": "10001", "state": "Berlin"}, {"state": "Please choose one."}),
        ({"country": "GB", "postal_code": "10439"}, {"postal_code": "Should look like EC1Y 8SY."}),
    ],
)
def test_addresses_follow_their_country(changes: dict[str, object], sentences: dict[str, str]) -> None:
    assert problems(**changes) == sentences


def test_a_state_is_known_by_name_and_by_code() -> None:
    for state in ("NY", "new york"):
        form = {**MARA, "country": "US", "postal_code": "10001", "state": state}
        assert read_shopper(form, COUNTRIES).address.state == "NY"


def test_a_country_without_postcodes_keeps_none() -> None:
    form = {**MARA, "country": "HK", "state": "Kowloon", "postal_code": "10439"}
    assert read_shopper(form, COUNTRIES).address.postal_code == ""


def test_all_problems_at_once() -> None:
    found = problems(email="x", name="", postal_code="1")
    assert list(found) == ["email", "name", "postal_code"]


@pytest.mark.parametrize(
    "quantity", [0, -1, 1.5, 100, 2**63, 9999, "2", True, None, [1]], ids=lambda value: repr(value)[:12]
)
def test_quantities_are_whole_numbers_from_1_to_99(quantity: object) -> None:
    with pytest.raises(CartRefused, match="whole number") as refused:
        read_cart([{"sku": "MUG-SAND", "quantity": quantity}])
    assert refused.value.sku == "MUG-SAND"


@pytest.mark.parametrize(
    "cart",
    [
        None,
        [],
        {},
        "MUG-SAND",
        [None],
        [["MUG-SAND", 1]],
        [{}],
        [{"sku": 7, "quantity": 1}],
        [{"sku": "M" * 13, "quantity": 1}],
        [{"sku": "../etc", "quantity": 1}],
        [{"sku": "A", "quantity": 1}] * 101,
    ],
    ids=lambda value: repr(value)[:30],
)
def test_carts_that_are_none(cart: object) -> None:
    with pytest.raises(CartRefused):
        read_cart(cart)


def test_prices_in_a_cart_are_not_read() -> None:
    cart = [{"sku": "MUG-SAND", "quantity": 2, "price": 1, "currency": "jpy", "total": 0}]
    assert read_cart(cart) == (CartItem("MUG-SAND", 2),)


@pytest.mark.parametrize("token", [None, "", 7, "ctoken", "tok en_1", "x" * 300, "ctoken_" + "x" * 300, "ctoken_ä"])
def test_tokens_that_are_none(token: object) -> None:
    with pytest.raises(TokenRefused):
        read_token(token)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4242424242424242", True),
        ("my card 4242 4242 4242 4242 thanks", True),
        ("4242-4242-4242-4242", True),
        ("４２４２４２４２４２４２４２４２", True),
        ("378282246310005", True),
        ("4242424242424241", False),
        ("+49 30 1234567", False),
        ("0034043416114219", False),
        ("0000000000000000", False),
        ("12345678901234567890123456789", False),
    ],
)
def test_card_numbers_are_recognised(text: str, found: bool) -> None:
    assert holds_card_number(text) is found
