"""The tour's pictures in a folder, and a page that shows them with what they promise."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from sellerdesk.domain.errors import ReadOnlyPlace

PROMISES = {
    "P01": "Card data goes from the shopper's browser to Stripe only.",
    "P02": "Format mistakes are caught at the field, and nothing is sent.",
    "P03": "We keep ids, and what Stripe tells about the card.",
    "P04": "The server authorizes with the token that the page made.",
    "P05": "Held means held, not taken.",
    "P06": "A hold is captured once, and the desk says so before.",
    "P07": "Prepare captures less when items are short; the rest is released.",
    "P08": "A shopper may save the card; the difference can be charged later.",
    "P09": "The desk counts down to the real deadline, and shows what lapsed.",
    "P10": "Prepare captures, and the order moves to To ship.",
    "P11": "Ship records the parcel and passes it on to Stripe.",
    "P12": "Who pressed pay and left is seen, and can come back to the same payment.",
    "P13": "Stripe is asked to mail a receipt at capture.",
    "P14": "Each order has a customer of its own at Stripe.",
    "P15": "The page may confirm.",
    "P16": "The server may confirm, in one round or, after the bank's approval, in two.",
    "P17": "What changed travels with the confirmation itself.",
    "P18": "Refused, held, taken and “your bank asks” are told apart.",
    "P19": "A failed payment is explained: what, who, what to do.",
    "P20": "The secret key is in the keyring and nowhere else.",
}

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:960px;margin:32px auto;padding:0 16px;color:#1d2325;"
    "background:#f4f2ec}figure{margin:32px 0}img{max-width:100%;border:1px solid #cdc8bc;border-radius:6px}"
    "figcaption{margin-top:8px}td{padding:2px 12px 2px 0;vertical-align:top}a,code{color:#0b5d6e}"
    "@media (prefers-color-scheme:dark){body{color:#ece9e2;background:#222527}img{border-color:#41474a}"
    "a,code{color:#72c4d3}}"
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: file name, what it shows, and the codes of the promises that can be seen in it."""

    name: str
    words: str
    promises: tuple[str, ...] = ()


class Album:
    """The pictures taken so far, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, and take away what an earlier tour left in it; nothing else is touched. Raises
        ReadOnlyPlace."""
        self.folder = folder
        self.shots: list[Shot] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.glob("[0-9][0-9]-*.png"):
                old.unlink()
        except OSError as error:
            raise ReadOnlyPlace(f"The folder {folder} cannot be written: {error.strerror}.") from error

    def path_for(self, name: str) -> Path:
        """The file of the next picture."""
        return self.folder / f"{len(self.shots) + 1:02d}-{name}.png"

    def add(self, path: Path, words: str, *promises: str) -> None:
        """Take in a picture that was written to ``path``."""
        self.shots.append(Shot(path.name, words, promises))
        codes = f" [{' '.join(promises)}]" if promises else ""
        say(f"{path.name}: {words}{codes}")

    def shown(self) -> set[str]:
        """The promises that some picture shows."""
        return {code for shot in self.shots for code in shot.promises}

    def write_page(self, facts: Sequence[str]) -> None:
        """Write ``index.html`` beside the pictures."""
        found = "".join(f"<li>{escape(fact)}</li>" for fact in facts)
        promises = "".join(self._promise(code, words) for code, words in PROMISES.items())
        figures = "".join(_figure(shot) for shot in self.shots)
        (self.folder / "index.html").write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
            f"<title>SellerDesk: the tour</title><style>{_STYLE}</style></head><body><h1>SellerDesk: the tour</h1>"
            f"<ul>{found}</ul><h2>What is promised, and where it is seen</h2><table>{promises}</table>"
            f"{figures}</body></html>\n",
            encoding="utf-8",
        )

    def _promise(self, code: str, words: str) -> str:
        links = ", ".join(
            f'<a href="#{escape(shot.name)}">{escape(shot.name[:2])}</a>'
            for shot in self.shots
            if code in shot.promises
        )
        return f"<tr><td><code>{code}</code></td><td>{escape(words)}</td><td>{links or 'needs a browser'}</td></tr>"


def say(line: str) -> None:
    """One line to whoever watches the tour."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _figure(shot: Shot) -> str:
    codes = " ".join(f"<code>{code}</code>" for code in shot.promises)
    return (
        f'<figure id="{escape(shot.name)}"><img src="{escape(shot.name)}" alt="{escape(shot.words)}" loading="lazy">'
        f"<figcaption>{escape(shot.words)} {codes}</figcaption></figure>"
    )
