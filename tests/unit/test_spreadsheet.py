"""CSV that any spreadsheet reads and none works out."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellerdesk.domain.spreadsheet import csv_text, guard, unguard

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")'])
def test_no_cell_is_worked_out(cell: str) -> None:
    assert guard(cell) == f"'{cell}"
    assert next(csv.reader(io.StringIO(csv_text([[cell]]), newline="")))[0].startswith("'")


@pytest.mark.parametrize("cell", ["", "12.50", "Mug", "a=b", " =1", "’tis", "2026-11-23"])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    assert guard(cell) == unguard(cell) == cell


@given(CELLS)
def test_what_was_guarded_comes_back(cell: str) -> None:
    assert unguard(guard(cell)) == cell


@given(st.lists(st.lists(CELLS, min_size=2), min_size=1))
def test_lines_are_those_of_the_rfc(rows: list[list[str]]) -> None:
    text = csv_text(rows)
    assert text.endswith("\r\n")
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in read}) == 1
    assert [[unguard(cell) for cell in row[: len(given)]] for row, given in zip(read, rows, strict=True)] == rows


def test_commas_quotes_and_line_breaks_are_quoted() -> None:
    assert csv_text([["a,b", 'say "x"', "two\nlines"], ["c"]]) == '"a,b","say ""x""","two\nlines"\r\nc,,\r\n'
