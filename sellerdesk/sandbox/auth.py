"""Who calls: keys and what they may do (https://docs.stripe.com/keys)."""

import base64
from dataclasses import dataclass

from sellerdesk.sandbox.errors import ApiError
from sellerdesk.sandbox.state import State


@dataclass(frozen=True, slots=True)
class Caller:
    """The key of a request. ``permissions`` is ``None`` for a key that may do everything."""

    key: str
    publishable: bool
    permissions: frozenset[str] | None


def identify(state: State, header: str | None) -> Caller:
    """The caller behind an ``Authorization`` header. Raises ApiError 401 for everything but a test key."""
    key = _key(header)
    if not key:
        raise _unauthorized("You did not provide an API key. Send it as a bearer token in the Authorization header.")
    if "_live_" in key[:16]:
        raise _unauthorized("The sandbox never takes live keys. Use a test key (sk_test_...).")
    if key.startswith("sk_org_"):
        raise _unauthorized("The sandbox does not take organization keys. Use a test key (sk_test_...).")
    if key in state.revoked_keys:
        raise _unauthorized(f"Expired API Key provided: {_masked(key)}", "api_key_expired")
    if not key.startswith(("sk_test_", "rk_test_", "pk_test_")) or len(key) < 12 or not key.isascii():
        raise _unauthorized(f"Invalid API Key provided: {_masked(key)}")
    return Caller(key, key.startswith("pk_"), state.restricted_keys.get(key))


def allow(state: State, caller: Caller, permission: str, for_page: bool, for_server: bool) -> None:
    """ApiError when the caller may not use a call that needs ``permission``, such as ``payment_intent_write``."""
    if caller.publishable:
        if not for_page:
            raise _unauthorized(
                "This API call cannot be made with a publishable API key. Use a secret API key.",
                "secret_key_required",
            )
        return
    if not for_server:
        raise ApiError(403, "This call is made by the page's card form with the publishable key only.")
    held = caller.permissions
    if held is None or permission in held:
        return
    if permission.endswith("_read") and permission.removesuffix("_read") + "_write" in held:
        return
    raise ApiError(
        403,
        f"The provided key '{_masked(caller.key)}' does not have the required permissions for this endpoint on "
        f"account '{state.account}'. Having the 'rak_{permission}' permission would allow this request to continue.",
    )


def _key(header: str | None) -> str:
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode("ascii").partition(":")[0]
        except ValueError:  # neither base64 nor ASCII
            return ""
    return ""


def _unauthorized(message: str, code: str | None = None) -> ApiError:
    return ApiError(401, message, code=code, headers={"WWW-Authenticate": 'Bearer realm="Stripe"'})


def _masked(key: str) -> str:
    return f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) >= 16 else "*" * len(key)
