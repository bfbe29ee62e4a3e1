"""A form's names taken apart: ``a[b][0]=c`` becomes ``{"a": {"b": {"0": "c"}}}``. All values stay texts."""

import re
from typing import Any
from urllib.parse import parse_qsl

_PART = re.compile(r"\[([^\[\]]*)\]")


def decoded(text: str) -> dict[str, Any]:
    """What a query string or a form body holds. Empty brackets count up."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, bracket, tail = name.partition("[")
        parts = [head, *_PART.findall(bracket + tail)]
        node = tree
        for part in parts[:-1]:
            node = node.setdefault(part or str(len(node)), {})
        node[parts[-1] or str(len(node))] = value
    return tree
