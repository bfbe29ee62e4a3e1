"""Payment methods, card tokens and confirmation tokens: where a card comes from."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sellerdesk.sandbox.card_list import by_number, by_token
from sellerdesk.sandbox.cards import BankCard, luhn, without_cvc
from sellerdesk.sandbox.declines import Refusal, refusal
from sellerdesk.sandbox.errors import ApiError, invalid, missing, required
from sellerdesk.sandbox.objects import CardToken, ConfirmationToken, Json, PaymentMethod
from sellerdesk.sandbox.params import UNSET
from sellerdesk.sandbox.render import method_json
from sellerdesk.sandbox.state import State

_EXPIRES_IN_YEARS = 4
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Source:
    """A payment method about to be used, and the token that is spent by using it. Nothing is kept yet."""

    method: PaymentMethod
    card_token: CardToken | None = None


def card_error(code: str, message: str, param: str | None = None, decline_code: str | None = None) -> ApiError:
    """402: something is wrong with the card itself."""
    extra = {"decline_code": decline_code} if decline_code else {}
    return ApiError(402, message, type="card_error", code=code, param=param, kept=True, extra=extra)


def typed_card(state: State, card: Json, billing: Json) -> PaymentMethod:
    """A card typed into the page's frame. Raises ApiError 402 for wrong data and for every real number.

    The number is compared with the list of test numbers and forgotten.
    """
    number = "".join(digit for digit in card["number"] if digit in _DIGITS)
    known = by_number(number)
    if known is None and (not 12 <= len(number) <= 19 or not luhn(number)):
        raise card_error("incorrect_number", "Your card number is incorrect.", "number")
    month, year = _expiry(state, card["exp_month"], card["exp_year"])
    if known is None:
        raise card_error(
            "card_declined",
            "Your card was declined. The sandbox takes test card numbers only.",
            "number",
            "test_mode_live_card",
        )
    cvc = card.get("cvc") or ""
    if cvc and (not set(cvc) <= _DIGITS or len(cvc) != (4 if known.brand == "amex" else 3)):
        raise card_error("invalid_cvc", "Your card's security code is invalid.", "cvc")
    return new_method(state, known, billing, month=month, year=year, has_cvc=bool(cvc))


def new_method(
    state: State,
    card: BankCard,
    billing: Json | None = None,
    *,
    month: int = 12,
    year: int | None = None,
    has_cvc: bool = True,
) -> PaymentMethod:
    """A payment method for a test card; it is only stored once somebody holds its id."""
    now = state.clock.now()
    return PaymentMethod(
        id=state.ids.new("pm"),
        created=now,
        card=card if has_cvc else without_cvc(card),
        exp_month=month,
        exp_year=year or datetime.fromtimestamp(now, UTC).year + _EXPIRES_IN_YEARS,
        fingerprint=state.fingerprint(card.number),
        has_cvc=has_cvc,
        billing=billing or {},
    )


def store_method(state: State, method: PaymentMethod) -> PaymentMethod:
    """Make the payment method findable by its id."""
    state.store.methods[method.id] = method
    return method


def find_method(state: State, identifier: str, param: str = "payment_method") -> PaymentMethod:
    """The payment method behind ``pm_...``; a test id such as ``pm_card_visa`` makes a new one each time."""
    if identifier.startswith("pm_card_"):
        card = by_token(identifier)
        if card is not None:
            return store_method(state, new_method(state, card))
    method = state.store.methods.get(identifier)
    if method is None:
        raise missing("PaymentMethod", identifier, param)
    return method


def source_from_data(state: State, data: Json) -> Source:
    """The payment method for ``payment_method_data``: a card token, or from the page's frame a typed card."""
    if data["type"] != "card":
        raise invalid("The sandbox knows cards only.", "payment_method_data[type]")
    return _source(state, data, "payment_method_data[card]")


def keep(state: State, source: Source) -> PaymentMethod:
    """Spend the token and make the payment method findable."""
    if source.card_token is not None:
        source.card_token.used = True
    return store_method(state, source.method)


def create_method(state: State, params: Json, publishable: bool) -> PaymentMethod:
    """``POST /v1/payment_methods`` with a card token, or from the page's frame with a typed card."""
    if params.get("type") != "card":
        raise invalid("The sandbox knows cards only.", "type")
    if "number" in (params.get("card") or {}) and not publishable:
        raise invalid(
            "Sending card numbers from a server is not allowed. Let the page's card form make a token.",
            "card[number]",
        )
    return keep(state, _source(state, params, "card"))


def attach(state: State, method: PaymentMethod, customer: str) -> None:
    """Give a payment method to a customer, as ``attach`` and ``setup_future_usage`` do."""
    method.customer = customer
    method.checked = True
    state.emit("payment_method.attached", method_json(method))


def check_attachable(state: State, method: PaymentMethod, customer: str) -> None:
    """ApiError when the method cannot be given to the customer."""
    if customer not in state.store.customers:
        raise missing("customer", customer, "customer")
    if method.customer and method.customer != customer:
        raise invalid("The payment method already belongs to another customer.", "payment_method")
    if method.consumed and not method.customer:
        raise invalid("The payment method was used before without a customer and cannot be used again.")
    if not method.card.attachable:
        raise _refused_by_bank(method.card.decline or refusal("generic_decline"))


def create_card_token(state: State, params: Json) -> CardToken:
    """``POST /v1/tokens`` from the page."""
    if "card" not in params:
        raise required("card")
    card = params["card"]
    address = {
        part: card.get(f"address_{name}")
        for part, name in (
            ("line1", "line1"), ("line2", "line2"), ("city", "city"), ("state", "state"), ("postal_code", "zip"),
            ("country", "country"),
        )
    }  # fmt: skip
    method = typed_card(state, card, {"name": card.get("name"), "address": address})
    token = CardToken(state.ids.new("tok"), state.clock.now(), method)
    state.store.tokens[token.id] = token
    return token


def find_card_token(state: State, identifier: str) -> CardToken:
    """The card token with this id, or ApiError 404."""
    token = state.store.tokens.get(identifier)
    if token is None:
        raise missing("token", identifier, "token")
    return token


def create_confirmation_token(state: State, params: Json) -> ConfirmationToken:
    """``POST /v1/confirmation_tokens`` from the page's frame."""
    if "payment_method_data" not in params:
        raise required("payment_method_data")
    data = params["payment_method_data"]
    method = typed_card(state, data["card"], data.get("billing_details") or {})
    method.allow_redisplay = data.get("allow_redisplay", "unspecified")
    context = params.get("client_context")
    token = ConfirmationToken(
        state.ids.new("ctoken"),
        state.clock.now(),
        method,
        context=context,
        shipping=params.get("shipping") or None,
        return_url=params.get("return_url"),
        setup_future_usage=(context or {}).get("setup_future_usage") or None,
        use_stripe_sdk=params.get("use_stripe_sdk", True),
    )
    state.store.confirmation_tokens[token.id] = token
    return token


def create_test_confirmation_token(state: State, params: Json) -> ConfirmationToken:
    """``POST /v1/test_helpers/confirmation_tokens``: a token without a browser."""
    if "payment_method" in params:
        method = find_method(state, params["payment_method"])
    elif "payment_method_data" in params:
        method = keep(state, source_from_data(state, params["payment_method_data"]))
    else:
        raise required("payment_method")
    token = ConfirmationToken(
        state.ids.new("ctoken"),
        state.clock.now(),
        method,
        shipping=params.get("shipping") or None,
        return_url=params.get("return_url"),
        setup_future_usage=params.get("setup_future_usage"),
    )
    state.store.confirmation_tokens[token.id] = token
    return token


def usable_confirmation_token(state: State, identifier: str) -> ConfirmationToken:
    """The unspent, unexpired confirmation token with this id, or an ApiError."""
    token = state.store.confirmation_tokens.get(identifier)
    if token is None:
        raise missing("confirmation token", identifier, "confirmation_token")
    if token.payment_intent is not None:
        raise invalid(
            f"The confirmation token has already been used to confirm {token.payment_intent}. "
            "Make a new one for every attempt.",
            "confirmation_token",
        )
    if token.expires_at <= state.clock.now():
        raise invalid("The confirmation token has expired. It lives for 12 hours.", "confirmation_token")
    return token


def _source(state: State, data: Json, param: str) -> Source:
    card = data.get("card") or {}
    if "number" in card:
        return Source(_described(typed_card(state, card, {}), data))
    identifier = card.get("token")
    if not identifier:
        raise required(f"{param}[token]")
    known = by_token(identifier) if identifier.startswith("tok_") else None
    if known is not None:
        return Source(_described(new_method(state, known), data))
    token = state.store.tokens.get(identifier)
    if token is None:
        raise missing("token", identifier, f"{param}[token]")
    if token.used:
        raise invalid(
            "You cannot use a Stripe token more than once: make a new one.", f"{param}[token]", "token_already_used"
        )
    return Source(_described(token.method, data), token)


def _described(method: PaymentMethod, data: Json) -> PaymentMethod:
    """The same payment method with what the caller says about it."""
    metadata = data.get("metadata")
    return replace(
        method,
        billing={**method.billing, **(data.get("billing_details") or {})},
        metadata=method.metadata if metadata in (None, UNSET) else dict(metadata),
        allow_redisplay=data.get("allow_redisplay", method.allow_redisplay),
    )


def _refused_by_bank(answer: Refusal) -> ApiError:
    hints = {"advice_code": answer.advice_code, "network_decline_code": answer.network_decline_code}
    error = card_error(answer.code, answer.message, answer.param, answer.decline_code)
    return replace(error, extra={**error.extra, **{name: value for name, value in hints.items() if value}})


def _expiry(state: State, month_text: Any, year_text: Any) -> tuple[int, int]:
    today = datetime.fromtimestamp(state.clock.now(), UTC)
    month = int(month_text) if str(month_text).isdecimal() else 0
    year = int(year_text) if str(year_text).isdecimal() else 0
    year += 2000 if 0 <= year < 100 else 0
    if not 1 <= month <= 12:
        raise card_error("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month")
    if year < today.year or year > today.year + 50:
        raise card_error("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year")
    if year == today.year and month < today.month:
        raise card_error("invalid_expiry_month", "Your card's expiration month is in the past.", "exp_month")
    return month, year
