"""Text from outside is shown as plain text: Qt takes labels, messages and tool tips for HTML by default.

One module of the window makes the widgets that show text, and sets their format. The others use it.
"""

import ast
from pathlib import Path

import pytest

from tests.house.tree import name_of, parsed, python_files

FACTORIES = {"sellerdesk/ui/widgets.py"}
FORBIDDEN_ANYWHERE = {"RichText", "MarkdownText", "insertHtml"}
FORBIDDEN_OUTSIDE = {"QMessageBox", "QErrorMessage", "QInputDialog", "QProgressDialog", "AutoText"}
UI = python_files("sellerdesk/ui")


def _names(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Name):
            found.append((node.lineno, node.id))
        elif isinstance(node, ast.Attribute):
            found.append((node.lineno, node.attr))
    return found


@pytest.mark.parametrize("path", UI, ids=name_of)
def test_no_rich_text(path: Path) -> None:
    forbidden = FORBIDDEN_ANYWHERE if name_of(path) in FACTORIES else FORBIDDEN_ANYWHERE | FORBIDDEN_OUTSIDE
    assert [f"line {line}: {name}" for line, name in _names(path) if name in forbidden] == []


@pytest.mark.parametrize("path", UI, ids=name_of)
def test_labels_are_made_in_one_place(path: Path) -> None:
    """A QLabel whose text is not written in the code must come from the factory, which makes it plain."""
    if name_of(path) in FACTORIES:
        return
    raw = [
        f"line {node.lineno}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "QLabel"
        and any(not isinstance(argument, ast.Constant) for argument in node.args[:1])
    ]
    assert raw == []
