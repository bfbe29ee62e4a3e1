"""Every answer of a sandbox held against Stripe's description, and every request that must fit it.

Answers are judged in the version that the product speaks; what it changed since the description was written stands in
``differences``. Requests are judged when the product's gateway made them, whatever came of them, and when the
sandbox accepted them from a server's key: what Stripe does not describe must not be accepted.
"""

import json
from functools import cache, cached_property

import stripe

from sellerdesk.sandbox.api import ApiAnswer, ApiRequest
from tests.openapi.checks import Checks, Problem
from tests.openapi.differences import DIFFERENCES
from tests.openapi.document import Operation, document
from tests.openapi.forms import decoded

_GATEWAY = "SellerDesk/"


class Watch:
    """Looks at what passes and remembers what does not fit, until somebody asks."""

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self.met: set[str] = set()
        """The differences that were excused."""

    def observe(self, request: ApiRequest, answer: ApiAnswer) -> None:
        """Judge one request and its answer. Never raises: a complaint belongs to the test, not to the answer."""
        if answer.headers.get("Stripe-Version") != stripe.api_version:
            return  # the shapes of older versions are described elsewhere
        operation = document().operation(request.method, request.path)
        try:
            problems = self._answered(operation, request, answer) + self._asked(operation, request, answer)
        except Exception as mistake:  # the thread belongs to the server: it would turn this into an answer
            self._complaints.append(f"{request.method} {request.path}: the check itself failed: {mistake!r}")
            return
        for problem in problems:
            difference = DIFFERENCES.get(problem.place)
            if difference is not None and difference.what == problem.what:
                self.met.add(problem.place)
            else:
                self._complaints.append(f"{request.method} {request.path} -> {answer.status}: {problem}")

    def take(self) -> list[str]:
        """What did not fit since the last time, each once."""
        found, self._complaints = self._complaints, []
        return list(dict.fromkeys(found))

    def _answered(self, operation: Operation | None, request: ApiRequest, answer: ApiAnswer) -> list[Problem]:
        problems: list[Problem] = []
        body = json.loads(answer.body)
        if answer.status != 200:
            self._answers.named("error")(body, problems)
        elif operation is not None:
            self._answers.at(operation.response, operation.name)(body, problems)
        else:
            problems.append(Problem(f"{request.method} {request.path}", "is no call that Stripe describes"))
            self._answers.resource(body, problems)
        return problems

    def _asked(self, operation: Operation | None, request: ApiRequest, answer: ApiAnswer) -> list[Problem]:
        ours = _GATEWAY in request.headers.get("user-agent", "")
        accepted = answer.status == 200 and "pk_test_" not in request.headers.get("authorization", "")
        problems: list[Problem] = []
        if operation is not None and (ours or accepted):
            sent = request.body.decode() if request.method == "POST" else request.query
            self._requests.at(operation.request, operation.name)(decoded(sent), problems)
        return problems

    @cached_property
    def _answers(self) -> Checks:
        return Checks(document(), events_of=stripe.api_version)

    @cached_property
    def _requests(self) -> Checks:
        return Checks(document(), form=True)


@cache
def watch_of_process() -> Watch:
    """The one that every sandbox in this process shows its answers to."""
    return Watch()
