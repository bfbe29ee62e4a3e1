"""The rules of PaymentIntents: create, update, confirm (https://docs.stripe.com/api/payment_intents)."""

from dataclasses import dataclass
from typing import Any

from sellerdesk.sandbox import bank
from sellerdesk.sandbox.amounts import take_amount_details
from sellerdesk.sandbox.currencies import check_amount, check_currency
from sellerdesk.sandbox.errors import ApiError, invalid, missing, required
from sellerdesk.sandbox.methods import Source, find_method, keep, source_from_data, usable_confirmation_token
from sellerdesk.sandbox.objects import Intent, Json, PaymentMethod
from sellerdesk.sandbox.offering import (
    automatic_methods,
    capture_method,
    check_refused_action,
    check_types,
    redirects_possible,
)
from sellerdesk.sandbox.params import UNSET, merge_metadata
from sellerdesk.sandbox.render import intent_json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.status import LIVE_BEFORE_HOLD, status_of
from sellerdesk.sandbox.versions import Version

MOST_CONFIRMATIONS = 100
"""A further confirm cancels the intent (https://docs.stripe.com/api/payment_intents/confirm); the number is made up."""

_FIXED_BY_THE_HOLD = (
    "amount", "currency", "capture_method", "setup_future_usage", "payment_method", "payment_method_data",
    "payment_method_options", "customer", "allowed_payment_method_types", "excluded_payment_method_types",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plan:
    """A confirm whose parameters have been checked; nothing has happened yet."""

    attempt: bank.Attempt
    source: Source | None


def find_intent(state: State, identifier: str) -> Intent:
    """The intent with this id, or ApiError 404."""
    intent = state.store.intents.get(identifier)
    if intent is None:
        raise missing("payment_intent", identifier, "intent")
    return intent


def unexpected_state(
    state: State, intent: Intent, doing: str, allowed: tuple[str, ...], param: str | None = None
) -> ApiError:
    """400: the intent's status forbids the call; the whole intent comes along."""
    status = status_of(state, intent)
    message = (
        f"This PaymentIntent could not be {doing} because it has a status of {status}. "
        f"Only a PaymentIntent with one of the following statuses may be {doing}: {', '.join(allowed)}."
    )
    return ApiError(
        400,
        message,
        code="payment_intent_unexpected_state",
        param=param,
        kept=True,
        extra={"payment_intent": intent_json(state, intent)},
    )


def create(state: State, params: Json, version: Version) -> Intent:
    """``POST /v1/payment_intents``."""
    for name in ("amount", "currency"):
        if name not in params:
            raise required(name)
    check_types(params, version)
    currency = check_currency(params["currency"])
    check_amount(params["amount"], currency)
    automatic = automatic_methods(params, version)
    confirming = params.get("confirm", False)
    if not confirming:
        for name in ("confirmation_token", "error_on_requires_action", "off_session", "return_url"):
            if name in params:
                raise invalid(f"You can only send {name} together with confirm=true.", name)
    identifier = state.ids.new("pi")
    intent = Intent(
        id=identifier,
        created=state.clock.now(),
        amount=params["amount"],
        currency=currency,
        client_secret=f"{identifier}_secret_{state.ids.text(25)}",
        capture_method=capture_method(params, version),
        confirmation_method=params.get("confirmation_method", "automatic"),
        automatic_methods=automatic,
        allowed_types=params.get("allowed_payment_method_types"),
        older_types=params.get("payment_method_types"),
    )
    _apply(state, intent, params)
    intent.shipping_by_server = "shipping" in params
    plan = plan_confirm(state, intent, params, version) if confirming else None
    if plan is None:
        _take_method(state, intent, params)
    state.store.intents[intent.id] = intent
    state.emit("payment_intent.created", intent_json(state, intent))
    if plan is not None:
        _confirm_planned(state, intent, plan)
    return intent


def update(state: State, intent: Intent, params: Json, version: Version) -> Intent:
    """``POST /v1/payment_intents/{id}``."""
    check_types(params, version)
    status = status_of(state, intent)
    if status == "canceled":
        param = next((name for name in _FIXED_BY_THE_HOLD if name in params), None)
        raise unexpected_state(state, intent, "updated", (*LIVE_BEFORE_HOLD, "requires_capture", "succeeded"), param)
    if status not in LIVE_BEFORE_HOLD:
        for name in _FIXED_BY_THE_HOLD:
            if name in params:
                raise unexpected_state(state, intent, "updated", LIVE_BEFORE_HOLD, name)
        if "shipping" in params and state.refuse_shipping_after_authorization:
            raise unexpected_state(state, intent, "updated", LIVE_BEFORE_HOLD, "shipping")
    if params.get("setup_future_usage") == UNSET and intent.setup_future_usage:
        raise invalid("setup_future_usage cannot be taken away once it is set.", "setup_future_usage")
    currency = check_currency(params["currency"]) if "currency" in params else intent.currency
    amount = params.get("amount", intent.amount)
    if "amount" in params or "currency" in params:
        check_amount(amount, currency)
    _check_named_source(state, intent, params)
    _apply(state, intent, params, amount)
    if (intent.amount, intent.currency) != (amount, currency):
        intent.authenticated_until = None  # the holder approved another sum
    if "shipping" in params:
        intent.shipping_by_server = True
    intent.amount, intent.currency = amount, currency
    _take_method(state, intent, params)
    intent.last_error = None
    return intent


def confirm(state: State, intent: Intent, params: Json, version: Version, *, by_page: bool = False) -> Intent:
    """``POST /v1/payment_intents/{id}/confirm``. Raises ApiError 402 when the bank says no.

    ``by_page``: confirmed with the publishable key and the intent's client secret.
    """
    check_types(params, version)
    if by_page:
        check_secret(intent, params.get("client_secret"))
    if status_of(state, intent) not in LIVE_BEFORE_HOLD:
        param = next((name for name in ("payment_method", "confirmation_token") if name in params), None)
        raise unexpected_state(state, intent, "confirmed", LIVE_BEFORE_HOLD, param)
    if by_page:
        _check_page(intent, params)
    if intent.confirmations >= MOST_CONFIRMATIONS:
        intent.canceled_at, intent.cancellation_reason, intent.challenge = state.clock.now(), "automatic", None
        state.emit("payment_intent.canceled", intent_json(state, intent))
        return intent
    if params.get("amount_to_confirm", intent.amount) != intent.amount:
        raise invalid("The amount to confirm differs from the intent's amount.", "amount_to_confirm")
    plan = plan_confirm(state, intent, params, version)
    _apply(state, intent, params)
    if "shipping" in params:
        intent.shipping_by_server = not by_page
    _confirm_planned(state, intent, plan)
    return intent


def plan_confirm(state: State, intent: Intent, params: Json, version: Version) -> _Plan:
    """Check everything about a confirm before anything changes."""
    check_refused_action(intent, params, version)
    given = [name for name in ("confirmation_token", "payment_method", "payment_method_data") if name in params]
    if len(given) > 1:
        raise invalid(f"You may only send one of {', '.join(given)}.", given[1])
    token = usable_confirmation_token(state, params["confirmation_token"]) if "confirmation_token" in params else None
    if token is not None:
        _check_context(intent, params, token.context, lenient=True)
    _check_context(intent, params, params.get("client_context"), lenient=False)
    source = _named_source(state, params)
    method = token.method if token else source.method if source else intent.method
    if method is None:
        raise ApiError(
            400,
            "You cannot confirm this PaymentIntent because it's missing a payment method. "
            "Send one with the confirm call or update the PaymentIntent first.",
            code="payment_intent_unexpected_state",
            extra={"payment_intent": intent_json(state, intent)},
        )
    off_session = params.get("off_session", "false") != "false"
    return_url = params.get("return_url") or (token.return_url if token else None)
    if not return_url and not off_session and redirects_possible(intent):
        raise invalid(
            "A return_url is needed to confirm this PaymentIntent, because it may use payment methods that "
            "redirect. Send return_url, or create it with automatic_payment_methods[allow_redirects]=never.",
            "return_url",
        )
    _check_owner(intent.customer, method)
    attempt = bank.Attempt(
        method,
        token,
        off_session,
        refuse_action=params.get("error_on_requires_action", False),
        use_stripe_sdk=params.get("use_stripe_sdk", token.use_stripe_sdk if token else False),
        return_url=return_url,
        approved=intent.authenticated_until is not None and method is intent.method,
    )
    return _Plan(attempt, source)


def _confirm_planned(state: State, intent: Intent, plan: _Plan) -> None:
    intent.confirmations += 1
    token = plan.attempt.token
    if plan.source is not None:
        keep(state, plan.source)
    if token is not None:
        intent.shipping = intent.shipping or token.shipping
        intent.setup_future_usage = intent.setup_future_usage or token.setup_future_usage
    bank.run(state, intent, plan.attempt)
    if intent.last_error is not None:
        raise bank.refusal_of(state, intent)


def check_secret(intent: Intent, secret: str | None) -> None:
    """ApiError 400 unless ``secret`` is the intent's client secret."""
    if secret is None:
        raise required("client_secret")
    if secret != intent.client_secret:
        raise invalid("The client_secret does not belong to this PaymentIntent.", "client_secret")


def _check_page(intent: Intent, params: Json) -> None:
    """What a page may not do (https://docs.stripe.com/api/payment_intents/confirm)."""
    if intent.confirmation_method == "manual":
        raise invalid(
            f"This PaymentIntent {intent.id} cannot be confirmed with a publishable key, because its "
            "confirmation_method is manual. Confirm it with the secret key, or create it with "
            "confirmation_method=automatic.",
        )
    if "shipping" in params and intent.shipping is not None and intent.shipping_by_server:
        raise invalid(
            "The shipping of this PaymentIntent was last set with a secret key and cannot be changed with a "
            "publishable key.",
            "shipping",
        )


def _named_source(state: State, params: Json) -> Source | None:
    if "payment_method" in params:
        return Source(find_method(state, params["payment_method"]))
    if "payment_method_data" in params:
        return source_from_data(state, params["payment_method_data"])
    return None


def _check_named_source(state: State, intent: Intent, params: Json) -> None:
    """Refuse a card that cannot be taken before anything else of the update is: it is all or nothing."""
    source = _named_source(state, params)
    customer = (params["customer"] or None) if "customer" in params else intent.customer
    if source is not None and (customer is None or customer in state.store.customers):
        _check_owner(customer, source.method)


def _take_method(state: State, intent: Intent, params: Json) -> None:
    source = _named_source(state, params)
    if source is None:
        return
    _check_owner(intent.customer, source.method)
    intent.method = keep(state, source)
    intent.challenge = None
    intent.authenticated_until = None


def _check_owner(customer: str | None, method: PaymentMethod) -> None:
    if method.customer is None:
        if method.consumed:
            raise invalid(
                "The payment method was used before without a customer and cannot be used again.", "payment_method"
            )
        return
    if customer is None:
        raise invalid(
            "The payment method belongs to a customer. Send that customer with the PaymentIntent.",
            "customer",
            "parameter_missing",
        )
    if customer != method.customer:
        raise invalid("The payment method belongs to another customer.", "payment_method")


def _check_context(intent: Intent, params: Json, context: Json | None, *, lenient: bool) -> None:
    """What the page's Elements were told must agree with the intent, as the guide demands.

    ``lenient``: a confirmation token brings the wish to save the card along, so the intent may lack it.
    https://docs.stripe.com/payments/finalize-payments-on-the-server
    """
    if context is None:
        return
    wanted: dict[str, Any] = {
        "amount": intent.amount,
        "currency": intent.currency,
        "capture_method": _plain(params.get("capture_method", intent.card_capture_method)),
        "setup_future_usage": params.get("setup_future_usage") or intent.setup_future_usage,
    }
    told: dict[str, Any] = {
        "amount": context["amount"],
        "currency": str(context["currency"]).lower(),
        "capture_method": _plain(context.get("capture_method", "automatic")),
        "setup_future_usage": context.get("setup_future_usage") or None,
    }
    for name, value in wanted.items():
        if name == "setup_future_usage" and value is None and lenient:
            continue
        if value != told[name]:
            raise invalid(
                f"The PaymentIntent's {name} ({value}) does not match what Elements was told ({told[name]}).", name
            )


def _plain(capture_method: str) -> str:
    return "automatic" if capture_method == "automatic_async" else capture_method


def _apply(state: State, intent: Intent, params: Json, amount: int | None = None) -> None:
    """Take over the describing fields; all checks that can fail come first."""
    customer = params.get("customer")
    if customer and customer not in state.store.customers:
        raise missing("customer", customer, "customer")
    metadata = merge_metadata(intent.metadata, params["metadata"]) if "metadata" in params else intent.metadata
    take_amount_details(state, intent, params, intent.amount if amount is None else amount)
    intent.metadata = metadata
    if "customer" in params:
        state.store.intents.regroup(intent.id, "customer", intent.customer, customer or None)
    for name in ("description", "receipt_email", "customer", "statement_descriptor", "statement_descriptor_suffix",
                 "transfer_group"):  # fmt: skip
        if name in params:
            setattr(intent, name, params[name] or None)
    if "shipping" in params:
        intent.shipping = params["shipping"] or None
    if params.get("setup_future_usage"):
        intent.setup_future_usage = params["setup_future_usage"]
    if "capture_method" in params:
        intent.capture_method = params["capture_method"]
    if "payment_details" in params:
        details = params["payment_details"] or {}
        intent.payment_details = {
            "customer_reference": details.get("customer_reference"),
            "order_reference": details.get("order_reference"),
        } if details else None  # fmt: skip
    if "allowed_payment_method_types" in params:
        intent.allowed_types = params["allowed_payment_method_types"]
    if "payment_method_types" in params:
        intent.older_types = params["payment_method_types"]
    options = (params.get("payment_method_options") or {}).get("card") or {}
    for name in ("capture_method", "request_three_d_secure", "setup_future_usage"):
        if options.get(name) == UNSET:
            intent.card_options.pop(name, None)
        elif name in options:
            intent.card_options[name] = options[name]
