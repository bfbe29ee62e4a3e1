"""Finds words that have too little room: cut at an edge, wrapped out of sight, or lying over others."""

from itertools import combinations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QWidget

from sellerdesk.ui.buttons import DeskButton, LinkButton
from sellerdesk.ui.chips import ChipLabel
from sellerdesk.ui.marks import RadioMark
from sellerdesk.ui.rail_buttons import RailButton
from sellerdesk.ui.widgets import ModeTag, TextLabel

_SIZED = (DeskButton, LinkButton, RadioMark, RailButton, ChipLabel, ModeTag)


def cramped(window: QWidget) -> list[str]:
    """What can be seen in ``window`` and has less room than its words need, one sentence each."""
    found = []
    shown = [each for each in window.findChildren(QWidget) if each.isVisible()]
    for each in shown:
        if isinstance(each, QLabel) and each.text():
            found += _label(each, window)
        elif isinstance(each, _SIZED):
            found += _sized(each, window)
    words = [each for each in shown if isinstance(each, QLabel | QAbstractButton)]
    for one, other in combinations(words, 2):
        if one.parentWidget() is other.parentWidget() and one.geometry().intersects(other.geometry()):
            found.append(f"{_name(one)} lies over {_name(other)}")
    return found


def _label(label: QLabel, window: QWidget) -> list[str]:
    found = []
    metrics = label.fontMetrics()
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if label.height() < needed:
            found.append(f"{_name(label)}: {label.height()} px high, needs {needed} at {label.width()} px")
    else:
        needed = metrics.horizontalAdvance(label.text())
        elided = isinstance(label, TextLabel) and label.text() != label.full_text
        if label.width() < needed and not elided:
            found.append(f"{_name(label)}: {label.width()} px wide, needs {needed}")
        if label.height() < metrics.height():
            found.append(f"{_name(label)}: {label.height()} px high, needs {metrics.height()}")
    return found + _outside(label, window)


def _sized(widget: QWidget, window: QWidget) -> list[str]:
    needed = widget.sizeHint()
    if widget.width() < needed.width() or widget.height() < needed.height():
        has = f"{widget.width()}x{widget.height()}"
        return [f"{_name(widget)}: {has} px, needs {needed.width()}x{needed.height()}"]
    return _outside(widget, window)


def _outside(widget: QWidget, window: QWidget) -> list[str]:
    """Whether a parent cuts it off; what can be scrolled to is fine."""
    parent = widget.parentWidget()
    while parent is not None and widget is not window:
        place = QRect(widget.mapTo(parent, QPoint(0, 0)), widget.size())
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            return [] if place.right() < parent.width() else [f"{_name(widget)} is cut off at the right"]
        if not parent.rect().contains(place):
            return [f"{_name(widget)} is cut off by {type(parent).__name__}"]
        if parent is window:
            return []
        parent = parent.parentWidget()
    return []


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else widget.accessibleName()
    return f"{type(widget).__name__} “{words}”"
