"""What follows a payment uninvited: disputes, early fraud warnings, reviews."""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import alone, authorize, call, code_of, create, types_of


def capture(client: stripe.StripeClient, card: str, **params: Any) -> stripe.PaymentIntent:
    return client.v1.payment_intents.capture(authorize(client, card).id, params)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("card", "reason", "network"),
    [("pm_card_createDispute", "fraudulent", "10.4"),
     ("pm_card_createDisputeProductNotReceived", "product_not_received", "13.1")],
)  # fmt: skip
def test_a_dispute_comes_with_the_capture(client: stripe.StripeClient, card: str, reason: str, network: str) -> None:
    alone(client)
    intent = authorize(client, card)
    assert client.v1.disputes.list().data == []
    client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 5000})
    dispute: Any = client.v1.disputes.list({"payment_intent": intent.id, "expand": ["data.charge"]}).data[0]
    assert dispute.id.startswith("du_")
    assert (dispute.amount, dispute.currency, dispute.reason) == (5000, "eur", reason)
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)
    assert dispute.payment_method_details.card.network_reason_code == network
    assert dispute.evidence_details.due_by > dispute.created
    assert (dispute.charge.id, dispute.charge.disputed) == (intent.latest_charge, True)
    assert client.v1.disputes.retrieve(dispute.id).balance_transactions[0].net == -7000
    assert types_of(client)[-4:] == [
        "charge.captured",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "payment_intent.succeeded",
    ]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert code_of(refusal) == "charge_disputed"


def test_an_inquiry_takes_no_money(client: stripe.StripeClient) -> None:
    alone(client)
    intent = capture(client, "pm_card_createDisputeInquiry")
    dispute: Any = client.v1.disputes.list({"charge": str(intent.latest_charge)}).data[0]
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert (dispute.balance_transactions, dispute.payment_method_details.card.case_type) == ([], "inquiry")
    assert "charge.dispute.funds_withdrawn" not in types_of(client)
    assert client.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"


def test_several_disputes_share_the_money(client: stripe.StripeClient) -> None:
    alone(client)
    intent = capture(client, "pm_card_createMultipleDisputes", amount_to_capture=5001)
    disputes = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert sorted(dispute.amount for dispute in disputes) == [2500, 2501]
    assert len(client.v1.disputes.list({"limit": 1}).data) == 1


def test_a_payment_taken_at_once_is_disputed_at_once(client: stripe.StripeClient) -> None:
    paid = authorize(client, "pm_card_createDispute", capture_method="automatic")
    assert paid.status == "succeeded"
    assert types_of(client)[-4:] == [
        "charge.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "payment_intent.succeeded",
    ]


def test_an_early_fraud_warning(client: stripe.StripeClient) -> None:
    alone(client)
    intent = authorize(client, "pm_card_createIssuerFraudRecord")
    assert client.v1.radar.early_fraud_warnings.list().data == []
    client.v1.payment_intents.capture(intent.id)
    warning: Any = client.v1.radar.early_fraud_warnings.list({"payment_intent": intent.id}).data[0]
    assert (warning.charge, warning.actionable) == (intent.latest_charge, True)
    assert "radar.early_fraud_warning.created" in types_of(client)
    client.v1.refunds.create({"payment_intent": intent.id, "reason": "fraudulent"})
    assert client.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable is False


def test_an_elevated_risk_is_reviewed(client: stripe.StripeClient) -> None:
    alone(client)
    intent: Any = authorize(client, "pm_card_riskLevelElevated", expand=["latest_charge", "review"])
    outcome = intent.latest_charge.outcome
    assert (outcome.type, outcome.reason, outcome.risk_level) == ("manual_review", "elevated_risk_level", "elevated")
    assert outcome.network_status == "approved_by_network"
    review = intent.review
    assert (review.open, review.reason, review.payment_intent) == (True, "rule", intent.id)
    assert intent.latest_charge.review == review.id
    assert types_of(client)[-1] == "review.opened"
    assert [each.id for each in client.v1.reviews.list().data] == [review.id]
    approved = client.v1.reviews.approve(review.id)
    assert (approved.open, approved.closed_reason) == (False, "approved")
    assert types_of(client)[-1] == "review.closed"
    assert client.v1.payment_intents.retrieve(intent.id).review is None
    assert client.v1.reviews.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.reviews.approve(review.id)
    assert client.v1.payment_intents.capture(intent.id).status == "succeeded"


@pytest.mark.parametrize("end", ["refunded", "refunded_as_fraud", "canceled", "lapsed"])
def test_a_review_ends_with_the_payment(client: stripe.StripeClient, sandbox: Sandbox, end: str) -> None:
    intent = authorize(client, "pm_card_riskLevelElevated")
    review = str(intent.review)
    if end == "canceled":
        client.v1.payment_intents.cancel(intent.id)
    elif end == "lapsed":
        sandbox.world.clock.advance(7 * 24 * 3600)
    else:
        client.v1.payment_intents.capture(intent.id)
        whole: Any = {"payment_intent": intent.id}
        if end == "refunded_as_fraud":
            whole["reason"] = "fraudulent"
        client.v1.refunds.create(whole)
    expected = "canceled" if end == "lapsed" else end
    assert client.v1.reviews.retrieve(review).closed_reason == expected


@pytest.mark.parametrize(
    "path", ["disputes/du_none", "radar/early_fraud_warnings/issfr_none", "reviews/prv_none", "refunds/re_none"]
)
def test_unknown_ids(client: stripe.StripeClient, path: str) -> None:
    create(client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.deserialize(client.raw_request("get", f"/v1/{path}"), api_mode="V1")
    assert (refusal.value.http_status, code_of(refusal)) == (404, "resource_missing")


def disputed(client: stripe.StripeClient, card: str = "pm_card_createDispute") -> Any:
    intent = capture(client, card)
    return client.v1.disputes.list({"payment_intent": intent.id}).data[0]


@pytest.mark.parametrize(
    ("card", "words", "status", "events"),
    [
        ("pm_card_createDispute", "winning_evidence", "won", ["funds_reinstated", "closed"]),
        ("pm_card_createDispute", "losing_evidence", "lost", ["closed"]),
        ("pm_card_createDisputeInquiry", "winning_evidence", "warning_closed", ["closed"]),
        ("pm_card_createDisputeInquiry", "escalate_inquiry_evidence", "needs_response", ["updated", "funds_withdrawn"]),
        ("pm_card_createDispute", "Look at the receipt.", "under_review", []),
    ],
)
def test_evidence_decides(
    client: stripe.StripeClient, sandbox: Sandbox, card: str, words: str, status: str, events: list[str]
) -> None:
    dispute = disputed(client, card)
    inquiry = "warning_" if dispute.status.startswith("warning_") else ""
    change: Any = {"evidence": {"customer_name": "Mara", "uncategorized_text": words}, "metadata": {"a": "1"}}
    stage: Any = {**change, "submit": False}
    staged: Any = client.v1.disputes.update(dispute.id, stage)
    assert (staged.status, staged.evidence_details.submission_count) == (f"{inquiry}needs_response", 0)
    assert (staged.evidence_details.has_evidence, staged.evidence.customer_name) == (True, "Mara")
    sent: Any = client.v1.disputes.update(dispute.id, {"submit": True})
    assert (sent.status, sent.evidence_details.submission_count) == (f"{inquiry}under_review", 1)
    update: Any = client.v1.events.list({"type": "charge.dispute.updated"}).data[0]
    assert update.data.previous_attributes.status == f"{inquiry}needs_response"
    for late in (client.v1.disputes.close, lambda each: client.v1.disputes.update(each, change)):
        with pytest.raises(stripe.InvalidRequestError):
            late(dispute.id)
    before = len(types_of(client))
    sandbox.world.clock.advance(60)
    assert types_of(client)[before:] == [f"charge.dispute.{each}" for each in events]
    after: Any = client.v1.disputes.retrieve(dispute.id)
    assert after.status == status
    net = sum(entry.net for entry in after.balance_transactions)
    assert net == {"won": 0, "warning_closed": 0}.get(status, -9000)
    assert after.is_charge_refundable is (status in ("won", "warning_closed"))
    if status == "under_review":
        sandbox.world.clock.advance(60 * 24 * 3600)  # silence is over, and the bank still reads
        assert client.v1.disputes.retrieve(dispute.id).status == "under_review"
    if status == "won":
        assert client.v1.refunds.create({"charge": dispute.charge}).amount == 7000


def test_giving_in_and_silence(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    given_up, silent = disputed(client), disputed(client)
    inquiry = disputed(client, "pm_card_createDisputeInquiry")
    assert client.v1.disputes.close(given_up.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.disputes.close(given_up.id)
    assert refusal.value.http_status == 400
    assert client.v1.disputes.update(given_up.id, {"metadata": {"a": "1"}}).metadata.to_dict() == {"a": "1"}
    sandbox.world.clock.set(silent.evidence_details.due_by)
    assert client.v1.disputes.retrieve(silent.id).status == "needs_response"
    sandbox.world.clock.advance(1)
    assert client.v1.disputes.retrieve(silent.id).status == "lost"
    assert types_of(client)[-1] == "charge.dispute.closed"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(inquiry.id, {"evidence": {"receipt": "file_1"}})
    sandbox.world.clock.set(inquiry.created + 120 * 24 * 3600)
    assert client.v1.disputes.retrieve(inquiry.id).status == "warning_closed"


def test_evidence_has_a_limit(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    dispute = disputed(client)
    names = ("access_activity_log refund_policy_disclosure cancellation_rebuttal product_description receipt "
             "refund_refusal_explanation service_documentation uncategorized_text").split()  # fmt: skip
    evidence = {f"evidence[{name}]": "x" * 20_000 for name in names}
    answer = call(sandbox, "POST", f"/v1/disputes/{dispute.id}", data=evidence)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "evidence")
    wrong = call(sandbox, "POST", f"/v1/disputes/{dispute.id}", data={"evidence[mood]": "bad"})
    assert wrong.json()["error"]["code"] == "parameter_unknown"


def test_a_warning_that_nobody_can_heed_is_told_again(client: stripe.StripeClient) -> None:
    intent = capture(client, "pm_card_createIssuerFraudRecord")
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    assert "radar.early_fraud_warning.updated" not in types_of(client)
    client.v1.refunds.create({"payment_intent": intent.id})
    event: Any = client.v1.events.list().data[0]
    assert (event.type, event.data.object.actionable) == ("radar.early_fraud_warning.updated", False)
    assert event.data.previous_attributes.to_dict() == {"actionable": True}
