"""Refunds, the balance behind them, and the receipts that would be mailed."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import alone, authorize, code_of, control, types_of


def captured(client: stripe.StripeClient, card: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
    amount = more.pop("amount_to_capture", 7000)
    intent = authorize(client, card, **more)
    return client.v1.payment_intents.capture(intent.id, {"amount_to_capture": amount})


def charge_of(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> Any:
    return client.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["refunds"]})


def test_refund_in_two_parts(client: stripe.StripeClient) -> None:
    intent = captured(client)
    first = client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 2000, "reason": "requested_by_customer", "metadata": {"sd_op": "1"}}
    )
    assert (first.status, first.amount, first.currency, first.charge) == (
        "succeeded",
        2000,
        "eur",
        intent.latest_charge,
    )
    assert (first.reason, first.payment_intent) == ("requested_by_customer", intent.id)
    charge = charge_of(client, intent)
    assert (charge.amount_refunded, charge.refunded, charge.amount_captured) == (2000, False, 7000)
    rest = client.v1.refunds.create({"charge": str(intent.latest_charge)})
    assert rest.amount == 5000
    charge = charge_of(client, intent)
    assert (charge.amount_refunded, charge.refunded) == (7000, True)
    assert [refund.id for refund in charge.refunds.data] == [rest.id, first.id]
    assert [refund.id for refund in client.v1.refunds.list({"payment_intent": intent.id}).data] == [rest.id, first.id]
    kept: Any = client.v1.refunds.retrieve(first.id, {"expand": ["charge", "balance_transaction"]})
    assert (kept.charge.id, kept.balance_transaction.net) == (intent.latest_charge, -2000)
    changed: Any = client.v1.refunds.update(first.id, {"metadata": {"note": "late"}})
    assert changed.metadata.to_dict() == {"sd_op": "1", "note": "late"}
    assert types_of(client)[-5:] == [
        "refund.created",
        "charge.refunded",
        "refund.created",
        "charge.refunded",
        "refund.updated",
    ]
    after = client.v1.payment_intents.retrieve(intent.id)
    assert (after.status, after.amount_received) == ("succeeded", 7000)


def test_only_what_was_captured_can_go_back(client: stripe.StripeClient) -> None:
    intent = captured(client, amount_to_capture=5000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 5001})
    assert (code_of(refusal), refusal.value.param) == (None, "amount")
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert (refusal.value.http_status, code_of(refusal)) == (400, "charge_already_refunded")
    assert charge_of(client, intent).amount_refunded == 5000


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": "ten"}, "parameter_invalid_integer", "amount"),
        ({"reason": "expired_uncaptured_charge"}, None, "reason"),
        ({"charge": "ch_x"}, None, "charge"),
        ({"payment_intent": "pi_none"}, "resource_missing", "intent"),
        ({"payment_intent": None}, "parameter_missing", "payment_intent or charge"),
        ({"colour": "blue"}, "parameter_unknown", "colour"),
    ],
)
def test_refused_parameters(client: stripe.StripeClient, params: dict[str, Any], code: str | None, param: str) -> None:
    alone(client)
    wanted: Any = {"payment_intent": captured(client).id, **params}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({name: value for name, value in wanted.items() if value is not None})  # type: ignore[arg-type]
    assert (code_of(refusal), refusal.value.param) == (code, param)
    assert client.v1.refunds.list().data == []


def test_a_hold_is_released_not_refunded(client: stripe.StripeClient) -> None:
    intent = authorize(client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.http_status == 400 and "Cancel the PaymentIntent" in str(refusal.value.user_message)
    with pytest.raises(stripe.CardError) as decline:
        authorize(client, "pm_card_visa_chargeDeclined")
    failed: Any = decline.value.error
    for params in ({"payment_intent": failed.payment_intent.id}, {"charge": failed.charge}):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.refunds.create(params)  # type: ignore[arg-type]
        assert "successful charge" in str(refusal.value.user_message)


def test_a_refund_that_takes_time(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = captured(client, "pm_card_pendingRefund")
    refund: Any = client.v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason, refund.balance_transaction) == ("pending", "processing", None)
    assert charge_of(client, intent).amount_refunded == 7000
    sandbox.world.clock.advance(60)
    after: Any = client.v1.refunds.retrieve(refund.id)
    assert after.status == "succeeded" and after.balance_transaction and "pending_reason" not in after
    assert types_of(client)[-1] == "refund.updated"


def test_a_refund_that_comes_back(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = captured(client, "pm_card_refundFail")
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 3000})
    assert refund.status == "succeeded"
    sandbox.world.clock.advance(60)
    after: Any = client.v1.refunds.retrieve(refund.id)
    assert (after.status, after.failure_reason) == ("failed", "expired_or_canceled_card")
    assert after.failure_balance_transaction
    charge = charge_of(client, intent)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert types_of(client)[-2:] == ["refund.failed", "charge.updated"]
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 7000


def test_one_refund_for_one_key(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = captured(client)
    sandbox.world.faults.plan("create_refund", "lost_after")
    params: Any = {"payment_intent": intent.id, "amount": 1000}
    with pytest.raises(stripe.APIConnectionError):
        client.v1.refunds.create(params, {"idempotency_key": "r"})
    again = client.v1.refunds.create(params, {"idempotency_key": "r"})
    assert [refund.id for refund in client.v1.refunds.list().data] == [again.id]
    assert sandbox.world.dump()["intents"][intent.id]["amount_refunded"] == 1000


def test_the_balance_follows_the_money(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    def money() -> tuple[int, int]:
        balance: Any = client.v1.balance.retrieve()
        return balance.available[0].amount, balance.pending[0].amount

    intent = captured(client)
    captured(client, "pm_card_bypassPending", amount_to_capture=1000)
    sandbox.world.clock.advance(3600)
    assert money() == (1000 - 40, 7000 - 130)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 500})
    assert money() == (1000 - 40 - 500, 7000 - 130)
    sandbox.world.clock.advance(7 * 24 * 3600)
    assert money() == (7000 - 130 + 1000 - 40 - 500, 0)


def test_receipts_would_be_mailed_at_capture(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    kept = authorize(client, receipt_email="mara@example.com", description="Order K7QP-3MX2")
    authorize(client, receipt_email="late@example.com")
    assert sandbox.world.receipts() == ()
    client.v1.payment_intents.capture(kept.id, {"amount_to_capture": 5000})
    captured(client)
    assert control(sandbox, "GET", "receipts").json() == {
        "receipts": [
            {
                "at": sandbox.world.clock.now(),
                "email": "mara@example.com",
                "charge": kept.latest_charge,
                "payment_intent": kept.id,
                "amount": 5000,
                "currency": "eur",
                "description": "Order K7QP-3MX2",
                "sent": False,
            }
        ]
    }
    charge = client.v1.charges.retrieve(str(kept.latest_charge))
    assert (charge.receipt_email, charge.receipt_number) == ("mara@example.com", None)
    client.v1.charges.update(charge.id, {"receipt_email": "mara@example.com"})
    client.v1.charges.update(charge.id, {"receipt_email": "mara@work.example"})
    assert [receipt.email for receipt in sandbox.world.receipts()] == ["mara@example.com", "mara@work.example"]
    assert sandbox.world.dump()["receipts"] == 2
