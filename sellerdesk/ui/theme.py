"""Light and dark: Fusion with a palette and a style sheet made from the tokens, switched at run time."""

from dataclasses import asdict
from enum import StrEnum
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from sellerdesk.assets import asset
from sellerdesk.ui.fonts import Size, body_font, pixels
from sellerdesk.ui.tokens import DARK, LIGHT, Tokens


class Scheme(StrEnum):
    """What the seller wants: the system's way, or always one of the two."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The application's look. Follows the system while the scheme says so and the system tells.

    Signals:
        changed: the tokens are others now; palette and style sheet are already in place. UI thread.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM, letters: int = 100) -> None:
        """``letters`` is the size of letters in percent of the system's; it cannot be changed later."""
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        app.setStyle("Fusion")
        app.setFont(body_font(app.font(), letters))
        self._hints = app.styleHints()
        self._hints.colorSchemeChanged.connect(self._system_changed)
        self._tokens = tokens_for(scheme, self._hints.colorScheme())
        self._dress()

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    def choose(self, scheme: Scheme) -> None:
        """Use ``scheme`` from now on."""
        self._scheme = scheme
        self._update()

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._update()

    def _update(self) -> None:
        tokens = tokens_for(self._scheme, self._hints.colorScheme())
        if tokens is not self._tokens:
            self._tokens = tokens
            self._dress()
            self.changed.emit()

    def _dress(self) -> None:
        self._app.setPalette(palette_of(self._tokens))
        self._app.setStyleSheet(style_sheet(self._tokens))


def apply(app: QApplication, scheme: Scheme = Scheme.SYSTEM, letters: int = 100) -> Theme:
    """Dress ``app`` and keep it dressed; the result is owned by ``app``."""
    return Theme(app, scheme, letters)


def tokens_for(scheme: Scheme, system: Qt.ColorScheme) -> Tokens:
    """The tokens for a wish and what the system says; light when neither tells."""
    if scheme is Scheme.SYSTEM:
        return DARK if system is Qt.ColorScheme.Dark else LIGHT
    return DARK if scheme is Scheme.DARK else LIGHT


def tokens_of(widget: QWidget) -> Tokens:
    """The tokens ``widget`` is dressed in, read off its palette. For paint code, which has no theme at hand."""
    return tokens_in(widget.palette())


def tokens_in(palette: QPalette) -> Tokens:
    """The tokens that ``palette`` was made from."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def palette_of(tokens: Tokens) -> QPalette:
    """The palette Fusion and the delegates paint with."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.base,
        role.AlternateBase: tokens.panel,
        role.Text: tokens.text,
        role.Button: tokens.button,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.red_text,
        role.PlaceholderText: tokens.text2,
        role.Highlight: tokens.select,
        role.HighlightedText: tokens.text,
        role.Accent: tokens.accent,
        role.Link: tokens.link,
        role.LinkVisited: tokens.link,
        role.Light: tokens.base,
        role.Midlight: tokens.line,
        role.Mid: tokens.line2,
        role.Dark: tokens.control,
        role.Shadow: tokens.line2,
        role.ToolTipBase: tokens.panel,
        role.ToolTipText: tokens.text,
    }
    palette = QPalette()
    for each, colour in colours.items():
        palette.setColor(each, QColor(colour))
    palette.setColor(QPalette.ColorGroup.Inactive, role.Highlight, QColor(tokens.select_inactive))
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(tokens.text3))
    return palette


def style_sheet(tokens: Tokens) -> str:
    """The style sheet with colours and sizes filled in."""
    values = {name: str(value) for name, value in asdict(tokens).items()}
    values["button"] = tokens.button
    values |= {f"px_{size.name.lower()}": f"{pixels(size)}px" for size in Size}
    # Heights without borders: a field is 32 px high, with the thicker border of its focus, too.
    for name, height in (("field", 32 - 2), ("field_focus", 32 - 4), ("field_inner", 32 - 6)):
        values[f"px_{name}"] = f"{pixels(32) - 32 + height}px"
    template = Template(asset("styles", "desk.qss").read_text(encoding="utf-8"))
    return template.substitute(values)
