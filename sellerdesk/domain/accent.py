"""The shop's own colour on the shopper's page: read, checked for contrast, and the shades that are made from it.

Contrast as WCAG 2 counts it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. Text needs 4.5 to 1.
"""

import colorsys
import re
from dataclasses import dataclass

from sellerdesk.domain.errors import RefusedError

DEFAULT_ACCENT = "#0B5D6E"
TEXT_CONTRAST = 4.5
# What the page's text stands on, light and dark; the page's stylesheet has the same.
LIGHT_GROUNDS = ("#FFFFFF", "#F7F5F1", "#F1EEE8")
DARK_GROUNDS = ("#191F1D", "#111614", "#141A18")

_COLOUR = re.compile(r"#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
_WHITE, _BLACK = "#FFFFFF", "#000000"
_DARK_INK = "#04211D"
_DARK_CONTRAST = 7.0
_PRESSED = 0.22

Rgb = tuple[float, float, float]


class AccentRefused(RefusedError):
    """Not a colour, or one that cannot be read; ``nearest`` is a darker one that can, or ''."""

    def __init__(self, sentence: str, nearest: str = "") -> None:
        super().__init__(sentence)
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Shades:
    """One scheme's colours as '#RRGGBB': for links and buttons, the same under the pointer, text on both, and the
    pale ground of notices."""

    accent: str
    press: str
    on: str
    soft: str


@dataclass(frozen=True, slots=True)
class Accent:
    """The shades for the light and for the dark page."""

    light: Shades
    dark: Shades


_DEFAULT = Accent(
    Shades(DEFAULT_ACCENT, "#084858", _WHITE, "#E3F0F3"), Shades("#5CB8C9", "#7CC8D6", _DARK_INK, "#12303A")
)


def read_accent(value: object) -> str:
    """The colour as '#RRGGBB', '' and None as the usual one. Raises AccentRefused when it is no colour, or too pale to
    be read as text on the light page."""
    if value is None or value == "":
        return DEFAULT_ACCENT
    match = _COLOUR.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise AccentRefused("A colour is written as # and six of 0 to 9 and A to F, such as #0B5D6E.")
    digits = match.group(1)
    colour = f"#{digits if len(digits) == 6 else ''.join(each * 2 for each in digits)}".upper()
    found = min(contrast(colour, ground) for ground in LIGHT_GROUNDS)
    if found < TEXT_CONTRAST:
        nearest = _darker(colour)
        # Rounded down: 4.49 must not read as the 4.5 that is needed.
        raise AccentRefused(
            f"{colour} is too pale to be read on the page: its contrast is {int(found * 10) / 10} to 1, and "
            f"{TEXT_CONTRAST} is needed. A darker one that works is {nearest}.",
            nearest,
        )
    return colour


def shades_of(colour: str) -> Accent:
    """Every shade made from ``colour`` as ``read_accent`` gives it; each pair that carries text has at least 4.5."""
    if colour == DEFAULT_ACCENT:
        return _DEFAULT
    dark = _lighter(colour)
    return Accent(
        Shades(colour, _pressed(colour), _WHITE, _soft(colour, LIGHT_GROUNDS[0])),
        Shades(dark, _mix(dark, _WHITE, _PRESSED), _DARK_INK, _soft(dark, DARK_GROUNDS[0])),
    )


def contrast(one: str, other: str) -> float:
    """Contrast of two colours '#RRGGBB', 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _colour(parts: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02X}" for part in parts)


def _mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` of ``other`` in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    red, green, blue = (one * (1 - share) + two * share for one, two in pairs)
    return _colour((red, green, blue))


def _at_lightness(colour: str, lightness: float) -> str:
    hue, _, saturation = colorsys.rgb_to_hls(*_parts(colour))
    return _colour(colorsys.hls_to_rgb(hue, lightness, saturation))


def _darker(colour: str) -> str:
    """The lightest shade of the same hue that can be read on the light page."""
    shades = (_at_lightness(colour, step / 100) for step in range(99, -1, -1))
    return next(each for each in shades if min(contrast(each, ground) for ground in LIGHT_GROUNDS) >= TEXT_CONTRAST)


def _lighter(colour: str) -> str:
    """The darkest shade of the same hue that is easily read on the dark page."""
    shades = (_at_lightness(colour, step / 100) for step in range(30, 101))
    return next(each for each in shades if min(contrast(each, ground) for ground in DARK_GROUNDS) >= _DARK_CONTRAST)


def _pressed(colour: str) -> str:
    """Darker under the pointer; what is nearly black can only become lighter."""
    return _mix(colour, _WHITE if _luminance(colour) < 0.02 else _BLACK, _PRESSED)


def _soft(colour: str, ground: str) -> str:
    """``ground`` with as much of ``colour`` in it as leaves ``colour`` readable on top."""
    shades = (_mix(ground, colour, step / 100) for step in range(14, -1, -1))
    return next(each for each in shades if contrast(each, colour) >= TEXT_CONTRAST)
