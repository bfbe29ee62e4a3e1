"""What the pages of the settings are made of: an entry for each setting, and a page with a heading."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from sellerdesk.domain.errors import RefusedError
from sellerdesk.settings import Setting, Settings
from sellerdesk.ui.fonts import Size, pixels
from sellerdesk.ui.marks import RadioMark
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.widgets import Field, FieldError, IconText, Tone, label, mark_wrong

_INDENT = 24


class Entry(QWidget):
    """One setting of ``values``, as it is kept and as it stands here.

    Signals:
        changed: it stands for something else now. UI thread.
    """

    changed = Signal()

    def __init__(self, setting: Setting[Any], values: Settings) -> None:
        super().__init__()
        self.setting = setting
        self.values = values
        self.kept = values.get(setting)

    def entered(self) -> object:
        """What a person entered, not judged yet."""
        raise NotImplementedError

    def judge(self) -> tuple[object, str]:
        """The value and '', or None and what is wrong with it."""
        try:
            return self.setting.read(self.entered()), ""
        except RefusedError as refused:
            return None, str(refused)

    @property
    def is_changed(self) -> bool:
        value, problem = self.judge()
        return bool(problem) or value != self.kept


class TextEntry(Entry):
    """A setting of one line. What is being typed is not called wrong before the field is left.

    ``read`` makes the value out of the text, where it is no text.
    """

    def __init__(
        self,
        setting: Setting[Any],
        values: Settings,
        hint: str = "",
        *,
        placeholder: str = "",
        read: Callable[[str], object] = str,
        narrow: bool = False,
    ) -> None:
        super().__init__(setting, values)
        self._read = read
        self._firm = False
        self.field = Field(setting.label, placeholder=placeholder)
        self.field.setMaxLength(1000)
        self.field.setText(str(self.kept))
        self.field.setCursorPosition(0)
        self.field.textChanged.connect(self._changed)
        self.field.editingFinished.connect(self.firmly)
        self.error = FieldError()
        self.hint = fitting(label(hint, size=Size.SMALL, tone=Tone.MUTED, wrap=True))
        self.row = QHBoxLayout()
        self.row.setSpacing(8)
        self.row.addWidget(self.field, 1)
        if narrow:
            self.field.setMaximumWidth(pixels(120))
            self.row.addStretch(1)
        rows = _rows(self, 4)
        rows.addWidget(fitting(label(setting.label, size=Size.SMALL, strong=True, wrap=True)))
        rows.addLayout(self.row)
        rows.addWidget(self.error)
        rows.addWidget(self.hint)
        self.hint.setVisible(bool(hint))

    def entered(self) -> object:
        return self._read(self.field.text())

    def show_problem(self) -> None:
        """Say what is wrong, or nothing."""
        _, problem = self.judge()
        self.error.show_sentence(problem if self._firm else "")
        mark_wrong(self.field, bool(problem) and self._firm)

    def firmly(self) -> None:
        """Whatever is wrong is said from now on."""
        self._firm = True
        self.show_problem()

    def _changed(self) -> None:
        self.show_problem()
        self.changed.emit()


class ChoiceEntry(Entry):
    """A setting that is one of a few values, each with a name and, where it needs one, an explanation."""

    def __init__(
        self, setting: Setting[Any], values: Settings, choices: tuple[tuple[object, str, str], ...], hint: str = ""
    ) -> None:
        """``choices`` are value, name and explanation."""
        super().__init__(setting, values)
        self._group = QButtonGroup(self)
        self.marks: dict[object, RadioMark] = {}
        rows = _rows(self, 2)
        rows.addWidget(fitting(label(setting.label, size=Size.SMALL, strong=True, wrap=True)))
        for value, name, words in choices:
            mark = RadioMark(name)
            mark.setChecked(value == self.kept)
            mark.setAccessibleDescription(words)
            self._group.addButton(mark)
            self.marks[value] = mark
            rows.addWidget(mark, 0, Qt.AlignmentFlag.AlignLeft)
            if words:
                rows.addLayout(_indented(fitting(label(words, size=Size.SMALL, tone=Tone.MUTED, wrap=True))))
        if hint:
            rows.addSpacing(2)
            rows.addWidget(fitting(label(hint, size=Size.SMALL, tone=Tone.MUTED, wrap=True)))
        self._group.buttonToggled.connect(self._toggled)

    def entered(self) -> object:
        return next((value for value, mark in self.marks.items() if mark.isChecked()), self.kept)

    def _toggled(self, _mark: object, checked: bool) -> None:
        if checked:
            self.changed.emit()


class SettingsPage(QWidget):
    """One page: a heading, what it is about, and its entries.

    Signals:
        changed: an entry stands for something else now. UI thread.
    """

    changed = Signal()

    def __init__(self, title: str, icon: str, about: str) -> None:
        super().__init__()
        self.title, self.icon = title, icon
        self.entries: list[Entry] = []
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(20, 16, 20, 16)
        self.content.setSpacing(16)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(label(title, size=Size.NAME, strong=True))
        if about:
            head.addWidget(fitting(label(about, tone=Tone.MUTED, wrap=True)))
        self.content.addLayout(head)

    def add(self, entry: Entry) -> None:
        """The next entry."""
        self.entries.append(entry)
        entry.changed.connect(self.changed)
        self.content.addWidget(entry)

    def add_line(self, sentence: str, icon: str = "info") -> IconText:
        """A remark, such as when the page takes effect."""
        line = IconText(icon, sentence, tone=Tone.MUTED, size=Size.SMALL, wrap=True)
        fitting(line.label)
        self.content.addWidget(line)
        return line

    def end(self) -> None:
        """Nothing follows: what is left of the room stays empty."""
        self.content.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """The height that the content needs at this width: Qt itself would take wrapped texts at their narrowest, and
        a short page would scroll."""
        return QSize(0, self.content.totalMinimumHeightForWidth(max(1, self.width())))

    def problems(self) -> list[str]:
        """The labels of the entries that are wrong."""
        return [entry.setting.label for entry in self.entries if entry.judge()[1]]

    def enter(self) -> None:
        """The page is shown."""

    def leave(self) -> None:
        """The dialog closes: forget what must not stay."""


def _rows(widget: QWidget, spacing: int) -> QVBoxLayout:
    rows = QVBoxLayout(widget)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(spacing)
    return rows


def _indented(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(_INDENT, 0, 0, 6)
    row.addWidget(widget)
    return row
