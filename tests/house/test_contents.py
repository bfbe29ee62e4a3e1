"""What must not be in the tree: machine paths, package indexes, secrets, floats for money, loose debris."""

import ast
import re
from pathlib import Path

from tests.house.tree import ROOT, name_of, parsed, python_files, text_files

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home|work|Users)/[\w.-]+")
# Addresses of pages and of sites that look like such a path.
NOT_A_PATH = re.compile(r"https?://\S+")
LIVE_KEY = re.compile(r"\b(?:sk|rk)_live_[A-Za-z0-9]{20,}|\bwhsec_[A-Za-z0-9]{24,}")
TEST_KEY = re.compile(r"\b(?:sk|rk|pk)_test_(?:51|[A-Za-z0-9]{90,})\w*")
DEBRIS = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|<<<<<<<|>>>>>>>|breakpoint\(\)")

THIS = Path(__file__)
MONEY = ("money.py", "shortening.py", "catalogue.py", "order.py", "payment.py", "merge.py")


def _hits(pattern: re.Pattern[str], *, clean: re.Pattern[str] | None = None) -> list[str]:
    found = []
    for path in text_files():
        if path == THIS:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            text = clean.sub("", line) if clean else line
            if pattern.search(text):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:100]}")
    return found


def test_no_path_of_a_machine() -> None:
    assert _hits(MACHINE_PATH, clean=NOT_A_PATH) == []


def test_no_key_that_could_be_real() -> None:
    assert _hits(LIVE_KEY) == []
    assert _hits(TEST_KEY) == []


def test_no_debris() -> None:
    assert _hits(DEBRIS) == []


def test_lock_files_name_no_index() -> None:
    locks = sorted((ROOT / "packaging" / "requirements").glob("*.txt"))
    assert [path.name for path in locks] == ["runtime.txt", "test.txt", "tour.txt"]
    for path in locks:
        text = path.read_text("utf-8")
        assert not re.search(r"https?:|file:|--(?:extra-)?index-url|--find-links|@ ", text), path.name


def test_no_float_where_money_is_counted() -> None:
    floats = []
    for path in python_files("sellerdesk/domain"):
        if path.name not in MONEY:
            continue
        for node in ast.walk(parsed(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            division = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if literal or called or division:
                floats.append(f"{name_of(path)}:{getattr(node, 'lineno', 0)}")
    assert floats == []


def test_scripts_can_be_started() -> None:
    run = ROOT / ".ci" / "run"
    assert run.read_text("utf-8").startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in run.read_text("utf-8")
    assert run.stat().st_mode & 0o111
