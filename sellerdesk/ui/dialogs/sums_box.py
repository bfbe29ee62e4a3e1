"""Three sums side by side in a box: where the money is, what happens to it now, and what is left."""

from PySide6.QtWidgets import QFrame, QGridLayout

from sellerdesk.ui.fonts import Size
from sellerdesk.ui.widgets import Tone, label

NOTHING = "Nothing"


class SumsBox(QFrame):
    """One column a word; the one named ``strong`` is what the button moves."""

    def __init__(self, words: tuple[str, ...], strong: str, tone: Tone) -> None:
        super().__init__()
        self.setProperty("part", "box")
        self._words = words
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 8, 14, 10)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        self.values = {
            word: label(size=Size.BIG, strong=word == strong, tone=tone if word == strong else Tone.TEXT)
            for word in words
        }
        for column, (word, value) in enumerate(self.values.items()):
            grid.addWidget(label(word, size=Size.SMALL, tone=Tone.MUTED), 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, 1)

    def show_sums(self, *sums: str) -> None:
        """The sums in the order of the words."""
        for value, text in zip(self.values.values(), sums, strict=True):
            value.setText(text)
        parts = [
            f"{word} {text.lower() if text == NOTHING else text}" for word, text in zip(self._words, sums, strict=True)
        ]
        self.setAccessibleName(", ".join([parts[0], *[part[0].lower() + part[1:] for part in parts[1:]]]))
