"""The list of test cards is complete (https://docs.stripe.com/testing): each number and each id behaves as one card."""

import pytest

from sellerdesk.sandbox.card_list import CARDS, by_number, by_token
from sellerdesk.sandbox.cards import luhn

PUBLISHED = """
4242424242424242 pm_card_visa
4000056655665556 pm_card_visa_debit
5555555555554444 pm_card_mastercard
2223003122003222
5200828282828210 pm_card_mastercard_debit
5105105105105100 pm_card_mastercard_prepaid
378282246310005 pm_card_amex
371449635398431
6011111111111117 pm_card_discover
6011000990139424
3056930009020004 pm_card_diners
36227206271667
3566002020360505 pm_card_jcb
6200000000000005 pm_card_unionpay
4000002500001001
5555552500001001
4000000000000002 pm_card_visa_chargeDeclined
4000000000009995 pm_card_visa_chargeDeclinedInsufficientFunds
4000000000009987 pm_card_visa_chargeDeclinedLostCard
4000000000009979 pm_card_visa_chargeDeclinedStolenCard
4000000000000069 pm_card_chargeDeclinedExpiredCard
4000000000000127 pm_card_chargeDeclinedIncorrectCvc
4000000000000119 pm_card_chargeDeclinedProcessingError
4000000000006975 pm_card_visa_chargeDeclinedVelocityLimitExceeded
4000000000000341 pm_card_chargeCustomerFail
4000002500003155 pm_card_authenticationRequiredOnSetup
4000002760003184 pm_card_authenticationRequired
4000003800000446 pm_card_authenticationRequiredSetupForOffSession
4000008260003178 pm_card_authenticationRequiredChargeDeclinedInsufficientFunds
4000000000003220 pm_card_threeDSecure2Required
4000008400001629 pm_card_threeDSecureRequiredChargeDeclined
4000008400001280
4000000000003055 pm_card_threeDSecureOptional
4000000000003097 pm_card_threeDSecureOptionalProcessingError
378282246310005 pm_card_amex_threeDSecureNotSupported
4000000000001208
4100000000000019 pm_card_radarBlock
4000000000004954 pm_card_riskLevelHighest
4000000000009235 pm_card_riskLevelElevated
4000000000000101 pm_card_cvcCheckFail
4000000000000036 pm_card_avsZipFail
4000000000000028 pm_card_avsLine1Fail
4000000000000010 pm_card_avsFail
4000000000000044 pm_card_avsUnchecked
4000000000000259 pm_card_createDispute
4000000000002685 pm_card_createDisputeProductNotReceived
4000000000001976 pm_card_createDisputeInquiry
4000000000005423 pm_card_createIssuerFraudRecord
4000000404000079 pm_card_createMultipleDisputes
4000000000007726 pm_card_pendingRefund
4000000000005126 pm_card_refundFail
4000000000000077 pm_card_bypassPending
4000003720000278 pm_card_bypassPendingInternational
"""


@pytest.mark.parametrize("line", PUBLISHED.split("\n")[1:-1], ids=lambda line: line.split()[-1])
def test_number_and_ids_are_one_card(line: str) -> None:
    number, *tokens = line.split()
    card = by_number(number)
    assert card is not None and luhn(number)
    for token in tokens:
        assert by_token(token) is card
        assert by_token(token.replace("pm_card_", "tok_")) is card


def test_no_number_and_no_id_twice() -> None:
    numbers = [card.number for card in CARDS]
    tokens = [token for card in CARDS for token in (card.token, *card.other_tokens) if token]
    assert len(set(numbers)) == len(numbers) and len(set(tokens)) == len(tokens)
    assert by_number("4111111111111111") is None and by_token("tok_nothing") is None
