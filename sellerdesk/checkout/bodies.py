"""Reading a request's JSON without trusting it: size, encoding, depth and keys are checked before anything is used."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from starlette.requests import ClientDisconnect, Request

from sellerdesk.domain.errors import RefusedError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
BODY_SECONDS = 10.0
_BOM = b"\xef\xbb\xbf"
_CARD_DIGITS = re.compile(r"(?<![0-9])(?:[0-9][ .\-]?){12,18}[0-9](?![0-9])")


class BodyRefused(RefusedError):
    """The request's body cannot be used; ``status`` is the HTTP status to answer with."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


class CardNumberRefused(RefusedError):
    """A card number was typed into one of our own fields. It is neither kept nor logged."""

    def __init__(self) -> None:
        super().__init__("This looks like a card number. Please type it into the card form only.")


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises BodyRefused (408 for one that takes over ten seconds to come, 413 for one
    over 64 KB, 415 for anything but JSON in UTF-8, 400 for the rest, one that breaks off included) and
    CardNumberRefused."""
    _check_type(request)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            raw = await _read(request)
    except TimeoutError:
        raise BodyRefused("The request took too long to arrive.", 408) from None
    except ClientDisconnect:
        raise BodyRefused("The request broke off.") from None  # for nobody: who asked has hung up
    value = _parse(raw)
    if not isinstance(value, dict):
        raise BodyRefused("The request must be one JSON object.")
    if any(holds_card_number(text) for text in _strings(value)):
        raise CardNumberRefused
    return value


def holds_card_number(text: str) -> bool:
    """Whether 13 to 19 digits in a row (spaces, dots and dashes between them allowed) pass the Luhn check."""
    plain = unicodedata.normalize("NFKC", text)
    for match in _CARD_DIGITS.finditer(plain):
        digits = [int(each) for each in match.group() if each.isdigit()]
        if len(digits) <= 19 and _luhn(digits):
            return True
    return False


def _luhn(digits: list[int]) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if index % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and any(digits)


def _check_type(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise BodyRefused("Only JSON is accepted here.", 415)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise BodyRefused("Packed requests are not accepted here.", 415)


async def _read(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > MAX_BYTES:
        raise BodyRefused("The request is too large.", 413)
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MAX_BYTES:
            raise BodyRefused("The request is too large.", 413)
    return bytes(parts)


def _parse(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BodyRefused("The request is not UTF-8.") from None
    if raw.startswith(_BOM) or _too_deep(text):
        raise BodyRefused("The request is not plain JSON.")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BodyRefused("The request is not plain JSON.") from None


def _too_deep(text: str) -> bool:
    """Counted before parsing, because a parser of nested text may run out of stack."""
    depth = 0
    inside = escaped = False
    for letter in text:
        if inside:
            inside = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif letter in "]}":
            depth -= 1
    return False


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key appears twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
