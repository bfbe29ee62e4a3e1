"""What the window remembers from one start to the next, and the settings of the program and of the open shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sellerdesk.settings import Settings


@dataclass(frozen=True, slots=True)
class WindowShape:
    """Width and height in pixels while the window is not maximized, and whether it is."""

    width: int
    height: int
    maximized: bool = False


class Preferences(Protocol):
    """Keeps it. What the window remembers by itself is forgotten without a word where it cannot be kept: that is not
    worth a question. What a person set holds until the program ends."""

    def keep_scheme(self, scheme: str) -> None:
        """'system', 'light' or 'dark'."""
        ...

    def window_shape(self) -> WindowShape | None:
        """None at the first start."""
        ...

    def keep_window_shape(self, shape: WindowShape) -> None: ...

    def column_widths(self) -> Mapping[str, int]:
        """The widths that a person chose, by the title of the column, as lengths at the usual font size."""
        ...

    def keep_column_widths(self, widths: Mapping[str, int]) -> None: ...

    def program(self) -> Settings:
        """The settings of the whole program, as they are in the file now."""
        ...

    def of_shop(self, profile: str) -> Settings:
        """The settings of one shop, likewise. Raises ReadOnlyPlace."""
        ...
