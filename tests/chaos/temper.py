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
    wrong; and a fault that is met more often than others."""

    dies: float
    interleaves: float
    database: float
    roughness: float
    favourite: Fault | None


def drawn(rng: random.Random) -> Temper:
    """The temper of a seed."""
    return Temper(
        DIES * rng.choice(_TIMES),
        ANOTHER_TAKES_A_TURN * rng.choice(_TIMES),
        DATABASE_FAILS * rng.choice(_TIMES),
        rng.choice((0.5, 1, 1, 2)),
        rng.choice((None, *Fault)),
    )
