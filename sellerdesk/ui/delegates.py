"""How cells are painted: one delegate for each kind of column, all with the same row behind them."""

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from sellerdesk.ui import icons
from sellerdesk.ui.chips import Chip, Form, paint_chip, words_offset
from sellerdesk.ui.columns import AmountParts, Check, Kind
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.orders_model import Role, Slots
from sellerdesk.ui.theme import tokens_in
from sellerdesk.ui.tokens import Tokens
from sellerdesk.ui.widgets import tone_colour

Index = QModelIndex | QPersistentModelIndex
EDGE = 12
PAD = 6
GAP = 6
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@runtime_checkable
class HasSlots(Protocol):
    """A model that knows what fractions and currency codes stand in its amounts."""

    def slots(self) -> Slots: ...


class RowDelegate(QStyledItemDelegate):
    """Paints the row: ground, bar of the selected one, outline of the keyboard's one, line below. Then the cell.

    The view tells which row the pointer is on through its property 'hovered_row'.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = tokens_in(option.palette)
        painter.save()
        self._paint_row(painter, option, index, tokens)
        rect = option.rect.adjusted(EDGE if index.column() == 0 else PAD, 0, -PAD, -1)
        self.paint_cell(painter, QRectF(rect), index, tokens)
        painter.restore()

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, tokens: Tokens) -> None:
        """The text of the cell; other kinds replace this."""
        muted = bool(index.data(Role.MUTED))
        self.draw_text(painter, rect, str(index.data() or ""), tokens.text2 if muted else tokens.text)

    def draw_text(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        colour: str,
        text_font: QFont | None = None,
        flags: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        """``text`` cut at its end where the room is too small. Names keep their own direction, columns stay put."""
        painter.setFont(text_font or font(Size.BODY))
        painter.setPen(QColor(colour))
        shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, int(flags) | int(Qt.TextFlag.TextSingleLine), shown)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens) -> None:
        rect: QRect = option.rect
        view = option.widget
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        fill = tokens.base
        if selected:
            # Not State_Active: the row stays in colour while one types in the search.
            active = view.window().isActiveWindow()
            fill = tokens.select if active else tokens.select_inactive
        elif view.property("hovered_row") == index.row():
            fill = tokens.hover
        painter.fillRect(rect, QColor(fill))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        if selected and index.column() == 0:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), QColor(tokens.accent))
        if selected and _has_keyboard(view):
            self._paint_outline(painter, rect, index, tokens)

    def _paint_outline(self, painter: QPainter, rect: QRect, index: Index, tokens: Tokens) -> None:
        accent = QColor(tokens.accent)
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), accent)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), accent)
        if index.column() == index.model().columnCount() - 1:
            painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), accent)


class StrongDelegate(RowDelegate):
    """The order's number."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, tokens: Tokens) -> None:
        self.draw_text(painter, rect, str(index.data() or ""), tokens.text, font(Size.BODY, strong=True))


class NumberDelegate(RowDelegate):
    """A plain number, to the right."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, tokens: Tokens) -> None:
        self.draw_text(painter, rect, str(index.data() or ""), tokens.text, flags=_RIGHT)


class AmountDelegate(RowDelegate):
    """Whole units to a fixed point, the fraction in a slot of its own, the currency after it."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, tokens: Tokens) -> None:
        parts = index.data(Role.VALUE)
        model = index.model()
        if not isinstance(parts, AmountParts) or not isinstance(model, HasSlots):
            return
        metrics = QFontMetrics(font(Size.BODY))
        fraction_width, code_width = (
            max((metrics.horizontalAdvance(each) for each in slot), default=0) for slot in model.slots()
        )
        code_left = rect.right() - code_width
        point = code_left - GAP - fraction_width
        whole = QRectF(rect.left(), rect.top(), point - rect.left(), rect.height())
        # An amount is never cut: a number with its end missing is another number.
        painter.setFont(font(Size.BODY))
        painter.setPen(QColor(tokens.text))
        painter.drawText(whole, int(_RIGHT) | int(Qt.TextFlag.TextDontClip), parts.whole)
        self.draw_text(
            painter, QRectF(point, rect.top(), code_left - point, rect.height()), parts.fraction, tokens.text
        )
        room = QRectF(code_left, rect.top(), rect.right() - code_left + 4, rect.height())
        self.draw_text(painter, room, parts.code, tokens.text2)


class DeadlineDelegate(RowDelegate):
    """The countdown: a chip when it is near, else quiet text below the words of the chips."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, tokens: Tokens) -> None:
        chip = index.data(Role.VALUE)
        if not isinstance(chip, Chip):
            return
        if chip.form is Form.TEXT:
            self.draw_text(painter, rect.adjusted(words_offset(), 0, 0, 0), chip.words, tokens.text)
        else:
            paint_chip(painter, chip, rect, tokens, _ratio(painter))


class StateDelegate(RowDelegate):
    """Quiet words, or a chip for what is not as usual."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, tokens: Tokens) -> None:
        chip = index.data(Role.VALUE)
        if isinstance(chip, Chip):
            paint_chip(painter, chip, rect, tokens, _ratio(painter))


class ChecksDelegate(RowDelegate):
    """A quiet shield, an icon and a word, or a word alone."""

    def paint_cell(self, painter: QPainter, rect: QRectF, index: Index, tokens: Tokens) -> None:
        check = index.data(Role.VALUE)
        if not isinstance(check, Check):
            return
        colour = tone_colour(check.tone, tokens)
        if not check.icon:
            self.draw_text(painter, rect, check.word, colour)
            return
        edge = pixels(14)
        top = rect.top() + (rect.height() - edge) / 2
        picture = icons.pixmap(check.icon, colour, edge, _ratio(painter))
        painter.drawPixmap(round(rect.left()), round(top), picture)
        # A fraction of a pixel must not cost a letter; and a word that is cut says less than its icon alone.
        words = rect.adjusted(edge + GAP, 0, 1, 0)
        if QFontMetrics(font(Size.BODY)).horizontalAdvance(check.word) <= words.width():
            self.draw_text(painter, words, check.word, colour)


_BY_KIND: dict[Kind, type[RowDelegate]] = {
    Kind.TEXT: RowDelegate,
    Kind.STRONG: StrongDelegate,
    Kind.NUMBER: NumberDelegate,
    Kind.AMOUNT: AmountDelegate,
    Kind.DEADLINE: DeadlineDelegate,
    Kind.CHECKS: ChecksDelegate,
    Kind.STATE: StateDelegate,
}


def delegates(parent: QObject) -> dict[Kind, RowDelegate]:
    """One delegate of each kind, owned by ``parent``."""
    return {kind: made(parent) for kind, made in _BY_KIND.items()}


def _has_keyboard(view: QWidget) -> bool:
    return view.hasFocus() and view.window().isActiveWindow()


def _ratio(painter: QPainter) -> float:
    return painter.device().devicePixelRatio()
