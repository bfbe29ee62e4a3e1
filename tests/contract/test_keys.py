"""What each kind of key may call, route by route (https://docs.stripe.com/keys)."""

import json
from typing import Any

import pytest

from sellerdesk.sandbox import World
from sellerdesk.sandbox.api import Api, ApiAnswer, ApiRequest
from sellerdesk.sandbox.routes import ROUTES, Route

WORLD = World()
API = Api(WORLD)
FOR_SERVERS = [route for route in ROUTES if route.spec is not None]


def ask(route: Route, key: str) -> ApiAnswer:
    path = route.pattern.pattern.replace(r"(?P<id>[A-Za-z0-9_\-]{1,200})", "nothing_here")
    return API.handle(ApiRequest(route.method, path, headers={"authorization": f"Bearer {key}"}))


def problem(answer: ApiAnswer) -> Any:
    return json.loads(answer.body)["error"]


@pytest.mark.parametrize("route", FOR_SERVERS, ids=lambda route: route.name)
def test_a_restricted_key_needs_the_named_permission(route: Route) -> None:
    key = "rk_test_0000000000000000"
    WORLD.restrict_key(key, frozenset({"nothing_write"}))
    answer = ask(route, key)
    assert (answer.status, problem(answer)["type"]) == (403, "invalid_request_error")
    assert f"'rak_{route.permission}'" in problem(answer)["message"] and key not in answer.body.decode()
    assert answer.headers["Request-Id"].startswith("req_")
    WORLD.restrict_key(key, frozenset({route.permission}))
    assert ask(route, key).status != 403
    if route.permission.endswith("_read"):
        WORLD.restrict_key(key, frozenset({route.permission.replace("_read", "_write")}))
        assert ask(route, key).status != 403
    else:
        WORLD.restrict_key(key, frozenset({route.permission.replace("_write", "_read")}))
        assert ask(route, key).status == 403


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_page_may_do_little(route: Route) -> None:
    answer = ask(route, "pk_test_0000000000000000")
    if route.page is None:
        assert (answer.status, problem(answer)["code"]) == (401, "secret_key_required")
    else:
        assert answer.status in (400, 404)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.spec is None], ids=lambda route: route.name)
def test_a_server_types_no_cards(route: Route) -> None:
    assert ask(route, "sk_test_0000000000000000").status == 403


@pytest.mark.parametrize("kind", ["sk", "rk", "pk"])
def test_live_keys_are_never_taken_and_never_repeated(kind: str) -> None:
    key = f"{kind}_" + "live_0123456789abcdef"
    for route in ROUTES:
        answer = ask(route, key)
        assert answer.status == 401 and key not in answer.body.decode()
