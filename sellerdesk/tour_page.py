"""The tour's one-page summary: every picture with its sentence, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:960px;margin:32px auto;padding:0 16px;color:#1d2325;"
    "background:#f4f2ec}figure{margin:32px 0}img{max-width:100%;border:1px solid #cdc8bc;border-radius:6px}"
    "figcaption{margin-top:8px}"
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: file name and what it shows."""

    name: str
    words: str


def write_page(out: Path, shots: Sequence[Shot], facts: Sequence[str]) -> None:
    """Write ``index.html`` beside the pictures."""
    found = "".join(f"<li>{escape(fact)}</li>" for fact in facts)
    figures = "".join(
        f'<figure><img src="{escape(shot.name)}" alt="{escape(shot.words)}"><figcaption>{escape(shot.words)}'
        "</figcaption></figure>"
        for shot in shots
    )
    (out / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>SellerDesk: the tour</title>'
        f"<style>{_STYLE}</style></head><body><h1>SellerDesk: the tour</h1><ul>{found}</ul>{figures}</body></html>\n",
        encoding="utf-8",
    )
