"""Nothing on the checklist is without a test."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.contract.checklist import CLAIMS, Claim

HERE = Path(__file__).parent


@cache
def functions(name: str) -> frozenset[str]:
    """The tests of a file; a state machine is one by the name it is bound to."""
    file = HERE / f"test_{name}.py"
    found: set[str] = set()
    for node in ast.parse(file.read_text("utf-8")).body if file.exists() else ():
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


def test_every_point_has_claims() -> None:
    assert {claim.point for claim in CLAIMS} == set(range(1, 14))


@pytest.mark.parametrize("claim", CLAIMS, ids=[f"{claim.point}: {claim.what}" for claim in CLAIMS])
def test_every_claim_has_its_tests(claim: Claim) -> None:
    assert claim.tests and claim.page.startswith("https://docs.stripe.com/")
    for test in claim.tests:
        file, _, name = test.partition(".")
        assert f"test_{name}" in functions(file) or _camel(name) in functions(file), test


def _camel(name: str) -> str:
    return "Test" + name.title().replace("_", "")
