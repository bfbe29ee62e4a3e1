#!/bin/sh
# The long proofs that stand before a release: every planted mistake, and 20,000 seeds on all cores, whose count of
# (call x fault) must have no gap. Takes hours. Arguments go to the simulation, as in: release.sh --seeds 2000
set -eu
cd "$(dirname "$0")/../.."
python="${PYTHON:-.venv/bin/python}"
"$python" -m pytest tests/crash tests/chaos tests/integration/test_two_seats.py tests/integration/test_two_seats_pairs.py \
    --release -o timeout=0
"$python" -m tests.chaos --seeds 20000 --least 20 --jobs "$(getconf _NPROCESSORS_ONLN)" "$@"
