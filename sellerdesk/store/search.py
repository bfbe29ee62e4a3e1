"""Search text: one normalised, case-folded string per order, and a query of words that must all be in it."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, and_, column, literal, or_, select, table

from sellerdesk.domain.ids import read_reference
from sellerdesk.domain.order import Order
from sellerdesk.store.models import OrderRecord

# One row for each order, kept by triggers; finds pieces of three letters: https://www.sqlite.org/fts5.html
_INDEX = table("order_search", column("rowid", Integer), column("order_search", Text))
_SHORTEST = 3

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


def only(chosen: Select[Any], text: str) -> Select[Any]:
    """Of ``chosen`` orders those that ``text`` means: all of its words are in the order, anywhere; no word means all.

    A reference may be typed in any of its ways ('k7qp 3mx2', with O for 0).
    """
    question, rest = _read(text)
    if question:
        chosen = chosen.where(OrderRecord.arrival.in_(select(_INDEX.c.rowid).where(_asks(question))))
    return chosen if rest is None else chosen.where(rest)


def newest_first(chosen: Select[Any], text: str) -> tuple[Select[Any], ColumnElement[int]]:
    """Like ``only``, the newest first, and the column of arrivals that this goes by.

    The index of words is walked in that order itself, so that a word in every order costs no more than a rare one.
    """
    question, rest = _read(text)
    if not question:
        place: ColumnElement[int] = OrderRecord.arrival.expression
    else:
        place = _INDEX.c.rowid
        chosen = chosen.join(_INDEX, place == OrderRecord.arrival).where(_asks(question))
    if rest is not None:
        chosen = chosen.where(rest)
    return chosen.order_by(place.desc()), place


def _read(text: str) -> tuple[str, ColumnElement[bool] | None]:
    """What to ask the index of words, and a condition for what it cannot know: words shorter than its pieces."""
    words = [word[:_LONGEST_WORD] for word in dict.fromkeys(normalise(text).split())][:_MOST_WORDS]
    reference = (read_reference(" ".join(words)) or "").lower()
    long = " ".join(_phrase(word) for word in words if len(word) >= _SHORTEST)
    short = [OrderRecord.search_text.contains(word, autoescape=True) for word in words if len(word) < _SHORTEST]
    question = f"({long}) OR {_phrase(reference)}" if long and reference else long
    if not short:
        return question, None
    return question, or_(and_(*short), *(OrderRecord.search_text.contains(each) for each in [reference] if each))


def _phrase(word: str) -> str:
    """https://www.sqlite.org/fts5.html#full_text_query_syntax"""
    quoted = word.replace('"', '""')
    return f'"{quoted}"'


def _asks(question: str) -> ColumnElement[bool]:
    return _INDEX.c.order_search.op("MATCH", is_comparison=True)(literal(question))
