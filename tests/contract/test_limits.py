"""Rate limits and busy objects, when they are switched on (https://docs.stripe.com/rate-limits)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import authorize, call, code_of, control, create


@pytest.mark.parametrize(
    ("limits", "path", "reason"),
    [
        ({"account": 3}, "/v1/events", "global-rate"),
        ({"endpoint": 3}, "/v1/events", "endpoint-rate"),
        ({"search": 3}, "/v1/customers/search?query=created>1", "endpoint-rate"),
    ],
)
def test_one_call_too_many(
    client: stripe.StripeClient, sandbox: Sandbox, limits: dict[str, int], path: str, reason: str
) -> None:
    assert control(sandbox, "POST", "limits", limits).json()["on"] is True
    answers = [call(sandbox, "GET", path) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    problem = answers[3].json()["error"]
    assert (problem["type"], problem["code"]) == ("invalid_request_error", "rate_limit")
    assert answers[3].headers["Stripe-Rate-Limited-Reason"] == reason and "Retry-After" not in answers[3].headers
    with pytest.raises(stripe.RateLimitError):
        client.deserialize(client.raw_request("get", path), api_mode="V1")
    other = call(sandbox, "GET", "/v1/balance").status_code
    assert other == (429 if reason == "global-rate" else 200)
    sandbox.world.clock.advance(1)
    assert call(sandbox, "GET", path).status_code == 200


def test_stripes_own_numbers_and_off(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    numbers = {"on": True, "account": 25, "endpoint": 25, "search": 20, "intent_updates": 1000}
    assert control(sandbox, "POST", "limits", {}).json() == numbers
    assert [call(sandbox, "GET", "/v1/balance").status_code for _ in range(26)] == [200] * 25 + [429]
    assert control(sandbox, "POST", "limits", {"on": False}).json() == {"on": False}
    assert client.v1.balance.retrieve().livemode is False
    for wrong in ({"account": 0}, {"pages": 1}, {"on": "yes"}, {"search": True}):
        assert control(sandbox, "POST", "limits", wrong).status_code == 400


def test_one_intent_is_not_changed_for_ever(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    first, second = create(client).id, create(client).id
    control(sandbox, "POST", "limits", {"intent_updates": 2})
    for text in "ab":
        client.v1.payment_intents.update(first, {"description": text})
    with pytest.raises(stripe.RateLimitError) as refusal:
        client.v1.payment_intents.update(first, {"description": "c"}, {"idempotency_key": "k"})
    assert refusal.value.headers is not None
    assert refusal.value.headers["stripe-rate-limited-reason"] == "resource-specific"
    assert client.v1.payment_intents.update(second, {"description": "c"}).description == "c"
    sandbox.world.clock.advance(3600)
    changed = client.v1.payment_intents.update(first, {"description": "c"}, {"idempotency_key": "k"})
    assert changed.description == "c"  # a refusal for rate is not remembered


def test_a_busy_object(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    intent, other = authorize(client).id, create(client).id
    assert control(sandbox, "POST", "locks", {"on": True}).json() == {"on": True}
    sandbox.world.faults.plan("capture", "slow")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(client.v1.payment_intents.capture, intent)
        assert sandbox.world.faults.wait_until_holding()
        with pytest.raises(stripe.RateLimitError) as refusal:
            client.v1.payment_intents.update(intent, {"description": "x"})
        assert (refusal.value.http_status, code_of(refusal)) == (429, "lock_timeout")
        assert refusal.value.headers is not None and refusal.value.headers["stripe-should-retry"] == "true"
        assert client.v1.payment_intents.retrieve(intent).status == "requires_capture"
        assert client.v1.payment_intents.update(other, {"description": "x"}).description == "x"
        sandbox.world.faults.release()
        assert running.result(20).status == "succeeded"
    assert client.v1.payment_intents.update(intent, {"description": "x"}).description == "x"
