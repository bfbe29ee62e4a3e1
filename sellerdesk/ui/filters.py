"""The filter: a button in the toolbar that narrows the list, says that it does, and gives everything back."""

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu

from sellerdesk.domain.listing import OrderFilter
from sellerdesk.domain.order import Stage
from sellerdesk.ui import plain
from sellerdesk.ui.buttons import PlainButton
from sellerdesk.ui.tokens import Tokens

SOON_SECONDS = 24 * 3600
_OPENS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down})
_PRESSES = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a person wants to see only; nothing of it is the whole list."""

    lapsing: bool = False
    short: bool = False
    doubtful: bool = False
    currencies: frozenset[str] = frozenset()

    @property
    def is_on(self) -> bool:
        return self != Narrowing()

    @property
    def words(self) -> tuple[str, ...]:
        """Each part in words, to stand in a sentence."""
        chosen = [words for name, words in _PARTS.items() if getattr(self, name)]
        return (*chosen, *(code.upper() for code in sorted(self.currencies)))

    def only(self, now: int) -> OrderFilter:
        """The same for a query, as of ``now`` (seconds UTC)."""
        soon = now + SOON_SECONDS if self.lapsing else None
        return OrderFilter(soon, self.short, self.doubtful, self.currencies)

    def toggled(self, part: str, on: bool) -> "Narrowing":
        """With one part on or off: the name of a field, or a currency."""
        if part in _PARTS:
            changes: dict[str, Any] = {part: on}
            return replace(self, **changes)
        without = self.currencies - {part}
        return replace(self, currencies=without | {part} if on else without)


EVERYTHING = Narrowing()
_PARTS = {"lapsing": "lapses within 24 h", "short": "short of stock", "doubtful": "check differs or risk"}
# What only holds have; in other stages it would hide everything.
_OF_HOLDS = ("lapsing", "short")


class _StayingMenu(QMenu):
    """Stays open while marks are set, so that several can be."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._press():
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _PRESSES or not self._press():
            super().keyPressEvent(event)

    def _press(self) -> bool:
        action: QAction | None = self.activeAction()
        if action is None or not action.isEnabled() or not action.isCheckable():
            return False
        action.trigger()
        return True


class FilterButton(PlainButton):
    """Says what the list is narrowed to, and opens the menu that changes it.

    Signals:
        changed: carries the Narrowing a person chose. UI thread.
        opened: the menu opens; fresh currencies are welcome. UI thread.
    """

    changed = Signal(object)
    opened = Signal()

    def __init__(self) -> None:
        super().__init__("Filter", icon="list-filter")
        self._narrowing = EVERYTHING
        self._currencies: tuple[str, ...] = ()
        self.menu_ = _StayingMenu(self)
        self.menu_.setAccessibleName("Filter")
        self.parts = {name: self._check(name, _title(words)) for name, words in _PARTS.items()}
        self.menu_.addSeparator()
        self._before_clear = self.menu_.addSeparator()
        self.clear_filter = self.menu_.addAction("Clear filter")
        self.clear_filter.triggered.connect(self.clear)
        self.clicked.connect(self.open_menu)
        self.show_narrowing(EVERYTHING)

    @property
    def narrowing(self) -> Narrowing:
        return self._narrowing

    def show_narrowing(self, narrowing: Narrowing) -> None:
        """Show what the list is narrowed to; says nothing."""
        self._narrowing = narrowing
        words = narrowing.words
        self.set_label("Filter" if not words else _title(words[0]) if len(words) == 1 else f"Filter, {len(words)} on")
        self.setAccessibleName(f"Filter, on: {', '.join(words)}" if words else "Filter")
        self.setToolTip(plain.tip(f"Shown only: {', '.join(words)}" if words else "Narrow the list (Ctrl+Shift+F)"))
        for name, action in self.parts.items():
            action.setChecked(getattr(narrowing, name) if name in _PARTS else name in narrowing.currencies)
        self.clear_filter.setEnabled(narrowing.is_on)
        self.updateGeometry()
        self.update()

    def offer(self, stage: Stage | None) -> None:
        """Offer what makes sense in ``stage``; None is a search through all of them."""
        for name in _OF_HOLDS:
            self.parts[name].setVisible(stage in {None, Stage.TO_PREPARE})

    def offer_currencies(self, currencies: tuple[str, ...]) -> None:
        """Those that orders have; a single one is no choice."""
        if currencies == self._currencies:
            return
        self._currencies = currencies
        for name in [name for name in self.parts if name not in _PARTS]:
            self.menu_.removeAction(self.parts.pop(name))
        for code in currencies if len(currencies) > 1 else ():
            self.parts[code] = self._check(code, code.upper())
            self.menu_.insertAction(self._before_clear, self.parts[code])
        self.show_narrowing(self._narrowing)

    def open_menu(self) -> None:
        """Open it below the button."""
        self.opened.emit()
        self.menu_.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self.menu_.setActiveAction(next(each for each in self.parts.values() if each.isVisible()))

    def clear(self) -> None:
        """Everything again."""
        self._choose(EVERYTHING)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENS:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def _check(self, name: str, words: str) -> QAction:
        action = QAction(plain.menu_text(words), self.menu_)
        action.setCheckable(True)
        action.setData(name)
        action.triggered.connect(self._toggled)
        self.menu_.addAction(action)
        return action

    def _toggled(self, on: bool) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._choose(self._narrowing.toggled(str(action.data()), on))

    def _choose(self, narrowing: Narrowing) -> None:
        self.show_narrowing(narrowing)
        self.changed.emit(narrowing)

    def _colours(self, tokens: Tokens) -> tuple[str, str, str, str]:
        fill, border, ink, hint = super()._colours(tokens)
        if self.isEnabled() and self._narrowing.is_on:
            return tokens.select, tokens.accent, tokens.text, hint
        return fill, border, ink, hint


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]
