"""Four sizes of the system's own font, with figures of equal width."""

from enum import IntEnum

from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication


class Size(IntEnum):
    """Pixels when the system's font has its usual 13; a seller's own font size scales all four."""

    SMALL = 12
    BODY = 13
    NAME = 15
    BIG = 20


def tabular(font: QFont) -> QFont:
    """``font`` with figures of equal width, so that amounts and times do not jump."""
    made = QFont(font)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def body_font(system: QFont, percent: int = 100) -> QFont:
    """The system's font as the window's ordinary one: in whole pixels, never below 12 or above 26. ``percent`` of its
    size, when the seller wants larger letters."""
    made = tabular(system)
    made.setPixelSize(min(26, max(12, QFontInfo(system).pixelSize() * percent // 100)))
    return made


def font(size: Size = Size.BODY, *, strong: bool = False) -> QFont:
    """The application's font in one of the four sizes."""
    made = tabular(QApplication.font())
    made.setPixelSize(pixels(size))
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return made


def unscaled(length: int) -> int:
    """The other way round: pixels on this screen as a length of the drawings, fit to be kept for another font."""
    return round(length * Size.BODY / QFontInfo(QApplication.font()).pixelSize())


def pixels(size: int) -> int:
    """A length of the drawings, given for 13 px text, in pixels for the application's font."""
    return round(size * QFontInfo(QApplication.font()).pixelSize() / Size.BODY)
