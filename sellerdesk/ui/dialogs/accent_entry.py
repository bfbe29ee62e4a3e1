"""The colour of the checkout page: typed, judged at once, and shown on a piece of the page, light and dark."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sellerdesk.domain.accent import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    TEXT_CONTRAST,
    AccentRefused,
    Shades,
    contrast,
    read_accent,
    shades_of,
)
from sellerdesk.settings import ACCENT, Settings
from sellerdesk.ui.buttons import LinkButton
from sellerdesk.ui.dialogs.settings_parts import TextEntry
from sellerdesk.ui.fonts import Size, font, pixels
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.theme import tokens_of
from sellerdesk.ui.widgets import IconText, Tone

# Text on the page, light and dark; the page's stylesheet has the same.
_INKS = ("#18211E", "#EDF1EE")
_BUTTON, _LINK = "Pay", "Change address"


class AccentPreview(QWidget):
    """A button and a link as they look on the page, on its light and on its dark ground."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = ""
        self.setAccessibleName("A button and a link of the checkout page in this colour, light and dark")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_colour(self, colour: str) -> None:
        """A colour as ``read_accent`` gives it, '' for none."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(pixels(320), pixels(64))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = (self.width() - 8) / 2
        accent = shades_of(self._colour) if self._colour else None
        parts = zip((LIGHT_GROUNDS[0], DARK_GROUNDS[0]), _INKS, strict=True)
        shades = (accent.light, accent.dark) if accent else (None, None)
        for index, ((ground, ink), shade) in enumerate(zip(parts, shades, strict=True)):
            self._paint_card(painter, QRectF(index * (half + 8), 0, half, self.height()), ground, ink, shade)

    def _paint_card(self, painter: QPainter, card: QRectF, ground: str, ink: str, shades: Shades | None) -> None:
        painter.setPen(QPen(QColor(tokens_of(self).line2), 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        strong, plain = font(Size.BODY, strong=True), font(Size.BODY)
        width = QFontMetrics(strong).horizontalAdvance(_BUTTON) + pixels(32)
        height = pixels(32)
        button = QRectF(card.left() + 12, card.center().y() - height / 2, width, height)
        painter.setFont(strong)
        if shades is None:
            painter.setPen(QColor(ink))
            painter.setFont(plain)
            painter.drawText(card, Qt.AlignmentFlag.AlignCenter, "Not a colour")
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shades.accent))
        painter.drawRoundedRect(button, 8, 8)
        painter.setPen(QColor(shades.on))
        painter.drawText(button, Qt.AlignmentFlag.AlignCenter, _BUTTON)
        plain.setUnderline(True)
        painter.setFont(plain)
        painter.setPen(QColor(shades.accent))
        rest = QRectF(button.right() + 16, card.top(), card.right() - button.right() - 20, card.height())
        said = QFontMetrics(plain).elidedText(_LINK, Qt.TextElideMode.ElideRight, int(rest.width()))
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, said)


class AccentEntry(TextEntry):
    """The shop's colour. One that cannot be read is refused, with the nearest one that can a click away."""

    def __init__(self, values: Settings) -> None:
        super().__init__(ACCENT, values, placeholder="#0B5D6E", narrow=True)
        self.judgement = IconText("circle-check", tone=Tone.MUTED, size=Size.SMALL, wrap=True)
        fitting(self.judgement.label)
        self.nearest = LinkButton("Use the nearest one that can be read")
        self.nearest.clicked.connect(self._use_nearest)
        self.preview = AccentPreview()
        rows = self.layout()
        assert rows is not None
        for widget in (self.judgement, self.nearest, self.preview):
            rows.addWidget(widget)
        rows.setAlignment(self.nearest, Qt.AlignmentFlag.AlignLeft)
        self._near = ""
        self.changed.connect(self._judge)
        self._judge()

    def _judge(self) -> None:
        """At once: a colour that is too pale is seen to be, beside the nearest one that is not, while a half-typed one
        is not called wrong yet."""
        self._near = ""
        try:
            colour = read_accent(self.field.text())
        except AccentRefused as refused:
            colour, self._near = "", refused.nearest
        if self._near:
            self.firmly()
        self.preview.show_colour(colour or self._near)
        self.nearest.setVisible(bool(self._near))
        self.judgement.setVisible(bool(colour))
        if colour:
            self.judgement.say(judgement(colour))

    def _use_nearest(self) -> None:
        self.field.setText(self._near)
        self.field.setFocus()


def judgement(colour: str) -> str:
    """How well a colour is read, in numbers rounded down."""
    accent = shades_of(colour)
    light = min(contrast(accent.light.accent, ground) for ground in LIGHT_GROUNDS)
    dark = min(contrast(accent.dark.accent, ground) for ground in DARK_GROUNDS)
    return (
        f"Can be read: contrast {int(light * 10) / 10} to 1 on the light page and {int(dark * 10) / 10} to 1 on the "
        f"dark one, where {TEXT_CONTRAST} is needed."
    )
