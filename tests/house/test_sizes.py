"""Files, classes and functions stay small enough to be read at one sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import name_of, parsed, python_files

FILE_LINES = 400
TEST_FILE_LINES = 600  # tests are read one by one
PUBLIC_METHODS = 20
ALL_METHODS = 30  # small private helpers make a class longer, not harder
FUNCTION_LINES = 70

# Larger on purpose; each with its reason.
ALLOWED: dict[str, str] = {}


def _product() -> list[Path]:
    return [path for path in python_files() if "migrations" not in path.parts]


def _too_large() -> Iterator[tuple[str, int, int]]:
    for path in _product():
        name = name_of(path)
        lines = len(path.read_text("utf-8").splitlines())
        most = TEST_FILE_LINES if name.startswith("tests/") else FILE_LINES
        if lines > most:
            yield name, lines, most
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                names = [part.name for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
                public = sum(not name.startswith("_") for name in names)
                if public > PUBLIC_METHODS or len(names) > ALL_METHODS:
                    yield f"{name}:{node.name}", len(names), ALL_METHODS
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION_LINES:
                    yield f"{name}:{node.name}", length, FUNCTION_LINES


def test_nothing_is_too_large() -> None:
    found = {name: (size, limit) for name, size, limit in _too_large()}
    assert {name: size for name, size in found.items() if name not in ALLOWED} == {}


def test_the_allow_list_is_needed() -> None:
    assert set(ALLOWED) <= {name for name, _, _ in _too_large()}


def test_every_file_says_its_job() -> None:
    silent = [
        name_of(path)
        for path in python_files()
        if path.read_text("utf-8").strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []
