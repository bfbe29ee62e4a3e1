"""How a sentence calls a seat: one running program, by the name that its computer or its person gave it."""

_WORD = "Seat"


def called(seat: str) -> str:
    """'Seat packing-1'; one that is named so already keeps its name."""
    return seat if seat.casefold().startswith(_WORD.casefold()) else f"{_WORD} {seat}"
