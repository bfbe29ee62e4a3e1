"""Tracking numbers: typed, pasted or scanned, cleaned or refused; carriers guessed by check digits; links that lead
nowhere but to the carrier."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracking_numbers import get_tracking_number

from sellerdesk.domain import check_digits, tracking
from sellerdesk.domain.errors import TrackingRefused
from sellerdesk.domain.order import Parcel


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1Z999AA10123456784", "1Z999AA10123456784"),
        ("1z 999 aa1 0123 4567 84", "1Z999AA10123456784"),
        ("  00340434161094042557\r\n", "00340434161094042557"),
        ("00340434161094042557\r\n\r\n", "00340434161094042557"),
        ("0034\u00a00434 1610.9404.2557\t", "00340434161094042557"),
        ("ab-12/3", "AB-12/3"),
        ("x" * 64, "X" * 64),
    ],
)
def test_what_a_person_or_a_scanner_gives(text: str, number: str) -> None:
    assert tracking.read_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\r\n",
        ". .",
        "\u00a0",
        "1Z999\x00AA1",
        "1Z999\x1dAA1",
        "1Z\n999",
        "1Z\t999",
        "\u202e1Z999",
        "1Z\u200b999",
        "1Z999,1Z998",
        "1Z999;1Z998",
        "https://www.ups.com/track?tracknum=1Z999",
        "//ups.com/1Z999",
        "javascript:alert(1)",
        "www.ups.com?x=1",
        "1Z999&x=1",
        "<b>1Z</b>",
        "1Z%00",
        "{number}",
        "=1Z999",
        "-1Z999",
        "/etc/passwd",
        "..\\1Z",
        "١٢٣٤٥٦",
        "１２３４",
        "ßß",
        "ıı",
        "ſſ",
        "\u212a1",
        "x" * 65,
        "7" * 1000,
        "📦",
    ],
)
def test_what_is_no_tracking_number(text: str) -> None:
    with pytest.raises(TrackingRefused):
        tracking.read_number(text)


def test_a_pasted_address_is_named_as_such() -> None:
    with pytest.raises(TrackingRefused, match="This is an address"):
        tracking.read_number("https://www.ups.com/track?tracknum=1Z999AA10123456784")


@given(st.text(max_size=80))
def test_any_text_is_cleaned_or_refused(text: str) -> None:
    try:
        number = tracking.read_number(text)
    except TrackingRefused:
        return
    assert number.isascii()
    assert number == number.upper()
    assert 1 <= len(number) <= tracking.MAX_NUMBER
    assert tracking.read_number(number) == number
    tracking.recognise(number)


@pytest.mark.parametrize("text", ["", "  ", "DHL\nPaket", "\u202eSPU", "x" * 61, "DHL\x00"])
def test_what_is_no_carrier(text: str) -> None:
    with pytest.raises(TrackingRefused):
        tracking.read_carrier(text)


def test_a_carrier_of_ones_own_is_kept_as_typed() -> None:
    assert tracking.read_carrier("  Radbote Köln ") == "Radbote Köln"
    assert tracking.carrier_name("Radbote Köln") == "Radbote Köln"
    assert tracking.carrier_name("ups") == "UPS"


def carrier_of(number: str) -> str | None:
    known = tracking.recognise(number)
    return known.carrier if known else None


def other_program(number: str) -> str | None:
    """The carrier that the other program is sure of."""
    known = get_tracking_number(number)
    return str(known.courier.code) if known is not None and known.valid else None


UPS_LETTERS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=6, max_size=6)


@given(UPS_LETTERS, st.sampled_from(["01", "03", "12", "66", "A8"]), st.integers(0, 10**7 - 1), st.integers(0, 9))
def test_check_digits_of_ups_agree_with_another_program(shipper: str, service: str, rest: int, digit: int) -> None:
    number = f"1Z{shipper}{service}{rest:07d}{digit}"
    assert (carrier_of(number) == "ups") == (other_program(number) == "ups")


@given(st.integers(0, 10**11 - 1), st.integers(0, 9))
def test_check_digits_of_fedex_agree_with_another_program(serial: int, digit: int) -> None:
    number = f"{serial:011d}{digit}"
    assert check_digits.fedex_express(number) == (other_program(number) == "fedex")


@given(st.integers(0, 10**14 - 1), st.integers(0, 9))
def test_check_digits_of_fedex_ground_agree_with_another_program(serial: int, digit: int) -> None:
    number = f"{serial:014d}{digit}"
    assert (carrier_of(number) == "fedex") == (other_program(number) == "fedex")


@given(st.sampled_from(["RR", "CE", "LX", "EE"]), st.integers(0, 10**9 - 1), st.sampled_from(["GB", "IE", "NL", "FR"]))
def test_check_digits_of_the_posts_agree_with_another_program(service: str, serial: int, country: str) -> None:
    number = f"{service}{serial:09d}{country}"
    assert (carrier_of(number) is not None) == (other_program(number) == "s10")


@given(st.integers(0, 10**19 - 1), st.sampled_from("0123456789"))
def test_check_digits_of_gs1_agree_with_another_program(serial: int, digit: str) -> None:
    number = f"92{serial:019d}{digit}"
    ours = carrier_of(number)
    assert ours in (None, "usps")
    if other_program(number) == "usps":
        assert ours == "usps"
    if ours == "usps":
        # The other program knows the service types too; the check digit alone must still be right.
        weights = [3 if index % 2 == 0 else 1 for index in range(21)]
        total = sum(int(each) * weight for each, weight in zip(reversed(number[:-1]), weights, strict=True))
        assert (total + int(number[-1])) % 10 == 0


@pytest.mark.parametrize(
    ("number", "carrier", "checked"),
    [
        ("1Z999AA10123456784", "ups", True),
        ("1Z999AA10123456785", None, False),
        ("1Z999AA1012345678A", None, False),
        ("00340434161094042557", "dhl", True),
        ("00340434161094042558", None, False),
        ("JJD000390007827453412", "dhl", False),
        ("9400111899223197428497", "usps", True),
        ("9400111899223197428491", None, False),
        ("420100019400111899223197428497", "usps", True),
        ("986578788855", "fedex", True),
        ("9611020987654312345672", "fedex", True),
        ("123456789013", "yamato", True),
        ("0073938000549297", "canada_post", True),
        ("RB123456785GB", "royal_mail", True),
        ("RB123456786GB", None, False),
        ("RB123456785ZZ", None, False),
        ("3SDEVC201611210", "postnl", False),
        ("612345678901234567890123", "inpost", False),
        ("01234567890123", "dpd", False),
        ("HELLO", None, False),
    ],
)
def test_carriers_recognised(number: str, carrier: str | None, checked: bool) -> None:
    known = tracking.recognise(number)
    assert (known.carrier, known.checked) == (carrier, checked) if known else carrier is None


def test_a_number_that_fits_two_carriers_is_nobodys() -> None:
    """Twelve digits that are right for FedEx and for Yamato: the seller chooses."""
    both = [
        number
        for serial in range(10_000_000_000, 10_000_000_400)
        for digit in range(10)
        if check_digits.fedex_express(number := f"{serial:011d}{digit}") and check_digits.modulo_seven(number)
    ]
    assert both
    assert all(tracking.recognise(number) is None for number in both)


def test_names_are_known_once_and_in_order() -> None:
    codes = [each.code for each in tracking.carriers()]
    assert len(set(codes)) == len(codes)
    names = [each.name.casefold().replace("ö", "o") for each in tracking.carriers()]
    assert names == sorted(names)


def test_one_wrong_digit_is_always_noticed() -> None:
    number = "00340434161094042557"
    for index in range(4, len(number)):
        for digit in "0123456789":
            changed = number[:index] + digit + number[index + 1 :]
            if changed != number:
                assert tracking.recognise(changed) is None


@given(st.text(max_size=70), st.sampled_from([*(each.code for each in tracking.carriers()), "Radbote"]))
def test_links_never_leave_the_carrier(number: str, carrier: str) -> None:
    try:
        quoted = tracking.link(Parcel(carrier, number))
    except UnicodeEncodeError:
        return
    known = next((each for each in tracking.carriers() if each.code == carrier), None)
    if known is None:
        assert quoted == tracking.host(Parcel(carrier, number)) == ""
        return
    parts = urlsplit(quoted)
    assert parts.scheme == "https"
    assert parts.hostname == urlsplit(known.address).hostname
    assert parts.hostname is not None
    assert parts.hostname == known.host or parts.hostname.endswith(f".{known.host}")
    assert parts.netloc == parts.hostname
    assert not parts.fragment
    assert quoted.isascii()
    assert "\n" not in quoted
    assert tracking.host(Parcel(carrier, number)) == known.host


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1Z999AA10123456784", "1Z 999 AA1 01 2345 6784"),
        ("00340434161094042557", "0034 0434 1610 9404 2557"),
        ("ABC-77", "ABC-77"),
        ("12345678", "12345678"),
    ],
)
def test_numbers_are_grouped_as_they_are_printed(number: str, shown: str) -> None:
    assert tracking.grouped(number) == shown


def test_several_parcels_in_the_words_of_stripe() -> None:
    parcels = (Parcel("ups", "1Z1"), Parcel("ups", "1Z2"), Parcel("Radbote", "R-3"))
    assert tracking.joined_carriers(parcels) == "UPS, Radbote"
    assert tracking.joined_numbers(parcels) == "1Z1,1Z2,R-3"
    assert tracking.parcel(" 1z1 ", "ups") == parcels[0]
