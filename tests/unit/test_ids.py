"""Ids: ordered by time, never the same twice, references that can be read out, links that cannot be guessed."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.ids import new_id, new_reference, new_secret_token, read_reference
from sellerdesk.domain.order import show_reference


@given(st.integers(0, 2**48 - 1))
def test_an_id_is_a_version_7_uuid_of_its_millisecond(now_ms: int) -> None:
    made = uuid.UUID(new_id(now_ms))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == now_ms


@given(st.integers(0, 2**40), st.integers(1, 10**6))
def test_later_ids_sort_later(now_ms: int, later: int) -> None:
    assert new_id(now_ms) < new_id(now_ms + later)


def test_ids_of_one_millisecond_differ() -> None:
    assert len({new_id(1) for _ in range(1000)}) == 1000


def test_references_use_letters_that_cannot_be_mistaken() -> None:
    made = {new_reference() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", each) for each in made)


@given(st.builds(new_reference), st.sampled_from([str.upper, str.lower, str.title]))
def test_a_reference_comes_back_however_it_is_typed(reference: str, case: object) -> None:
    shown = show_reference(reference)
    for text in (reference, shown, f" {shown} \n", shown.replace("-", " "), shown.replace("0", "O").replace("1", "l")):
        assert read_reference(case(text)) == reference  # type: ignore[operator]


@pytest.mark.parametrize(
    "text", ["", "K7QP", "K7QP3MX", "K7QP3MX22", "K7QP-3MXU", "K7QP3MX!", "K7QP3MX\u0662", "-" * 8]
)
def test_what_is_no_reference(text: str) -> None:
    assert read_reference(text) is None


@given(st.text(max_size=30))
def test_any_text_may_be_asked_about(text: str) -> None:
    found = read_reference(text)
    assert found is None or re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", found)


def test_secret_tokens_are_long_and_safe_in_an_address() -> None:
    made = {new_secret_token() for _ in range(500)}
    assert len(made) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", each) for each in made)
