"""What is asked of Stripe: written as JSON and read back the same, in one spelling only."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.operation import FINAL_STATES, OPEN_STATES, OperationState
from sellerdesk.domain.payment import ShippingFacts
from sellerdesk.domain.requests import (
    Capture,
    Confirm,
    CreateCustomer,
    CreateIntent,
    LineItem,
    PassTracking,
    Request,
    from_json,
    sha256_of,
    to_json,
)
from tests import builders

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
WHOLE = st.integers(0, 99_999_999)
SHIPPING = st.builds(ShippingFacts, *[TEXT] * 7, phone=TEXT, carrier=TEXT, tracking_number=TEXT)
LINES = st.lists(st.builds(LineItem, TEXT, TEXT, WHOLE, WHOLE, WHOLE), max_size=4).map(tuple)
TAGS = st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple)
REQUESTS = st.one_of(
    st.builds(CreateCustomer, TEXT, TEXT, TEXT, SHIPPING, TAGS),
    st.builds(CreateIntent, WHOLE, TEXT, TEXT, TEXT, TEXT, TEXT, SHIPPING, LINES, WHOLE, TAGS),
    st.builds(Confirm, TEXT, TEXT, TEXT, st.booleans(), TEXT, SHIPPING),
    st.builds(Capture, TEXT, WHOLE, LINES, WHOLE, TAGS),
    st.builds(PassTracking, TEXT, TEXT, SHIPPING, TAGS),
)


@given(REQUESTS)
def test_what_was_written_comes_back(request: Request) -> None:
    text = to_json(request)
    assert from_json(text) == request
    assert to_json(from_json(text)) == text


@given(REQUESTS)
def test_there_is_one_spelling(request: Request) -> None:
    text = to_json(request)
    assert "\n" not in text
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert sha256_of(text) == hashlib.sha256(text.encode()).hexdigest()
    assert to_json(replace(request)) == text


@given(REQUESTS, REQUESTS)
def test_two_requests_share_no_spelling(one: Request, other: Request) -> None:
    assert (to_json(one) == to_json(other)) == (one == other)


def test_money_is_written_in_whole_numbers() -> None:
    capture = Capture("pi_1", 99_999_999, (LineItem("Mug", "M", 3, 2400, 1),), 590, ())
    assert '"amount":99999999' in to_json(capture)
    assert "." not in to_json(capture)


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"request":"Refund"}', '{"request":"Capture"}'])
def test_what_no_request_is_raises(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_json(text)


def test_every_state_is_open_or_final() -> None:
    assert set(OperationState) == OPEN_STATES | FINAL_STATES
    assert not OPEN_STATES & FINAL_STATES


def test_the_idempotency_key_names_operation_and_generation() -> None:
    operation = builders.operation(builders.placed_order())
    assert operation.idempotency_key == f"sd-{operation.id}-0"
    assert replace(operation, generation=2).idempotency_key == f"sd-{operation.id}-2"
    assert len(operation.idempotency_key) <= 255
    assert operation.is_open
    assert not replace(operation, state=OperationState.DONE).is_open
