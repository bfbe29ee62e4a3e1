"""What the page sends, turned into values of ours or refused field by field."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from sellerdesk.checkout.postal import AddressRules, rules_for
from sellerdesk.domain.catalogue import MAX_LINES, CartItem
from sellerdesk.domain.errors import CartRefused, ShopperRefused, TokenRefused
from sellerdesk.domain.order import Address, Shopper

MAX_NAME = 100
MAX_LINE = 120
MAX_CITY = 80
MAX_EMAIL = 254
MAX_TOKEN = 255

_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PHONE = re.compile(r"\+?[0-9 ()./\-]{5,24}")
# Joiners belong to words of Persian and Hindi and to emoji; everything else that cannot be seen is refused.
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MAX_MARKS = 4


def read_cart(value: object) -> tuple[CartItem, ...]:
    """The cart as SKUs and whole numbers; prices and anything else in it are ignored. Raises CartRefused."""
    if not isinstance(value, list) or not value:
        raise CartRefused("The cart is empty.")
    if len(value) > MAX_LINES:
        raise CartRefused(f"An order can have at most {MAX_LINES} different products.")
    items = []
    for each in value:
        sku, quantity = (each.get("sku"), each.get("quantity")) if isinstance(each, dict) else (None, None)
        if not isinstance(sku, str) or not _SKU.fullmatch(sku):
            raise CartRefused("One of the products is not for sale any more.")
        if type(quantity) is not int or not 1 <= quantity <= 99:
            raise CartRefused("The quantity must be a whole number from 1 to 99.", sku)
        items.append(CartItem(sku, quantity))
    return tuple(items)


def read_country(value: object, countries: tuple[str, ...]) -> str:
    """One of the countries we send to. Raises ShopperRefused."""
    if isinstance(value, str) and value in countries:
        return value
    raise ShopperRefused({"country": "We cannot send to this country."})


def read_token(value: object) -> str:
    """Something that can be a token of Stripe's; the service knows which kinds it takes. Raises TokenRefused."""
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]+_[A-Za-z0-9_]+", value) or len(value) > MAX_TOKEN:
        raise TokenRefused("The card form gave no payment token. Please type the card again.")
    return value


def read_shopper(value: object, countries: tuple[str, ...]) -> Shopper:
    """The shopper's details. Raises ShopperRefused with a sentence for each field that is wrong."""
    if not isinstance(value, dict):
        raise ShopperRefused({"name": "Please enter your full name."})
    problems: dict[str, str] = {}
    read = _Reader(value, problems)
    email = read("email", MAX_EMAIL, "Please enter your e-mail address.", _email)
    name = read("name", MAX_NAME, "Please enter your full name.", _name)
    line1 = read("line1", MAX_LINE, "Please enter street and number.")
    line2 = read("line2", MAX_LINE)
    phone = read("phone", 25, check=_phone)
    try:
        country = read_country(value.get("country"), countries)
    except ShopperRefused as refused:
        raise ShopperRefused({**problems, **refused.problems}) from None
    rules = rules_for(country)
    city = read("city", MAX_CITY, "Please enter the city." if rules.city_required else "")
    postal_code, state = _postal_code(read, rules), _state(read, rules)
    if problems:
        raise ShopperRefused(problems)
    return Shopper(name, email, Address(line1, city, postal_code, country, line2, state), phone)


class _Reader:
    """Reads one text after another out of a form, collecting what is wrong."""

    def __init__(self, form: Mapping[str, Any], problems: dict[str, str]) -> None:
        self._form = form
        self.problems = problems

    def __call__(
        self, field: str, length: int, required: str = "", check: Callable[[str], tuple[str, str]] | None = None
    ) -> str:
        """The cleaned text, or '' with a problem noted. ``check`` gives (text, problem)."""
        given = self._form.get(field, "")
        if not isinstance(given, str):
            return self._refuse(field, required or "Please enter text here.")
        if _holds_unseen(given):
            return self._refuse(field, "This holds characters that cannot be printed.")
        text = unicodedata.normalize("NFC", " ".join(given.split()))
        if not text:
            return self._refuse(field, required) if required else ""
        if len(text) > length:
            return self._refuse(field, f"At most {length} characters.")
        if check is None:
            return text
        text, problem = check(text)
        return self._refuse(field, problem) if problem else text

    def _refuse(self, field: str, problem: str) -> str:
        self.problems[field] = problem
        return ""


def _holds_unseen(text: str) -> bool:
    """Control characters, direction overrides, lone surrogates, private ones, and marks heaped on one letter."""
    marks = 0
    for letter in text:
        kind = unicodedata.category(letter)
        if kind in _UNSEEN and letter not in _JOINERS and letter != "\t":
            return True
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > _MAX_MARKS:
            return True
    return False


def _name(text: str) -> tuple[str, str]:
    return (text, "") if any(letter.isalpha() for letter in text) else ("", "Please enter your full name.")


def _phone(text: str) -> tuple[str, str]:
    digits = sum(letter.isdigit() for letter in text)
    fits = _PHONE.fullmatch(text) and 5 <= digits <= 15
    return (text, "") if fits else ("", "Digits and a plus only.")


def _email(text: str) -> tuple[str, str]:
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        return "", "Please check this address."
    try:
        plain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return "", "Please check this address."
    labels = plain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "", "Please check this address."
    if len(labels) < 2 or not re.fullmatch(r"[a-z]{2,}|xn--.+", labels[-1]):
        return "", "This address has no ending, like .com or .de."
    return f"{local}@{plain}", ""


def _postal_code(read: _Reader, rules: AddressRules) -> str:
    if not rules.postal_used:
        return ""

    def check(text: str) -> tuple[str, str]:
        plain = text.upper()
        return (plain, "") if rules.postal_fits(plain) else ("", rules.postal_hint or "Please check it.")

    return read("postal_code", 12, "Please enter it." if rules.postal_required else "", check)


def _state(read: _Reader, rules: AddressRules) -> str:
    if not rules.state_used:
        return ""

    def check(text: str) -> tuple[str, str]:
        code = rules.state_code(text)
        return (code, "") if code is not None else ("", "Please choose one.")

    return read("state", MAX_CITY, "Please choose one.", check)
