"""What the panel says about a payment that failed or was not finished: why, who, what to do, what may be told."""

from collections.abc import Callable, Iterator
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from sellerdesk.domain.declines import explain
from sellerdesk.domain.explanation import Explanation, Refuser
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.order import Order
from sellerdesk.domain.payment import Payment, Problem
from sellerdesk.formats import when, when_exact
from sellerdesk.ui import panel_words, plain
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.ended_words import ended_words
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_blocks import Block, Quote, Steps, ruled
from sellerdesk.ui.panel_parts import Copy, Fold, column, facts_table
from sellerdesk.ui.panel_tries import RetryBlock, TriesBlock
from sellerdesk.ui.unfinished_words import ShopperStep, left_words, shopper_steps, unfinished_words
from sellerdesk.ui.widgets import IconText, Tone, label

_HELD_BACK = "Do not give the reason. Say only: the bank declined the card."
_TELL = "The reason may be told."
_TELL_POLITELY = "The reason may be told, politely."
_REFUSER_ICONS = {
    Refuser.BANK: "landmark",
    Refuser.STRIPE_RULES: "shield-alert",
    Refuser.OWN_RULE: "shield-alert",
    Refuser.OWN_LIST: "ban",
    Refuser.STRIPE: "shield-alert",
    Refuser.SHOPPER: "circle-minus",
    Refuser.NOBODY: "circle-dashed",
}


class ProblemBlocks(QWidget):
    """Everything a seller needs to answer a shopper whose payment failed."""

    def __init__(
        self, order: Order, problem: Problem, now: int, zone: tzinfo | None, copy: Copy, read_again: Callable[[], None]
    ) -> None:
        super().__init__()
        self.explanation = explain(problem)
        self.tries = TriesBlock(order.payment, now, zone, read_again)
        self.retry = RetryBlock(self.explanation, now, zone)
        hint = problem.decline_code or problem.code
        self.codes = Fold("Codes for support", hint, facts_table(_codes(order.payment, problem)))
        blocks = (
            _happened(order, problem, self.explanation),
            Block(_REFUSER_ICONS[self.explanation.refuser], "Who refused", self.explanation.who),
            _to_do(self.explanation.steps),
            self.retry,
            self._shopper_block(self.explanation, copy),
            self.tries,
            self.codes,
        )
        ruled(column(self, 10), blocks)

    def _shopper_block(self, explanation: Explanation, copy: Copy) -> QWidget:
        block = Block("message-square", "What the shopper may be told")
        self.copy_button = IconButton("copy", "Copy what the shopper may be told", edge=24)
        self.copy_button.clicked.connect(lambda: copy(explanation.shopper))
        block.add_button(self.copy_button)
        block.words.addWidget(Quote(explanation.shopper))
        block.words.addSpacing(2)
        if explanation.tell:
            words = _TELL_POLITELY if explanation.politely else _TELL
            block.words.addWidget(IconText("circle-check", words, tone=Tone.GREEN, wrap=True))
        else:
            block.words.addWidget(IconText("ban", _HELD_BACK, tone=Tone.RED, wrap=True))
        return block


def _happened(order: Order, problem: Problem, explanation: Explanation) -> Block:
    """Nothing is said about the money while another card's answer is awaited."""
    money = (
        "The shopper has tried again since; the answer is not known yet."
        if panel_words.is_paying(order)
        else "Nothing was taken and nothing is on hold. Do not ship."
    )
    block = Block("circle-x", "What happened", explanation.happened, money, tone=Tone.RED, strong_first=True)
    if problem.card is not None:
        block.words.addSpacing(2)
        words = panel_words.card_words(problem.card, with_expiry=True)
        block.words.addWidget(IconText("credit-card", words, tone=Tone.MUTED, wrap=True))
    return block


def _to_do(steps: tuple[str, ...]) -> Block:
    block = Block("list-checks", "What to do now", tone=Tone.ACCENT)
    block.words.addWidget(Steps(steps))
    return block


def _codes(payment: Payment, problem: Problem) -> list[tuple[str, str]]:
    return [
        ("Code", problem.code),
        ("Decline code", problem.decline_code),
        ("Network code", problem.network_decline_code),
        ("Advice code", problem.advice_code),
        ("Outcome", " ".join(part for part in (problem.outcome_type, problem.outcome_reason) if part)),
        ("Stripe, to you", problem.seller_message),
        ("Stripe, to shopper", problem.message),
        ("Charge", problem.charge_id),
        ("Payment", payment.intent_id),
        ("Request", payment.facts.request_id if payment.facts else ""),
    ]


class UnfinishedBlocks(QWidget):
    """How far the shopper came, and what to do."""

    def __init__(self, view: OrderView, now: int, zone: tzinfo | None) -> None:
        super().__init__()
        ruled(column(self, 10), self._blocks(view, now, zone))

    def _blocks(self, view: OrderView, now: int, zone: tzinfo | None) -> Iterator[QWidget]:
        words = unfinished_words(view, now, zone)
        yield Block("shopping-cart", "What happened", words.title, words.money, strong_first=True)
        steps = shopper_steps(view)
        if steps:
            block = Block("history", "What the shopper did")
            block.words.addWidget(_way(steps, now, zone))
            yield block
        yield _to_do(words.steps)


def _way(steps: tuple[ShopperStep, ...], now: int, zone: tzinfo | None) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 2, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for number, step in enumerate(steps):
        time = label(when(step.at, now, zone), tone=Tone.MUTED)
        time.setToolTip(plain.tip(when_exact(step.at, zone)))
        grid.addWidget(time, number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(fitting(label(step.text, wrap=True)), number, 1)
    last = label(left_words(max(step.at for step in steps), now), size=Size.SMALL, tone=Tone.MUTED, wrap=True)
    grid.addWidget(fitting(last), len(steps), 1)
    return made


def ended_block(order: Order) -> Block:
    """Why the order ended, and what became of the money."""
    words = ended_words(order)
    return Block("archive", "What happened", words.title, words.text, strong_first=True)
