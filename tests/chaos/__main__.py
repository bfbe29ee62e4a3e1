"""``python -m tests.chaos --seed N -v`` runs one seed again, step by step; ``--seeds N --jobs J`` runs many."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from multiprocessing import Pool
from pathlib import Path

from tests.chaos.cells import Cells, table, too_rare
from tests.chaos.ground import Ground, shop_ground
from tests.chaos.kept import kept_seeds, seeds_of, today
from tests.chaos.planted import PLANTED, Mistake, planted
from tests.chaos.simulation import STEPS, Report, simulate

AT_ONCE = 20
MOST_SHOWN = 20


def main() -> int:
    """0 when no rule broke and every reachable cell was met often enough."""
    wanted = _arguments()
    if wanted.seed is not None:
        return _one(wanted.seed, wanted.steps, wanted.bug, verbose=wanted.verbose)
    first = next(seeds_of(today())) if wanted.first is None else wanted.first
    seeds = (*kept_seeds(), *range(first, first + wanted.seeds))
    cells: Cells = Counter()
    broken = 0
    begun = time.monotonic()
    for report in _all(seeds, wanted.steps, wanted.jobs):
        cells.update(report.cells)
        if report.broken:
            broken += 1
            _tell(_sentence(report))
    took = time.monotonic() - begun
    _tell(f"{len(seeds)} seeds from {first} x {wanted.steps} steps in {took:.0f} s: {broken} broke a rule")
    if not wanted.least:
        return min(broken, 1)
    _tell(table(cells))
    rare = too_rare(cells, wanted.least)
    _tell(f"{len(rare)} of the reachable pairs of call and fault were met less than {wanted.least} times")
    for line in rare:
        _tell(f"  {line}")
    return int(bool(broken or rare))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, help="run this seed alone")
    parser.add_argument("--from", type=int, dest="first", help="the first seed; another one each day when left out")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--least", type=int, default=0, help="how often each call must meet each fault")
    parser.add_argument("--bug", choices=sorted(PLANTED), help="with this mistake in the program; for --seed")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell every step of --seed")
    return parser.parse_args()


def _one(seed: int, steps: int, bug: str | None, *, verbose: bool) -> int:
    with _ground() as ground, planted(bug) if bug else nullcontext(Mistake(lambda _: None)) as mistake:
        report = simulate(seed, ground, steps, _tell if verbose else None, mistake.statements, mistake.temper)
    _tell(_sentence(report))
    return int(bool(report.broken))


def _all(seeds: Sequence[int], steps: int, jobs: int) -> Iterator[Report]:
    several = [seeds[start : start + AT_ONCE] for start in range(0, len(seeds), AT_ONCE)]
    if jobs == 1:
        for some in several:
            yield from _some(some, steps=steps)
        return
    with Pool(jobs) as pool:
        for reports in pool.imap_unordered(partial(_some, steps=steps), several):
            yield from reports


def _some(seeds: Iterable[int], *, steps: int) -> list[Report]:
    with _ground() as ground:
        return [simulate(seed, ground, steps) for seed in seeds]


@contextmanager
def _ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory() as folder:
        yield shop_ground(Path(folder))


def _sentence(report: Report) -> str:
    return f"seed {report.seed} step {report.step}: {report.broken or 'no rule broken'}"


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
