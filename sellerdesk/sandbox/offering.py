"""Which ways to pay an intent offers, how its money is taken, and what the API version has to do with it."""

from sellerdesk.sandbox.errors import invalid
from sellerdesk.sandbox.objects import Intent, Json
from sellerdesk.sandbox.versions import AUTOMATIC_METHODS, CAPTURED_LATER, TYPES_NOT_WRITABLE, Version

_OTHER_WAYS = {
    "allowed_payment_method_types": (
        "excluded_payment_method_types", "automatic_payment_methods", "payment_method_configuration",
        "payment_method_types",
    ),
    "payment_method_types": ("automatic_payment_methods",),
}  # fmt: skip


def check_types(params: Json, version: Version) -> None:
    """ApiError 400 for types that the API version does not take, that contradict each other, or that are no cards."""
    if "payment_method_types" in params and TYPES_NOT_WRITABLE.holds_in(version):
        raise invalid(
            "payment_method_types can no longer be sent in this API version. Use allowed_payment_method_types.",
            "payment_method_types",
            "payment_method_types_no_longer_supported",
        )
    for way, others in _OTHER_WAYS.items():
        if way not in params:
            continue
        for other in others:
            if other in params:
                raise invalid(f"You may only send one of {way} and {other}.", other)
        if "card" not in params[way]:
            raise invalid("The sandbox knows cards only.", way)


def automatic_methods(params: Json, version: Version) -> Json | None:
    """``automatic_payment_methods`` of a new intent, ``None`` when types are named or the version asks for none."""
    given: Json | None = params.get("automatic_payment_methods")
    if "confirmation_method" in params and given and given["enabled"]:
        raise invalid(
            "You can only send one of confirmation_method and automatic_payment_methods.",
            "automatic_payment_methods",
        )
    if given is not None:
        return {"allow_redirects": given.get("allow_redirects", "always"), "enabled": given["enabled"]}
    if "allowed_payment_method_types" in params or "payment_method_types" in params:
        return None
    if params.get("confirmation_method") == "manual" or not AUTOMATIC_METHODS.holds_in(version):
        return None
    return {"allow_redirects": "always", "enabled": True}


def capture_method(params: Json, version: Version) -> str:
    """How the money of a new intent is taken."""
    usual = "automatic_async" if CAPTURED_LATER.holds_in(version) else "automatic"
    return str(params.get("capture_method", usual))


def redirects_possible(intent: Intent) -> bool:
    """Whether a confirm needs a ``return_url``, because the shopper may be sent to another site."""
    automatic = intent.automatic_methods
    if automatic is not None:
        return bool(automatic["enabled"] and automatic["allow_redirects"] == "always")
    # Whether allowed types without redirects free a confirm from return_url is not documented: ask for one.
    return intent.allowed_types is not None and intent.confirmation_method != "manual"


def check_refused_action(intent: Intent, params: Json, version: Version) -> None:
    """ApiError 400 for ``error_on_requires_action`` beside automatic payment methods."""
    automatic = intent.automatic_methods
    if params.get("error_on_requires_action") and automatic is not None and automatic["enabled"]:
        if not AUTOMATIC_METHODS.holds_in(version):
            return
        raise invalid(
            "error_on_requires_action cannot be sent for a PaymentIntent with automatic_payment_methods.",
            "error_on_requires_action",
        )
