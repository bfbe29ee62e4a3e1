"""Stripe's search query language, from text to clauses (https://docs.stripe.com/search#search-query-language)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sellerdesk.sandbox.errors import ApiError, invalid

MOST_CLAUSES = 10
SHORTEST_PART = 3
"""A ``~`` looks for at least that many characters."""

_SPACE = re.compile(r"\s+")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_OPERATOR = re.compile(r">=|<=|[:~<>]")
_BARE = re.compile(r"[^\s\"'()\[\]]+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Kind(Enum):
    """How a field is compared: a number, a whole text, a text of which parts can be found, or yes and no."""

    NUMBER = "number"
    TOKEN = "token"
    TEXT = "string"
    TRUTH = "boolean"


Fields = Mapping[str, Kind]
"""What can be asked of one kind of object. ``metadata`` stands for every ``metadata["key"]``."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition. ``key`` is set for metadata; a ``value`` of ``None`` asks whether there is none."""

    field: str
    key: str | None
    operator: str
    value: str | int | None
    negated: bool


@dataclass(frozen=True, slots=True)
class Query:
    """All clauses must hold, or one of them when ``any_of`` is set."""

    clauses: tuple[Clause, ...]
    any_of: bool


def parse(text: str, fields: Fields) -> Query:
    """The query in ``text``. Raises ApiError 400 for what the language or the fields do not allow."""
    return _Reader(text, fields).query()


class _Reader:
    def __init__(self, text: str, fields: Fields) -> None:
        self._text = text.strip()
        self._fields = fields
        self._at = 0

    def query(self) -> Query:
        if not self._text:
            raise _wrong("The query is empty.")
        clauses = [self._clause()]
        words: set[str] = set()
        while self._at < len(self._text):
            words.add(self._conjunction())
            clauses.append(self._clause())
            if len(clauses) > MOST_CLAUSES:
                raise _wrong(f"A query can have at most {MOST_CLAUSES} clauses.")
        if len(words) > 1:
            raise _wrong("AND and OR cannot be used in one query.")
        return Query(tuple(clauses), "OR" in words)

    def _conjunction(self) -> str:
        if self._take(_SPACE) is None:
            raise _wrong(f"A space is missing before '{self._rest()}'.")
        for word in ("AND", "OR"):
            after = self._at + len(word)
            if self._text[self._at : after].upper() == word and self._text[after : after + 1].isspace():
                self._at = after
                self._take(_SPACE)
                return word
        return "AND"

    def _clause(self) -> Clause:
        if self._text[self._at : self._at + 1] in ("(", ")"):
            raise _wrong("Brackets around clauses are not supported.")
        negated = self._text.startswith("-", self._at)
        self._at += negated
        field, key = self._field()
        operator = self._take(_OPERATOR)
        if operator is None:
            raise _wrong(f"An operator (: ~ > < >= <=) is missing before '{self._rest()}'.")
        name = field if key is None else f'{field}["{key}"]'
        return Clause(field, key, operator, self._value(self._fields[field], operator, name), negated)

    def _field(self) -> tuple[str, str | None]:
        field = self._take(_FIELD)
        if field is None:
            raise _wrong(f"A field is missing before '{self._rest()}'.")
        if field not in self._fields:
            raise _wrong(f"'{field[:100]}' cannot be searched here. Fields are: {', '.join(self._fields)}.")
        if field != "metadata":
            return field, None
        if not self._text.startswith("[", self._at):
            raise _wrong('Name the key of the metadata: metadata["key"]:"value".')
        self._at += 1
        key = self._quoted()
        if key is None or not self._text.startswith("]", self._at):
            raise _wrong('The key of the metadata must stand in quotes and brackets: metadata["key"]:"value".')
        self._at += 1
        return field, key

    def _value(self, kind: Kind, operator: str, name: str) -> str | int | None:
        if operator == "~" and kind is not Kind.TEXT:
            raise _wrong(f"'{name[:100]}' does not know the operator ~: it is a {kind.value} field.")
        if operator not in (":", "~") and kind is not Kind.NUMBER:
            raise _wrong(f"'{name[:100]}' does not know the operator {operator}: it is a {kind.value} field.")
        quoted = self._quoted()
        if quoted is None:
            return self._bare(kind, operator, name)
        if operator == "~" and len(quoted) < SHORTEST_PART:
            raise _wrong(f"The operator ~ looks for at least {SHORTEST_PART} characters.")
        return self._typed(kind, quoted, name)

    def _bare(self, kind: Kind, operator: str, name: str) -> str | int | None:
        word = self._take(_BARE)
        if word is None:
            raise _wrong(f"A value is missing for '{name[:100]}'.")
        if word == "null":
            if operator != ":":
                raise _wrong("null goes with the operator : only.")
            return None
        if kind is Kind.TEXT or (kind is Kind.TOKEN and not _NUMBER.fullmatch(word)):
            raise _wrong(f"The value of '{name[:100]}' must stand in quotes.")
        return self._typed(kind, word, name)

    def _typed(self, kind: Kind, value: str, name: str) -> str | int:
        if kind is Kind.NUMBER:
            if not _NUMBER.fullmatch(value):
                raise _wrong(f"'{name[:100]}' is compared with whole numbers only.")
            return int(value)
        if kind is Kind.TRUTH and value.lower() not in ("true", "false"):
            raise _wrong(f"'{name[:100]}' is either true or false.")
        return value.lower()

    def _quoted(self) -> str | None:
        match = _QUOTED.match(self._text, self._at)
        if match is None:
            if self._text[self._at : self._at + 1] in ('"', "'"):
                raise _wrong("A quotation mark is not closed.")
            return None
        self._at = match.end()
        return _ESCAPED.sub(r"\1", match.group(1) if match.group(1) is not None else match.group(2))

    def _take(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        return match.group()

    def _rest(self) -> str:
        return self._text[self._at : self._at + 20]


def _wrong(message: str) -> ApiError:
    return invalid(f"The search query could not be understood. {message}", "query")
