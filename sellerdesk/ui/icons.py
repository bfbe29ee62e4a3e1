"""Icons in the colour of the text beside them, drawn from the SVG files that come along."""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from sellerdesk.assets import asset


def pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The icon called ``name`` in ``colour``, ``size`` logical pixels wide, for a screen of device pixel ``ratio``.

    Small ones get a thicker stroke. Raises FileNotFoundError when the icon did not come along.
    """
    key = f"sellerdesk:{name}:{size}:{colour}:{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    drawn = _draw(name, colour, size, ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def icon(name: str, colour: str, size: int = 16, ratio: float = 2.0) -> QIcon:
    """The same as a QIcon, for actions and line edits."""
    return QIcon(pixmap(name, colour, size, ratio))


def _draw(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    source = asset("icons", f"{name}.svg").read_text(encoding="utf-8")
    # QtSvg paints currentColor black, so the word is replaced.
    source = source.replace("currentColor", colour)
    width = 2 if size < 16 else 1.75 if size < 24 else 1.5
    source = source.replace('stroke-width="2"', f'stroke-width="{width}"')
    renderer = QSvgRenderer(QByteArray(source.encode()))
    edge = round(size * ratio)
    drawn = QPixmap(edge, edge)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn
