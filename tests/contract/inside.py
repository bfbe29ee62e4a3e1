"""The sandbox without a network: the same bytes go in and come out, in this thread."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
import stripe

from sellerdesk.sandbox.api import Api, ApiRequest, Observe
from sellerdesk.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: Any

    @property
    def error(self) -> Any:
        """The refusal; an empty structure where there is none."""
        return self.body.get("error", {})


class Client:
    """Somebody with a key of one's own."""

    def __init__(
        self, world: World, key: str = "sk_test_123456789012", observe: Observe | None = None, agent: str = ""
    ) -> None:
        self.world = world
        self._api = Api(world, observe)
        self._headers = {
            "authorization": f"Bearer {key}",
            "content-type": "application/x-www-form-urlencoded",
            "stripe-version": stripe.api_version,
            "user-agent": agent,
        }

    def get(self, path: str, **params: Any) -> Answer:
        """A question; ``path`` begins after ``/v1/``."""
        return self._send("GET", path, params, {})

    def post(self, path: str, **params: Any) -> Answer:
        """A call that changes something. ``idempotency_key`` is sent as the header of that name."""
        key = params.pop("idempotency_key", None)
        return self._send("POST", path, params, {"idempotency-key": key} if key else {})

    def _send(self, method: str, path: str, params: Mapping[str, Any], more: Mapping[str, str]) -> Answer:
        form = urlencode(list(_fields(params)))
        query, body = (form, b"") if method == "GET" else ("", form.encode())
        request = ApiRequest(method, f"/v1/{path}", query, {**self._headers, **more}, body)
        status, said = self._deliver(request)
        return Answer(status, json.loads(said))

    def _deliver(self, request: ApiRequest) -> tuple[int, bytes]:
        answer = self._api.handle(request)
        return answer.status, answer.body


class LiveWire(Client):
    """The same calls over the network to Stripe itself. The world stays empty."""

    def __init__(self, key: str) -> None:
        super().__init__(World(), key)

    def _deliver(self, request: ApiRequest) -> tuple[int, bytes]:
        address = f"{stripe.DEFAULT_API_BASE}{request.path}?{request.query}"
        answer = requests.request(request.method, address, headers=request.headers, data=request.body, timeout=60)
        return answer.status_code, answer.content


def _fields(params: Mapping[str, Any], outer: str = "") -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        key = f"{outer}[{name}]" if outer else str(name)
        if isinstance(value, dict):
            yield from _fields(value, key)
        elif isinstance(value, list | tuple):
            yield from _fields({str(place): entry for place, entry in enumerate(value)}, key)
        else:
            yield key, str(value).lower() if isinstance(value, bool) else str(value)
