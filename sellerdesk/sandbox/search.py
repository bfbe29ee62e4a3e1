"""Search for payment intents, charges and customers (https://docs.stripe.com/search).

Stripe searches an index that lags behind: a query sees how things stood, the hits show how they stand now. Here the
index is the present itself, until a lag is set; then it is a picture of everything that is taken anew once it is older
than the lag.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sellerdesk.sandbox.errors import invalid, required
from sellerdesk.sandbox.objects import Charge, Customer, Intent, Json
from sellerdesk.sandbox.render import charge_json, customer_json, intent_json
from sellerdesk.sandbox.search_query import Clause, Fields, Kind, Query, parse
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.status import status_of


@dataclass(frozen=True, slots=True)
class Realm:
    """One kind of object that can be searched. ``facts`` are the values of its ``fields``."""

    name: str
    url: str
    fields: Fields
    objects: Callable[[State], dict[str, Any]]
    facts: Callable[[State, Any], Json]
    render: Callable[[State, Any], Json]


def search(state: State, realm: Realm, params: Json) -> Json:
    """``GET {url}?query=...``: a page of hits, newest first. ApiError 400 for a query or a page nobody knows."""
    if "query" not in params:
        raise required("query")
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("The limit must be between 1 and 100.", "limit", "parameter_invalid_integer")
    query = parse(params["query"], realm.fields)
    hits = _hits(state, realm, query, _last_seen(params))
    found: list[str] = []
    more = False
    for identifier in hits:
        if len(found) == limit:
            more = True
            break
        found.append(identifier)
    objects = realm.objects(state)
    answer: Json = {
        "object": "search_result",
        "data": [realm.render(state, objects[identifier]) for identifier in found],
        "has_more": more,
        "next_page": _page_after(params["query"], found[-1]) if more else None,
        "url": realm.url,
    }
    if "total_count" in params.get("expand", []):
        answer["total_count"] = sum(1 for _ in _hits(state, realm, query, None))
    return answer


def set_lag(state: State, seconds: int) -> None:
    """From now on the index may be ``seconds`` old; 0 lets it see everything at once. The lock is held."""
    state.switches.search_lag = seconds
    state.store.search_index = {}
    if seconds:
        for realm in REALMS:
            _take_picture(state, realm)


def _hits(state: State, realm: Realm, query: Query, after: str | None) -> Iterator[str]:
    objects = realm.objects(state)
    if after is not None and after not in objects:
        raise _unknown_page()
    waiting = after is not None
    known = _picture(state, realm) if state.switches.search_lag else None
    for identifier in reversed(list(objects)):
        if waiting:
            waiting = identifier != after
            continue
        facts = realm.facts(state, objects[identifier]) if known is None else known.get(identifier)
        if facts is not None and _matches(facts, query):
            yield identifier


def _picture(state: State, realm: Realm) -> dict[str, Json]:
    taken = state.store.search_index.get(realm.name)
    if taken is None or taken[0] + state.switches.search_lag <= state.clock.now():
        return _take_picture(state, realm)
    return taken[1]


def _take_picture(state: State, realm: Realm) -> dict[str, Json]:
    facts = {identifier: realm.facts(state, each) for identifier, each in realm.objects(state).items()}
    state.store.search_index[realm.name] = (state.clock.now(), facts)
    return facts


def _matches(facts: Json, query: Query) -> bool:
    answers = (_holds(facts, clause) != clause.negated for clause in query.clauses)
    return any(answers) if query.any_of else all(answers)


def _holds(facts: Json, clause: Clause) -> bool:
    value = facts.get(clause.field)
    if clause.key is not None:
        value = (value or {}).get(clause.key)
    if clause.value is None or value is None:
        return clause.value is None and value is None
    if isinstance(clause.value, int):
        return _compare(int(value), clause.operator, clause.value)
    text = str(value).lower()
    return clause.value in text if clause.operator == "~" else clause.value == text


def _compare(held: int, operator: str, wanted: int) -> bool:
    return {
        ":": held == wanted,
        ">": held > wanted,
        "<": held < wanted,
        ">=": held >= wanted,
        "<=": held <= wanted,
    }[operator]


def _mark(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:12]


def _page_after(query: str, identifier: str) -> str:
    return base64.urlsafe_b64encode(f"{_mark(query)}:{identifier}".encode()).decode()


def _last_seen(params: Json) -> str | None:
    if "page" not in params:
        return None
    try:
        mark, _, identifier = base64.urlsafe_b64decode(params["page"]).decode().partition(":")
    except (ValueError, binascii.Error):
        raise _unknown_page() from None
    if mark != _mark(params["query"]):
        raise invalid("This page belongs to another query.", "page")
    return identifier


def _unknown_page() -> Exception:
    return invalid("Invalid page: take the value of next_page from the answer before.", "page")


def _intent_facts(state: State, intent: Intent) -> Json:
    return {
        "amount": intent.amount,
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "metadata": dict(intent.metadata),
        "status": status_of(state, intent),
    }


def _charge_facts(_state: State, charge: Charge) -> Json:
    method = charge.method
    return {
        "amount": charge.amount,
        "billing_details.address.postal_code": (method.billing.get("address") or {}).get("postal_code") or None,
        "created": charge.created,
        "currency": charge.currency,
        "customer": charge.customer,
        "disputed": charge.disputed,
        "metadata": dict(charge.metadata),
        "payment_method_details.card.brand": method.card.brand,
        "payment_method_details.card.exp_month": method.exp_month,
        "payment_method_details.card.exp_year": method.exp_year,
        "payment_method_details.card.fingerprint": method.fingerprint,
        "payment_method_details.card.last4": method.card.last4,
        "refunded": 0 < charge.amount_captured == charge.amount_refunded,
        "status": "succeeded" if charge.failure is None else "failed",
    }


def _customer_facts(_state: State, customer: Customer) -> Json:
    told = {name: customer.data.get(name) or None for name in ("email", "name", "phone")}
    return {**told, "created": customer.created, "metadata": dict(customer.metadata)}


_CARD = ("brand", "exp_month", "exp_year", "fingerprint", "last4")
_MONEY: Fields = {
    "amount": Kind.NUMBER,
    "created": Kind.NUMBER,
    "currency": Kind.TOKEN,
    "customer": Kind.TOKEN,
    "metadata": Kind.TOKEN,
    "status": Kind.TOKEN,
}
INTENTS = Realm(
    "payment_intents",
    "/v1/payment_intents/search",
    _MONEY,
    lambda state: state.store.intents,
    _intent_facts,
    intent_json,
)
CHARGES = Realm(
    "charges",
    "/v1/charges/search",
    {
        **_MONEY,
        "billing_details.address.postal_code": Kind.TOKEN,
        "disputed": Kind.TRUTH,
        "refunded": Kind.TRUTH,
        **dict.fromkeys((f"payment_method_details.card.{part}" for part in _CARD), Kind.TOKEN),
    },
    lambda state: state.store.charges,
    _charge_facts,
    lambda _state, charge: charge_json(charge),
)
CUSTOMERS = Realm(
    "customers",
    "/v1/customers/search",
    {
        "created": Kind.NUMBER,
        "email": Kind.TEXT,
        "metadata": Kind.TOKEN,
        "name": Kind.TEXT,
        "phone": Kind.TEXT,
    },
    lambda state: state.store.customers,
    _customer_facts,
    lambda _state, customer: customer_json(customer),
)
REALMS = (INTENTS, CHARGES, CUSTOMERS)
"""Everything that can be searched."""
