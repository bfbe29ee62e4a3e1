"""Release: what becomes of the money is said first, nothing is pressed by accident, and a decision is sent once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.message import MESSAGE_LENGTH
from sellerdesk.domain.order import Order
from sellerdesk.domain.release import ReleaseReason
from sellerdesk.services.desk import Mode
from sellerdesk.ui.dialogs.release import ReleaseDialog
from sellerdesk.ui.theme import Scheme
from sellerdesk.ui.widgets import ModeTag
from tests.ui import sample_orders as samples
from tests.ui.dressing import clear_away, colours_of, dressed, nameless, words_of
from tests.ui.sample_orders import HOUR, NOW

Make = Callable[..., ReleaseDialog]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    dressed()

    def open_it(order: Order | None = None, mode: Mode = Mode.TEST, now: Callable[[], int] = lambda: NOW) -> Any:
        dialog = ReleaseDialog(order or samples.order(), mode, now, "b" * 32)
        qtbot.addWidget(dialog)
        dialog.open_safely()
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    yield open_it
    clear_away()


def test_release_says_before_the_button_what_happens_to_the_money(make: Make) -> None:
    dialog = make()
    words = words_of(dialog)
    for part in (
        "Release order K7QP-3MX2",
        "Visa 4242. The hold lapses today at",
        "128.40\u00a0EUR goes back to \u2068Zoë Lefèvre-Okafor\u2069.",
        "It cannot be taken any more. The bank shows it again in a few days. Do not ship.",
    ):
        assert part in words
    assert dialog.go.text() == "Release 128.40\u00a0EUR"
    assert dialog.safe.text() == "Keep order"
    assert dialog.money.accessibleName() == (
        "On hold now 128.40\u00a0EUR, taken nothing, released to shopper 128.40\u00a0EUR"
    )


@pytest.mark.parametrize(
    ("mode", "tag"),
    [(Mode.TEST, "TEST, no real money"), (Mode.LIVE, "LIVE, real money"), (Mode.DEMO, "DEMO, no real money")],
)
def test_release_says_whose_money_it_is(make: Make, mode: Mode, tag: str) -> None:
    dialog = make(mode=mode)
    assert tag in [each.accessibleName() for each in dialog.findChildren(ModeTag)]


def test_release_rests_on_the_safe_button_and_nothing_is_pressed_by_accident(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    assert dialog.focusWidget() is dialog.safe
    with qtbot.assertNotEmitted(dialog.release_chosen):
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            QTest.keyClick(dialog, key)
        dialog.go.setFocus()
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            QTest.keyClick(dialog.go, key)
        dialog.message.field.setFocus()
        QTest.keyClicks(dialog.message.field, "K7QP-3MX2")
        QTest.keyClick(dialog.message.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_release_is_decided_with_the_keyboard_alone_and_sent_once(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    chosen: list[tuple[object, ...]] = []
    dialog.release_chosen.connect(lambda *what: chosen.append(what))
    dialog.reason.radios[ReleaseReason.OTHER].setFocus()
    for _ in range(3):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Left)
    assert dialog.reason.reason() is ReleaseReason.REQUESTED_BY_CUSTOMER
    assert "Stripe keeps it as “requested_by_customer”." in words_of(dialog)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.message.field
    QTest.keyClicks(dialog.message.field, "As you wished.")
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    dialog.go.click()
    assert chosen == [("b" * 32, ReleaseReason.REQUESTED_BY_CUSTOMER, "As you wished.")]
    assert not dialog.go.isEnabled()
    assert dialog.busy_words() == "Releasing 128.40\u00a0EUR…"


def test_release_writes_no_reason_that_nobody_chose(make: Make) -> None:
    dialog = make()
    assert dialog.reason.reason() is ReleaseReason.OTHER
    assert "No reason is written to the payment." in words_of(dialog)
    for reason, radio in dialog.reason.radios.items():
        radio.setChecked(True)
        assert dialog.reason.reason() is reason
        assert radio.accessibleName().startswith("Reason: ")


def test_release_for_fraud_warns_about_the_words_to_the_shopper(make: Make) -> None:
    dialog = make()
    assert "suspect fraud" not in words_of(dialog)
    dialog.reason.radios[ReleaseReason.FRAUDULENT].setChecked(True)
    assert "Do not tell the shopper that you suspect fraud." in words_of(dialog)


def test_release_takes_a_message_of_a_certain_length(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.message.field.setPlainText("x" * (MESSAGE_LENGTH + 2))
    assert "The message to the shopper is 2 characters too long." in words_of(dialog)
    with qtbot.assertNotEmitted(dialog.release_chosen):
        QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    dialog.message.field.setPlainText("x" * MESSAGE_LENGTH)
    assert dialog.go.isEnabled()


def test_release_of_a_hold_that_is_over_says_that_it_need_not_be(make: Make) -> None:
    clock = [NOW]
    dialog = make(now=lambda: clock[0])
    assert "The hold is over." not in words_of(dialog)
    clock[0] += 10 * HOUR
    dialog.tick()
    assert "The hold is over." in words_of(dialog)
    assert "The hold lapsed" in words_of(dialog)


def test_release_that_is_refused_says_why_and_cannot_be_pressed_again(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    dialog.go.click()
    assert dialog.refuse("It was captured meanwhile.")
    words = words_of(dialog)
    assert "Nothing was released." in words
    assert "It was captured meanwhile." in words
    assert not dialog.go.isEnabled()
    with qtbot.assertNotEmitted(dialog.release_chosen):
        QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    assert dialog.focusWidget() is dialog.safe


def test_release_shows_hostile_names_as_they_are(make: Make) -> None:
    words = words_of(make(samples.hostile_order()))
    assert "<b>Robert</b>" in words
    assert "\u202e" not in words
    assert nameless(make(samples.hostile_order())) == []


def test_release_of_yen_has_no_decimals(make: Make) -> None:
    assert make(samples.yen_order()).go.text() == "Release 24,800\u00a0JPY"


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_release_follows_the_scheme(make: Make, scheme: Scheme) -> None:
    theme = dressed(scheme)
    dialog = make(replace(samples.order(), version=4))
    colours = colours_of(dialog.grab().toImage())
    assert theme.tokens.window.lower() in colours
    dressed()
