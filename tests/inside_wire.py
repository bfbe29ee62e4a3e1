"""The gateway's way to a sandbox of the same process: the same bytes both ways, without sockets and threads.

For tests of what the program makes of Stripe's answers. What a network does with them (deadlines, proxies, broken
connections) is shown in ``tests/integration/test_gateway_transport.py`` over real HTTP.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from sellerdesk.gateway.lease import end_for
from sellerdesk.gateway.transport import LeaseOver
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.api import Api, ApiAnswer, ApiRequest
from tests.openapi.watch import watch_of_process


class InsideWire(stripe.HTTPClient):
    """The SDK's HTTP client for ``StripeGateway(transport=...)``: each call is answered in the calling thread.

    An answer that a fault loses raises what a broken connection raises; one that a fault holds back holds the caller
    without any deadline. What is too late to be sent is not, as in the real transport.
    """

    name = "inside"

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self._api = Api(sandbox.world, watch_of_process().observe)

    def request(  # type: ignore[override]  # the SDK's own subclasses leave out its private argument, too
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if end_for(method)():
            raise _no_answer(LeaseOver.__name__)
        answer = self.deliver(method, url, headers or {}, post_data or "")
        if answer.dropped:
            raise _no_answer("ConnectionError")
        return answer.body, answer.status, CaseInsensitiveDict(answer.headers)

    def deliver(self, method: str, url: str, headers: Mapping[str, str], body: str = "") -> ApiAnswer:
        """Whatever anybody sends; ``url`` may begin with the path."""
        address = urlsplit(url)
        sent = {name.lower(): str(value) for name, value in headers.items()}
        return self._api.handle(ApiRequest(method.upper(), address.path, address.query, sent, body.encode()))

    def close(self) -> None:
        """Nothing is kept open."""


def _no_answer(why: str) -> stripe.APIConnectionError:
    error: stripe.APIConnectionError = stripe.APIConnectionError(why)  # type: ignore[no-untyped-call]
    return error
