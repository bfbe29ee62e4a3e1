"""Answers in the shape of an older API version: one step for every change of ``versions`` that shows.

Objects are written for the newest version. Here each step takes one change back, the newest change first.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sellerdesk.sandbox.errors import DOC_URL, ApiError
from sellerdesk.sandbox.expand import refunds_of
from sellerdesk.sandbox.lists import envelope
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.render import charge_json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.versions import (
    ALLOWED_TYPES,
    MORE_ERROR_CODES,
    NEWEST,
    NO_CHARGES_INSIDE,
    NO_REFUNDS_INSIDE,
    RELEASED_WITHOUT_REFUND,
    Change,
    Version,
)

_MOST_CHARGES_INSIDE = 10
_OLDER_CODES = {
    "authentication_failure": "payment_intent_authentication_failure",
    "expired_payment_method": "expired_card",
    "incorrect_postal_code": "incorrect_zip",
    "payment_method_restricted": "card_declined",
}


def aged(state: State, node: Any, version: Version) -> Any:
    """``node``, an answer or a part of one, as ``version`` shows it. What is given stays as it is.

    Events are left alone: they carry their object as the account's own version showed it then.
    """
    if version >= NEWEST:
        return node
    steps = [step for change, step in _STEPS if not change.holds_in(version)]
    return _walk(state, node, steps) if steps else node


def aged_error(state: State, error: ApiError, version: Version) -> ApiError:
    """The same refusal as ``version`` words it."""
    if version >= NEWEST:
        return error
    code = error.code if MORE_ERROR_CODES.holds_in(version) else _older_code(error.code)
    return replace(error, code=code, extra=aged(state, dict(error.extra), version))


Step = Callable[[State, Json], None]
"""Changes one object, of any kind, in place."""


def _walk(state: State, node: Any, steps: list[Step]) -> Any:
    if isinstance(node, list):
        return [_walk(state, each, steps) for each in node]
    if not isinstance(node, dict) or node.get("object") == "event":
        return node
    copy = dict(node)
    if "object" in copy:
        for step in steps:
            step(state, copy)
    return {name: _walk(state, value, steps) for name, value in copy.items()}


def _card_codes(_state: State, node: Json) -> None:
    if node["object"] == "charge":
        node["failure_code"] = _older_code(node["failure_code"])
    problem = node.get("last_payment_error") if node["object"] == "payment_intent" else None
    if problem:
        code = _older_code(problem["code"])
        node["last_payment_error"] = {**problem, "code": code, "doc_url": DOC_URL + str(code).replace("_", "-")}


def _no_allowed_types(_state: State, node: Json) -> None:
    if node["object"] == "payment_intent":
        node.pop("allowed_payment_method_types", None)


def _canceled_as_automatic(_state: State, node: Json) -> None:
    if node["object"] == "payment_intent" and node["cancellation_reason"] == "expired":
        node["cancellation_reason"] = "automatic"


def _charges_inside(state: State, node: Json) -> None:
    if node["object"] != "payment_intent" or "latest_charge" not in node:  # a page does not see the charges
        return
    made = state.store.charges.of("intent", node["id"])[::-1]
    shown = [charge_json(charge) for charge in made[:_MOST_CHARGES_INSIDE]]
    inside = envelope(shown, f"/v1/charges?payment_intent={node['id']}", len(made) > len(shown))
    node["charges"] = {**inside, "total_count": len(made)}


def _refunds_inside(state: State, node: Json) -> None:
    if node["object"] == "charge" and "refunds" not in node:
        node["refunds"] = refunds_of(state, node)


def _older_code(code: str | None) -> str | None:
    return None if code is None else _OLDER_CODES.get(code, code)


_STEPS: tuple[tuple[Change, Step], ...] = (
    (MORE_ERROR_CODES, _card_codes),
    (ALLOWED_TYPES, _no_allowed_types),
    (RELEASED_WITHOUT_REFUND, _canceled_as_automatic),
    (NO_REFUNDS_INSIDE, _refunds_inside),
    (NO_CHARGES_INSIDE, _charges_inside),
)
