"""Which calls met which faults, and whether each pair was met often enough."""

from collections import Counter

from tests.chaos.faults import Fault, possible

WRITES = (
    "create_customer",
    "create_intent",
    "confirm",
    "capture",
    "cancel",
    "update",
    "create_refund",
    "update_charge",
)
READS = ("retrieve", "list_intents", "list_customers", "list_refunds", "list_events")
# Why a pair cannot be met, for those where that is not plain from ``possible``.
UNREACHABLE: dict[tuple[str, Fault], str] = {}

Cells = Counter[tuple[str, str]]


def reachable() -> list[tuple[str, Fault]]:
    """Every call with every fault that it can meet."""
    calls = [(name, True) for name in WRITES] + [(name, False) for name in READS]
    pairs = [(name, fault) for name, writes in calls for fault in sorted(possible(name, writes=writes))]
    return [pair for pair in pairs if pair not in UNREACHABLE]


def too_rare(cells: Cells, least: int) -> list[str]:
    """The pairs that were met less than ``least`` times, with how often they were."""
    return [
        f"{call} with {fault}: {cells[call, fault.value]}"
        for call, fault in reachable()
        if cells[call, fault.value] < least
    ]


def table(cells: Cells) -> str:
    """A line for each call: how often it met each fault."""
    return "\n".join(f"{call}: {_row(cells, call)}" for call in sorted({call for call, _ in cells}))


def _row(cells: Cells, call: str) -> str:
    return ", ".join(f"{fault} {met}" for (its, fault), met in sorted(cells.items()) if its == call)
