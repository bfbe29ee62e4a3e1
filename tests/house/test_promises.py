"""What the product promises, each under its code: a test is named after it, and the tour has a picture of it."""

import ast
import re
from functools import cache

import pytest

from sellerdesk.tour.album import PROMISES
from tests.house.tree import ROOT

_NAME = re.compile(r"test_(p\d\d)_")


@cache
def _shown_in_tests() -> frozenset[str]:
    """The promises that some test function is named after."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match = _NAME.match(node.name) if isinstance(node, ast.FunctionDef) else None
            if match:
                found.add(match.group(1).upper())
    return frozenset(found)


def test_there_are_twenty() -> None:
    assert list(PROMISES) == [f"P{number:02d}" for number in range(1, 21)]


@pytest.mark.parametrize("code", list(PROMISES))
def test_each_has_a_test_of_its_name(code: str) -> None:
    assert code in _shown_in_tests()


def test_no_test_claims_a_promise_that_nobody_gave() -> None:
    assert _shown_in_tests() <= set(PROMISES)
