"""Made-up identifiers with the prefixes Stripe uses."""

import random
import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


class IdSource:
    """Unguessable identifiers; with a ``seed`` the same ones in the same order, for repeatable simulations."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = secrets.SystemRandom() if seed is None else random.Random(seed)

    def text(self, length: int) -> str:
        """``length`` letters and digits."""
        return "".join(self._random.choice(_ALPHABET) for _ in range(length))

    def new(self, prefix: str, length: int = 24) -> str:
        """``prefix``, an underscore, and ``length`` letters and digits, such as ``pi_3Qx...``."""
        return f"{prefix}_{self.text(length)}"
