"""Two seats, a checkout and Stripe through sixty steps of trouble a seed: the money agrees in the end, whatever broke.

``python -m tests.chaos --seed N -v`` tells what happened in a seed, step by step.
"""

from collections import Counter
from collections.abc import Callable
from itertools import islice
from time import monotonic

import pytest

from tests.chaos.cells import too_rare
from tests.chaos.ground import Ground, shop_ground
from tests.chaos.kept import kept_seeds, today
from tests.chaos.planted import PLANTED, planted
from tests.chaos.simulation import STEPS, simulate

SECONDS = 90
# The same code gets the same answer in every run of the tests. More seeds are for the long run.
FIRST, MOST_SEEDS = 1, 160
MOST_SEEDS_TO_FIND = 60
ROTATING = 2


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return shop_ground(tmp_path_factory.mktemp("chaos"))


def replay(seed: int, step: int, broken: str) -> str:
    return f"seed {seed} step {step}: {broken}\nreplay: python -m tests.chaos --seed {seed} -v"


@pytest.mark.parametrize("seed", kept_seeds())
def test_what_failed_once_holds_for_ever(ground: Ground, seed: int) -> None:
    report = simulate(seed, ground)
    assert not report.broken, replay(seed, report.step, report.broken)


def test_a_seed_is_the_same_twice(ground: Ground) -> None:
    told: list[list[str]] = [[], []]
    for lines in told:
        simulate(7, ground, steps=25, say=lines.append)
    assert told[0] == told[1]


@pytest.mark.timeout(900)
def test_the_money_agrees_whatever_breaks(ground: Ground, proof: Callable[[str], None], release: bool) -> None:
    """In the long run ``release.sh`` runs them on all cores instead."""
    cells: Counter[tuple[str, str]] = Counter()
    done = 0
    end = monotonic() + SECONDS
    for seed in range(FIRST, FIRST + MOST_SEEDS):
        report = simulate(seed, ground)
        assert not report.broken, replay(seed, report.step, report.broken)
        cells.update(report.cells)
        done += 1
        if monotonic() > end:
            break
    faults = sum(number for (_, fault), number in cells.items() if fault != "well")
    calls = sum(cells.values())
    proof(
        f"simulation: seeds {FIRST} to {FIRST + done - 1} x {STEPS} steps, {calls} calls, {faults} of them gone wrong, "
        "0 rules broken"
    )
    assert done


def chosen_bugs(everything: bool) -> tuple[str, ...]:
    """Two each day, all of them in turn."""
    names = tuple(PLANTED)
    first = today().toordinal() * ROTATING
    return names if everything else tuple(islice((names + names)[first % len(names) :], ROTATING))


@pytest.mark.timeout(3600)
def test_a_planted_mistake_is_found(ground: Ground, proof: Callable[[str], None], release: bool) -> None:
    for name in chosen_bugs(everything=release):
        proof(f"planted: {name}; found by {find(ground, name)}")


def find(ground: Ground, name: str) -> str:
    """What found the mistake."""
    with planted(name) as mistake:
        for seed in range(mistake.first, mistake.first + MOST_SEEDS_TO_FIND):
            report = simulate(seed, ground, statements=mistake.statements, temper=mistake.temper)
            if report.broken:
                return f"seed {seed}, step {report.step}: {report.broken.partition(':')[0]}"
    pytest.fail(f"{MOST_SEEDS_TO_FIND} seeds did not find: {name}")


def test_every_fault_that_is_possible_is_counted() -> None:
    """The count of the long run would miss what nobody counts."""
    assert too_rare(Counter(), 1)
