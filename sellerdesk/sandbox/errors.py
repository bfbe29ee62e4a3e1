"""Refusals in the shape Stripe gives them (https://docs.stripe.com/api/errors)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DOC_URL = "https://docs.stripe.com/error-codes#"


class CannotHappen(Exception):
    """The control plane asked for what cannot happen as things stand; the sentence says why."""


@dataclass
class ApiError(Exception):
    """One refusal on its way to the caller.

    ``kept`` says whether an idempotency key remembers it: Stripe keeps every answer of a request that began to
    execute and none of a request whose parameters were refused before that
    (https://docs.stripe.com/api/idempotent_requests).
    """

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    kept: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON body: ``{"error": {...}}`` with only the fields that are known."""
        error: dict[str, Any] = {"type": self.type, "message": self.message}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = DOC_URL + self.code.replace("_", "-")
        if self.param:
            error["param"] = self.param
        error.update(self.extra)
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """A parameter that is refused before anything is done."""
    return ApiError(400, message, code=code, param=param)


def missing(kind: str, identifier: str, param: str = "id") -> ApiError:
    """404 for an identifier nobody knows."""
    return ApiError(404, f"No such {kind}: '{identifier}'", code="resource_missing", param=param)


def required(param: str) -> ApiError:
    """400 for a parameter that must be sent."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")
