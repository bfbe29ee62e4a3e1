"""What the panel explains: refused payments, unfinished ones, ended ones, saved cards, and every try."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from sellerdesk.domain.decline_table import BY_CODE
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OperationKind, OperationState
from sellerdesk.domain.order import Order, TimelineEntry
from sellerdesk.domain.payment import CardAttempt, CardFacts, Problem
from sellerdesk.services.desk import Mode
from sellerdesk.ui import panel_words, unfinished_words
from sellerdesk.ui.order_panel import OrderPanel
from sellerdesk.ui.panel_explain import ProblemBlocks
from sellerdesk.ui.panel_parts import Fold
from sellerdesk.ui.panel_tries import TriesBlock, TriesRead
from tests.ui import sample_orders as samples
from tests.ui.dressing import clear_away, dressed, nameless, words_of
from tests.ui.room import cramped
from tests.ui.sample_orders import DAY, HOSTILE, HOUR, NOW

ZONE = ZoneInfo("Europe/Paris")
JCB = CardFacts("jcb", "0505", 9, 2028)


class Now:
    """A clock that stands still until it is set."""

    at = NOW

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


def refused(decline_code: str = "insufficient_funds", **more: object) -> Order:
    problem = Problem("card_declined", decline_code, "Declined.", "", "ch_3Qb7", NOW - HOUR, JCB, "51",
                      "issuer_declined", decline_code, "The bank says no.")  # fmt: skip
    return samples.order(samples.facts("requires_payment_method"), problem=replace(problem, **more))  # type: ignore[arg-type]


def attempt(charge_id: str, at: int, problem: Problem | None) -> CardAttempt:
    return CardAttempt(charge_id, at, 12840, "eur", JCB, problem)


def fold(panel: OrderPanel, title: str) -> Fold:
    return next(each for each in panel.findChildren(Fold) if each.title == title)


def test_p19_a_refusal_is_explained_in_full(panel: OrderPanel) -> None:
    words = show(panel, refused())
    for part in (
        "The bank refused the card: too little money, or over its limit.",
        "Nothing was taken and nothing is on hold. Do not ship.",
        "JCB 0505, to 09/28",
        "The bank that issued the card. Not Stripe, not you.",
        "1.\nSend the pay link. The shopper can use another card.",
        "2.\nOr the shopper tries this card again in a few days.",
        "From Wed 25 Nov, 10:00",
        "“Not enough money on this card. Try another card.”",
        "The reason may be told, politely.",
        "insufficient_funds",
        "7 pieces, \u2068Lyon\u2069",
    ):
        assert part in words
    assert "ch_3Qb7" not in words
    assert "Linen apron" not in words


def test_p19_the_raw_codes_and_the_rest_of_the_order_are_folded(panel: OrderPanel) -> None:
    show(panel, refused())
    codes = fold(panel, "Codes for support")
    codes.button.click()
    words = words_of(panel)
    for raw in ("card_declined", "51", "issuer_declined insufficient_funds", "The bank says no.", "ch_3Qb7", "pi_3Qb7"):
        assert raw in words
    fold(panel, "Items, address, timeline").button.click()
    words = words_of(panel)
    for part in ("Linen apron", "69003 Lyon", "Order placed"):
        assert part in words


def test_what_is_unfolded_stays_so_when_the_order_is_read_again(panel: OrderPanel) -> None:
    order = refused()
    show(panel, order)
    fold(panel, "Codes for support").button.click()
    show(panel, replace(order, version=4))
    assert fold(panel, "Codes for support").button.isChecked()
    assert not fold(panel, "Items, address, timeline").button.isChecked()
    show(panel, replace(order, id="b" * 32))
    assert not fold(panel, "Codes for support").button.isChecked()


@pytest.mark.parametrize("code", BY_CODE)
def test_p19_every_code_fills_the_panel(panel: OrderPanel, code: str) -> None:
    words = show(panel, refused(code, outcome_type="", outcome_reason=""))
    for title in ("What happened", "Who refused", "What to do now", "May retry", "What the shopper may be told"):
        assert title in words
    assert "{" not in words
    assert "None" not in words
    assert nameless(panel) == []


def test_p19_a_reason_that_must_not_be_told_says_so_and_copies_only_what_may_be(
    panel: OrderPanel, qtbot: QtBot
) -> None:
    words = show(panel, refused("stolen_card"))
    assert "Do not give the reason. Say only: the bank declined the card." in words
    assert "Never with this card" in words
    blocks = panel.findChild(ProblemBlocks)
    assert blocks is not None
    with qtbot.waitSignal(panel.copy_requested) as copied:
        blocks.copy_button.click()
    assert copied.args == ["Your bank declined this card. Try another card."]


def test_p19_a_block_of_stripes_is_not_blamed_on_the_bank(panel: OrderPanel) -> None:
    words = show(panel, refused("fraudulent", outcome_type="blocked", outcome_reason="highest_risk_level"))
    assert "Stripe’s risk rules. Not the bank, not you." in words
    assert "After you have looked at it" in words


def test_a_hostile_code_is_plain_text(panel: OrderPanel) -> None:
    words = show(panel, refused(HOSTILE, code=HOSTILE, message=HOSTILE))
    assert "<b>Robert</b>" in words
    assert "\u202e" not in words


def test_a_time_that_has_come_says_now(panel: OrderPanel, now: Now) -> None:
    assert "From 10:19 today" in show(panel, refused("processing_error", at=NOW - 10))
    now.at += 3 * DAY
    assert "From" not in show(panel, refused("processing_error", at=NOW - 10, charge_id="ch_9"))
    assert "Now" in words_of(panel)


def test_what_counts_minutes_goes_on_by_itself_but_not_under_somebodys_hands(panel: OrderPanel, now: Now) -> None:
    panel.show_order(unfinished(ago=14 * 60), Mode.TEST)
    assert "The shopper may still be there." in words_of(panel)
    now.at += 60
    panel.tick()
    assert "Nothing since then. That was 15 min ago." in words_of(panel)
    show(panel, refused())
    codes = fold(panel, "Codes for support").button
    panel.activateWindow()
    codes.setFocus()
    now.at += 60
    panel.tick()
    assert fold(panel, "Codes for support").button is codes
    panel.head.primary.setFocus()
    panel.tick()
    assert fold(panel, "Codes for support").button is not codes


def test_p19_the_tries_are_read_counted_and_listed(panel: OrderPanel) -> None:
    order = refused()
    assert "Reading the tries from Stripe…" in show(panel, order)
    assert "Not enough money, or limit" in words_of(panel)
    problem = order.payment.problem
    assert problem is not None
    wrong = replace(problem, decline_code="incorrect_cvc", charge_id="ch_1", at=NOW - DAY)
    tries = (attempt("ch_3Qb7", problem.at, problem), attempt("ch_1", NOW - DAY, wrong))
    panel.show_tries(order.id, TriesRead(tries))
    words = words_of(panel)
    for part in ("Attempts, 2", "2 of 8 tries used", "today 09:14", "Sun 10:14", "Wrong security code"):
        assert part in words
    assert "Reading the tries" not in words
    blocks = panel.findChild(ProblemBlocks)
    assert blocks is not None
    assert blocks.retry.bar.accessibleName() == "2 of 8 tries used"
    # At once, without another turn of the event loop.
    assert not "\n".join(cramped(blocks))


def test_p19_when_the_tries_are_used_up_no_more_are_offered(panel: OrderPanel) -> None:
    order = refused()
    problem = order.payment.problem
    assert problem is not None
    tries = tuple(attempt(f"ch_{number}", NOW - number, problem) for number in range(9))
    show(panel, order)
    panel.show_tries(order.id, TriesRead(tries))
    assert "No more tries: banks take more for misuse" in words_of(panel)
    assert "From Wed" not in words_of(panel)


def test_tries_that_cannot_be_read_say_so_and_can_be_asked_for_again(panel: OrderPanel, qtbot: QtBot) -> None:
    order = refused()
    show(panel, order)
    panel.show_tries(order.id, TriesRead(trouble="The connection to Stripe broke. Nothing was changed."))
    assert "The tries could not be read. The connection to Stripe broke." in words_of(panel)
    block = panel.findChild(TriesBlock)
    assert block is not None
    with qtbot.waitSignal(panel.tries_wanted):
        block.again.click()
    assert nameless(panel) == []


def test_tries_of_another_order_are_not_shown(panel: OrderPanel) -> None:
    order = refused()
    show(panel, order)
    panel.show_tries("b" * 32, TriesRead(trouble="Broken."))
    assert "Broken." not in words_of(panel)
    panel.show_tries(order.id, TriesRead(trouble="Broken."))
    show(panel, replace(order, version=9))
    assert "Broken." in words_of(panel)
    show(panel, replace(order, id="b" * 32))
    assert "Broken." not in words_of(panel)


def test_a_refusal_that_reached_no_bank_is_listed_beside_the_charges(panel: OrderPanel) -> None:
    order = refused("", code="payment_intent_authentication_failure", charge_id="", outcome_type="", outcome_reason="")
    show(panel, order)
    problem = order.payment.problem
    assert problem is not None
    older = replace(problem, code="card_declined", charge_id="ch_1", at=NOW - DAY)
    panel.show_tries(order.id, TriesRead((attempt("ch_1", NOW - DAY, older),)))
    words = words_of(panel)
    assert "Attempts, 2" in words
    assert "Shopper did not approve" in words


def test_p19_a_refusal_is_kept_after_the_order_was_paid(panel: OrderPanel) -> None:
    paid = samples.order(problem=refused().payment.problem)
    words = show(panel, paid)
    assert "Earlier tries" in words
    assert "Not enough money, or limit" in words
    assert "What the shopper may be told" not in words
    panel.show_tries(paid.id, TriesRead((attempt("ch_9", NOW, None), attempt("ch_3Qb7", NOW - HOUR, None))))
    assert "Held 128.40\u00a0EUR" in words_of(panel)
    assert "Earlier tries" not in show(panel, samples.order(id="b" * 32))


# --- unfinished ---


def unfinished(status: str = "requires_payment_method", ago: int = DAY) -> OrderView:
    order = replace(samples.order(samples.facts(status)), placed_at=NOW - ago)
    entries = [TimelineEntry(NOW - ago, "placed", "Checkout page")]
    if status == "requires_action":
        entries.insert(0, TimelineEntry(NOW - ago + 60, "action", "Checkout page"))
    return OrderView(order, tuple(entries))


@pytest.mark.parametrize(
    ("status", "sentence", "step"),
    [
        ("requires_payment_method", "The shopper left before a card was sent.", "Send the pay link."),
        ("requires_confirmation", "The payment was started and not sent to the bank.", "Send the pay link."),
        ("requires_action", "The bank waits for the shopper’s approval.", "There the shopper approves"),
        ("processing", "The bank is still working on it.", "Wait for the bank"),
        ("requires_miracle", "Stripe says “requires_\u200bmiracle”.", "Look at the payment at Stripe."),
    ],
)
def test_unfinished_orders_say_how_far_they_came_and_what_to_do(
    panel: OrderPanel, status: str, sentence: str, step: str
) -> None:
    panel.show_order(unfinished(status), Mode.TEST)
    words = words_of(panel)
    for part in (sentence, step, "Do not ship", "Filled in the form and pressed the button"):
        assert part in words
    assert ("The bank asked for approval" in words) is (status == "requires_action")
    assert panel.head.primary.text() == "Copy pay link"


def test_an_order_whose_payment_was_never_made_is_unfinished_too(panel: OrderPanel) -> None:
    order = samples.order()
    bare = replace(order, payments=(replace(order.payment, facts=None),))
    panel.show_order(OrderView(bare, ()), Mode.TEST)
    assert "The order was placed and the payment not started." in words_of(panel)


def test_a_shopper_who_may_still_be_there_is_left_in_peace_first(panel: OrderPanel) -> None:
    panel.show_order(unfinished(ago=60), Mode.TEST)
    words = words_of(panel)
    assert "1.\nWait a quarter of an hour: the shopper may still be paying." in words
    assert "The shopper may still be there." in words
    panel.show_order(unfinished(ago=2 * HOUR), Mode.TEST)
    words = words_of(panel)
    assert "Wait a quarter" not in words
    assert "Nothing since then. That was 2 h ago." in words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (61, "1 min ago"), (HOUR, "1 h ago"), (49 * HOUR, "2 d ago")]
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert unfinished_words.ago(seconds) == words


def test_the_pay_link_is_asked_for_by_the_one_button(panel: OrderPanel, qtbot: QtBot) -> None:
    for order in (refused(), unfinished().order):
        show(panel, order)
        with qtbot.waitSignal(panel.link_requested), qtbot.assertNotEmitted(panel.prepare_requested):
            panel.head.primary.click()


def test_while_the_bank_is_asked_there_is_no_pay_link(panel: OrderPanel) -> None:
    show(panel, samples.with_operation(refused(), OperationState.SENDING, kind=OperationKind.CONFIRM))
    assert not panel.head.primary.isEnabled()


# --- ended ---


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("expired", "The hold lapsed before it was captured."),
        ("automatic", "The hold lapsed before it was captured."),
        ("requested_by_customer", "The hold was released. The shopper asked for it."),
        ("duplicate", "The hold was released. It was a duplicate."),
        ("fraudulent", "The hold was released. Fraud was suspected."),
        ("", "The hold was released."),
        ("a_new_word", "The hold was released. Stripe’s word for the reason is “a_\u200bnew_\u200bword”."),
    ],
)
def test_an_ended_order_says_why_and_where_the_money_went(panel: OrderPanel, reason: str, sentence: str) -> None:
    facts = samples.facts("canceled", cancellation_reason=reason, authorized_at=NOW - 8 * DAY)
    words = show(panel, samples.order(facts))
    assert sentence in words
    assert "128.40\u00a0EUR went back to the shopper, nothing was taken. Do not ship." in words
    assert "Nothing was charged, so no receipt goes to z.lefevre@example.fr." in words
    assert not panel.head.primary.isVisible()
    assert panel.head.more.isVisible()


def test_an_order_that_ended_before_anything_was_held_says_so(panel: OrderPanel) -> None:
    words = show(panel, samples.order(samples.facts("canceled", cancellation_reason="abandoned")))
    assert "The payment was canceled. The shopper did not finish paying." in words
    assert "Nothing was held and nothing was taken. Do not ship." in words


def test_p09_when_the_time_is_over_the_panel_says_so_before_stripe_does(panel: OrderPanel, now: Now) -> None:
    show(panel, samples.order())
    now.at += 10 * HOUR
    panel.tick()
    words = words_of(panel)
    assert "the hold is over" in words
    assert "Nothing can be captured any more. Stripe ends the hold by itself." in words
    assert not panel.head.primary.isEnabled()
    assert panel.head.primary.key == "hold is over"


# --- saved cards and what was left out ---


def with_saved_card(order: Order) -> Order:
    facts = order.payment.facts
    assert facts is not None
    saved = replace(facts, setup_future_usage="off_session", customer_id="cus_1", payment_method_id="pm_1")
    return replace(order, save_card=True, payments=(replace(order.payment, facts=saved),))


def test_p08_the_panel_says_whether_the_card_is_saved(panel: OrderPanel) -> None:
    assert "Card saved with consent" in show(panel, with_saved_card(samples.order()))
    words = show(panel, samples.order())
    assert "Not saved" in words
    assert "Card saved" not in words
    agreed = replace(refused(), save_card=True)
    show(panel, agreed)
    fold(panel, "Items, address, timeline").button.click()
    assert "Will be saved: the shopper agreed" in words_of(panel)


def test_p08_what_was_left_out_can_be_charged_later_or_not(panel: OrderPanel) -> None:
    words = show(panel, with_saved_card(samples.captured_order()))
    assert "32.10\u00a0EUR left out. The card is saved: it can be charged later." in words
    words = show(panel, samples.captured_order())
    assert "32.10\u00a0EUR left out. Charging it later needs the shopper to pay again." in words
    assert "left out." not in show(panel, samples.order(samples.facts("succeeded", captured=12840)))


@pytest.mark.parametrize("mode", list(Mode))
def test_p13_the_receipt_is_never_claimed_to_have_been_mailed(mode: Mode) -> None:
    words = panel_words.receipt_words(samples.captured_order(), mode)
    if mode is Mode.LIVE:
        assert words == "Stripe was asked to mail a receipt to z.lefevre@example.fr."
    else:
        assert words == "Stripe mails receipts in live mode only; this one would go to z.lefevre@example.fr."
    assert "is mailed" not in words
