"""Schemas made into functions: each looks at a value and names what does not fit.

A field that the description does not know is a problem, too: the sandbox must not make any up. In a *form* all values
are texts, so their types are judged by what they spell (https://docs.stripe.com/api, "form-encoded request bodies").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.openapi.document import Document, Schema

_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
_TYPES: dict[Any, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``place`` is the schema's name with the field; ``seen`` is what was there instead."""

    place: str
    what: str
    seen: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f" ({self.seen})" if self.seen else "")


Check = Callable[[Any, list[Problem]], None]
"""Takes a value and adds what is wrong with it to the list."""


class Checks:
    """The functions for the schemas of one document, each made when it is first needed."""

    def __init__(self, document: Document, *, form: bool = False, events_of: str = "") -> None:
        """The objects inside events are looked into when they are written in the version ``events_of``."""
        self._document = document
        self._form = form
        self._events_of = events_of
        self._named: dict[str, Check] = {}
        self._placed: dict[str, Check] = {}

    def at(self, schema: Schema, place: str) -> Check:
        """The function for the schema that stands at ``place`` in the document; the place is its name."""
        if place not in self._placed:
            self._placed[place] = self.of(schema, place)
        return self._placed[place]

    def named(self, name: str) -> Check:
        """The function for a schema with a name."""
        found = self._named.get(name)
        if found is None:
            # Schemas hold each other: the name must be known before its fields are looked at.
            made: list[Check] = []
            self._named[name] = found = lambda value, problems: made[0](value, problems)
            made.append(self._event() if name == "event" else self.of(self._document.schemas[name], name))
            self._named[name] = found = made[0]
        return found

    def of(self, schema: Schema, place: str) -> Check:
        """The function for a schema; ``place`` is what its problems are called by."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return lambda value, problems: self.named(name)(value, problems)
        check = self._any_of(schema["anyOf"], place) if "anyOf" in schema else self._typed(schema, place)
        if not schema.get("nullable"):
            return check
        return lambda value, problems: None if value is None else check(value, problems)

    def resource(self, value: Any, problems: list[Problem]) -> None:
        """Check an object of the API by the kind it says it is."""
        kind = value.get("object") if isinstance(value, dict) else None
        name = self._document.resources.get(str(kind))
        if name is None:
            problems.append(Problem("event.data.object", "is no object of the API", str(kind)))
        else:
            self.named(name)(value, problems)

    def _event(self) -> Check:
        envelope = self.of(self._document.schemas["event"], "event")

        def check(value: Any, problems: list[Problem]) -> None:
            envelope(value, problems)
            if not problems and value["api_version"] == self._events_of:
                self.resource(value["data"]["object"], problems)

        return check

    def _typed(self, schema: Schema, place: str) -> Check:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, place)
        if kind == "array":
            return self._array(self.of(schema["items"], f"{place}[]"), place)
        return self._scalar(schema, place)

    def _scalar(self, schema: Schema, place: str) -> Check:
        kind, longest, words = schema.get("type"), schema.get("maxLength"), schema.get("enum")
        fits = _spells if self._form else _is
        allowed = frozenset(words) if words is not None else None

        def check(value: Any, problems: list[Problem]) -> None:
            if kind is not None and not fits(kind, value):
                problems.append(Problem(place, f"must be of type {kind}", _shown(value)))
            elif allowed is not None and value not in allowed:
                problems.append(Problem(place, "is none of the known words", _shown(value)))
            elif longest is not None and len(value) > longest:
                problems.append(Problem(place, f"is longer than {longest}"))

        return check

    def _array(self, item: Check, place: str) -> Check:
        def check(value: Any, problems: list[Problem]) -> None:
            entries = value
            if self._form and isinstance(value, dict) and all(key.isdecimal() for key in value):
                entries = list(value.values())
            if not isinstance(entries, list):
                problems.append(Problem(place, "must be a list", _shown(value)))
                return
            for entry in entries:
                item(entry, problems)

        return check

    def _object(self, schema: Schema, place: str) -> Check:
        needed = frozenset(schema.get("required", ()))
        waiting: Schema = schema.get("properties", {})
        known: dict[str, Check] = {}
        plain: dict[str, _Plain] = {}
        more = schema.get("additionalProperties")
        others = self.of(more, f"{place}.*") if isinstance(more, dict) else None
        shapeless = not waiting and more is None

        def first_met(name: str) -> Check | None:
            if name not in waiting:
                return others
            known[name] = self.of(waiting[name], f"{place}.{name}")
            if not self._form:
                plain[name] = _plain(waiting[name])
            return known[name]

        def check(value: Any, problems: list[Problem]) -> None:
            if not isinstance(value, dict):
                problems.append(Problem(place, "must be an object", _shown(value)))
                return
            for name, entry in value.items():
                if name in plain:
                    kind, longest, words, nullable = plain[name]
                    fits = type(entry) is kind and (words is None or entry in words)
                    if (nullable and entry is None) or (fits and (longest is None or len(entry) <= longest)):
                        continue
                found = known.get(name) or first_met(name)
                if found is not None:
                    found(entry, problems)
                elif not shapeless:
                    problems.append(Problem(f"{place}.{name}", "is unknown"))
            if not needed <= value.keys():
                problems += [Problem(f"{place}.{name}", "is missing") for name in needed - value.keys()]

        return check

    def _any_of(self, options: list[Schema], place: str) -> Check:
        if len(options) == 1:
            return self.of(options[0], place)
        ready = [(self._kind(option), self._object_word(option), self.of(option, place)) for option in options]

        def check(value: Any, problems: list[Problem]) -> None:
            kind = dict if isinstance(value, dict) else None
            word = value.get("object") if kind else None
            best: list[Problem] | None = None
            for wanted, name, option in ready:
                if (wanted is dict) != (kind is dict) and not self._form:
                    continue
                if name is not None and word is not None and name != word:
                    continue
                tried: list[Problem] = []
                option(value, tried)
                if not tried:
                    return
                if best is None or len(tried) < len(best):
                    best = tried
            problems.extend(best or [Problem(place, "fits none of the choices", _shown(value))])

        return check

    def _kind(self, schema: Schema) -> type | None:
        resolved = self._resolved(schema)
        return dict if resolved.get("type") == "object" else None

    def _object_word(self, schema: Schema) -> str | None:
        words = self._resolved(schema).get("properties", {}).get("object", {}).get("enum")
        return str(words[0]) if words else None

    def _resolved(self, schema: Schema) -> Schema:
        return self._document.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


_Plain = tuple[type | None, int | None, frozenset[str] | None, bool]
"""What most fields are, to be seen at a glance: the type, the longest, the known words, and whether null is one."""


def _plain(schema: Schema) -> _Plain:
    nullable = bool(schema.get("nullable"))
    for option in (schema, *schema.get("anyOf", ())):
        kind = _TYPES.get(option.get("type"))
        if kind in (str, bool, int):
            words = option.get("enum")
            return kind, option.get("maxLength"), None if words is None else frozenset(words), nullable
    return None, None, None, nullable


def _is(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _spells(kind: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if kind == "integer":
        return _WHOLE.fullmatch(value) is not None
    if kind == "number":
        return _DECIMAL.fullmatch(value) is not None
    return kind == "string" or value in ("true", "false")


def _shown(value: Any) -> str:
    """Enough to find the mistake; never a whole text, which may be a secret."""
    if isinstance(value, str):
        return f"a text of {len(value)}: {value[:24]}"
    return type(value).__name__ if isinstance(value, dict | list) else repr(value)
