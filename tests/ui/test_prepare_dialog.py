"""Prepare: what is shown is what is captured, and only a deliberate press captures, once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from sellerdesk.domain.message import MESSAGE_LENGTH
from sellerdesk.domain.order import Order, OrderLine
from sellerdesk.domain.shortening import ShippingChoice, plan
from sellerdesk.services.desk import Mode
from sellerdesk.ui.dialogs.prepare import PrepareDialog
from sellerdesk.ui.dialogs.prepare_lines import first_guess
from sellerdesk.ui.theme import Scheme
from tests.ui import sample_orders as samples
from tests.ui.dressing import clear_away, colours_of, dressed, nameless, words_of

ZONE = ZoneInfo("Europe/Paris")
OPERATION = "b" * 32
Opener = Callable[..., PrepareDialog]


class Now:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = samples.NOW

    def __call__(self) -> int:
        return self.at


class Heard(QObject):
    """Keeps what the dialog asked for."""

    def __init__(self, dialog: PrepareDialog) -> None:
        super().__init__()
        self.captures: list[tuple[str, dict[int, int], ShippingChoice, str]] = []
        dialog.capture_chosen.connect(self._capture)

    def _capture(self, operation: str, kept: object, shipping: object, message: str) -> None:
        assert isinstance(kept, dict)
        assert isinstance(shipping, ShippingChoice)
        self.captures.append((operation, kept, shipping, message))


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def opened(qtbot: QtBot, now: Now) -> Iterator[Opener]:
    dressed()
    made: list[PrepareDialog] = []

    def make(order: Order | None = None, mode: Mode = Mode.TEST) -> PrepareDialog:
        dialog = PrepareDialog(order or samples.order(), mode, now, OPERATION, None, ZONE)
        qtbot.addWidget(dialog)
        made.append(dialog)
        dialog.open_safely()
        dialog.activateWindow()
        assert QTest.qWaitForWindowExposed(dialog)
        return dialog

    yield make
    for dialog in made:
        dialog.close()
    clear_away()


def focused(dialog: PrepareDialog) -> QWidget:
    widget = dialog.focusWidget()
    assert widget is not None
    return widget


def test_it_starts_with_what_is_on_the_shelf_and_the_focus_on_the_safe_button(opened: Opener) -> None:
    dialog = opened()
    assert dialog.lines.kept() == {1: 2, 2: 3, 3: 1, 4: 0}
    assert dialog.focusWidget() is dialog.safe
    assert dialog.go.text() == "Capture 96.30\u00a0EUR"
    assert dialog.equation.authorized.text() == "128.40\u00a0EUR"
    assert dialog.equation.capturing.text() == "96.30\u00a0EUR"
    assert dialog.equation.released.text() == "32.10\u00a0EUR"
    words = words_of(dialog)
    assert "A hold can be captured once." in words
    assert "The 32.10\u00a0EUR left out is released now and needs a new payment later." in words
    assert "Out of stock" in words
    assert "today at 19:20, in 9 h" in words


def test_nothing_is_released_when_all_goes_out(opened: Opener) -> None:
    dialog = opened(samples.order(on_hand=()))
    assert dialog.go.text() == "Capture 128.40\u00a0EUR"
    assert dialog.equation.released.text() == "Nothing"
    assert "Nothing is released." in words_of(dialog)
    assert not any(radio.isVisible() for radio in dialog.shipping.radios.values())


def test_the_whole_job_by_keyboard(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    dialog.lines.rows[1].stepper.field.setFocus()
    QTest.keyClick(focused(dialog), Qt.Key.Key_Down)
    QTest.keyClick(focused(dialog), Qt.Key.Key_Tab)
    assert focused(dialog) is dialog.lines.rows[2].stepper.field
    QTest.keyClick(focused(dialog), Qt.Key.Key_Down)
    QTest.keyClick(focused(dialog), Qt.Key.Key_Up)
    dialog.shipping.radios[ShippingChoice.FULL].setFocus()
    QTest.keyClick(focused(dialog), Qt.Key.Key_Right)
    dialog.message.field.setFocus()
    QTest.keyClicks(focused(dialog), "The kettle is sold out.")
    expected = plan(samples.order(), {1: 2, 2: 2, 3: 1, 4: 0}, ShippingChoice.PROPORTION)
    assert dialog.plan == expected
    QTest.keyClick(focused(dialog), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert heard.captures == [
        (OPERATION, {1: 2, 2: 2, 3: 1, 4: 0}, ShippingChoice.PROPORTION, "The kettle is sold out.")
    ]


def everything_focusable(dialog: PrepareDialog) -> list[QWidget]:
    return [
        each
        for each in dialog.findChildren(QWidget)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_scanners_return_presses_nothing_wherever_the_focus_is(opened: Opener, qtbot: QtBot, key: Qt.Key) -> None:
    dialog = opened()
    heard = Heard(dialog)
    places = everything_focusable(dialog)
    assert dialog.go in places
    assert dialog.safe in places
    for place in places:
        place.setFocus()
        QTest.keyClick(place, key)
        assert dialog.isVisible(), place
        assert dialog.lines.kept() == {1: 2, 2: 3, 3: 1, 4: 0}
    assert heard.captures == []


def test_a_whole_scan_captures_nothing_and_is_seen(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    dialog.lines.rows[0].stepper.field.setFocus()
    dialog.lines.rows[0].stepper.field.selectAll()
    QTest.keyClicks(focused(dialog), "1 006381333931")
    QTest.keyClick(focused(dialog), Qt.Key.Key_Return)
    assert heard.captures == []
    assert dialog.lines.rows[0].stepper.value() is None
    assert "pack between 0 and 2 pieces" in words_of(dialog)
    assert not dialog.go.isEnabled()
    QTest.keyClick(focused(dialog), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert heard.captures == []


def test_a_scan_with_a_blank_on_the_capture_button_presses_nothing(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    dialog.go.setFocus()
    QTest.keyClicks(dialog.go, "AB 12")
    QTest.keyClick(dialog.go, Qt.Key.Key_Return)
    assert heard.captures == []
    assert dialog.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_ctrl_enter_captures_from_every_place_and_a_double_press_asks_once(
    opened: Opener, qtbot: QtBot, key: Qt.Key
) -> None:
    for index in range(len(everything_focusable(opened()))):
        dialog = opened()
        heard = Heard(dialog)
        place = everything_focusable(dialog)[index]
        place.setFocus()
        QTest.keyClick(place, key, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(dialog, key, Qt.KeyboardModifier.ControlModifier)
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
        assert len(heard.captures) == 1, place
        dialog.close()


def test_two_clicks_ask_once_and_the_button_says_what_is_going_on(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert len(heard.captures) == 1
    assert not dialog.go.isEnabled()
    assert not dialog.lines.isEnabled()
    assert dialog.busy_words() == "Capturing 96.30\u00a0EUR…"


def test_the_dialog_closes_by_itself_while_the_work_goes_on(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    with qtbot.waitSignal(dialog.accepted):
        dialog.go.click()
    assert not dialog.refuse("Too late to be said here.")


def test_a_refusal_is_shown_in_place_and_cannot_be_repeated(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    dialog.go.click()
    assert dialog.refuse("This order changed while you were looking.")
    assert "This order changed while you were looking." in words_of(dialog)
    assert dialog.focusWidget() is dialog.safe
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog.tick()
    assert len(heard.captures) == 1
    assert not dialog.go.isEnabled()
    assert dialog.isVisible()


def test_finish_and_refuse_are_safe_after_the_dialog_is_gone(opened: Opener) -> None:
    dialog = PrepareDialog(samples.order(), Mode.TEST, lambda: samples.NOW, OPERATION)
    dialog.deleteLater()
    clear_away()
    dialog.finish()
    assert not dialog.refuse("Said elsewhere.")


def test_escape_keeps_the_order(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    heard = Heard(dialog)
    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert heard.captures == []


@pytest.mark.parametrize("text", ["", "-1", "3", "1.0", "1e0", "２", " ", "0x1", "99999999999999999999"])
def test_a_wrong_number_of_pieces_is_refused_in_words(opened: Opener, text: str) -> None:
    dialog = opened()
    dialog.lines.rows[0].stepper.field.setText(text)
    assert dialog.plan is None
    assert not dialog.go.isEnabled()
    assert "pack between 0 and 2 pieces" in words_of(dialog)
    dialog.lines.rows[0].stepper.field.setText("1")
    assert dialog.go.isEnabled()
    assert "pack between" not in words_of(dialog)


def test_nothing_kept_is_refused_with_the_domains_own_sentence(opened: Opener) -> None:
    dialog = opened()
    for row in dialog.lines.rows:
        row.stepper.field.setText("0")
    assert "Nothing is kept. To give the whole hold back, release it instead." in words_of(dialog)
    assert not dialog.go.isEnabled()
    assert dialog.go.text() == "Capture"


def test_plus_and_minus_stop_at_the_ends(opened: Opener, qtbot: QtBot) -> None:
    dialog = opened()
    stepper = dialog.lines.rows[0].stepper
    assert not stepper.plus.isEnabled()
    for _ in range(5):
        QTest.mouseClick(stepper.minus, Qt.MouseButton.LeftButton)
    assert stepper.value() == 0
    assert not stepper.minus.isEnabled()


@pytest.mark.parametrize(
    ("choice", "total"),
    [(ShippingChoice.FULL, 9630), (ShippingChoice.PROPORTION, 9475), (ShippingChoice.WAIVE, 9040)],
)
def test_shipping_choices_change_the_sum_as_the_domain_says(opened: Opener, choice: ShippingChoice, total: int) -> None:
    dialog = opened()
    dialog.shipping.radios[choice].click()
    assert dialog.plan is not None
    assert dialog.plan.total == total
    assert dialog.plan == plan(samples.order(), {4: 0}, choice)


def test_a_choice_made_before_is_not_used_once_all_goes_out_again(opened: Opener) -> None:
    dialog = opened()
    heard = Heard(dialog)
    dialog.shipping.radios[ShippingChoice.WAIVE].click()
    dialog.lines.rows[3].stepper.step(1)
    assert dialog.plan is not None
    assert dialog.plan.total == 12840
    dialog.go.click()
    assert heard.captures[0][2] is ShippingChoice.FULL


def test_a_message_that_is_too_long_says_by_how_much(opened: Opener) -> None:
    dialog = opened()
    dialog.message.field.setPlainText("x" * (MESSAGE_LENGTH + 23))
    assert "The message to the shopper is 23 characters too long." in words_of(dialog)
    assert not dialog.go.isEnabled()
    dialog.message.field.setPlainText("x" * MESSAGE_LENGTH)
    assert dialog.go.isEnabled()


def test_shortly_before_the_deadline_it_warns_and_afterwards_it_is_off(opened: Opener, now: Now) -> None:
    dialog = opened(samples.order(samples.facts(left=601)))
    assert "Stripe may refuse." not in words_of(dialog)
    now.at += 2
    dialog.tick()
    assert "The hold lapses in 9 min." in words_of(dialog)
    assert "Stripe may refuse." in words_of(dialog)
    assert dialog.go.isEnabled()
    now.at += 599
    dialog.tick()
    assert "The hold has lapsed." in words_of(dialog)
    assert not dialog.go.isEnabled()


def test_yen_have_no_decimals(opened: Opener) -> None:
    dialog = opened(samples.yen_order(), Mode.DEMO)
    assert dialog.go.text() == "Capture 24,800\u00a0JPY"
    dialog.lines.rows[0].stepper.step(-1)
    assert dialog.go.text() == "Capture 12,400\u00a0JPY"


@pytest.mark.parametrize(
    ("mode", "words"),
    [(Mode.LIVE, "LIVE, real money"), (Mode.TEST, "TEST, no real money"), (Mode.DEMO, "DEMO, no real money")],
)
def test_the_mode_is_named(opened: Opener, mode: Mode, words: str) -> None:
    dialog = opened(samples.order(), mode)
    assert words in [each.accessibleName() for each in dialog.findChildren(QWidget) if each.isVisible()]


def test_hostile_and_long_names_stay_plain_and_inside(opened: Opener) -> None:
    dialog = opened(samples.hostile_order())
    assert "<b>Robert</b>" in words_of(dialog)
    assert "\u202e" not in words_of(dialog)
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in dialog.findChildren(QLabel))
    assert dialog.width() < 900


def test_the_deadline_is_seen_whoever_orders(opened: Opener) -> None:
    dialog = opened(samples.endless_order())
    assert "The hold lapses today at" in dialog.subtitle.text()
    assert dialog.subtitle.full_text == dialog.subtitle.text()
    assert dialog.height() < dialog.screen().availableGeometry().height()


def test_many_lines_scroll_and_the_buttons_stay_on_the_screen(opened: Opener) -> None:
    lines = tuple(replace(samples.LINES[0], position=index, sku=f"S{index}") for index in range(1, 41))
    order = samples.order(lines=lines, on_hand=())
    dialog = opened(order)
    screen = QApplication.primaryScreen().availableGeometry()
    assert dialog.height() <= screen.height()
    assert dialog.go.geometry().bottom() <= dialog.height()
    assert dialog.go.isVisible()


def test_stock_is_shared_out_over_lines_of_the_same_product() -> None:
    line = OrderLine(1, "A", "A", 2, 100, 0, 0)
    order = samples.order(lines=(line, replace(line, position=2), replace(line, position=3)), on_hand=(("A", 3),))
    assert first_guess(order) == {1: 2, 2: 1, 3: 0}


def test_everything_that_takes_the_focus_has_a_name(opened: Opener) -> None:
    dialog = opened()
    assert nameless(dialog) == []
    assert all(not each.isDefault() for each in dialog.findChildren(QAbstractButton) if hasattr(each, "isDefault"))


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_it_follows_the_scheme(opened: Opener, scheme: Scheme) -> None:
    dialog = opened()
    theme = dressed(scheme)
    colours = colours_of(dialog.grab().toImage())
    assert theme.tokens.window.lower() in colours
    assert theme.tokens.amber_fill.lower() in colours
    dressed()
