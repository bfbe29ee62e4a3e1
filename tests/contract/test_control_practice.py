"""The control plane that a seller practises with, over HTTP: what happens to one payment, and what is switched on."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.disputes import REASONS
from tests.contract.calls import authorize, call, code_of, control, create, types_of

HOUR, DAY = 3600, 24 * 3600


def status(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> str:
    return client.v1.payment_intents.retrieve(intent.id).status


def test_the_clock_goes_to_a_deadline_and_over_it(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent, other = authorize(client), create(client)
    begun = sandbox.world.clock.now()
    before = {"intent": intent.id, "seconds": HOUR}
    assert control(sandbox, "POST", "clock/before_deadline", before).json()["now"] == begun + 7 * DAY - HOUR
    assert status(client, intent) == "requires_capture"
    earlier = control(sandbox, "POST", "clock/before_deadline", {**before, "seconds": 2 * HOUR})
    assert (earlier.status_code, "forward only" in earlier.json()["error"]) == (409, True)
    over = {"intent": intent.id, "seconds": -60}
    assert control(sandbox, "POST", "clock/before_deadline", over).json()["now"] == begun + 7 * DAY + 60
    assert status(client, intent) == "canceled"
    for each in (intent.id, other.id, "pi_none"):
        assert control(sandbox, "POST", "clock/before_deadline", {"intent": each, "seconds": 0}).status_code == 409


def test_the_next_hold_is_as_long_as_planned(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    assert control(sandbox, "POST", "next_hold", {"seconds": 2700}).json() == {"waiting": [2700]}
    with pytest.raises(stripe.CardError):
        authorize(client, "pm_card_visa_chargeDeclined")
    deadlines = [sandbox.world.store.charges[str(authorize(client).latest_charge)].capture_before for _ in range(2)]
    now = sandbox.world.clock.now()
    assert deadlines == [now + 2700, now + 7 * DAY]
    control(sandbox, "POST", "next_hold", {"seconds": 60})
    assert control(sandbox, "POST", "next_hold", {"seconds": None}).json() == {"waiting": []}
    assert control(sandbox, "POST", "next_hold", {"seconds": 0}).status_code == 400


@pytest.mark.parametrize("approve", [True, False])
def test_the_banks_question_is_answered(client: stripe.StripeClient, sandbox: Sandbox, approve: bool) -> None:
    intent = authorize(client, "pm_card_authenticationRequired")
    answer = {"intent": intent.id, "approve": approve}
    assert control(sandbox, "POST", "challenge", answer).status_code == 200
    assert status(client, intent) == ("requires_capture" if approve else "requires_payment_method")
    assert control(sandbox, "POST", "challenge", answer).status_code == 409
    assert control(sandbox, "POST", "challenge", {**answer, "approve": "yes"}).status_code == 400


def test_a_dispute_and_a_warning_on_demand(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    wanted = {"intent": intent.id, "reason": "product_not_received"}
    for path in ("disputes", "warnings"):
        assert control(sandbox, "POST", path, wanted).status_code == 409
    client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 5000})
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    assert control(sandbox, "POST", "warnings", wanted).json()["actionable"] is True
    assert control(sandbox, "POST", "disputes", wanted).json()["amount"] == 4000
    found: Any = client.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (found.amount, found.reason, found.status) == (4000, "product_not_received", "needs_response")
    assert client.v1.radar.early_fraud_warnings.list({"payment_intent": intent.id}).data[0].charge == found.charge
    assert {"radar.early_fraud_warning.created", "charge.dispute.created"} <= set(types_of(client))
    for path in ("disputes", "warnings"):
        assert "already" in control(sandbox, "POST", path, wanted).json()["error"]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert code_of(refusal) == "charge_disputed"


def test_every_reason_of_a_dispute_can_be_had(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    for reason in REASONS:
        intent = authorize(client)
        client.v1.payment_intents.capture(intent.id)
        assert control(sandbox, "POST", "disputes", {"intent": intent.id, "reason": reason}).status_code == 200
    assert control(sandbox, "POST", "disputes", {"intent": intent.id, "reason": "because"}).status_code == 400
    assert len(client.v1.disputes.list({"limit": 100}).data) == len(REASONS)


def test_the_switches_are_seen_and_taken_back(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    control(sandbox, "POST", "faults", {"kind": "write", "fault": "lost_after"})
    control(sandbox, "POST", "faults", {"kind": "any", "fault": "slow", "times": 1000, "seconds": 1})
    control(sandbox, "POST", "next_decline", {"decline_code": "lost_card"})
    control(sandbox, "POST", "next_hold", {"seconds": 60})
    control(sandbox, "POST", "shipping", {"refuse": True})
    control(sandbox, "POST", "search_lag", {"seconds": 60})
    seen = control(sandbox, "GET", "switches").json()
    assert [(each["fault"], each["left"], each["seconds"]) for each in seen["faults"]] == [
        ("lost_after", 1, None), ("slow", 1000, 1),
    ]  # fmt: skip
    assert (seen["declines"], seen["holds"], seen["refuses_shipping"]) == (["lost_card"], [60], True)
    nothing = {"faults": [], "declines": [], "holds": [], "refuses_shipping": False}
    assert control(sandbox, "POST", "normal").json() == nothing == control(sandbox, "GET", "switches").json()
    assert sandbox.world.switches.search_lag == 0
    assert authorize(client).status == status(client, intent) == "requires_capture"


def test_a_write_is_lost_and_what_only_reads_passes(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent = authorize(client)
    control(sandbox, "POST", "faults", {"kind": "write", "fault": "lost_after"})
    assert status(client, intent) == "requires_capture"
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.capture(intent.id)
    assert status(client, intent) == "succeeded"


def test_a_slow_call_goes_on_by_itself(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    planned = {"kind": "balance", "fault": "slow", "seconds": 1}
    assert control(sandbox, "POST", "faults", planned).json()["seconds"] == 1
    assert call(sandbox, "GET", "/v1/balance").status_code == 200
    assert control(sandbox, "POST", "faults", {**planned, "seconds": 0}).status_code == 400
    assert control(sandbox, "POST", "faults", {**planned, "fault": "lost_after"}).status_code == 400
