"""Reads values out of Stripe's objects without trusting their shape."""

from collections.abc import Mapping
from typing import Any

from stripe import StripeObject, StripeResponse

Json = Mapping[str, Any]

_LARGEST = 10**15


class OddAnswer(Exception):
    """An answer that does not have the shape of what was asked for. ``str()`` names what is odd, never its value."""


def plain(answer: object, kind: str) -> Json:
    """The JSON of the SDK's ``answer``, if it is an object of ``kind``.

    The SDK gives back None for ``null`` and a list for ``[]`` without complaint.
    """
    response = response_of(answer)
    if response is None:
        raise OddAnswer(f"no {kind}")
    return of_kind(response.data, kind)


def response_of(answer: object) -> StripeResponse | None:
    """What came over the line, with its headers: an ``answer`` of the SDK's is that itself, or an object made of it."""
    if isinstance(answer, StripeObject):
        answer = answer.last_response
    return answer if isinstance(answer, StripeResponse) else None


def of_kind(value: object, kind: str) -> Json:
    """``value`` if it is a mapping whose ``object`` is ``kind``."""
    if not isinstance(value, Mapping) or value.get("object") != kind:
        raise OddAnswer(f"no {kind}")
    return value


def identifier(value: Json, prefix: str | tuple[str, ...]) -> str:
    """The object's own id, which must begin with ``prefix``."""
    found = value.get("id")
    if not isinstance(found, str) or not found.startswith(prefix):
        raise OddAnswer("id")
    return found


def text(value: Json, name: str) -> str:
    """A string, '' when it is absent or null."""
    found = value.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise OddAnswer(name)
    return found


def whole(value: Json, name: str) -> int:
    """A whole number that is not negative and must be there: an amount, or seconds."""
    found = value.get(name)
    if type(found) is not int or not 0 <= found <= _LARGEST:
        raise OddAnswer(name)
    return found


def whole_or_none(value: Json, name: str) -> int | None:
    """A whole number, None when it is absent or null."""
    return None if value.get(name) is None else whole(value, name)


def flag(value: Json, name: str) -> bool:
    """True or false, which must be there."""
    found = value.get(name)
    if not isinstance(found, bool):
        raise OddAnswer(name)
    return found


def part(value: Json, name: str) -> Json:
    """A nested mapping, empty when it is absent or null."""
    found = value.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise OddAnswer(name)
    return found


def reference(value: Json, name: str) -> str:
    """The id of another object, expanded or not; '' when there is none."""
    found = value.get(name)
    if isinstance(found, Mapping):
        return text(found, "id")
    return text(value, name)
