"""The canvas of a plot: places and pixels, round numbers, and what is painted over what."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter

from sellerdesk.ui.canvas import Bars, Canvas, Tick, nice_ticks, text_width
from sellerdesk.ui.fonts import Size, font
from sellerdesk.ui.overview_plots import day_ticks
from sellerdesk.ui.theme import Theme
from sellerdesk.ui.tokens import LIGHT

WIDTH, HEIGHT = 400, 200
RED, BLUE, GREEN, GREY = "#ff0000", "#0000ff", "#00ff00", "#808080"


@pytest.fixture
def canvas(look: Theme) -> Canvas:
    """A plane of ten places, ten high, on the whole picture but the room above the topmost line."""
    made = Canvas()
    made.clear(QRectF(0, 0, WIDTH, HEIGHT), GREY)
    made.set_range(9.5, 10)
    return made


def painted(canvas: Canvas, ratio: int = 1) -> QImage:
    image = QImage(WIDTH * ratio, HEIGHT * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    painter = QPainter(image)
    canvas.paint(painter)
    painter.end()
    return image


def colour(canvas: Canvas, image: QImage, x: float, y: float) -> str:
    """What is painted at a place of the plane."""
    at = canvas._pixel(QPointF(x, y)) * image.devicePixelRatio()
    return image.pixelColor(at.toPoint()).name()


@given(st.floats(0, 1e12), st.sampled_from([1, 100]))
def test_ticks_are_few_and_round_and_leave_room(most: float, whole: int) -> None:
    ticks = nice_ticks(most, whole)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] >= max(most, whole)
    assert all(tick % whole == 0 for tick in ticks)


def test_a_place_is_found_again_at_its_pixel(canvas: Canvas) -> None:
    canvas.set_axis("left", [Tick(0, "1,000,000")])
    canvas.set_axis("bottom", [Tick(0, "10")])
    for place in (QPointF(0, 0), QPointF(7.25, 3.5), QPointF(9.4, 9.9)):
        found = canvas.place_at(canvas._pixel(place))
        assert found is not None
        assert (found - place).manhattanLength() < 1e-6
    assert canvas.place_at(QPointF(1, HEIGHT - 1)) is None
    assert canvas.size().width() < WIDTH - text_width("1,000,000")


def test_bars_stand_over_the_grid_and_the_mark_lies_under_both(canvas: Canvas) -> None:
    canvas.set_grid([5], GREY)
    canvas.mark(QRectF(1.5, 0, 1, 10), GREEN)
    canvas.add_bars(Bars([2, 4], [0, 0], [8, 8], RED, BLUE))
    image = painted(canvas)
    assert colour(canvas, image, 2, 5) == colour(canvas, image, 4, 5) == RED
    assert colour(canvas, image, 2, 9) == GREEN
    assert colour(canvas, image, 4, 9) == "#ffffff"
    assert colour(canvas, image, 6, 5) == GREY


def test_a_bar_without_height_is_not_there_and_a_low_one_is(canvas: Canvas) -> None:
    canvas.add_bars(Bars([1, 3], [0, 0], [0, 0.001], RED))
    image = painted(canvas)
    names = {image.pixelColor(x, y).name() for x in range(WIDTH) for y in range(HEIGHT)}
    assert names == {"#ffffff", RED}
    assert all(image.pixelColor(x, y).name() == "#ffffff" for x in range(WIDTH // 5) for y in range(HEIGHT))


def test_bars_may_lie_across(canvas: Canvas) -> None:
    canvas.set_range(10, 0.5, left=0, bottom=-1.5)
    canvas.add_bars(Bars([0, -1], [0, 0], [9, 3], RED, across=True))
    image = painted(canvas)
    assert colour(canvas, image, 8, 0) == RED
    assert colour(canvas, image, 8, -1) == "#ffffff"
    assert colour(canvas, image, 2, -1) == RED


@pytest.mark.parametrize("ratio", [1, 2])
def test_stripes_are_as_wide_on_a_fine_screen(canvas: Canvas, ratio: int) -> None:
    canvas.add_bars(Bars([4.5], [0], [10], BLUE, is_striped=True, width=10))
    image = painted(canvas, ratio)
    shades = [image.pixelColor(x, image.height() // 2).lightness() for x in range(image.width())]
    dark = sum(shade < 200 for shade in shades) / len(shades)
    assert 0.2 < dark < 0.65


def test_steps_keep_their_value_for_a_whole_place(canvas: Canvas) -> None:
    canvas.add_steps([2, 8], RED)
    image = painted(canvas)
    assert colour(canvas, image, -0.3, 2) == colour(canvas, image, 0.3, 2) == RED
    assert colour(canvas, image, 0.7, 8) == RED
    assert colour(canvas, image, 0.7, 2) == "#ffffff"


def test_no_word_leaves_the_canvas(canvas: Canvas) -> None:
    canvas.set_axis("left", [Tick(0, "0"), Tick(10, "1,500")])
    canvas.set_axis("right", [Tick(9, "12 open", strong=True)])
    canvas.set_axis("bottom", [Tick(9, "Wednesday")])
    image = painted(canvas)
    for x in (0, WIDTH - 1):
        assert min(image.pixelColor(x, y).lightness() for y in range(HEIGHT)) > 230
    # The topmost word is whole.
    assert QFontMetrics(font(Size.SMALL)).ascent() / 2 < canvas._pixel(QPointF(0, 10)).y()


@pytest.mark.parametrize("count", [14, 30, 90])
@pytest.mark.parametrize("width", [200, 400, 900])
@pytest.mark.usefixtures("look")
def test_days_are_written_apart_and_today_always(count: int, width: int) -> None:
    days = [date(2026, 11, 23) - timedelta(days=back) for back in reversed(range(count))]
    ticks = day_ticks(days, width, LIGHT)
    assert (ticks[0].at, ticks[0].strong) == (count - 1, True)
    place = width / count
    rights = [min((tick.at + 0.5) * place + text_width(tick.text, strong=True) / 2, width) for tick in ticks]
    lefts = [right - text_width(tick.text, strong=True) for right, tick in zip(rights, ticks, strict=True)]
    assert all(left > right for left, right in zip(lefts, rights[1:], strict=False))
