"""Objects as JSON for the sandbox's own pages: without what opens something, and with ways to what they name."""

import json
import re
from typing import Any

from markupsafe import Markup, escape

from sellerdesk.sandbox import routes
from sellerdesk.sandbox.call import Call
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.versions import NEWEST
from sellerdesk.sandbox.world import World

PATHS = {
    "payment_intents": "payment_intents",
    "charges": "charges",
    "customers": "customers",
    "payment_methods": "payment_methods",
    "confirmation_tokens": "confirmation_tokens",
    "tokens": "tokens",
    "refunds": "refunds",
    "disputes": "disputes",
    "warnings": "radar/early_fraud_warnings",
    "reviews": "reviews",
    "events": "events",
    "webhook_endpoints": "webhook_endpoints",
}
"""What can be looked at, by its name in the address of a page, and where the API has it."""
_PREFIXES = {
    "pi": "payment_intents", "ch": "charges", "cus": "customers", "pm": "payment_methods",
    "ctoken": "confirmation_tokens", "tok": "tokens", "re": "refunds", "dp": "disputes", "du": "disputes",
    "issfr": "warnings", "prv": "reviews", "evt": "events", "we": "webhook_endpoints",
}  # fmt: skip
_ID = re.compile(rf"({'|'.join(_PREFIXES)})_[A-Za-z0-9]{{8,}}")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(:?)')
_MASK = "••••"


def object_of(world: World, kind: str, identifier: str) -> Json:
    """The object as the secret key sees it; the world is open. Raises ApiError 404 when there is none."""
    route, found = routes.find("GET", f"/v1/{PATHS.get(kind, 'nothing')}/{identifier}")
    return route.run(Call(world, route.read({}, False, NEWEST), found, False, NEWEST))


def without_secrets(value: Any) -> Any:
    """The same JSON with secrets cut to what tells them apart."""
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _masked(each) if name in ("client_secret", "secret") and each else without_secrets(each)
        for name, each in value.items()
    }


def way_to(identifier: str) -> str | None:
    """The address of the page of an object, ``None`` when the text is no identifier of one."""
    found = _ID.fullmatch(identifier)
    return f"/_sandbox/view/{_PREFIXES[found[1]]}/{identifier}" if found else None


def linked(value: Json) -> Markup:
    """The JSON as indented HTML in which identifiers lead to their objects."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    parts: list[Markup] = []
    end = 0
    for found in _STRING.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(_string(found))
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _string(found: re.Match[str]) -> Markup:
    address = way_to(found[1])
    if found[2]:
        return Markup('<span class="key">"{}"</span>:').format(found[1])
    if address:
        return Markup('"<a href="{}">{}</a>"').format(address, found[1])
    return Markup('"{}"').format(found[1])


def _masked(secret: Any) -> str:
    kept, mark, _rest = str(secret).partition("_secret_")
    return f"{kept}{mark}{_MASK}" if mark else _MASK
