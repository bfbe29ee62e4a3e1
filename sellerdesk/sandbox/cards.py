"""The test cards: what the pretended bank does with each (https://docs.stripe.com/testing)."""

from dataclasses import dataclass, replace
from enum import StrEnum


class ThreeDSecure(StrEnum):
    """When a card asks for its holder's approval."""

    NEVER = "never"
    OPTIONAL = "optional"
    UNLESS_SET_UP = "unless_set_up"
    ON_SESSION = "on_session"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class BankCard:
    """One test number and its behaviour. ``decline`` is (code, decline_code)."""

    number: str
    brand: str = "visa"
    token: str = ""
    funding: str = "credit"
    country: str = "US"
    decline: tuple[str, str] | None = None
    three_d_secure: ThreeDSecure = ThreeDSecure.NEVER
    decline_after_3ds: tuple[str, str] | None = None
    blocked: bool = False
    risk: str = "normal"
    failing_checks: tuple[str, ...] = ()
    attachable: bool = True

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


def _declined(number: str, token: str, code: str, reason: str = "") -> BankCard:
    return BankCard(number, token=token, decline=(code, reason or code), attachable=False)


_CARD_DECLINED = ("card_declined", "generic_decline")
_NO_FUNDS = ("card_declined", "insufficient_funds")

_SUCCESS = (
    BankCard("4242424242424242", "visa", "pm_card_visa"),
    BankCard("4000056655665556", "visa", "pm_card_visa_debit", "debit"),
    BankCard("5555555555554444", "mastercard", "pm_card_mastercard"),
    BankCard("2223003122003222", "mastercard"),
    BankCard("5200828282828210", "mastercard", "pm_card_mastercard_debit", "debit"),
    BankCard("5105105105105100", "mastercard", "pm_card_mastercard_prepaid", "prepaid"),
    BankCard("378282246310005", "amex", "pm_card_amex"),
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

_DECLINES = (
    _declined("4000000000000002", "pm_card_visa_chargeDeclined", *_CARD_DECLINED),
    _declined("4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", *_NO_FUNDS),
    _declined("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
    _declined("4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    _declined("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "expired_card"),
    _declined("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    _declined("4000000000000119", "pm_card_chargeDeclinedProcessingError", "processing_error"),
    _declined(
        "4000000000006975",
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
        "card_declined",
        "card_velocity_exceeded",
    ),
    BankCard("4000000000000341", token="pm_card_chargeCustomerFail", decline=_CARD_DECLINED),
)

_SECURE = (
    BankCard(
        "4000002500003155",
        token="pm_card_authenticationRequiredOnSetup",
        three_d_secure=ThreeDSecure.UNLESS_SET_UP,
    ),
    BankCard(
        "4000002760003184",
        token="pm_card_authenticationRequired",
        country="DE",
        three_d_secure=ThreeDSecure.ALWAYS,
    ),
    BankCard(
        "4000003800000446",
        token="pm_card_authenticationRequiredSetupForOffSession",
        three_d_secure=ThreeDSecure.ON_SESSION,
    ),
    BankCard(
        "4000008260003178",
        token="pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        country="GB",
        three_d_secure=ThreeDSecure.ALWAYS,
        decline_after_3ds=_NO_FUNDS,
    ),
    BankCard("4000000000003220", token="pm_card_threeDSecure2Required", three_d_secure=ThreeDSecure.ALWAYS),
    BankCard(
        "4000008400001629",
        token="pm_card_threeDSecureRequiredChargeDeclined",
        three_d_secure=ThreeDSecure.ALWAYS,
        decline_after_3ds=_CARD_DECLINED,
    ),
    BankCard(
        "4000008400001280",
        token="pm_card_threeDSecureRequiredProcessingError",
        decline=_CARD_DECLINED,
    ),
    BankCard("4000000000003055", token="pm_card_threeDSecureOptional", three_d_secure=ThreeDSecure.OPTIONAL),
    BankCard("4000000000003097", token="pm_card_threeDSecureOptionalProcessingError"),
)

_RISKS = (
    BankCard(
        "4100000000000019",
        token="pm_card_radarBlock",
        decline=("card_declined", "fraudulent"),
        blocked=True,
        risk="highest",
    ),
    BankCard(
        "4000000000004954",
        token="pm_card_riskLevelHighest",
        decline=("card_declined", "fraudulent"),
        blocked=True,
        risk="highest",
    ),
    BankCard("4000000000009235", token="pm_card_riskLevelElevated", risk="elevated"),
    BankCard("4000000000000101", token="pm_card_cvcCheckFail", failing_checks=("cvc_check",)),
    BankCard("4000000000000036", token="pm_card_avsZipFail", failing_checks=("address_postal_code_check",)),
    BankCard("4000000000000028", token="pm_card_avsLine1Fail", failing_checks=("address_line1_check",)),
    BankCard(
        "4000000000000010",
        token="pm_card_avsFail",
        failing_checks=("address_line1_check", "address_postal_code_check"),
    ),
)

CARDS: tuple[BankCard, ...] = _SUCCESS + _DECLINES + _SECURE + _RISKS
_BY_NUMBER = {card.number: card for card in CARDS}
_BY_TOKEN = {card.token: card for card in CARDS if card.token}


def by_number(number: str) -> BankCard | None:
    """The test card with this number, or ``None`` for every other number."""
    return _BY_NUMBER.get(number)


def by_token(token: str) -> BankCard | None:
    """The test card behind ``pm_card_...`` or its twin ``tok_...``, or ``None``."""
    if token.startswith("tok_"):
        token = "pm_card_" + token.removeprefix("tok_")
    return _BY_TOKEN.get(token)


def without_cvc(card: BankCard) -> BankCard:
    """The same card when no security code was given: nothing about the code can fail then."""
    if card.decline == ("incorrect_cvc", "incorrect_cvc"):
        return replace(card, decline=None, attachable=True)
    if "cvc_check" in card.failing_checks:
        kept = tuple(check for check in card.failing_checks if check != "cvc_check")
        return replace(card, failing_checks=kept)
    return card


def luhn(number: str) -> bool:
    """Whether the digits carry a valid check digit (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
