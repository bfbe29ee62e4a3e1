"""Carriers and tracking numbers: cleaning what was typed or scanned, recognising the carrier, the link."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from sellerdesk.domain import check_digits
from sellerdesk.domain.carriers import CARRIERS, Carrier
from sellerdesk.domain.errors import TrackingRefused
from sellerdesk.domain.order import Parcel

MAX_NUMBER = 64
MAX_CARRIER = 60
MAX_PARCELS = 20


_SHAPES: tuple[tuple[str, Callable[[str], bool] | None, str], ...] = (
    (r"1Z[0-9A-Z]{16}", check_digits.ups, "ups"),
    (r"0034\d{16}", check_digits.gs1, "dhl"),
    (r"JJ?D\d{10,20}", None, "dhl"),
    (r"\d{10}", check_digits.modulo_seven, "dhl_express"),
    (r"9[1-5]\d{20}", check_digits.gs1, "usps"),
    (r"420\d{5}9[1-5]\d{20}", lambda number: check_digits.gs1(number[8:]), "usps"),
    (r"\d{12}", check_digits.fedex_express, "fedex"),
    (r"\d{12}", check_digits.modulo_seven, "yamato"),
    (r"\d{15}", check_digits.gs1, "fedex"),
    (r"96\d{20}", lambda number: check_digits.gs1(number[7:]), "fedex"),
    (r"\d{16}", check_digits.gs1, "canada_post"),
    (r"0\d{13}[0-9A-Z]?", None, "dpd"),
    (r"3S[0-9A-Z]{11,15}", None, "postnl"),
    (r"[56]\d{23}", None, "inpost"),
)
_POSTS = {
    "AT": "post_at", "CA": "canada_post", "CH": "swiss_post", "DE": "dhl", "DK": "postnord", "ES": "correos",
    "FR": "la_poste", "GB": "royal_mail", "IE": "an_post", "JP": "japan_post", "NL": "postnl", "NO": "bring",
    "PL": "poczta_polska", "SE": "postnord", "US": "usps",
}  # fmt: skip
_BY_CODE = {carrier.code: carrier for carrier in CARRIERS}


def carriers() -> tuple[Carrier, ...]:
    """The carriers with a link of their own, by name. Any other may be typed in as free text."""
    return CARRIERS


def carrier_name(code: str) -> str:
    """What to show and to tell Stripe: the known name, or the free text itself."""
    carrier = _BY_CODE.get(code)
    return carrier.name if carrier else code


def read_number(text: str) -> str:
    """A tracking number as typed, pasted or scanned: ends trimmed, spaces and dots inside taken out, upper case.

    Raises TrackingRefused when it is empty, too long, holds control or other characters that no carrier prints,
    or is an address pasted from a browser.
    """
    number = text.strip(" \t\r\n")
    if not number:
        raise TrackingRefused("Scan or type the tracking number.")
    if "//" in number or ":" in number:
        raise TrackingRefused("This is an address. Please give the tracking number alone.")
    number = re.sub(r"[ .\u00a0]", "", number)
    if len(number) > MAX_NUMBER:
        raise TrackingRefused(f"A tracking number has at most {MAX_NUMBER} characters.")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9\-/]*", number):
        raise TrackingRefused("A tracking number has letters, digits and dashes only.")
    return number.upper()


def read_carrier(text: str) -> str:
    """A carrier code, or a carrier's name as free text. Raises TrackingRefused for none, too long or control
    characters."""
    name = text.strip()
    if name in _BY_CODE:
        return name
    if not name:
        raise TrackingRefused("Choose or type the carrier.")
    if len(name) > MAX_CARRIER or not name.isprintable():
        raise TrackingRefused("This is not a carrier's name.")
    return name


@dataclass(frozen=True, slots=True)
class Recognised:
    """The carrier a number points to; ``checked`` when its check digit is right, rather than its shape alone."""

    carrier: str
    checked: bool


def recognise(number: str) -> Recognised | None:
    """What ``number`` (as ``read_number`` gives it) tells of its carrier; None when nothing, or when it fits several.

    A suggestion only: a right check digit beats a mere shape, and the seller has the last word.
    """
    for checked in (True, False):
        found = {
            carrier
            for shape, check, carrier in _SHAPES
            if (check is not None) is checked and re.fullmatch(shape, number) and (check is None or check(number))
        }
        if checked and (post := _post_of(number)):
            found.add(post)
        if found:
            return Recognised(found.pop(), checked) if len(found) == 1 else None
    return None


def _post_of(number: str) -> str:
    """The post whose country stands at the end of an international number, if we know its tracking page."""
    if not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", number) or not check_digits.s10(number):
        return ""
    return _POSTS.get(number[-2:], "")


def parcel(number: str, carrier: str) -> Parcel:
    """One parcel from what was typed. Raises TrackingRefused."""
    return Parcel(carrier=read_carrier(carrier), number=read_number(number))


def grouped(number: str) -> str:
    """A tracking number as it is printed, in groups of four as far as it has no groups of its own."""
    if re.fullmatch(r"1Z[0-9A-Z]{16}", number):
        return " ".join((number[:2], number[2:5], number[5:8], number[8:10], number[10:14], number[14:]))
    if not number.isalnum() or len(number) <= 8:
        return number
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def link(parcel: Parcel) -> str:
    """The https address of the carrier's tracking page, or '' when the carrier has none we know."""
    carrier = _BY_CODE.get(parcel.carrier)
    return carrier.address.format(number=quote(parcel.number, safe="")) if carrier else ""


def host(parcel: Parcel) -> str:
    """The name of the site ``link`` leads to, or ''."""
    carrier = _BY_CODE.get(parcel.carrier)
    return carrier.host if carrier else ""


def joined_carriers(parcels: tuple[Parcel, ...]) -> str:
    """Carrier names for Stripe's ``shipping.carrier``, each once."""
    return ", ".join(dict.fromkeys(carrier_name(each.carrier) for each in parcels))


def joined_numbers(parcels: tuple[Parcel, ...]) -> str:
    """Numbers for Stripe's ``shipping.tracking_number``; several are separated by commas:
    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-shipping-tracking_number"""
    return ",".join(each.number for each in parcels)
