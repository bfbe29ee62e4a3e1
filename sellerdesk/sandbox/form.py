"""Form decoding: ``a[b][0][c]=d`` and ``a[]=b`` to nested dictionaries of strings."""

import re
from typing import Any
from urllib.parse import parse_qsl

from sellerdesk.sandbox.errors import invalid

MAX_FIELDS = 2_000
MAX_DEPTH = 8
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")

Tree = dict[str, Any]


def decode(text: str) -> Tree:
    """Decode a query string or a form body.

    Arrays stay dictionaries with the keys ``"0"``, ``"1"``...; the parameter tables know where a list is meant.
    Raises :class:`ApiError` (400) for too many fields, too deep nesting, or names that contradict each other.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FIELDS)
    except (ValueError, UnicodeDecodeError):
        raise invalid("The request's parameters could not be read.") from None
    tree: Tree = {}
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            raise invalid("Received a parameter with a malformed name.", key[:100], "parameter_unknown")
        path = [match.group(1), *_PART.findall(match.group(2))]
        if len(path) > MAX_DEPTH:
            raise invalid(f"Parameters are nested more than {MAX_DEPTH} levels deep.", match.group(1))
        _put(tree, path, value, key)
    return tree


def _put(tree: Tree, path: list[str], value: str, key: str) -> None:
    node = tree
    for part in path[:-1]:
        node = node.setdefault(part or str(len(node)), {})
        if not isinstance(node, dict):
            raise invalid("A parameter was sent both as a text and as a structure.", key[:100])
    last = path[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise invalid("A parameter was sent both as a text and as a structure.", key[:100])
    node[last] = value
