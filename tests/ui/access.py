"""Walks what a screen reader walks: every widget and what stands in it, and finds what can be used and has no name."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleTableCellInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

_USED = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)
_ROLES = frozenset(
    {
        QAccessible.Role.PushButton,
        QAccessible.Role.CheckBox,
        QAccessible.Role.RadioButton,
        QAccessible.Role.EditableText,
        QAccessible.Role.ComboBox,
        QAccessible.Role.MenuItem,
        QAccessible.Role.ButtonMenu,
        QAccessible.Role.ButtonDropDown,
        QAccessible.Role.PageTab,
        QAccessible.Role.Link,
        QAccessible.Role.Slider,
        QAccessible.Role.SpinBox,
        QAccessible.Role.Table,
        QAccessible.Role.List,
        QAccessible.Role.ListItem,
        QAccessible.Role.Cell,
    }
)


def nameless(window: QWidget) -> list[str]:
    """What can be seen and used in ``window`` and says nothing to a screen reader, one line each."""
    widgets = [_line(widget) for widget in _widgets(window) if not _name(widget)]
    inside = [f"{_role(each)} in {_owner(each)} {_place(each)}" for each in _interfaces(window) if _needs_name(each)]
    return [*widgets, *inside]


def guessing_labels(window: QWidget) -> list[str]:
    """Labels that would take a shopper's text for mark-up."""
    return [each.text() for each in window.findChildren(QLabel) if each.textFormat() is not Qt.TextFormat.PlainText]


def _widgets(window: QWidget) -> Iterator[QWidget]:
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisible() or _is_qts_own(widget):
            continue
        by_keyboard = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if (by_keyboard or isinstance(widget, _USED)) and not widget.focusProxy():
            yield widget


def _is_qts_own(widget: QWidget) -> bool:
    """Parts that Qt makes by itself: bars, headers, the list of a box that opens, the field in it, file dialogs."""
    if isinstance(widget, QScrollBar | QHeaderView | QMenuBar) or widget.objectName().startswith("qt_"):
        return True
    if isinstance(widget.window(), QFileDialog):
        return True
    parent = widget.parentWidget()
    return isinstance(parent, QLineEdit) or "QComboBoxPrivateContainer" in str(type(parent).__name__)


def _interfaces(window: QWidget) -> Iterator[QAccessibleInterface]:
    """Everything below ``window`` that can be seen, as a screen reader walks it."""
    waiting = [QAccessible.queryAccessibleInterface(window)]
    while waiting:
        each = waiting.pop()
        state = each.state()
        if state.invisible or state.offscreen or _is_gone(each):
            continue
        yield each
        children: list[QAccessibleInterface | None] = [each.child(number) for number in range(each.childCount())]
        waiting += [child for child in children if child is not None]


def _needs_name(each: QAccessibleInterface) -> bool:
    if each.role() not in _ROLES or each.text(QAccessible.Text.Name):
        return False
    widget = each.object()
    return not (isinstance(widget, QWidget) and _is_qts_own(widget)) and _owner(each) != "Separator"


def _name(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def _line(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"


def _role(each: QAccessibleInterface) -> str:
    return str(each.role()).rpartition(".")[2]


def _is_gone(each: QAccessibleInterface) -> bool:
    """A cell of rows that were there before: Qt keeps what a reader once asked for."""
    cell: QAccessibleTableCellInterface | None = each.tableCellInterface()
    return not each.isValid() or (cell is not None and cell.columnIndex() < 0)


def _place(each: QAccessibleInterface) -> str:
    cell: QAccessibleTableCellInterface | None = each.tableCellInterface()
    return f"column {cell.columnIndex()}" if cell is not None else ""


def _owner(each: QAccessibleInterface) -> str:
    parent: QAccessibleInterface | None = each.parent()
    return type(parent.object()).__name__ if parent is not None else "nothing"
