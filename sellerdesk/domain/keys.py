"""What a text typed in as a Stripe key is, and whether it is the one that is needed.

No sentence here repeats what was typed: it may be a secret. Source of the prefixes: https://docs.stripe.com/keys
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from sellerdesk.domain.errors import KeyNotUsable

_PREFIX = re.compile(r"(sk|rk|pk)_(test|live)_")
_CUT_OFF_PREFIX = re.compile(r"(sk|rk|pk)(_(t|te|tes|test|l|li|liv|live)?)?")
_BODY = re.compile(r"[A-Za-z0-9_]+")
_KEY_IN_TEXT = re.compile(r"((?:sk|rk)_(?:test|live|org)_|whsec_)[A-Za-z0-9_+/=]{4,}")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # word processors and chats add them when copying
_HIDING = "•●∙·*…."
_SHORTEST_BODY = 16
_LONGEST = 512


class KeyKind(StrEnum):
    """What a key may do. ORGANIZATION and WEBHOOK secrets are of no use here."""

    SECRET = "secret"
    RESTRICTED = "restricted"
    PUBLISHABLE = "publishable"
    WEBHOOK = "webhook"
    ORGANIZATION = "organization"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What the prefix tells. ``livemode`` is None when the prefix does not say."""

    kind: KeyKind
    livemode: bool | None


_KINDS = {"sk": KeyKind.SECRET, "rk": KeyKind.RESTRICTED, "pk": KeyKind.PUBLISHABLE}


def classify(text: str) -> KeyFacts:
    """Kind and mode of ``text`` from its prefix alone; never raises."""
    if text.startswith("sk_org_"):
        mode = text.removeprefix("sk_org_").partition("_")[0]
        return KeyFacts(KeyKind.ORGANIZATION, {"test": False, "live": True}.get(mode))
    if text.startswith("whsec_"):
        return KeyFacts(KeyKind.WEBHOOK, None)
    found = _PREFIX.match(text)
    if found is None:
        return KeyFacts(KeyKind.UNKNOWN, None)
    return KeyFacts(_KINDS[found[1]], found[2] == "live")


def read_secret_key(text: str, want_livemode: bool | None) -> str:
    """The secret or restricted key in ``text``, without the blanks around it.

    ``want_livemode`` is the mode of the profile the key is for, None when either will do. Raises KeyNotUsable.
    """
    key = _cleaned(text, "a secret or restricted key")
    facts = classify(key)
    if facts.kind is KeyKind.PUBLISHABLE:
        raise KeyNotUsable(
            "This is the publishable key (pk_…), which belongs to the checkout page. "
            "Please enter a restricted key (rk_…) or the secret key (sk_…) here."
        )
    _refuse_foreign(facts, key, "a restricted key (rk_…) or the secret key (sk_…)")
    _refuse_cut_off(key)
    _refuse_other_mode(facts, want_livemode)
    return key


def read_publishable_key(text: str, livemode: bool) -> str:
    """The publishable key in ``text``, without the blanks around it; its mode must be ``livemode``, the mode of the
    secret key beside it. Raises KeyNotUsable."""
    key = _cleaned(text, "the publishable key")
    facts = classify(key)
    if facts.kind in (KeyKind.SECRET, KeyKind.RESTRICTED):
        raise KeyNotUsable(
            "This is a secret key. It must never reach the checkout page: please enter the publishable key (pk_…) here."
        )
    _refuse_foreign(facts, key, "the publishable key (pk_…)")
    _refuse_cut_off(key)
    _refuse_other_mode(facts, livemode)
    return key


def read_signing_secret(text: str) -> str:
    """The secret of a webhook endpoint in ``text``, without the blanks around it. Raises KeyNotUsable."""
    secret = _cleaned(text, "the signing secret (whsec_…)")
    if classify(secret).kind is not KeyKind.WEBHOOK:
        raise KeyNotUsable(
            "This is no signing secret of an endpoint (whsec_…). It stands in Stripe's dashboard beside the endpoint."
        )
    if len(secret.removeprefix("whsec_")) < _SHORTEST_BODY:
        raise KeyNotUsable("This signing secret is cut off. Please copy it again, in one piece.")
    return secret


def hint(key: str) -> str:
    """The last four characters, enough for a person to tell two keys apart: "…h7Qx"."""
    body = _PREFIX.sub("", key, count=1)
    return f"…{body[-4:]}" if len(body) >= _SHORTEST_BODY else "…"


def without_keys(text: str) -> str:
    """``text`` with the body of every secret, restricted or webhook key in it left out."""
    return _KEY_IN_TEXT.sub(r"\1…", text)


def _cleaned(text: str, wanted: str) -> str:
    if len(text) > _LONGEST:
        raise KeyNotUsable(f"This text is far too long for {wanted}. Please copy only the key from Stripe's dashboard.")
    key = text.strip().strip(_INVISIBLE).strip()
    if not key:
        raise KeyNotUsable(f"Please enter {wanted}. It is in Stripe's dashboard under Developers.")
    if any(letter.isspace() or letter in _INVISIBLE or not letter.isprintable() for letter in key):
        raise KeyNotUsable("There is a blank or a line break inside this key. Please copy it again, in one piece.")
    if any(letter in _HIDING for letter in key) and _PREFIX.match(key):
        raise KeyNotUsable("This key is shown with its middle hidden. Please copy the whole key from Stripe.")
    place = next((place for place, letter in enumerate(key, 1) if not letter.isascii()), None)
    if place is not None:
        raise KeyNotUsable(
            f"Character {place} of this key only looks like a plain letter or digit. "
            "Please copy the key straight from Stripe's dashboard."
        )
    return key


def _refuse_foreign(facts: KeyFacts, key: str, wanted: str) -> None:
    if facts.kind is KeyKind.WEBHOOK:
        raise KeyNotUsable(f"This is a webhook secret (whsec_…). Please enter {wanted} here.")
    if facts.kind is KeyKind.ORGANIZATION:
        raise KeyNotUsable(
            f"This is an organization key (sk_org_…), which stands for several accounts. Please enter {wanted} "
            "of the one account your shop uses."
        )
    if facts.kind is KeyKind.UNKNOWN:
        if _CUT_OFF_PREFIX.fullmatch(key):
            raise KeyNotUsable("This key is cut off. Please copy it again, in one piece.")
        raise KeyNotUsable(f"This is not a Stripe key. Please enter {wanted} here.")


def _refuse_cut_off(key: str) -> None:
    body = _PREFIX.sub("", key, count=1)
    if body and not _BODY.fullmatch(body):
        raise KeyNotUsable("There is a character in this key that no Stripe key has. Please copy it again.")
    if len(body) < _SHORTEST_BODY:
        raise KeyNotUsable("This key is cut off. Please copy it again, in one piece.")


def _refuse_other_mode(facts: KeyFacts, want_livemode: bool | None) -> None:
    if want_livemode is None or facts.livemode is want_livemode:
        return
    if want_livemode:
        raise KeyNotUsable(
            "This is a test key, and live mode needs a live key. Real cards would be refused; nothing was changed."
        )
    raise KeyNotUsable(
        "This is a live key, and test mode needs a test key. It would move real money; nothing was changed."
    )
