"""The blocks that explain a failed payment: what happened, what to do, what the shopper may be told, the codes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sellerdesk.domain.declines import Explanation, explain
from sellerdesk.domain.payment import Payment, Problem
from sellerdesk.ui.buttons import IconButton
from sellerdesk.ui.fonts import Size
from sellerdesk.ui.note_box import fitting
from sellerdesk.ui.panel_parts import Copy, Fold, column, facts_table, line
from sellerdesk.ui.widgets import IconLabel, IconText, Tone, label, rule

_HELD_BACK = "Do not give the reason. Say only: the bank declined the card."


class Block(QWidget):
    """An icon at the left; a small title and sentences at the right."""

    def __init__(self, icon: str, title: str, *texts: str, tone: Tone = Tone.MUTED, strong_first: bool = False) -> None:
        super().__init__()
        row = line(10)
        self.setLayout(row)
        row.addWidget(IconLabel(icon, 16, tone), 0, Qt.AlignmentFlag.AlignTop)
        self.words = column(spacing=2)
        self.head = line(4)
        self.head.addWidget(label(title, size=Size.SMALL, tone=Tone.MUTED, strong=True), 1)
        self.words.addLayout(self.head)
        for index, text in enumerate(texts):
            self.words.addWidget(fitting(label(text, strong=strong_first and index == 0, wrap=True, selectable=True)))
        row.addLayout(self.words, 1)


class ProblemBlocks(QWidget):
    """Everything a seller needs to answer a shopper whose payment failed."""

    def __init__(self, payment: Payment, problem: Problem, copy: Copy, *, asked_again: bool = False) -> None:
        """``asked_again``: another card's answer is still awaited, so nothing is said about the money now."""
        super().__init__()
        money = (
            "The shopper has tried again since; the answer is not known yet."
            if asked_again
            else "Nothing was taken and nothing is on hold. Do not ship."
        )
        self.explanation = explain(problem)
        rows = column(self, 10)
        happened = Block(
            "circle-x", "What happened", self.explanation.happened,
            money, tone=Tone.RED, strong_first=True,
        )  # fmt: skip
        for index, block in enumerate(
            (happened, Block("list-checks", "What to do", self.explanation.next_step, tone=Tone.ACCENT),
             self._shopper_block(self.explanation, copy))
        ):  # fmt: skip
            if index:
                rows.addWidget(rule())
            rows.addWidget(block)
        rows.addWidget(rule())
        hint = problem.decline_code or problem.code
        self.codes = Fold("Codes for support", hint, facts_table(_codes(payment, problem)))
        rows.addWidget(self.codes)

    def _shopper_block(self, explanation: Explanation, copy: Copy) -> QWidget:
        block = Block("message-square", "What the shopper may be told")
        self.copy_button = IconButton("copy", "Copy what the shopper may be told", edge=24)
        self.copy_button.clicked.connect(lambda: copy(explanation.shopper))
        block.head.addWidget(self.copy_button)
        self.quote = label(f"“{explanation.shopper}”", wrap=True, selectable=True)
        block.words.addWidget(fitting(self.quote))
        block.words.addSpacing(2)
        if explanation.tell:
            block.words.addWidget(IconText("circle-check", "The reason may be told.", tone=Tone.GREEN, wrap=True))
        else:
            block.words.addWidget(IconText("ban", _HELD_BACK, tone=Tone.RED, wrap=True))
        return block


def _codes(payment: Payment, problem: Problem) -> list[tuple[str, str]]:
    return [
        ("Code", problem.code),
        ("Decline code", problem.decline_code),
        ("Advice code", problem.advice_code),
        ("Stripe’s words", problem.message),
        ("Charge", problem.charge_id),
        ("Payment", payment.intent_id),
        ("Request", payment.facts.request_id if payment.facts else ""),
    ]
