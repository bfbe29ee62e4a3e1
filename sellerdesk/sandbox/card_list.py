"""The test cards, by number and by id (https://docs.stripe.com/testing , https://docs.stripe.com/radar/testing)."""

from sellerdesk.sandbox.cards import BankCard, RefundFate, ThreeDSecure
from sellerdesk.sandbox.declines import RISK_BLOCK, refusal

_CARD_DECLINED = refusal("generic_decline")
_NO_FUNDS = refusal("insufficient_funds")

_SUCCESS = (
    BankCard("4242424242424242", "visa", "pm_card_visa"),
    BankCard("4000056655665556", "visa", "pm_card_visa_debit", "debit"),
    BankCard("5555555555554444", "mastercard", "pm_card_mastercard"),
    BankCard("2223003122003222", "mastercard"),
    BankCard("5200828282828210", "mastercard", "pm_card_mastercard_debit", "debit"),
    BankCard("5105105105105100", "mastercard", "pm_card_mastercard_prepaid", "prepaid"),
    BankCard("378282246310005", "amex", "pm_card_amex", other_tokens=("pm_card_amex_threeDSecureNotSupported",)),
    BankCard("371449635398431", "amex"),
    BankCard("6011111111111117", "discover", "pm_card_discover"),
    BankCard("6011000990139424", "discover"),
    BankCard("3056930009020004", "diners", "pm_card_diners"),
    BankCard("36227206271667", "diners"),
    BankCard("3566002020360505", "jcb", "pm_card_jcb"),
    BankCard("6200000000000005", "unionpay", "pm_card_unionpay"),
    BankCard("4000002500001001", "visa", "pm_card_visa_cartesBancaires", "debit", "FR"),
    BankCard("5555552500001001", "mastercard", "pm_card_mastercard_cartesBancaires", "debit", "FR"),
    BankCard("4000002760000016", "visa", "pm_card_de", country="DE"),
)


def _declined(number: str, token: str, reason: str, *other_tokens: str) -> BankCard:
    return BankCard(number, token=token, decline=refusal(reason), attachable=False, other_tokens=other_tokens)


_DECLINES = (
    _declined("4000000000000002", "pm_card_visa_chargeDeclined", "generic_decline", "pm_card_chargeDeclined"),
    _declined(
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "insufficient_funds",
        "pm_card_chargeDeclinedInsufficientFunds",
    ),
    _declined("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "lost_card"),
    _declined("4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "stolen_card"),
    _declined("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "expired_card"),
    _declined("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    _declined("4000000000000119", "pm_card_chargeDeclinedProcessingError", "processing_error"),
    _declined("4000000000006975", "pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_velocity_exceeded"),
    BankCard("4000000000000341", token="pm_card_chargeCustomerFail", decline=_CARD_DECLINED),
)


_ALWAYS = ThreeDSecure.ALWAYS
_SECURE = (
    BankCard(
        "4000002500003155",
        token="pm_card_authenticationRequiredOnSetup",
        three_d_secure=ThreeDSecure.UNLESS_SET_UP,
    ),
    BankCard("4000002760003184", token="pm_card_authenticationRequired", country="DE", three_d_secure=_ALWAYS),
    BankCard(
        "4000003800000446",
        token="pm_card_authenticationRequiredSetupForOffSession",
        three_d_secure=ThreeDSecure.ON_SESSION,
    ),
    BankCard(
        "4000008260003178",
        token="pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        country="GB",
        three_d_secure=_ALWAYS,
        decline_after_3ds=_NO_FUNDS,
    ),
    BankCard("4000000000003220", token="pm_card_threeDSecure2Required", three_d_secure=_ALWAYS),
    BankCard(
        "4000008400001629",
        token="pm_card_threeDSecureRequiredChargeDeclined",
        three_d_secure=_ALWAYS,
        decline_after_3ds=_CARD_DECLINED,
    ),
    BankCard(
        "4000008400001280",
        token="pm_card_threeDSecureRequiredProcessingError",
        three_d_secure=_ALWAYS,
        lookup_fails=True,
    ),
    BankCard("4000000000003055", token="pm_card_threeDSecureOptional", three_d_secure=ThreeDSecure.OPTIONAL),
    BankCard(
        "4000000000003097",
        token="pm_card_threeDSecureOptionalProcessingError",
        three_d_secure=ThreeDSecure.OPTIONAL,
        lookup_fails=True,
    ),
    BankCard("4000000000001208", captcha=True),
)

_ADDRESS = ("address_line1_check", "address_postal_code_check")
_RISKS = (
    BankCard(
        "4100000000000019",
        token="pm_card_radarBlock",
        decline=RISK_BLOCK,
        risk="highest",
        other_tokens=("pm_card_chargeDeclinedFraudulent",),
    ),
    BankCard("4000000000004954", token="pm_card_riskLevelHighest", decline=RISK_BLOCK, risk="highest"),
    BankCard("4000000000009235", token="pm_card_riskLevelElevated", risk="elevated"),
    BankCard("4000000000000101", token="pm_card_cvcCheckFail", failing_checks=("cvc_check",)),
    BankCard("4000000000000036", token="pm_card_avsZipFail", failing_checks=_ADDRESS[1:]),
    BankCard("4000000000000028", token="pm_card_avsLine1Fail", failing_checks=_ADDRESS[:1]),
    BankCard("4000000000000010", token="pm_card_avsFail", failing_checks=_ADDRESS),
    BankCard("4000000000000044", token="pm_card_avsUnchecked", address_unchecked=True),
)

_AFTERWARDS = (
    BankCard(
        "4000000000000259",
        token="pm_card_createDispute",
        disputes=("fraudulent",),
        other_tokens=("pm_card_visa_createDispute",),
    ),
    BankCard(
        "4000000000002685",
        token="pm_card_createDisputeProductNotReceived",
        disputes=("product_not_received",),
        other_tokens=("pm_card_visa_createDisputeProductNotReceived",),
    ),
    BankCard(
        "4000000000001976",
        token="pm_card_createDisputeInquiry",
        disputes=("inquiry",),
        other_tokens=("pm_card_visa_createDisputeInquiry",),
    ),
    BankCard(
        "4000000404000079", token="pm_card_createMultipleDisputes", disputes=("fraudulent", "product_not_received")
    ),
    BankCard("4000000000005423", token="pm_card_createIssuerFraudRecord", early_warning=True),
    BankCard("4000000000007726", token="pm_card_pendingRefund", refund=RefundFate.LATER),
    BankCard("4000000000005126", token="pm_card_refundFail", refund=RefundFate.FAILS_LATER),
    BankCard("4000000000000077", token="pm_card_bypassPending", available_at_once=True),
    BankCard("4000003720000278", token="pm_card_bypassPendingInternational", country="IE", available_at_once=True),
)

CARDS: tuple[BankCard, ...] = _SUCCESS + _DECLINES + _SECURE + _RISKS + _AFTERWARDS
_BY_NUMBER = {card.number: card for card in CARDS}
_BY_TOKEN = {token: card for card in CARDS for token in (card.token, *card.other_tokens) if token}


def by_number(number: str) -> BankCard | None:
    """The test card with this number, or ``None`` for every other number."""
    return _BY_NUMBER.get(number)


def by_token(token: str) -> BankCard | None:
    """The test card behind ``pm_card_...`` or its twin ``tok_...``, or ``None``."""
    if token.startswith("tok_"):
        token = "pm_card_" + token.removeprefix("tok_")
    return _BY_TOKEN.get(token)
