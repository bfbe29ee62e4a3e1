"""Reading a catalogue and shipping rates from CSV text: every line checked, nothing taken when one is wrong."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from sellerdesk.domain.catalogue import MAX_AMOUNT, Product, ShippingRate
from sellerdesk.domain.errors import RefusedError, SellerDeskError
from sellerdesk.domain.money import Money

PRODUCT_COLUMNS = ("sku", "name", "price", "currency", "tax_rate", "on_hand", "picture", "available_from")
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
    """Products from CSV with the columns of PRODUCT_COLUMNS; prices in minor units. Raises CatalogueRefused."""
    products = _read(text, PRODUCT_COLUMNS, _product)
    if len({product.sku for product in products}) != len(products):
        raise CatalogueRefused("The same SKU stands twice in the file. Nothing was changed.")
    return products


def read_shipping_rates(text: str) -> tuple[ShippingRate, ...]:
    """Shipping rates from CSV with the columns of SHIPPING_COLUMNS. Raises CatalogueRefused."""
    rates = _read(text, SHIPPING_COLUMNS, _rate)
    if len({(rate.country, rate.currency) for rate in rates}) != len(rates):
        raise CatalogueRefused("The same country and currency stand twice in the file. Nothing was changed.")
    return rates


def _read(text: str, columns: tuple[str, ...], build: Callable[[dict[str, str]], _T]) -> tuple[_T, ...]:
    if len(text) > MAX_BYTES:
        raise CatalogueRefused("The file is too large for a catalogue. Nothing was changed.")
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    found = []
    try:
        if tuple(rows.fieldnames or ()) != columns:
            raise CatalogueRefused(f"The first line must be: {','.join(columns)}. Nothing was changed.")
        for row in rows:
            if None in row or None in row.values():
                raise CatalogueRefused(f"Line {rows.line_num} has not {len(columns)} columns. Nothing was changed.")
            try:
                found.append(build({name: value.strip() for name, value in row.items()}))
            except (SellerDeskError, ValueError) as error:
                raise CatalogueRefused(f"Line {rows.line_num}: {error} Nothing was changed.") from error
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


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise ValueError("the day it is available from must be written as 2026-11-23.") from error


def _whole(text: str, what: str, most: int, least: int = 0) -> int:
    if len(text) > _LONGEST_NUMBER or not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise ValueError(f"the {what} must be a whole number from {least} to {most}.")
    return int(text)
