"""Colours that can be read, a look that changes while the window is open, and four sizes of type."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.ui import icons
from sellerdesk.ui.buttons import PlainButton, PrimaryButton
from sellerdesk.ui.fonts import Size, font
from sellerdesk.ui.theme import Scheme, Theme, style_sheet, tokens_for, tokens_of
from sellerdesk.ui.tokens import DARK, LIGHT, Tokens

BOTH = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("text", "text2", "link") for ground in ("base", "window", "select")],
    *[("accent", ground) for ground in ("base", "window", "select")],
    *[("on_accent", ground) for ground in ("accent", "accent_hover", "accent_pressed")],
    *[("on_accent2", ground) for ground in ("accent", "accent_hover")],
    ("text2", "panel"),
    ("text2", "rail"),
    ("chip_text", "chip"),
    *[(f"{tone}_text", ground) for tone in ("amber", "red", "green") for ground in (f"{tone}_fill", "base", "select")],
    ("base", "red_mark"),
    ("live_text", "live_band"),
    ("live_band", "live_text"),
    *[("test_text", ground) for ground in ("test_band", "test_hatch")],
    ("test_on", "test_word"),
    *[("demo_text", ground) for ground in ("demo_band", "demo_hatch")],
    ("demo_on", "demo_word"),
    # Where the window puts words beside what the drawings show: panel, rail, notes, rows under the pointer.
    *[(ink, ground) for ink in ("text", "text2") for ground in ("hover", "select_inactive", "chip")],
    *[("text", ground) for ground in ("panel", "rail", "amber_fill", "red_fill", "green_fill")],
    *[(ink, "panel") for ink in ("link", "accent", "amber_text", "red_text", "green_text")],
    *[(f"{tone}_text", "window") for tone in ("amber", "red", "green")],
    ("amber_text", "rail"),
    ("link", "rail"),
]
MARK_PAIRS = [
    *[("control", ground) for ground in ("base", "window")],
    *[(f"{tone}_mark", ground) for tone in ("amber", "red", "green") for ground in (f"{tone}_fill", "base")],
    *[(mark, "base") for mark in ("accent", "plot_released")],
]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, as WCAG counts it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("tokens", BOTH)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", BOTH)
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_can_be_seen(tokens: Tokens, mark: str, ground: str) -> None:
    assert contrast(getattr(tokens, mark), getattr(tokens, ground)) >= 3.0


def test_contrast_is_counted_as_wcag_counts_it() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("scheme", "system", "expected"),
    [
        (Scheme.SYSTEM, Qt.ColorScheme.Dark, DARK),
        (Scheme.SYSTEM, Qt.ColorScheme.Light, LIGHT),
        (Scheme.SYSTEM, Qt.ColorScheme.Unknown, LIGHT),
        (Scheme.DARK, Qt.ColorScheme.Light, DARK),
        (Scheme.LIGHT, Qt.ColorScheme.Dark, LIGHT),
    ],
)
def test_the_system_decides_only_when_it_is_asked(scheme: Scheme, system: Qt.ColorScheme, expected: Tokens) -> None:
    assert tokens_for(scheme, system) is expected


def test_the_look_changes_while_the_window_is_open(qtbot: QtBot, qapp: QApplication, look: Theme) -> None:
    widget = QWidget()
    hidden = QWidget(widget)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    hidden.hide()
    assert tokens_of(widget) is LIGHT
    with qtbot.waitSignal(look.changed):
        look.choose(Scheme.DARK)
    assert tokens_of(widget) is DARK
    assert tokens_of(hidden) is DARK
    assert qapp.palette().color(QPalette.ColorRole.Highlight).name().upper() == DARK.select
    assert DARK.window.lower() in qapp.styleSheet().lower()


@pytest.mark.parametrize("tokens", BOTH)
def test_the_style_sheet_is_filled_in(tokens: Tokens, qapp: QApplication) -> None:
    filled = style_sheet(tokens)
    assert "$" not in filled
    assert tokens.accent in filled


@pytest.mark.usefixtures("look")
def test_figures_are_of_equal_width() -> None:
    for size in Size:
        metrics = QFontMetrics(font(size))
        assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    assert QFontMetrics(font(Size.BIG)).height() > QFontMetrics(font(Size.SMALL)).height()


def test_icons_take_the_colour_they_are_given(qapp: QApplication) -> None:
    red = icons.pixmap("truck", "#FF0000", 16, 2.0)
    assert red.width() == 32
    assert red.devicePixelRatio() == 2.0
    image = red.toImage()
    seen = {image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 250}
    assert seen == {"#ff0000"}
    assert icons.pixmap("truck", "#FF0000", 16, 2.0).cacheKey() == red.cacheKey()
    with pytest.raises(FileNotFoundError):
        icons.pixmap("no-such-icon", "#FF0000")


@pytest.mark.parametrize("kind", [PrimaryButton, PlainButton])
def test_a_button_shows_its_key_and_keeps_its_name(kind: type[PlainButton], qtbot: QtBot, look: Theme) -> None:
    button = kind("Capture 96.30 EUR & more", key="Ctrl Enter")
    qtbot.addWidget(button)
    width = button.sizeHint().width()
    assert button.text() == "Capture 96.30 EUR && more"
    assert not button.autoDefault()
    button.set_key("")
    assert button.sizeHint().width() < width
    button.set_busy("Capturing 96.30 EUR…")
    assert not button.isEnabled()
    button.set_busy("")
    assert button.isEnabled()
    for scheme in (Scheme.DARK, Scheme.LIGHT):
        look.choose(scheme)
        assert not button.grab().isNull()
