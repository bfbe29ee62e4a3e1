"""The shop's own colour: what is read, what is refused, and that no shade made from it is hard to read."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sellerdesk.assets import asset
from sellerdesk.domain.accent import (
    DARK_GROUNDS,
    DEFAULT_ACCENT,
    LIGHT_GROUNDS,
    TEXT_CONTRAST,
    AccentRefused,
    contrast,
    read_accent,
    shades_of,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06X}")


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("#0B6E63", "#0B6E63"),
        ("0b6e63", "#0B6E63"),
        (" #00f ", "#0000FF"),
        ("#000000", "#000000"),
        ("", DEFAULT_ACCENT),
        (None, DEFAULT_ACCENT),
    ],
)
def test_a_colour_is_read_as_people_write_it(written: object, colour: str) -> None:
    assert read_accent(written) == colour


@pytest.mark.parametrize(
    "written", ["petrol", "#0B5D6", "#0B5D6E0", "rgb(1,2,3)", "#0B5D6G", "#٠١٢", 7, "#0B5D6E;}", "##000"]
)
def test_what_is_no_colour_is_refused(written: object) -> None:
    with pytest.raises(
        AccentRefused, match=r"A colour is written as # and six of 0 to 9 and A to F, such as #0B5D6E\."
    ):
        read_accent(written)


def test_a_pale_colour_is_refused_with_one_that_works() -> None:
    with pytest.raises(AccentRefused) as refused:
        read_accent("#ffd400")
    assert str(refused.value) == (
        "#FFD400 is too pale to be read on the page: its contrast is 1.2 to 1, and 4.5 is needed. "
        f"A darker one that works is {refused.value.nearest}."
    )
    assert read_accent(refused.value.nearest) == refused.value.nearest
    red, green, blue = (int(refused.value.nearest[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue == 0, "still a yellow"


@given(COLOURS)
def test_every_colour_is_taken_or_has_a_darker_one_that_is(colour: str) -> None:
    try:
        assert read_accent(colour) == colour
    except AccentRefused as refused:
        assert read_accent(refused.nearest) == refused.nearest


@given(COLOURS)
def test_every_pair_can_be_read_in_both_schemes(colour: str) -> None:
    try:
        read_accent(colour)
    except AccentRefused:
        assume(False)
    accent = shades_of(colour)
    for shades, grounds in ((accent.light, LIGHT_GROUNDS), (accent.dark, DARK_GROUNDS)):
        pairs = [(shades.on, shades.accent), (shades.on, shades.press)]
        pairs += [(shades.accent, ground) for ground in (*grounds, shades.soft)]
        assert [pair for pair in pairs if contrast(*pair) < TEXT_CONTRAST] == []
        assert shades.press != shades.accent


def test_the_usual_pair_is_the_desks() -> None:
    usual = shades_of(DEFAULT_ACCENT)
    assert (usual.light.accent, usual.dark.accent) == ("#0B5D6E", "#5CB8C9")


def test_the_stylesheet_has_the_same_colours() -> None:
    text = asset("checkout", "static", "checkout.css").read_text("utf-8")
    light, dark = text.split("prefers-color-scheme:dark", 1)
    usual = shades_of(DEFAULT_ACCENT)
    for part, shades, grounds in ((light, usual.light, LIGHT_GROUNDS), (dark, usual.dark, DARK_GROUNDS)):
        found = dict(re.findall(r"--([a-z-]+):(#[0-9A-F]{3,6})\b", part.split("}}")[0] if part is dark else part))
        ours = [found[name] for name in ("accent", "accent-press", "on-accent", "accent-soft")]
        assert [_long(each) for each in ours] == [shades.accent, shades.press, shades.on, shades.soft]
        assert tuple(_long(found[name]) for name in ("surface", "paper", "sunken")) == grounds


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(each * 2 for each in colour[1:])
