"""Who may import whom: the contracts of pyproject.toml hold, and the domain stays pure."""

import ast
import subprocess
import sys

from tests.house.tree import ROOT, name_of, parsed, python_files


def test_import_contracts_hold() -> None:
    command = "from importlinter.cli import lint_imports_command as main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _imported(tree: ast.Module) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, node.module or ""))
    return found


def test_the_domain_imports_the_standard_library_only() -> None:
    foreign = [
        f"{name_of(path)}:{line} imports {module}"
        for path in python_files("sellerdesk/domain")
        for line, module in _imported(parsed(path))
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("sellerdesk.domain")
    ]
    assert not foreign


def test_the_sandbox_imports_nothing_of_ours_but_serving() -> None:
    foreign = [
        f"{name_of(path)}:{line} imports {module}"
        for path in python_files("sellerdesk/sandbox")
        for line, module in _imported(parsed(path))
        if module.startswith("sellerdesk.") and not module.startswith(("sellerdesk.sandbox", "sellerdesk.serving"))
    ]
    assert not foreign


def test_only_the_store_opens_sqlite() -> None:
    foreign = [
        f"{name_of(path)}:{line} imports {module}"
        for path in python_files("sellerdesk")
        for line, module in _imported(parsed(path))
        if module.split(".")[0] in {"sqlite3", "pysqlite3"} and not name_of(path).startswith("sellerdesk/store/")
    ]
    assert not foreign


def test_the_product_never_imports_its_tests() -> None:
    foreign = [
        f"{name_of(path)}:{line} imports {module}"
        for path in python_files("sellerdesk")
        for line, module in _imported(parsed(path))
        if module.split(".")[0] in {"tests", "pytest", "devtool", "playwright"}
    ]
    # The tour's shopper sits in a real browser; it asks for one and goes on without.
    assert not [line for line in foreign if not line.startswith("sellerdesk/tour")]
