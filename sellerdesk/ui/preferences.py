"""What the window remembers from one start to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WindowShape:
    """Width and height in pixels while the window is not maximized, and whether it is."""

    width: int
    height: int
    maximized: bool = False


class Preferences(Protocol):
    """Keeps it. What cannot be kept is forgotten without a word; nothing here is worth a question."""

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
