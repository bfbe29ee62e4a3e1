"""Pictures of products, read from the files that come along; a quiet frame where there is none."""

import re

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPixmapCache
from PySide6.QtWidgets import QWidget

from sellerdesk.assets import asset
from sellerdesk.ui import icons
from sellerdesk.ui.fonts import pixels
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.tokens import Tokens

# A picture is the bare name of a file of ours: never a path or an address, whatever the order says.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}\.(svg|png|jpg|webp)")


def picture(name: str, edge: int, ratio: float) -> QPixmap | None:
    """The picture called ``name`` as a square of ``edge`` logical pixels, or None when there is no such file."""
    if not _NAME.fullmatch(name):
        return None
    key, found = f"sellerdesk:picture:{name}:{edge}:{ratio}", QPixmap()
    if QPixmapCache.find(key, found):
        return found
    try:
        path = asset("demo", name)
    except FileNotFoundError:
        return None
    drawn = QIcon(str(path)).pixmap(QSize(edge, edge), ratio)
    if drawn.isNull():
        return None
    QPixmapCache.insert(key, drawn)
    return drawn


def paint_picture(painter: QPainter, rect: QRect, name: str, tokens: Tokens, *, instead: tuple[str, str]) -> None:
    """The picture called ``name`` in a frame; ``instead`` is icon and colour where there is none."""
    frame = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
    outline = QPainterPath()
    outline.addRoundedRect(frame, 4, 4)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(outline, QColor(tokens.chip))
    ratio = painter.device().devicePixelRatio()
    drawn = picture(name, rect.width(), ratio)
    if drawn is not None:
        painter.setClipPath(outline)
        painter.drawPixmap(rect.topLeft(), drawn)
        painter.setClipping(False)
    else:
        icon = pixels(16)
        middle = (rect.width() - icon) // 2
        painter.drawPixmap(rect.topLeft() + QPoint(middle, middle), icons.pixmap(*instead, icon, ratio))
    painter.setPen(QPen(QColor(tokens.line2)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(outline)
    painter.restore()


class ProductPicture(QWidget):
    """A small square: the picture, or a frame with an icon ('package-x' when pieces are missing)."""

    def __init__(self, name: str, *, short: bool = False, edge: int = 30) -> None:
        super().__init__()
        self._name, self._short = name, short
        self.setFixedSize(pixels(edge), pixels(edge))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        instead = ("package-x", tokens.amber_text) if self._short else ("image", tokens.text2)
        painter = QPainter(self)
        paint_picture(painter, self.rect(), self._name, tokens, instead=instead)
        painter.end()
