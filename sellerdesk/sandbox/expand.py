"""Expansion: identifiers replaced by their objects, up to four levels (https://docs.stripe.com/api/expanding_objects)."""

from collections.abc import Callable
from typing import Any

from sellerdesk.sandbox.errors import invalid
from sellerdesk.sandbox.lists import envelope
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.render import (
    charge_json,
    customer_json,
    intent_json,
    line_item_json,
    method_json,
)
from sellerdesk.sandbox.state import State

MAX_LEVELS = 4

Resolver = Callable[[State, Json], Any]
"""Takes the object that holds the property and returns what the property becomes."""


def expand(state: State, answer: Any, paths: list[str]) -> None:
    """Replace the named properties inside ``answer``. ApiError 400 for a path that leads nowhere."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_LEVELS:
            raise invalid(f"You cannot expand more than {MAX_LEVELS} levels of a property.", "expand")
        _walk(state, answer, parts, path)


def _walk(state: State, node: Any, parts: list[str], path: str) -> None:
    if not parts or node is None:
        return
    if node.get("object") == "list" and parts[0] == "data":
        if len(parts) == 1:
            raise _refused(path)
        for item in node["data"]:
            _walk(state, item, parts[1:], path)
        return
    kind = node.get("object")
    for length in (2, 1):
        name = ".".join(parts[:length])
        resolver = _EXPANDABLE.get((str(kind), name)) if len(parts) >= length else None
        if resolver is None:
            continue
        owner = node
        for part in parts[: length - 1]:
            owner = owner[part]
        last = parts[length - 1]
        if not isinstance(owner.get(last), dict):
            owner[last] = resolver(state, node)
        _walk(state, owner[last], parts[length:], path)
        return
    raise _refused(path)


def _refused(path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({path[:100]}).", "expand")


def _charge(state: State, node: Json) -> Any:
    held = state.store.charges.get(node["latest_charge"] or "")
    return charge_json(held) if held else None


def _customer(state: State, node: Json) -> Any:
    held = state.store.customers.get(node["customer"] or "")
    return customer_json(held) if held else node["customer"]


def _method(state: State, node: Json) -> Any:
    held = state.store.methods.get(node["payment_method"] or "")
    return method_json(held) if held else node["payment_method"]


def _intent(state: State, node: Json) -> Any:
    held = state.store.intents.get(node["payment_intent"] or "")
    return intent_json(state, held) if held else node["payment_intent"]


def _balance(state: State, node: Json) -> Any:
    held = state.store.balance_transactions.get(node["balance_transaction"] or "")
    return dict(held) if held else None


def _refunds(_state: State, node: Json) -> Any:
    return envelope([], f"/v1/charges/{node['id']}/refunds")


def _lines(state: State, node: Json) -> Any:
    items = state.store.intents[node["id"]].line_items
    return envelope(
        [line_item_json(item) for item in items], f"/v1/payment_intents/{node['id']}/amount_details_line_items"
    )


def _nothing(_state: State, _node: Json) -> Any:
    return None


_EXPANDABLE: dict[tuple[str, str], Resolver] = {
    ("payment_intent", "latest_charge"): _charge,
    ("payment_intent", "customer"): _customer,
    ("payment_intent", "payment_method"): _method,
    ("payment_intent", "amount_details.line_items"): _lines,
    ("payment_intent", "review"): _nothing,
    ("charge", "balance_transaction"): _balance,
    ("charge", "customer"): _customer,
    ("charge", "payment_intent"): _intent,
    ("charge", "refunds"): _refunds,
    ("charge", "review"): _nothing,
    ("payment_method", "customer"): _customer,
    ("customer", "default_source"): _nothing,
}
