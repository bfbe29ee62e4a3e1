"""Who ordered what in the weeks before the demo opens, and what the seller did: read from ``resources/demo``."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sellerdesk.assets import asset
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import OurBug
from sellerdesk.domain.order import Address, Parcel, Shopper
from sellerdesk.domain.release import ReleaseReason

_UNITS = {"d": 24 * 3600, "h": 3600, "m": 60}


class Approval(StrEnum):
    """What the shopper answers when the bank asks; LEFT closes the window."""

    LEFT = ""
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CardTried:
    """One card typed in, by the name of Stripe's test payment method: https://docs.stripe.com/testing#cards"""

    method: str
    approval: Approval = Approval.LEFT


@dataclass(frozen=True, slots=True)
class Story:
    """One order. ``ago`` and the other times are seconds before now; None means that it did not happen.

    ``cards`` are tried one after the other; an empty tuple means that the shopper left before paying. ``left_out``
    are the SKUs that Prepare leaves out.
    """

    shopper: Shopper
    cart: tuple[CartItem, ...]
    ago: int
    cards: tuple[CardTried, ...] = (CardTried("pm_card_visa"),)
    prepared: int | None = None
    left_out: tuple[str, ...] = ()
    message: str = ""
    shipped: int | None = None
    parcels: tuple[Parcel, ...] = ()
    released: int | None = None
    reason: ReleaseReason = ReleaseReason.OTHER
    save_card: bool = False


def read_stories() -> tuple[Story, ...]:
    """The stories of ``week.csv``, in the file's order."""
    with asset("demo", "week.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_story(row) for row in csv.DictReader(file, strict=True))


def _story(row: Mapping[str, str]) -> Story:
    name = row["name"]
    address = Address(row["street"], row["city"], row["postcode"], row["country"])
    return Story(
        shopper=Shopper(name, f"{_mailbox(name)}@example.com", address),
        cart=tuple(_item(each) for each in row["cart"].split()),
        ago=_seconds(row["ordered"]),
        cards=tuple(_card(each) for each in row["cards"].split()),
        prepared=_seconds_or_none(row["prepared"]),
        left_out=tuple(row["left_out"].split()),
        message=row["message"],
        shipped=_seconds_or_none(row["shipped"]),
        parcels=tuple(_parcel(each) for each in row["parcels"].split()),
        released=_seconds_or_none(row["released"]),
        reason=ReleaseReason(row["reason"]),
        save_card=row["saved"] == "yes",
    )


def _mailbox(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha()) or "shopper"


def _item(text: str) -> CartItem:
    sku, _, quantity = text.partition("*")
    return CartItem(sku, int(quantity or 1))


def _card(text: str) -> CardTried:
    name, _, approval = text.partition("+")
    return CardTried(f"pm_card_{name}", Approval(approval))


def _parcel(text: str) -> Parcel:
    carrier, _, number = text.partition(":")
    return Parcel(carrier, number)


def _seconds_or_none(text: str) -> int | None:
    return _seconds(text) if text else None


def _seconds(text: str) -> int:
    """'6d21h20m' as seconds."""
    if not re.fullmatch(r"(\d+d)?(\d+h)?(\d+m)?", text) or not text:
        raise OurBug(f"“{text}” is no time before now.")
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhm])", text))
