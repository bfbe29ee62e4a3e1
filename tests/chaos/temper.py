"""How rough one seed is, and in what way: so trouble of one kind meets itself, too, and not only trouble of others."""

import random
from dataclasses import dataclass

from tests.chaos.faults import Fault

# Chances at one gap between two steps of an operation, and of one writing transaction.
DIES = 0.003
ANOTHER_TAKES_A_TURN = 0.05
DATABASE_FAILS = 0.004
_TIMES = (0.3, 1, 1, 5)


@dataclass(frozen=True, slots=True)
class Temper:
    """Chances of a death, of an interruption and of a database that fails; how many times as many calls as usual go
    wrong; and a fault that is met more often than others. Where it is ``even``, half of all writing calls go wrong, in
    each way that is possible as often as in the others, and tracking has to go the rare way over the charge."""

    dies: float
    interleaves: float
    database: float
    roughness: float
    favourite: Fault | None
    even: bool = False


def drawn(rng: random.Random, seed: int) -> Temper:
    """The temper of a seed. Every fifth is even, so that what is rare meets what is rare, too."""
    return Temper(
        DIES * rng.choice(_TIMES),
        ANOTHER_TAKES_A_TURN * rng.choice(_TIMES),
        DATABASE_FAILS * rng.choice(_TIMES),
        rng.choice((0.5, 1, 1, 2)),
        rng.choice((None, *Fault)),
        seed % 5 == 2,
    )
