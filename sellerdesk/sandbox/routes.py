"""The table of calls: address, name, parameters, permission, and what is done."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sellerdesk.sandbox import handlers, handlers_aftermath, handlers_saved, handlers_webhooks, schemas, schemas_page
from sellerdesk.sandbox.call import Call
from sellerdesk.sandbox.errors import ApiError, invalid
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.params import Spec, read
from sellerdesk.sandbox.versions import Version, unknown_in


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. ``name`` is also the kind that faults are planned for.

    ``page`` are the parameters that a page may send with the publishable key, ``None`` where it may not call at all;
    ``spec`` is ``None`` where only a page may.
    """

    method: str
    pattern: re.Pattern[str]
    name: str
    spec: Spec | None
    permission: str
    run: Callable[[Call], Json]
    page: Spec | None = None

    @property
    def kind(self) -> str:
        """What an answer is, by the name that objects give themselves."""
        family = self.pattern.pattern.removeprefix("/v1/").removeprefix("^/v1/").split("/")[0]
        return family.removesuffix("$").removesuffix("s")

    @property
    def changes(self) -> bool:
        """Whether it makes or changes an object that properties can be expanded of."""
        return self.method == "POST" and self.kind in {
            "payment_intent",
            "charge",
            "refund",
            "dispute",
            "review",
            "customer",
            "payment_method",
        }

    def read(self, raw: Json, publishable: bool, version: Version) -> Json:
        """The checked parameters, or ApiError 400 for what the caller or its API version does not know."""
        known = (self.page if publishable else self.spec) or {}
        later = unknown_in(version)
        if later:
            known = {name: check for name, check in known.items() if name not in later}
        if publishable and self.spec is not None:
            for name in raw:
                if name in self.spec and name not in known:
                    raise invalid(f"{name[:100]} cannot be sent with a publishable key.", name[:100])
        return read(known, raw)


def find(method: str, path: str) -> tuple[Route, str]:
    """The route and the identifier in the path. ApiError 404 for an unknown path, 405 for a wrong method."""
    known = False
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match is None:
            continue
        if route.method == method:
            return route, match.groupdict().get("id") or ""
        known = True
    if known:
        raise ApiError(405, f"The method {method} cannot be used on {path}.")
    raise ApiError(404, f"Unrecognized request URL ({method}: {path}). The sandbox has nothing there.")


def _route(
    verb: str, path: str, name: str, spec: Spec | None, permission: str, run: Callable[[Call], Json], page: Spec | None
) -> Route:
    pattern = re.compile(path.replace("{id}", r"(?P<id>[A-Za-z0-9_\-]{1,200})"))
    return Route(verb, pattern, name, spec, permission, run, page)


def _get(
    path: str, name: str, spec: Spec, permission: str, run: Callable[[Call], Json], page: Spec | None = None
) -> Route:
    return _route("GET", path, name, spec, f"{permission}_read", run, page)


def _post(
    path: str, name: str, spec: Spec | None, permission: str, run: Callable[[Call], Json], page: Spec | None = None
) -> Route:
    return _route("POST", path, name, spec, f"{permission}_write", run, page)


def _delete(path: str, name: str, permission: str, run: Callable[[Call], Json]) -> Route:
    return _route("DELETE", path, name, {}, f"{permission}_write", run, None)


_PI = "/v1/payment_intents"
_PM = "/v1/payment_methods"
_INTENT, _METHOD, _CONFIRMATION = "payment_intent", "payment_method", "confirmation_token"
_WARNINGS = "/v1/radar/early_fraud_warnings"

_INTENTS = (
    _post(_PI, "create_intent", schemas.INTENT_CREATE, _INTENT, handlers.create_intent),
    _get(_PI, "list_intents", schemas.INTENT_LIST, _INTENT, handlers.list_intents),
    _get(
        f"{_PI}/{{id}}",
        "retrieve",
        schemas.INTENT_RETRIEVE,
        _INTENT,
        handlers.retrieve_intent,
        page=schemas.INTENT_RETRIEVE,
    ),
    _post(f"{_PI}/{{id}}", "update", schemas.INTENT_UPDATE, _INTENT, handlers.update_intent),
    _post(
        f"{_PI}/{{id}}/confirm",
        "confirm",
        schemas.INTENT_CONFIRM,
        _INTENT,
        handlers.confirm_intent,
        page=schemas_page.INTENT_CONFIRM_BY_PAGE,
    ),
    _post(f"{_PI}/{{id}}/capture", "capture", schemas.INTENT_CAPTURE, _INTENT, handlers.capture_intent),
    _post(f"{_PI}/{{id}}/cancel", "cancel", schemas.INTENT_CANCEL, _INTENT, handlers.cancel_intent),
    _get(f"{_PI}/{{id}}/amount_details_line_items", "list_lines", schemas.PAGING, _INTENT, handlers.list_lines),
)
_CHARGES = (
    _get("/v1/charges", "list_charges", schemas.CHARGE_LIST, "charge", handlers.list_charges),
    _get("/v1/charges/{id}", "retrieve_charge", schemas.EXPAND, "charge", handlers.retrieve_charge),
    _post("/v1/charges/{id}", "update_charge", schemas.CHARGE_UPDATE, "charge", handlers.update_charge),
)
_CUSTOMERS = (
    _post("/v1/customers", "create_customer", schemas.CUSTOMER_CREATE, "customer", handlers.create_customer),
    _get("/v1/customers", "list_customers", schemas.CUSTOMER_LIST, "customer", handlers.list_customers),
    _get("/v1/customers/{id}", "retrieve_customer", schemas.EXPAND, "customer", handlers_saved.retrieve_customer),
    _delete("/v1/customers/{id}", "delete_customer", "customer", handlers_saved.delete_customer),
    _post("/v1/customers/{id}", "update_customer", schemas.CUSTOMER_UPDATE, "customer", handlers.update_customer),
    _get("/v1/customers/{id}/payment_methods", "list_methods", schemas.METHOD_LIST, _METHOD, handlers.list_methods),
)
_TOKENS = (
    _post(
        _PM,
        "create_method",
        schemas.METHOD_CREATE,
        _METHOD,
        handlers.create_method,
        page=schemas_page.METHOD_CREATE_BY_PAGE,
    ),
    _get(f"{_PM}/{{id}}", "retrieve_method", schemas.EXPAND, _METHOD, handlers.retrieve_method),
    _get(_PM, "list_all_methods", schemas.METHOD_LIST_ALL, _METHOD, handlers_saved.list_methods),
    _post(f"{_PM}/{{id}}", "update_method", schemas.METHOD_UPDATE, _METHOD, handlers_saved.update_method),
    _post(f"{_PM}/{{id}}/detach", "detach_method", schemas.EXPAND, _METHOD, handlers_saved.detach_method),
    _post(f"{_PM}/{{id}}/attach", "attach_method", schemas.METHOD_ATTACH, _METHOD, handlers.attach_method),
    _post("/v1/tokens", "create_token", None, "token", handlers.create_token, page=schemas_page.TOKEN_CREATE),
    _get("/v1/tokens/{id}", "retrieve_token", schemas.EXPAND, "token", handlers.retrieve_token),
    _post(
        "/v1/confirmation_tokens",
        "create_confirmation_token",
        None,
        _CONFIRMATION,
        handlers.create_confirmation_token,
        page=schemas_page.CONFIRMATION_TOKEN_CREATE,
    ),
    _get(
        "/v1/confirmation_tokens/{id}",
        "retrieve_confirmation_token",
        schemas.EXPAND,
        _CONFIRMATION,
        handlers.retrieve_confirmation_token,
    ),
    _post(
        "/v1/test_helpers/confirmation_tokens",
        "create_test_confirmation_token",
        schemas.TEST_CONFIRMATION_TOKEN,
        _CONFIRMATION,
        handlers.create_test_confirmation_token,
    ),
)
_AFTERMATH = (
    _post("/v1/refunds", "create_refund", schemas.REFUND_CREATE, "refund", handlers_aftermath.create_refund),
    _get("/v1/refunds", "list_refunds", schemas.REFUND_LIST, "refund", handlers_aftermath.list_refunds),
    _get("/v1/refunds/{id}", "retrieve_refund", schemas.EXPAND, "refund", handlers_aftermath.retrieve_refund),
    _post("/v1/refunds/{id}", "update_refund", schemas.REFUND_UPDATE, "refund", handlers_aftermath.update_refund),
    _get("/v1/disputes", "list_disputes", schemas.DISPUTE_LIST, "dispute", handlers_aftermath.list_disputes),
    _get("/v1/disputes/{id}", "retrieve_dispute", schemas.EXPAND, "dispute", handlers_aftermath.retrieve_dispute),
    _post("/v1/disputes/{id}", "update_dispute", schemas.DISPUTE_UPDATE, "dispute", handlers_aftermath.update_dispute),
    _post("/v1/disputes/{id}/close", "close_dispute", schemas.EXPAND, "dispute", handlers_aftermath.close_dispute),
    _get(_WARNINGS, "list_warnings", schemas.WARNING_LIST, "radar", handlers_aftermath.list_warnings),
    _get(f"{_WARNINGS}/{{id}}", "retrieve_warning", schemas.EXPAND, "radar", handlers_aftermath.retrieve_warning),
    _get("/v1/reviews", "list_reviews", schemas.REVIEW_LIST, "radar", handlers_aftermath.list_reviews),
    _get("/v1/reviews/{id}", "retrieve_review", schemas.EXPAND, "radar", handlers_aftermath.retrieve_review),
    _post("/v1/reviews/{id}/approve", "approve_review", schemas.EXPAND, "radar", handlers_aftermath.approve_review),
)
_ACCOUNT = (
    _get("/v1/events", "list_events", schemas.EVENT_LIST, "event", handlers.list_events),
    _get("/v1/events/{id}", "retrieve_event", schemas.EXPAND, "event", handlers.retrieve_event),
    _get("/v1/balance", "balance", schemas.EXPAND, "balance", handlers_aftermath.balance),
    _get("/v1/account", "account", schemas.EXPAND, "account", handlers_aftermath.account),
)
_HOOK, _HOOKS = "webhook", "/v1/webhook_endpoints"
_WEBHOOKS = (
    _post(_HOOKS, "create_endpoint", schemas.ENDPOINT_CREATE, _HOOK, handlers_webhooks.create_endpoint),
    _get(_HOOKS, "list_endpoints", schemas.PAGING, _HOOK, handlers_webhooks.list_endpoints),
    _get(f"{_HOOKS}/{{id}}", "retrieve_endpoint", schemas.EXPAND, _HOOK, handlers_webhooks.retrieve_endpoint),
    _post(f"{_HOOKS}/{{id}}", "update_endpoint", schemas.ENDPOINT_UPDATE, _HOOK, handlers_webhooks.update_endpoint),
    _delete(f"{_HOOKS}/{{id}}", "delete_endpoint", _HOOK, handlers_webhooks.delete_endpoint),
)
_SEARCH = (
    _get(f"{_PI}/search", "search_intents", schemas.SEARCH, _INTENT, handlers_webhooks.search_intents),
    _get("/v1/charges/search", "search_charges", schemas.SEARCH, "charge", handlers_webhooks.search_charges),
    _get("/v1/customers/search", "search_customers", schemas.SEARCH, "customer", handlers_webhooks.search_customers),
)
ROUTES: tuple[Route, ...] = _SEARCH + _INTENTS + _CHARGES + _CUSTOMERS + _TOKENS + _AFTERMATH + _ACCOUNT + _WEBHOOKS
