"""CSV text for spreadsheets and back: RFC 4180, and no cell that a spreadsheet would take for a formula.

https://www.rfc-editor.org/rfc/rfc4180 · https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
from collections.abc import Iterable, Sequence

# What a formula can begin with, and the apostrophe itself, so that what was added can be told from what was there.
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """``rows`` as lines of CSV, all with as many cells as the longest. Cells that a spreadsheet would work out get an
    apostrophe in front, which makes them text there."""
    guarded = [[guard(cell) for cell in row] for row in rows]
    width = max((len(row) for row in guarded), default=0)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(row + [""] * (width - len(row)) for row in guarded)
    return text.getvalue()


def guard(cell: str) -> str:
    """``cell`` as a spreadsheet may see it."""
    return f"'{cell}" if cell.startswith(_GUARDED) else cell


def unguard(cell: str) -> str:
    """``cell`` as it was before ``guard``."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_GUARDED) else cell
