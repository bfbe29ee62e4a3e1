"""What the doctor found: values, and how they are written for people and for machines."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sellerdesk.domain.errors import SellerDeskError
from sellerdesk.logs import escaped, redact


class State(StrEnum):
    """GOOD works; NOTE works, with something to mind; BAD is needed and does not work; SKIPPED was not looked at."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``says`` is what was found and what it means, ``todo`` what to do about it, ''
    for nothing. ``shop`` is the profile it is about, '' for this computer."""

    about: str
    state: State
    says: str
    todo: str = ""
    shop: str = ""


Look = Callable[[], Iterable[Finding]]

_MARKS = {State.GOOD: "ok", State.NOTE: "mind", State.BAD: "BAD", State.SKIPPED: "--"}
_ABOUT_WIDTH = 16


def good(about: str, says: str) -> Finding:
    """It works."""
    return Finding(about, State.GOOD, says)


def note(about: str, says: str, todo: str = "") -> Finding:
    """It works, but."""
    return Finding(about, State.NOTE, says, todo)


def bad(about: str, says: str, todo: str = "") -> Finding:
    """It is needed and does not work."""
    return Finding(about, State.BAD, says, todo)


def skipped(about: str, says: str) -> Finding:
    """It was not looked at, and why."""
    return Finding(about, State.SKIPPED, says)


def guarded(about: str, look: Look) -> Iterator[Finding]:
    """What ``look`` finds; a failure of the world is a finding, too, and so is a mistake of our own."""
    try:
        yield from look()
    except SellerDeskError as error:
        yield bad(about, str(error))
    except Exception as error:  # noqa: BLE001 - one look that stumbles must not hide what the others find
        yield bad(about, f"SellerDesk made a mistake of its own while looking ({type(error).__name__}).")


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Whether everything that is needed works."""
    return not any(each.state is State.BAD for each in findings)


def line(finding: Finding) -> str:
    """For a person: mark, what it is about, what was found and what to do, on one line."""
    words = " ".join(part for part in (finding.says, finding.todo) if part)
    return f"{_MARKS[finding.state]:<5} {finding.about:<{_ABOUT_WIDTH}} {_clean(words)}"


def as_json(findings: Iterable[Finding], version: str) -> str:
    """For a machine: the same, with ``healthy`` for the exit status."""
    found = tuple(findings)
    listed = [
        {
            "about": each.about,
            "shop": _clean(each.shop),
            "state": each.state.value,
            "says": _clean(each.says),
            "todo": _clean(each.todo),
        }
        for each in found
    ]
    return json.dumps({"version": version, "healthy": is_healthy(found), "findings": listed}, ensure_ascii=False)


def _clean(text: str) -> str:
    """On one line, without keys and addresses of people, whatever a file or an answer brought along."""
    return escaped(redact(text))
