"""Ids of our own: time-ordered operation ids, order references without a running number, unguessable links."""

import re
import secrets

# Crockford's base 32: no I, L, O or U, so that a reference can be read out and typed.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_id(now_ms: int) -> str:
    """32 hexadecimal digits of a version 7 UUID: sortable by time, made before anything is stored or sent."""
    value = (now_ms & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return f"{value:032x}"


def new_reference() -> str:
    """Eight random characters of Crockford base 32, about 10^12 of them."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(8))


def read_reference(text: str) -> str | None:
    """A reference as a person may type it ('k7qp-3mx2', 'K7QP 3MX2'), or None when it is none."""
    cleaned = "".join(text.split()).replace("-", "").upper().translate(_LOOKALIKES)
    if len(cleaned) == 8 and all(letter in _CROCKFORD for letter in cleaned):
        return cleaned
    return None


def new_secret_token() -> str:
    """128 random bits for a link or a cookie, safe in an address."""
    return secrets.token_urlsafe(16)


def is_secret_token(text: str) -> bool:
    """Whether ``text`` has the shape of what ``new_secret_token`` makes."""
    return _SECRET_TOKEN.fullmatch(text) is not None
