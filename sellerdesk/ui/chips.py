"""Chips: which words, form and icon a fact gets, and how they are painted."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sellerdesk.domain.operation import OpenOperation, OperationKind, OperationState
from sellerdesk.formats import countdown
from sellerdesk.ui import icons, plain
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.tokens import Tokens

_HOUR = 3600
_PADDING = 7
_ICON = 12
_GAP = 5


class Form(StrEnum):
    """How a chip is drawn."""

    TEXT = "text"
    AMBER_LINE = "amber_line"
    AMBER = "amber"
    RED = "red"
    RED_LINED = "red_lined"
    RED_SOLID = "red_solid"
    RED_DASHED = "red_dashed"
    BUSY = "busy"
    GREY = "grey"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Chip:
    """Words in a form with an icon. The icon differs each time, so that chips can be told apart in grey.
    ``TEXT`` is quiet text without a box."""

    words: str
    form: Form = Form.TEXT
    icon: str = ""


READY = Chip("Ready")
LAPSED = Chip("Lapsed", Form.RED_DASHED, "circle-x")
REFUSED = Chip("Refused", Form.RED, "circle-x")
SHIPPED = Chip("Shipped", Form.GREEN, "circle-check")
REVIEW = Chip("Review", Form.AMBER_LINE, "eye")

_SENDING_WORDS = {
    OperationKind.CAPTURE: "Capturing",
    OperationKind.CANCEL: "Releasing",
    OperationKind.SHIP: "Shipping",
    OperationKind.REFUND: "Refunding",
    OperationKind.BACK_ORDER: "Charging",
    OperationKind.RENEW: "Renewing",
    OperationKind.CHARGE_AGAIN: "Charging",
    OperationKind.CONFIRM: "Paying",
    OperationKind.CREATE_INTENT: "Placing",
    OperationKind.CREATE_CUSTOMER: "Placing",
}


def deadline_chip(seconds_left: int) -> Chip:
    """How long a hold still lasts; the nearer the louder."""
    words = countdown(seconds_left)
    if seconds_left <= 0:
        return LAPSED
    if seconds_left <= _HOUR:
        return Chip(words, Form.RED_SOLID, "alarm-clock")
    if seconds_left <= 6 * _HOUR:
        return Chip(words, Form.RED_LINED, "triangle-alert")
    if seconds_left <= 24 * _HOUR:
        return Chip(words, Form.AMBER, "clock")
    if seconds_left <= 48 * _HOUR:
        return Chip(words, Form.AMBER_LINE, "clock")
    return Chip(words)


def operation_chip(operation: OpenOperation) -> Chip:
    """What is going on at Stripe about an order."""
    match operation.state:
        case OperationState.REVIEW:
            return Chip("Decide", Form.RED, "octagon-alert")
        case OperationState.UNKNOWN:
            return Chip("Waiting", Form.AMBER, "hourglass")
        case _:
            return Chip(_SENDING_WORDS[operation.kind], Form.BUSY, "loader-circle")


def short_chip(pieces: int) -> Chip:
    """Stock does not cover ``pieces`` of what was ordered."""
    return Chip(f"{pieces} short", Form.AMBER_LINE, "package-x")


def words_offset() -> int:
    """How far the words of a chip with an icon stand from its left border, to line up quiet text below."""
    return _PADDING + pixels(_ICON) + _GAP


def chip_size(chip: Chip) -> QSize:
    """The room a chip needs."""
    metrics = QFontMetrics(_font(chip))
    width = metrics.horizontalAdvance(plain.one_line(chip.words)) + 2 * _PADDING
    if chip.icon:
        width += pixels(_ICON) + _GAP
    return QSize(width, pixels(20))


def paint_chip(painter: QPainter, chip: Chip, rect: QRectF, tokens: Tokens, ratio: float) -> None:
    """Draw ``chip`` at the left of ``rect``, in its middle, cut at its right end."""
    size = chip_size(chip)
    fill, border, ink = _colours(chip.form, tokens)
    width = min(float(size.width()), rect.width())
    # On whole device pixels, or the border is blurred at 125 and 150 %.
    left, top = round(rect.left() * ratio) / ratio, round((rect.center().y() - size.height() / 2) * ratio) / ratio
    place = QRectF(left, top, width, size.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if fill or border:
        pen = QPen(QColor(border or fill), 1)
        if chip.form is Form.RED_DASHED:
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    x = place.left() + (0 if chip.form is Form.TEXT else _PADDING)
    if chip.icon:
        edge = pixels(_ICON)
        at = QPointF(round(x * ratio) / ratio, round((place.center().y() - edge / 2) * ratio) / ratio)
        painter.drawPixmap(at, icons.pixmap(chip.icon, ink, edge, ratio))
        x += edge + _GAP
    painter.setPen(QColor(ink))
    painter.setFont(_font(chip))
    # Quiet text stands on the line of the row, not in the middle of a box.
    around = rect if chip.form is Form.TEXT else place
    room = QRectF(x, around.top(), max(0.0, rect.right() - x), around.height())
    words = QFontMetrics(painter.font()).elidedText(plain.one_line(chip.words), Qt.TextElideMode.ElideRight,
                                                    int(room.width()) + 1)  # fmt: skip
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
    painter.restore()


class ChipLabel(QWidget):
    """A chip as a widget of its own."""

    def __init__(self, chip: Chip | None = None) -> None:
        super().__init__()
        self._chip = chip
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_chip(chip)

    @property
    def chip(self) -> Chip | None:
        return self._chip

    def show_chip(self, chip: Chip | None) -> None:
        """None takes it away."""
        self._chip = chip
        # Without a parent, showing would open a window of its own.
        if chip is None or self.parentWidget() is not None:
            self.setVisible(chip is not None)
        self.setAccessibleName(plain.one_line(chip.words) if chip else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return chip_size(self._chip) if self._chip else QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._chip is not None:
            paint_chip(QPainter(self), self._chip, QRectF(self.rect()), tokens_of(self), self.devicePixelRatioF())


def _font(chip: Chip) -> QFont:
    return font(Size.BODY) if chip.form is Form.TEXT else font(Size.SMALL, strong=True)


def _colours(form: Form, tokens: Tokens) -> tuple[str, str, str]:
    """Fill, border and text; '' is none."""
    return {
        Form.TEXT: ("", "", tokens.text2),
        Form.AMBER_LINE: ("", tokens.amber_mark, tokens.amber_text),
        Form.AMBER: (tokens.amber_fill, "", tokens.amber_text),
        Form.RED: (tokens.red_fill, "", tokens.red_text),
        Form.RED_LINED: (tokens.red_fill, tokens.red_mark, tokens.red_text),
        Form.RED_SOLID: (tokens.red_mark, "", tokens.base),
        Form.RED_DASHED: ("", tokens.red_mark, tokens.red_text),
        Form.BUSY: (tokens.select, "", tokens.text),
        Form.GREY: (tokens.chip, "", tokens.chip_text),
        Form.GREEN: (tokens.green_fill, "", tokens.green_text),
    }[form]
