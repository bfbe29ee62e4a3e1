"""Made-up identifiers with the prefixes Stripe uses."""

import random
import secrets
import string

_ALPHABET = (string.ascii_letters + string.digits).encode()
_LETTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))


class IdSource:
    """Unguessable identifiers; with a ``seed`` the same ones in the same order, for repeatable simulations."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = secrets.SystemRandom() if seed is None else random.Random(seed)

    def text(self, length: int) -> str:
        """``length`` letters and digits."""
        return self._random.randbytes(length).translate(_LETTERS).decode("ascii")

    def new(self, prefix: str, length: int = 24) -> str:
        """``prefix``, an underscore, and ``length`` letters and digits, such as ``pi_3Qx...``."""
        return f"{prefix}_{self.text(length)}"
