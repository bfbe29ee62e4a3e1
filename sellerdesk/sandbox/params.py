"""Parameter tables: which names a call knows, of which type, and the refusals for everything else."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sellerdesk.sandbox.errors import ApiError, invalid

Check = Callable[[Any, str], Any]
"""Takes the decoded value and its full name, returns the typed value or raises ApiError."""

Spec = Mapping[str, Check]

UNSET = ""
"""What an empty text means to Stripe: take the value away."""

_INDEX = re.compile(r"[0-9]{1,6}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


def read(spec: Spec, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Check the parameters of one call. Raises ApiError 400 for the first one that does not fit."""
    unknown = [name for name in raw if name not in spec]
    if unknown:
        raise _unknown(unknown)
    return {name: spec[name](value, name) for name, value in raw.items()}


def text(limit: int = 5000) -> Check:
    """A text of at most ``limit`` characters."""

    def check(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {name} must be a text.", name)
        if len(value) > limit:
            raise invalid(f"Invalid string: {name} is longer than {limit} characters.", name)
        if "\x00" in value:
            raise invalid(f"Invalid string: {name} holds a zero character.", name)
        return value

    return check


def integer(value: Any, name: str) -> int:
    """A whole number."""
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        shown = value[:40] if isinstance(value, str) else "a structure"
        raise invalid(f"Invalid integer: {shown}", name, "parameter_invalid_integer")
    return int(value)


def at_least(minimum: int) -> Check:
    """A whole number not below ``minimum``."""

    def check(value: Any, name: str) -> int:
        number = integer(value, name)
        if number < minimum:
            raise invalid(f"This value must be greater than or equal to {minimum}.", name, "parameter_invalid_integer")
        return number

    return check


def boolean(value: Any, name: str) -> bool:
    """``true`` or ``false``."""
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {name} must be true or false.", name)
    return bool(value == "true")


def one_of(*allowed: str) -> Check:
    """One of the named words."""

    def check(value: Any, name: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise invalid(f"Invalid {name}: must be one of {', '.join(allowed)}.", name)
        return value

    return check


def obj(spec: Spec, *, needs: tuple[str, ...] = (), unsettable: bool = False) -> Check:
    """A structure with the names of ``spec``; an empty text takes it away when ``unsettable``."""

    def check(value: Any, name: str) -> Any:
        if value == UNSET and unsettable:
            return UNSET
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {name} must be a structure.", name)
        unknown = [f"{name}[{key}]" for key in value if key not in spec]
        if unknown:
            raise _unknown(unknown)
        for key in needs:
            if key not in value:
                raise invalid(f"Missing required param: {name}[{key}].", f"{name}[{key}]", "parameter_missing")
        return {key: spec[key](item, f"{name}[{key}]") for key, item in value.items()}

    return check


def array(item: Check, limit: int = 200, *, unsettable: bool = False) -> Check:
    """A list, sent with indexes or with empty brackets."""

    def check(value: Any, name: str) -> Any:
        if value == UNSET and unsettable:
            return UNSET
        if not isinstance(value, dict) or not all(_INDEX.fullmatch(key) for key in value):
            raise invalid(f"Invalid array: {name} must be a list.", name, "parameter_invalid_empty")
        if len(value) > limit:
            raise invalid(f"Invalid array: {name} has more than {limit} entries.", name)
        ordered = sorted(value.items(), key=lambda pair: int(pair[0]))
        return [item(entry, f"{name}[{place}]") for place, (_, entry) in enumerate(ordered)]

    return check


def anything(value: Any, _name: str) -> Any:
    """A structure that is taken as it comes, for corners of the API the sandbox does not act on."""
    return value


def metadata(value: Any, name: str) -> Any:
    """Up to 50 keys of 40 characters with values of 500 (https://docs.stripe.com/api/metadata)."""
    if value == UNSET:
        return UNSET
    if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
        raise invalid("Invalid metadata: keys and values must be texts.", name)
    if len(value) > 50:
        raise invalid("Metadata can have at most 50 keys.", name)
    for key, entry in value.items():
        if len(key) > 40:
            raise invalid("Metadata keys can have at most 40 characters.", f"{name}[{key[:60]}]")
        if "\x00" in key or "\x00" in entry:
            raise invalid("Metadata cannot hold a zero character.", name)
        if len(entry) > 500:
            raise invalid("Metadata values can have at most 500 characters.", f"{name}[{key}]")
    return value


def merge_metadata(held: dict[str, str], change: Any) -> dict[str, str]:
    """Fold a metadata parameter into what is held: an empty value deletes its key, an empty text all keys."""
    if change == UNSET:
        return {}
    merged = {**held, **change}
    merged = {key: entry for key, entry in merged.items() if entry != ""}
    if len(merged) > 50:
        raise invalid("Metadata can have at most 50 keys.", "metadata")
    return merged


def _unknown(names: list[str]) -> ApiError:
    listed = ", ".join(name[:100] for name in names)
    return invalid(f"Received unknown parameter(s): {listed}", names[0][:100], "parameter_unknown")
