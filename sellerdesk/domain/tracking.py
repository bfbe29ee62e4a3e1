"""Carriers and tracking numbers: cleaning what was typed or scanned, recognising the carrier, the link."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from sellerdesk.domain.errors import TrackingRefused
from sellerdesk.domain.order import Parcel

MAX_NUMBER = 64
MAX_CARRIER = 60
MAX_PARCELS = 20


@dataclass(frozen=True, slots=True)
class Carrier:
    """``code`` is stored, ``name`` shown and told to Stripe, ``host`` named on links, ``address`` holds {number}."""

    code: str
    name: str
    host: str
    address: str


_CARRIERS = (
    Carrier(
        "dhl",
        "DHL Paket",
        "dhl.de",
        "https://www.dhl.de/en/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    ),
    Carrier("dpd", "DPD", "dpd.com", "https://www.dpd.com/tracking/{number}"),
    Carrier("fedex", "FedEx", "fedex.com", "https://www.fedex.com/fedextrack/?trknbr={number}"),
    Carrier("gls", "GLS", "gls-group.com", "https://gls-group.com/track/{number}"),
    Carrier("ups", "UPS", "ups.com", "https://www.ups.com/track?tracknum={number}"),
    Carrier("usps", "USPS", "usps.com", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}"),
)
_BY_CODE = {carrier.code: carrier for carrier in _CARRIERS}


def carriers() -> tuple[Carrier, ...]:
    """The carriers with a link of their own, by name. Any other may be typed in as free text."""
    return _CARRIERS


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


def recognise(number: str) -> str | None:
    """The carrier code that ``number`` (as ``read_number`` gives it) points to, or None. A suggestion only."""
    if re.fullmatch(r"1Z[0-9A-Z]{16}", number) and _ups_check(number):
        return "ups"
    if re.fullmatch(r"0034\d{16}", number) and _gs1_check(number):
        return "dhl"
    if re.fullmatch(r"JJ?D\d{10,20}", number):
        return "dhl"
    if re.fullmatch(r"9[2-5]\d{20}", number) and _gs1_check(number):
        return "usps"
    if re.fullmatch(r"0\d{13}[0-9A-Z]?", number):
        return "dpd"
    return None


def parcel(number: str, carrier: str) -> Parcel:
    """One parcel from what was typed. Raises TrackingRefused."""
    return Parcel(carrier=read_carrier(carrier), number=read_number(number))


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


def _ups_check(number: str) -> bool:
    """UPS: letters count as their place in the alphabet plus two, every second one doubled, modulo ten."""
    total = 0
    for index, letter in enumerate(number[2:17]):
        value = int(letter) if letter.isdigit() else (ord(letter) - 63) % 10
        total += value * 2 if index % 2 else value
    return number[17].isdigit() and (10 - total % 10) % 10 == int(number[17])


def _gs1_check(number: str) -> bool:
    """GS1: weights three and one from the right, modulo ten."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(number[:-1])))
    return (10 - total % 10) % 10 == int(number[-1])
