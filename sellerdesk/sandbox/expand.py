"""Expansion: identifiers replaced by their objects, up to four levels (https://docs.stripe.com/api/expanding_objects)."""

from collections.abc import Callable, Container
from typing import Any

from sellerdesk.sandbox.errors import invalid
from sellerdesk.sandbox.ledger import entry_json
from sellerdesk.sandbox.lists import envelope
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.render import (
    charge_json,
    customer_json,
    intent_json,
    line_item_json,
    method_json,
)
from sellerdesk.sandbox.render_aftermath import refund_json, review_json
from sellerdesk.sandbox.state import State

MAX_LEVELS = 4

Resolver = Callable[[State, Json], Any]
"""Takes the object that holds the property and returns what the property becomes."""


def check_paths(kind: str, paths: list[str], shown: Container[str] | None = None) -> None:
    """Refuse with ApiError 400, before anything is done, a path that leads nowhere from an object of ``kind``, or from
    the part of it that is ``shown``. The lists inside of older shapes are looked at when they are there."""
    for path in paths:
        parts = path.split(".")
        _check_levels(parts)
        if shown is not None and parts[0] not in shown:
            raise _refused(path)
        if parts[0] == "charges":
            continue
        owner: str | None = kind
        while parts and owner is not None:
            length = next((each for each in (2, 1) if (owner, ".".join(parts[:each])) in _EXPANDABLE), 0)
            if not length:
                raise _refused(path)
            owner = _LEADS_TO.get((owner, ".".join(parts[:length])))
            parts = parts[length:]
            if owner == "refund" and parts and parts.pop(0) != "data":
                raise _refused(path)


def _check_levels(parts: list[str]) -> None:
    if len(parts) > MAX_LEVELS:
        raise invalid(f"You cannot expand more than {MAX_LEVELS} levels of a property.", "expand")


def expand(state: State, answer: Any, paths: list[str], shape: Callable[[Any], Any]) -> None:
    """Replace the named properties inside ``answer``. ApiError 400 for a path that leads nowhere.

    ``shape`` brings what is put in into the caller's API version.
    """
    for path in paths:
        parts = path.split(".")
        _check_levels(parts)
        _walk(state, answer, parts, path, shape)


def _walk(state: State, node: Any, parts: list[str], path: str, shape: Callable[[Any], Any]) -> None:
    if not parts or not isinstance(node, dict):
        return
    if node.get("object") in ("list", "search_result") and parts[0] == "data":
        if len(parts) == 1:
            raise _refused(path)
        for item in node["data"]:
            _walk(state, item, parts[1:], path, shape)
        return
    inside = node.get(parts[0])
    if isinstance(inside, dict) and inside.get("object") == "list":
        _walk(state, inside, parts[1:], path, shape)
        return
    kind = node.get("object")
    for length in (2, 1):
        name = ".".join(parts[:length])
        resolver = _EXPANDABLE.get((str(kind), name)) if len(parts) >= length else None
        shown = parts[0] in node or name == "refunds"  # a page does not see everything; refunds come on request only
        if resolver is None or not shown:
            continue
        owner = node
        for part in parts[: length - 1]:
            owner = owner[part]
        last = parts[length - 1]
        if not isinstance(owner.get(last), dict):
            owner[last] = shape(resolver(state, node))
        _walk(state, owner[last], parts[length:], path, shape)
        return
    raise _refused(path)


def _refused(path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({path[:100]}).", "expand")


def _latest_charge(state: State, node: Json) -> Any:
    held = state.store.charges.get(node["latest_charge"] or "")
    return charge_json(held) if held else None


def _charge(state: State, node: Json) -> Any:
    return charge_json(state.store.charges[node["charge"]])


def _customer(state: State, node: Json) -> Any:
    identifier = node["customer"] or ""
    if identifier in state.store.deleted_customers:
        return {"id": identifier, "object": "customer", "deleted": True}
    held = state.store.customers.get(identifier)
    return customer_json(held) if held else node["customer"]


def _method(state: State, node: Json) -> Any:
    held = state.store.methods.get(node["payment_method"] or "")
    return method_json(held) if held else node["payment_method"]


def _intent(state: State, node: Json) -> Any:
    held = state.store.intents.get(node["payment_intent"] or "")
    return intent_json(state, held) if held else node["payment_intent"]


def _balance(state: State, node: Json) -> Any:
    return entry_json(state, node["balance_transaction"])


def refunds_of(state: State, node: Json) -> Json:
    """The refunds of a rendered charge, newest first."""
    newest_first = reversed(state.store.refunds.of("charge", node["id"]))
    return envelope([refund_json(each) for each in newest_first], f"/v1/charges/{node['id']}/refunds")


def _review(state: State, node: Json) -> Any:
    held = state.store.reviews.get(node["review"] or "")
    return review_json(held) if held else None


def _lines(state: State, node: Json) -> Any:
    items = state.store.intents[node["id"]].line_items
    return envelope(
        [line_item_json(item) for item in items], f"/v1/payment_intents/{node['id']}/amount_details_line_items"
    )


def _counted(_state: State, node: Json) -> Any:
    return node["total_count"]


def _nothing(_state: State, _node: Json) -> Any:
    return None


_EXPANDABLE: dict[tuple[str, str], Resolver] = {
    ("payment_intent", "latest_charge"): _latest_charge,
    ("payment_intent", "customer"): _customer,
    ("payment_intent", "payment_method"): _method,
    ("payment_intent", "amount_details.line_items"): _lines,
    ("payment_intent", "review"): _review,
    ("charge", "balance_transaction"): _balance,
    ("charge", "customer"): _customer,
    ("charge", "payment_intent"): _intent,
    ("charge", "refunds"): refunds_of,
    ("charge", "review"): _review,
    ("refund", "balance_transaction"): _balance,
    ("refund", "charge"): _charge,
    ("refund", "payment_intent"): _intent,
    ("dispute", "charge"): _charge,
    ("dispute", "payment_intent"): _intent,
    ("radar.early_fraud_warning", "charge"): _charge,
    ("radar.early_fraud_warning", "payment_intent"): _intent,
    ("review", "charge"): _charge,
    ("review", "payment_intent"): _intent,
    ("payment_method", "customer"): _customer,
    ("customer", "default_source"): _nothing,
    ("search_result", "total_count"): _counted,
}

# What an expanded property is, where something inside it can be expanded, too. Refunds are a list of theirs.
_LEADS_TO = {
    (kind, name): target
    for kind, name in _EXPANDABLE
    for ending, target in (
        ("charge", "charge"),
        ("customer", "customer"),
        ("payment_intent", "payment_intent"),
        ("payment_method", "payment_method"),
        ("refunds", "refund"),
        ("review", "review"),
    )
    if name.endswith(ending)
}
