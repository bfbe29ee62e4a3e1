"""Where the seeds begin: those that found something once, and then others from day to day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

KEPT = Path(__file__).with_name("seeds.txt")
# More than any run of a day comes to.
A_DAY = 100_000


def kept_seeds() -> tuple[int, ...]:
    """Those that ever failed, in the order in which they were found."""
    lines = KEPT.read_text("utf-8").splitlines()
    return tuple(int(line.split()[0]) for line in lines if line and not line.startswith("#"))


def seeds_of(day: date) -> Iterator[int]:
    """Other seeds each day, so that the ground covered grows; the same ones all day, so that two runs compare."""
    return count(day.toordinal() * A_DAY)


def today() -> date:
    """UTC, as everywhere."""
    return datetime.now(UTC).date()
