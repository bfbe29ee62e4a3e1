"""What ends a step of a simulation: a program that dies, and a rule that is broken."""


class Died(BaseException):
    """A program ends here, as by a power cut. Not an Exception, so that none of our code can stop it."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class Broken(BaseException):
    """Something is not as it must be: ``rule`` in words, ``found`` what was seen. None of our code can hide it."""

    def __init__(self, rule: str, found: str) -> None:
        super().__init__(f"{rule}: {found}")
        self.rule = rule
        self.found = found
