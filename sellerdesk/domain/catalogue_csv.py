"""A catalogue and shipping rates as CSV text. Read: every line checked, nothing taken when one is wrong."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from sellerdesk.domain.catalogue import MAX_AMOUNT, Product, ShippingRate
from sellerdesk.domain.errors import RefusedError, SellerDeskError
from sellerdesk.domain.money import Money
from sellerdesk.domain.spreadsheet import csv_text, unguard

PRODUCT_COLUMNS = ("sku", "name", "price", "currency", "tax_rate", "on_hand", "picture", "available_from")
# May be left out, and is always written.
WITHDRAWN = "withdrawn"
SHIPPING_COLUMNS = ("country", "currency", "amount", "tax_rate")
MAX_BYTES = 5_000_000
# Stripe's product_code has at most 12 characters, product_name at most 1024:
# https://docs.stripe.com/api/payment_intents/create#create_payment_intent-amount_details-line_items
MAX_SKU = 12
MAX_NAME = 200
MAX_ON_HAND = 1_000_000
_LONGEST_NUMBER = 12
_PICTURE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")

_T = TypeVar("_T")


class CatalogueRefused(RefusedError):
    """The file cannot be taken over; the sentence names the line."""


def read_products(text: str) -> tuple[Product, ...]:
    """Products from CSV with the columns of PRODUCT_COLUMNS, and WITHDRAWN after them where one is; prices in minor
    units. Raises CatalogueRefused."""
    return _read(text, PRODUCT_COLUMNS, _product, lambda product: f"the SKU {product.sku}", optional=WITHDRAWN)


def read_shipping_rates(text: str) -> tuple[ShippingRate, ...]:
    """Shipping rates from CSV with the columns of SHIPPING_COLUMNS. Raises CatalogueRefused."""
    return _read(text, SHIPPING_COLUMNS, _rate, lambda rate: f"{rate.country} in {rate.currency.upper()}")


def write_products(products: Iterable[Product]) -> str:
    """The CSV text that ``read_products`` reads as the same products."""
    rows = (
        (
            product.sku,
            product.name,
            str(product.price),
            product.currency,
            str(product.tax_rate),
            str(product.on_hand),
            product.picture,
            product.available_from,
            "yes" if product.withdrawn else "",
        )
        for product in products
    )
    return csv_text([(*PRODUCT_COLUMNS, WITHDRAWN), *rows])


def write_shipping_rates(rates: Iterable[ShippingRate]) -> str:
    """The CSV text that ``read_shipping_rates`` reads as the same rates."""
    rows = ((rate.country, rate.currency, str(rate.amount), str(rate.tax_rate)) for rate in rates)
    return csv_text([SHIPPING_COLUMNS, *rows])


def _read(
    text: str,
    columns: tuple[str, ...],
    build: Callable[[dict[str, str]], _T],
    name: Callable[[_T], str],
    *,
    optional: str = "",
) -> tuple[_T, ...]:
    """``name`` tells what a line is about; no two may be about the same. ``optional`` may follow ``columns``."""
    if len(text) > MAX_BYTES:
        raise CatalogueRefused("The file is too large for a catalogue. Nothing was changed.")
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    found: list[_T] = []
    lines: dict[str, int] = {}
    try:
        fields = tuple(rows.fieldnames or ())
        if fields != columns and (not optional or fields != (*columns, optional)):
            raise CatalogueRefused(f"The first line must be: {','.join(columns)}. Nothing was changed.")
        for row in rows:
            if None in row or None in row.values():
                raise CatalogueRefused(f"Line {rows.line_num} has not {len(fields)} columns. Nothing was changed.")
            try:
                made = build({field: unguard(value.strip()) for field, value in row.items()})
                first = lines.setdefault(name(made), rows.line_num)
                if first != rows.line_num:
                    raise ValueError(f"{name(made)} stands in line {first} already.")
            except (SellerDeskError, ValueError) as error:
                raise CatalogueRefused(f"Line {rows.line_num}: {error} Nothing was changed.") from error
            found.append(made)
    except csv.Error as error:
        raise CatalogueRefused(f"Line {rows.line_num} is not valid CSV. Nothing was changed.") from error
    if not found:
        raise CatalogueRefused("The file holds no lines. Nothing was changed.")
    return tuple(found)


def _product(row: dict[str, str]) -> Product:
    if not 1 <= len(row["sku"]) <= MAX_SKU or not row["sku"].isprintable():
        raise ValueError(f"the SKU must have 1 to {MAX_SKU} characters.")
    if not 1 <= len(row["name"]) <= MAX_NAME or not row["name"].isprintable():
        raise ValueError(f"the name must have 1 to {MAX_NAME} characters.")
    currency = row["currency"].lower()
    return Product(
        sku=row["sku"],
        name=row["name"],
        price=_amount(row["price"], currency, least=1),
        currency=currency,
        tax_rate=_whole(row["tax_rate"], "tax rate", 9_999),
        on_hand=_whole(row["on_hand"], "stock", MAX_ON_HAND),
        picture=_picture(row["picture"]),
        available_from=_day(row["available_from"]),
        withdrawn=_flag(row.get(WITHDRAWN, "")),
    )


def _rate(row: dict[str, str]) -> ShippingRate:
    country = row["country"].upper()
    if country != "*" and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ValueError("the country must have two letters, or be * for all others.")
    currency = row["currency"].lower()
    amount = _amount(row["amount"], currency, least=0)
    return ShippingRate(country, currency, amount, _whole(row["tax_rate"], "tax rate", 9_999))


def _amount(text: str, currency: str, least: int) -> int:
    return Money(_whole(text, "price in minor units", MAX_AMOUNT, least), currency).minor


def _picture(text: str) -> str:
    if text and not _PICTURE.fullmatch(text):
        raise ValueError("the picture must be a plain file name such as mug.svg.")
    return text


def _flag(text: str) -> bool:
    if text.lower() not in ("", "yes", "no"):
        raise ValueError("withdrawn must be yes, no, or empty.")
    return text.lower() == "yes"


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise ValueError("the day it is available from must be written as 2026-11-23.") from error


def _whole(text: str, what: str, most: int, least: int = 0) -> int:
    if len(text) > _LONGEST_NUMBER or not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ValueError(f"the {what} must be a whole number from {least} to {most}.")
    return int(text)
