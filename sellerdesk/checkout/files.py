"""Styles and scripts under names that change with their content, so that a browser may keep them for a year."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.responses import Response

from sellerdesk.assets import asset
from sellerdesk.checkout.accent import accent_files
from sellerdesk.domain.accent import DEFAULT_ACCENT

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_REFERENCE = re.compile(r'(?<=["(])\./([a-z0-9-]+\.(?:js|svg))(?=[")])')
_REMARK = re.compile(r"(?<=[;,{}]) // [^\"'`]*$")
_LINE_END = re.compile(r"(?m)^((?:(?!//).)*[;{,(])\n")
_TEXT = re.compile(r'("(?:[^"\\]|\\.)*"|`[^`]*`)')
_NESTED = re.compile(r"\$\{[^}]*`")
_AROUND_SIGNS = re.compile(r" ?(=>|[=!]==|&&|\|\||[=*?:,;{}()<>]) ?")
_YEAR = "public, max-age=31536000, immutable"


class HashedFiles:
    """The files of one folder, and those ``made`` here: text by name, in place of the folder's where it has one. A file
    names another of them as './name'; it is served with the hashed name in its place. Raises FileNotFoundError at the
    start when one of them is missing."""

    def __init__(self, folder: Path, made: Mapping[str, str]) -> None:
        self._folder = folder
        self._made = made
        self._names: dict[str, str] = {}
        self._content: dict[str, tuple[bytes, str]] = {}
        for name in sorted({path.name for path in folder.iterdir() if path.suffix in _TYPES} | set(made)):
            self._add(name)

    def address(self, name: str) -> str:
        """Where a browser finds ``name``."""
        return f"/static/{self._names[name]}"

    def size(self, name: str) -> int:
        """Bytes on the way, before compression."""
        return len(self._content[self._names[name]][0])

    def answer(self, hashed: str) -> Response | None:
        """The file under its hashed name, or None."""
        found = self._content.get(hashed)
        if found is None:
            return None
        return Response(found[0], media_type=found[1], headers={"cache-control": _YEAR})

    def _add(self, name: str) -> str:
        """Takes in what ``name`` refers to first: its own hash depends on their names."""
        if name in self._names:
            return self._names[name]
        path = self._folder / name
        text = _squeezed(self._made[name] if name in self._made else path.read_text("utf-8"), path.suffix)
        text = _REFERENCE.sub(lambda match: f"./{self._add(match.group(1))}", text)
        content = text.encode()
        hashed = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        self._names[name] = hashed
        self._content[hashed] = (content, _TYPES[path.suffix])
        return hashed


def _squeezed(text: str, suffix: str) -> str:
    """Without indentation, empty lines and lines that are only a comment, and in scripts without the spaces between
    words of code: a fifth less to send, no build step. Our files have no text that spans lines."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith(("//", "/*"))]
    if suffix == ".css":
        return "".join(kept)
    if suffix == ".js":
        kept = [_without_spaces(_REMARK.sub("", line)) for line in kept]
        return _LINE_END.sub(r"\1", "\n".join(kept)) + "\n"
    return "\n".join(kept) + "\n"


def _without_spaces(line: str) -> str:
    """One line of script with its texts as they are. A line with a slash in its code, which may begin a regular
    expression, stays whole, and so does one with a text inside a text."""
    parts = _TEXT.split(line)
    code = parts[::2]
    if any(sign in part for part in code for sign in "/`'") or _NESTED.search(line):
        return line
    parts[::2] = [_AROUND_SIGNS.sub(r"\1", part) for part in code]
    return "".join(parts)


def load_files(accent: str = DEFAULT_ACCENT) -> HashedFiles:
    """The files of the shopper's page in the shop's colour."""
    return HashedFiles(asset("checkout", "static"), accent_files(accent))
