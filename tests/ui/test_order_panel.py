"""The order panel: what it says for every kind of order, plainly, and the one button."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Address, Order, PassedOn, TimelineEntry
from sellerdesk.services.desk import Mode
from sellerdesk.ui import panel_parts, panel_words, timeline_words
from sellerdesk.ui.bars import LedgerLine
from sellerdesk.ui.chips import ChipLabel
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.panel_body import ParcelsSection
from sellerdesk.ui.panel_parts import MoneyLedger, ShipToBlock
from sellerdesk.ui.postal import address_lines
from sellerdesk.ui.theme import Scheme
from sellerdesk.ui.timeline import Timeline
from tests.ui import sample_orders as samples
from tests.ui.dressing import clear_away, colours_of, dressed, nameless, words_of

ZONE = ZoneInfo("Europe/Paris")


class Now:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = samples.NOW

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def panel(qtbot: QtBot, now: Now) -> Iterator[OrderPanel]:
    dressed()
    made = OrderPanel(now, now, ZONE)
    qtbot.addWidget(made)
    made.resize(376, 1600)
    made.show()
    yield made
    made.hide()
    made.show_order(None, Mode.TEST)
    clear_away()


def show(panel: OrderPanel, order: Order, mode: Mode = Mode.TEST) -> str:
    panel.show_order(samples.view(order), mode)
    return words_of(panel)


def test_without_an_order_it_says_so(panel: OrderPanel) -> None:
    assert "No order selected" in words_of(panel)
    assert not panel.head.primary.isVisible()


def test_a_held_order_shows_number_sum_deadline_and_prepare(panel: OrderPanel, qtbot: QtBot) -> None:
    words = show(panel, samples.order())
    for part in (
        "K7QP-3MX2",
        "128.40\u00a0EUR",
        "9 h left",
        "until today\u00a019:20",
        "1 × 32.10, none in stock, 1 short",
    ):
        assert part.replace(" × ", "\u00a0×\u00a0") in words
    assert panel.head.primary.text() == "Prepare…"
    assert panel.head.primary.key == "Enter"
    assert panel.head.chip.chip is not None
    assert panel.head.chip.chip.words == "1 short"
    with qtbot.waitSignal(panel.prepare_requested):
        panel.head.primary.click()


def test_a_captured_order_asks_to_ship(panel: OrderPanel, qtbot: QtBot) -> None:
    words = show(panel, samples.captured_order())
    assert "left out" in words
    assert "“The kettle is sold out; we are sorry.”" in words
    assert panel.head.primary.text() == "Ship…"
    with qtbot.waitSignal(panel.ship_requested), qtbot.assertNotEmitted(panel.prepare_requested):
        panel.head.primary.click()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_next_step(panel: OrderPanel, qtbot: QtBot, key: Qt.Key) -> None:
    show(panel, samples.order())
    panel.body.setFocus()
    with qtbot.waitSignal(panel.prepare_requested):
        QTest.keyClick(panel.body, key)


def test_enter_does_nothing_while_something_is_open(panel: OrderPanel, qtbot: QtBot) -> None:
    show(panel, samples.with_operation(samples.order(), OperationState.SENDING))
    panel.body.setFocus()
    with qtbot.assertNotEmitted(panel.prepare_requested):
        QTest.keyClick(panel.body, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("order", "bottom"),
    [
        (samples.order(), "Still on hold 128.40 EUR"),
        (samples.captured_order(), "Paid 96.30 EUR"),
        (samples.problem_order(), "Nothing held 0.00 EUR"),
        (samples.yen_order(), "Still on hold 24,800 JPY"),
        (
            samples.order(samples.facts("succeeded", captured=9630, amount_refunded=1000)),
            "Paid, less refunds 86.30 EUR",
        ),
    ],
)
def test_the_ledger_always_has_four_lines_and_a_sum(panel: OrderPanel, order: Order, bottom: str) -> None:
    show(panel, order)
    ledger = panel.findChild(MoneyLedger)
    assert ledger is not None
    names = [line.accessibleName() for line in ledger.findChildren(LedgerLine)]
    assert [name.split()[0] for name in names[:4]] == ["Authorized", "Captured", "Released", "Refunded"]
    assert names[4] == bottom


def test_released_is_told_apart_from_refunded(panel: OrderPanel) -> None:
    show(panel, samples.captured_order())
    ledger = panel.findChild(MoneyLedger)
    assert ledger is not None
    assert ledger.lines["Released"].accessibleName() == "Released 32.10 EUR"
    assert ledger.lines["Refunded"].accessibleName() == "Refunded 0.00 EUR"


def captured_line(panel: OrderPanel) -> str:
    ledger = panel.findChild(MoneyLedger)
    assert ledger is not None
    return ledger.lines["Captured"].accessibleName()


def test_a_lost_answer_is_told_in_full_and_the_button_is_off(panel: OrderPanel) -> None:
    words = show(panel, samples.with_operation(samples.order(), OperationState.UNKNOWN))
    assert "Waiting for Stripe: 96.30\u00a0EUR" in words
    assert (
        "We asked Stripe to capture 96.30\u00a0EUR at 10:13:58 and lost the answer.\n"
        "It may have worked.\n"
        "We are checking and will not ask twice. You can keep working or close the program."
    ) in words
    assert not panel.head.question.next_look.full_text
    assert captured_line(panel) == "Captured: 96.30 or nothing"
    assert not panel.head.primary.isEnabled()
    assert panel.head.primary.key == "off while waiting"


def test_tracking_without_an_answer_says_when_a_corrected_number_goes_out(panel: OrderPanel) -> None:
    order = samples.with_operation(samples.shipped_order(), OperationState.UNKNOWN, kind=OperationKind.SHIP)
    words = show(panel, order)
    assert "We passed the tracking to Stripe at 10:13:58 and lost the answer." in words
    assert "A number that you corrected meanwhile is passed on when this one has arrived" in words


def test_sending_is_a_spinner_and_turns_amber_after_five_seconds(panel: OrderPanel, now: Now) -> None:
    words = show(panel, samples.with_operation(samples.order(), OperationState.SENDING, since=samples.NOW))
    assert "Capturing 96.30\u00a0EUR…" in words
    assert "Waiting for Stripe" not in words
    now.at += panel_words.PATIENCE_SECONDS + 1
    panel.tick()
    words = words_of(panel)
    assert "We asked Stripe to capture 96.30\u00a0EUR at 10:14:00 and have no answer yet." in words
    assert captured_line(panel) == "Captured: 96.30 or nothing"
    assert "Capturing 96.30" not in words


def test_what_another_seat_does_is_shown_with_its_name_and_since_when(panel: OrderPanel, now: Now) -> None:
    panel.head.sit_at("Packing desk 1")
    given = samples.with_operation(samples.order(), OperationState.SENDING, since=samples.NOW)
    assert "Seat Packing desk 2 is capturing 96.30\u00a0EUR since 10:14…" in show(panel, given)
    assert not panel.head.primary.isEnabled()
    now.at += panel_words.PATIENCE_SECONDS + 1
    panel.tick()
    assert "Seat Packing desk 2 asked Stripe to capture 96.30\u00a0EUR at 10:14:00" in words_of(panel)
    panel.head.sit_at("Packing desk 2")
    assert "We asked Stripe to capture" in show(panel, given)


def test_two_answers_that_disagree_are_shown_in_red_without_a_way_to_pay_twice(panel: OrderPanel) -> None:
    order = samples.order(samples.facts("succeeded", captured=6000, request_id="req_7Pw3dVc8MzYt5h"))
    words = show(panel, samples.with_operation(order, OperationState.REVIEW))
    assert "Needs a decision" in words
    assert "Stripe says 60.00\u00a0EUR was captured, and 68.40\u00a0EUR went back to the shopper." in words
    assert not panel.head.primary.isEnabled()
    # Side by side: what we asked, what Stripe says.
    assert "Captured\n96.30\u00a0EUR\n60.00\u00a0EUR" in words
    assert "Released\n32.10\u00a0EUR\n68.40\u00a0EUR" in words
    assert "By\nPacking desk 2" in words
    assert "read from Stripe 10:14:00" in words
    assert "pi_3Qb7, req_7Pw3dVc8MzYt5h" in words


def test_what_stopped_an_operation_is_said(panel: OrderPanel) -> None:
    given = samples.with_operation(samples.order(), OperationState.REVIEW)
    assert given.open_operation is not None
    why = "Stripe does not know this payment any more."
    words = show(panel, replace(given, open_operation=replace(given.open_operation, why=why)))
    assert f"at 10:13:58. {why} Stripe says 128.40\u00a0EUR is still on hold." in words


def test_how_long_until_the_next_look(panel: OrderPanel, now: Now) -> None:
    given = samples.with_operation(samples.order(), OperationState.UNKNOWN)
    assert given.open_operation is not None
    show(panel, replace(given, open_operation=replace(given.open_operation, next_try_at=samples.NOW + 8)))
    question = panel.head.question
    assert question.next_look.full_text == "next look in 8 s"
    now.at += 7
    panel.tick()
    assert question.next_look.full_text == "next look in 1 s"
    now.at += 1
    panel.tick()
    assert question.next_look.full_text == "looking now…"
    show(panel, replace(given, open_operation=replace(given.open_operation, next_try_at=now.at + 300)))
    assert question.next_look.full_text == "next look in 5 min"


def test_what_is_on_its_way_is_not_asked_about_by_two(panel: OrderPanel, now: Now) -> None:
    show(panel, samples.with_operation(samples.order(), OperationState.SENDING, since=samples.NOW - 30))
    assert panel.head.question.isVisible()
    assert not panel.head.question.check_now.isVisible()
    show(panel, samples.with_operation(samples.order(), OperationState.UNKNOWN))
    assert panel.head.question.check_now.isVisible()


@pytest.mark.parametrize("kind", list(OperationKind))
@pytest.mark.parametrize("state", [OperationState.PLANNED, OperationState.UNKNOWN, OperationState.REVIEW])
def test_every_open_operation_has_words(panel: OrderPanel, kind: OperationKind, state: OperationState) -> None:
    words = show(panel, samples.with_operation(samples.order(), state, kind=kind))
    assert "{" not in words
    assert "None" not in words


def test_p16_an_approval_that_must_be_used_says_until_when(panel: OrderPanel) -> None:
    asked = samples.facts("requires_action", confirmation_method="manual")
    assert "the approval is good for an hour" in show(panel, samples.order(asked))
    approved = samples.order(samples.facts("requires_confirmation", confirmation_method="manual"))
    words = show(panel, approved)
    assert "The shopper approved. The hold is not made yet." in words
    assert "has time until Mon 23 Nov 2026, 11:14 CET." in words
    seen = (TimelineEntry(samples.NOW - 600, "approved", "Stripe"),)
    panel.show_order(OrderView(approved, seen), Mode.TEST)
    assert "has time until Mon 23 Nov 2026, 11:04 CET." in words_of(panel)


def test_an_ended_order_says_what_became_of_the_money(panel: OrderPanel) -> None:
    facts = samples.facts("canceled", cancellation_reason="expired", authorized_at=samples.NOW - 8 * samples.DAY)
    words = show(panel, samples.order(facts))
    assert "The hold lapsed before it was captured." in words
    assert "128.40\u00a0EUR went back to the shopper, nothing was taken. Do not ship." in words


def test_a_checkout_that_was_replaced_has_ended(panel: OrderPanel) -> None:
    words = show(panel, replace(samples.problem_order(), closed_at=samples.NOW))
    assert "The checkout is closed: the shopper ordered anew, or did not finish paying." in words
    assert "What the shopper may be told" not in words


def test_while_another_card_is_asked_nothing_is_said_about_the_money(panel: OrderPanel) -> None:
    asked = samples.with_operation(samples.problem_order(), OperationState.UNKNOWN, kind=OperationKind.CONFIRM)
    words = show(panel, asked)
    assert "the answer is not known yet" in words
    for claim in ("nothing is held", "nothing is on hold", "Nothing held"):
        assert claim not in words


def test_a_lapsed_hold_is_named_before_stripe_says_so(panel: OrderPanel, now: Now) -> None:
    show(panel, samples.order())
    now.at += 10 * samples.HOUR
    panel.tick()
    assert "Lapsed" in words_of(panel)
    assert panel.head.chip.chip is not None
    assert panel.head.chip.chip.words == "Lapsed"


def test_parcels_have_links_by_host_only_where_the_carrier_is_known(
    panel: OrderPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    words = show(panel, samples.shipped_order(PassedOn.REFUSED))
    assert "ups.com" in words
    assert "A-77" in words
    parcels = panel.findChild(ParcelsSection)
    assert parcels is not None
    links = [row.link for row in parcels.rows]
    assert links[1] is None
    assert links[0] is not None
    links[0].click()
    assert opened == ["https://www.ups.com/track?tracknum=1Z999AA10123456784"]
    assert "Not passed to Stripe" in [chip.accessibleName() for chip in panel.findChildren(ChipLabel)]


@pytest.mark.parametrize("address", ["http://ups.com/", "file:///etc/passwd", "https://a@ups.com/", "javascript:1", ""])
def test_nothing_but_https_is_opened(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: pytest.fail("opened"))
    assert not panel_parts.open_page(address)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_receipt_is_never_claimed_to_have_arrived(mode: Mode) -> None:
    for order in (samples.order(), samples.captured_order()):
        words = panel_words.receipt_words(order, mode)
        assert "z.lefevre@example.fr" in words
        assert "sent" not in words.split()
        assert "mailed" not in words
    without = samples.order(samples.facts(receipt_email=""))
    assert panel_words.receipt_words(without, mode) == "No receipt is asked for."


def test_hostile_words_are_shown_as_they_are(panel: OrderPanel, qtbot: QtBot) -> None:
    words = show(panel, samples.hostile_order())
    assert "<b>Robert</b> <img src='file:///etc/passwd'>" in words
    assert "\u202e" not in words
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in panel.findChildren(QLabel))
    content = panel.body.widget()
    assert content is not None
    assert content.width() <= panel.body.viewport().width()


def test_ten_thousand_letters_leave_room_for_the_rest(panel: OrderPanel) -> None:
    heights = []
    for given in (samples.order(), samples.endless_order()):
        show(panel, given)
        content = panel.body.widget()
        assert content is not None
        heights.append(content.sizeHint().height())
    assert heights[1] < 2 * heights[0]
    block = panel.findChild(ShipToBlock)
    assert block is not None
    # What is cut can be read in the tip as far as a tip goes, and is copied whole.
    assert block.lines[0] == samples.NOVEL.strip()
    cut = next(each for each in block.findChildren(QLabel) if each.text().startswith("<h1>"))
    assert cut.text().endswith("…")
    assert len(cut.toolTip()) < 1000
    assert "&lt;h1&gt;" in cut.toolTip()


def test_an_unknown_timeline_word_is_shown_plainly(panel: OrderPanel) -> None:
    words = show(panel, samples.order())
    assert "a_new_word" in words
    assert "<i>note</i>" in words


def test_the_timeline_says_who_when_and_which_request(panel: OrderPanel, qtbot: QtBot) -> None:
    words = show(panel, samples.order())
    assert "Captured 96.30\u00a0EUR" in words
    assert "Ola, packing desk 2, req_8Kd2mQ4vTzR1xN" in words
    assert "10:02" in words
    timeline = panel.findChild(Timeline)
    assert timeline is not None
    with qtbot.waitSignal(panel.copy_requested) as copied:
        timeline.copy_all.click()
    assert copied.args is not None
    assert "Mon 23 Nov 2026, 10:02 CET, Captured 96.30\u00a0EUR, Ola, packing desk 2" in copied.args[0]


def test_amounts_without_currency_leave_no_hole() -> None:
    words = timeline_words.timeline_words(TimelineEntry(1, "released", "System"))
    assert words.title == "Released to the shopper"


def test_an_unknown_currency_is_shown_in_its_smallest_units(panel: OrderPanel) -> None:
    assert panel_words.sum_words(1234, "xts") == "1234\u00a0XTS"


def test_the_address_is_copied_as_the_country_writes_it(panel: OrderPanel, qtbot: QtBot) -> None:
    show(panel, samples.order())
    block = panel.findChild(ShipToBlock)
    assert block is not None
    with qtbot.waitSignal(panel.copy_requested) as copied:
        block.copy_button.click()
    assert copied.args == ["Zoë Lefèvre-Okafor\n14 rue de la Part-Dieu\n69003 Lyon\nFrance"]


@pytest.mark.parametrize(
    ("country", "lines"),
    [
        ("US", ("Portland, OR 97201", "United States")),
        ("GB", ("Portland, OR", "97201", "United Kingdom")),
        ("DE", ("97201 Portland, OR", "Germany")),
        ("XX", ("97201 Portland", "OR", "XX")),
    ],
)
def test_no_part_of_an_address_is_lost(country: str, lines: tuple[str, ...]) -> None:
    address = Address("1 Main St", "Portland", "97201", country, "Apt 2", "OR")
    assert address_lines("Ann\nLee", address) == ("Ann Lee", "1 Main St", "Apt 2", *lines)


def test_the_same_order_read_again_keeps_its_place(panel: OrderPanel, qtbot: QtBot) -> None:
    panel.resize(376, 500)
    order = samples.order()
    show(panel, order)
    bar = panel.body.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(100)
    show(panel, replace(order, version=4))
    assert bar.value() == 100


def test_head_and_body_keep_one_right_edge_beside_the_scroll_bar(panel: OrderPanel, qtbot: QtBot) -> None:
    panel.resize(376, 500)
    for order in (samples.order(), samples.captured_order(), samples.order()):
        show(panel, order)
        ledger = panel.findChild(MoneyLedger)
        assert ledger is not None
        qtbot.waitUntil(
            lambda ledger=ledger: (
                panel.body.verticalScrollBar().isEnabled()  # type: ignore[misc]
                and ledger.mapTo(panel, ledger.rect().topRight()).x() == panel.head.more.geometry().right()
            )
        )


def test_a_scroll_bar_of_no_use_is_not_seen(panel: OrderPanel, qtbot: QtBot) -> None:
    show(panel, samples.yen_order())
    bar = panel.body.verticalScrollBar()
    panel.resize(376, 300)
    qtbot.waitUntil(bar.isEnabled)
    assert len(colours_of(bar.grab().toImage())) > 1
    width = panel.body.viewport().width()
    panel.resize(376, 2000)
    qtbot.waitUntil(lambda: not bar.isEnabled())
    assert len(colours_of(bar.grab().toImage())) == 1
    assert panel.body.viewport().width() == width


def test_everything_that_takes_the_focus_has_a_name(panel: OrderPanel) -> None:
    for order in (samples.order(), samples.problem_order(), samples.shipped_order()):
        show(panel, order)
        assert nameless(panel) == []


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_it_follows_the_scheme(panel: OrderPanel, scheme: Scheme) -> None:
    theme = dressed(scheme)
    show(panel, samples.order())
    colours = colours_of(panel.grab().toImage())
    assert theme.tokens.panel.lower() in colours
    assert theme.tokens.accent.lower() in colours
    dressed()
