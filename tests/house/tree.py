"""The files of the checkout, for the tests that judge the tree itself."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("sellerdesk", "tests", "packaging")
MADE = {".venv", "build", "dist", "__pycache__", ".git"}
BINARY = {".png", ".ico", ".icns", ".woff2", ".ttf", ".jpg", ".webp"}


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Every Python file below the given folders of the checkout, or below all that hold code."""
    found = (path for folder in folders or CODE for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if MADE.isdisjoint(path.relative_to(ROOT).parts)))


@cache
def text_files() -> tuple[Path, ...]:
    """Every text file of the checkout that is not made by a tool."""
    kept = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in parts)
        if path.is_file() and not hidden and MADE.isdisjoint(parts) and path.suffix not in BINARY:
            kept.append(path)
    return tuple(sorted(kept))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The path below the checkout, for messages and allow lists."""
    return path.relative_to(ROOT).as_posix()
