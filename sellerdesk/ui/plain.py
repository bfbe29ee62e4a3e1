"""Text from outside, made harmless: no mark-up, no control characters, no reversed direction."""

import html
import unicodedata

# First-strong isolates (U+2068, U+2069) are left alone: they reverse nothing, and ``apart`` makes them.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067")
_SHOWN_INSTEAD = "\ufffd"
_LONGEST_TIP = 600
_ONE_LINE = 90


def one_line(text: str) -> str:
    """``text`` on one line: line breaks and tabs become spaces, other control characters and direction overrides a
    visible mark, so that '[U+202E]txt.exe' cannot pass for something else. Joiners inside words stay."""
    if text.isprintable():  # holds none of these; cells are painted often, and a name may be long
        return text
    return "".join(_safe(letter) for letter in text)


def lines(text: str) -> str:
    """Like ``one_line``, but line breaks stay."""
    return "\n".join(one_line(line) for line in text.splitlines())


def apart(text: str, most: int = 200) -> str:
    """``text`` as a part of a sentence of ours: its own direction cannot move our words around it, and beyond ``most``
    letters it does not push them out of sight."""
    inner = one_line(text[: most + 1]).replace("\u2068", "").replace("\u2069", "")
    return f"\u2068{inner if len(inner) <= most else inner[: most - 1].rstrip() + '…'}\u2069"


def tip(text: str) -> str:
    """``text`` for a tooltip, harmless, and cut where no tooltip would end. Qt takes what looks like mark-up for
    mark-up, so whatever could is escaped; and it wraps nothing else, so that long text is told to be mark-up, too."""
    shown = lines(text if len(text) <= _LONGEST_TIP else f"{text[:_LONGEST_TIP]}…")
    if "<" in shown or "&" in shown or len(shown) > _ONE_LINE:
        return f"<qt>{html.escape(shown)}</qt>"
    return shown


def menu_text(text: str) -> str:
    """``text`` for a menu entry or button: Qt takes a single '&' for a mnemonic."""
    return one_line(text).replace("&", "&&")


def _safe(letter: str) -> str:
    if letter in "\n\r\t\u2028\u2029\x0b\x0c\x85":
        return " "
    if letter in _DIRECTION_CONTROLS or unicodedata.category(letter) in {"Cc", "Cs", "Co"}:
        return _SHOWN_INSTEAD
    return letter
