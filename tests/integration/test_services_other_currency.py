"""An answer in another currency than the payment's is not believed, whatever it was the answer to: it is read again."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from sellerdesk.domain.errors import OutcomeUnknown
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.payment import PaymentStatus
from sellerdesk.sandbox.api import ApiAnswer
from tests.inside_wire import InsideWire
from tests.wiring import TOTAL, Plant, stripe_call


@pytest.fixture
def bent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Of each method and end of an address that is put here, the next answer is one in dollars."""
    waiting: list[tuple[str, str]] = []
    real = InsideWire.deliver

    def deliver(self: InsideWire, method: str, url: str, headers: Mapping[str, str], body: str = "") -> ApiAnswer:
        answer = real(self, method, url, headers, body)
        for each in waiting:
            if each[0] == method.upper() and url.partition("?")[0].endswith(each[1]):
                waiting.remove(each)
                return replace(answer, body=json.dumps({**json.loads(answer.body), "currency": "usd"}).encode())
        return answer

    monkeypatch.setattr(InsideWire, "deliver", deliver)
    return waiting


@pytest.mark.parametrize("also_read", [False, True])
def test_a_capture_is_found_out_by_reading(shop: Plant, bent: list[tuple[str, str]], also_read: bool) -> None:
    order = shop.place_and_pay()
    bent.append(("POST", "/capture"))
    if also_read:
        bent.append(("GET", order.payment.intent_id))
    asked = shop.prepare(order)
    assert asked.open_operation is not None
    (operation,) = shop.operations(order.id, OperationKind.CAPTURE)
    assert (operation.state, operation.outcome) == (OperationState.UNKNOWN, "odd answer")
    assert shop.order(order.id).payment.currency == "eur"
    shop.settle()
    assert bent == []
    order = shop.check_agrees(order.id)
    assert (order.payment.status, order.payment.captured) == (PaymentStatus.SUCCEEDED, TOTAL)


def test_a_reading_waits_for_the_next_one(shop: Plant, bent: list[tuple[str, str]]) -> None:
    order = shop.place_and_pay()
    shop.works.desk.sync.poll()
    stripe_call(shop.sandbox, "POST", f"/v1/payment_intents/{order.payment.intent_id}/cancel")
    bent.append(("GET", order.payment.intent_id))
    with pytest.raises(OutcomeUnknown, match="another currency"):
        shop.works.desk.sync.poll()
    assert shop.order(order.id).payment.status is PaymentStatus.REQUIRES_CAPTURE
    shop.clock.advance()
    shop.works.desk.sync.poll()
    assert bent == []
    assert shop.check_agrees(order.id).payment.status is PaymentStatus.CANCELED
