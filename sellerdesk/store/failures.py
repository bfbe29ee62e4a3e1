"""What a database's refusals become, whichever database it is."""

from sellerdesk.domain.errors import OurBug


class ConstraintBroken(OurBug):
    """A rule of the database refused a write that should not have been tried. ``rule`` names it, without values."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"The database refused a write that would break one of its rules ({rule}).")
        self.rule = rule


def not_storable() -> OurBug:
    """For text with half characters, and numbers of more than 64 bits."""
    return OurBug("A value was about to be stored that no database can hold.")


def written_while_reading() -> OurBug:
    """For a write in a transaction that was begun for reading."""
    return OurBug("A write was tried in a transaction for reading.")
