"""Search text: one normalised, case-folded string per order, and a query of words that must all be in it."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_

from sellerdesk.domain.ids import read_reference
from sellerdesk.domain.order import Order
from sellerdesk.store.models import OrderRecord

# More than anybody types; keeps a pasted page of text from becoming a query of thousands of conditions.
_MOST_WORDS = 16
_LONGEST_WORD = 120

# By Unicode category: accents vanish, what cannot be typed or stored separates words.
_BLANK = {"Mn": "", "Cc": " ", "Cs": " ", "Zl": " ", "Zp": " "}

# Letters that keyboards elsewhere lack and that Unicode does not take apart.
_NO_ACCENT = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def normalise(text: str) -> str:
    """``text`` without case, accents, compatibility forms, control characters and broken surrogates."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_NO_ACCENT)
    parts = unicodedata.normalize("NFKD", plain)
    return "".join(_BLANK.get(unicodedata.category(each), each) for each in parts)


def search_text(order: Order) -> str:
    """Everything an order can be found by."""
    parts = [order.reference, order.shown_reference, order.shopper.name, order.shopper.email]
    parts += [line.name for line in order.lines] + [line.sku for line in order.lines]
    parts += [parcel.number for parcel in (order.shipment.parcels if order.shipment else ())]
    for payment in order.payments:
        cards = [payment.facts.card if payment.facts else None, payment.problem.card if payment.problem else None]
        parts += [card.last4 for card in cards if card]
        parts.append(payment.intent_id)
    return normalise("\n".join(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a typed text asks for, normalised: all ``words``, or else the ``reference``, '' for none."""

    words: tuple[str, ...]
    reference: str = ""


def read(text: str) -> Wanted:
    """A reference may be typed in any of its ways ('k7qp 3mx2', with O for 0)."""
    words = tuple(word[:_LONGEST_WORD] for word in dict.fromkeys(normalise(text).split()))[:_MOST_WORDS]
    return Wanted(words, (read_reference(" ".join(words)) or "").lower())


def containing(chosen: Select[Any], wanted: Wanted) -> Select[Any]:
    """Of ``chosen`` orders those whose text has all of the words in it, or the reference; no word means all."""
    if not wanted.words:
        return chosen
    found = OrderRecord.search_text
    all_words = and_(*(found.contains(word, autoescape=True) for word in wanted.words))
    return chosen.where(or_(all_words, *(found.contains(each) for each in [wanted.reference] if each)))
