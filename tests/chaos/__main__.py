"""``python -m tests.chaos --seed N -v`` runs one seed again; ``--seeds N --from M`` runs many."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.ground import shop_ground
from tests.chaos.simulation import STEPS, simulate


def main() -> int:
    """How many seeds broke something."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, help="run this seed alone")
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("-v", "--verbose", action="store_true", help="tell every step")
    wanted = parser.parse_args()
    first, count = (wanted.seed, 1) if wanted.seed is not None else (wanted.first, wanted.seeds)
    say = (lambda line: sys.stdout.write(f"{line}\n")) if wanted.verbose else None
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        ground = shop_ground(Path(folder))
        begun = time.process_time()
        for seed in range(first, first + count):
            report = simulate(seed, ground, wanted.steps, say)
            if report.broken:
                broken += 1
                sys.stdout.write(f"seed {seed} step {report.step}: {report.broken}\n")
        took = time.process_time() - begun
    sys.stdout.write(f"{count} seeds, {broken} broken, {count / took:.1f} seeds/s\n")
    return min(broken, 100)


if __name__ == "__main__":
    sys.exit(main())
