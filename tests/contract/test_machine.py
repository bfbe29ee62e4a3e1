"""Random calls by two clients, each outcome held against the lifecycle table and the equations of the money.

More examples: ``pytest tests/contract/test_machine.py --hypothesis-profile=thorough``.
"""

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from sellerdesk.sandbox.bank import HOLD_SECONDS
from sellerdesk.sandbox.clock import Clock
from sellerdesk.sandbox.ids import IdSource
from sellerdesk.sandbox.settlement import BALANCE_DELAY
from sellerdesk.sandbox.world import World
from tests.contract import acting
from tests.contract.calls import RETURN_URL
from tests.contract.inside import Answer, Client
from tests.contract.lifecycle import TABLE, Outcome
from tests.openapi.watch import Watch

DEFAULT = settings.get_current_profile_name() == "sellerdesk"
CARDS = {
    acting.APPROVED: "confirm approved",
    acting.REFUSED: "confirm refused",
    acting.ASKED: "confirm asked",
    acting.ASKED_THEN_REFUSED: "confirm asked",
}
CLIENTS, AMOUNTS = st.sampled_from((0, 1)), st.integers(50, 20_000)
UPDATES = ("update amount", "update method", "update words", "update shipping")
MOST_INTENTS = 4
NEARLY = st.sampled_from((None, -1, 0, 1))


@dataclass
class Expected:
    """What is known about one intent without asking the sandbox."""

    status: str
    amount: int
    card: str | None = None
    received: int = 0
    refunded: int = 0
    refunds: int = 0
    attempts: int = 0
    lapses: int | None = None
    canceled_because: str | None = None


@dataclass
class Said:
    """The last call of a client that carried an idempotency key, and what came back."""

    path: str
    params: dict[str, Any]
    answer: Answer


class TwoClients(RuleBasedStateMachine):
    """Two keys, one account."""

    intents = Bundle("intents")

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()
        self.world = World(Clock(lambda: 1_800_000_000), IdSource(7))
        keys = ("sk_test_first1234567", "sk_test_second123456")
        self.clients = [Client(self.world, key, self.watch.observe) for key in keys]
        self.expected: dict[str, Expected] = {}
        self.said: dict[int, Said] = {}
        self.keys = 0
        self.acted = 0
        self.touched: set[str] = set()
        self.last_event: str | None = None
        self.events: list[str] = []
        self.balance_due: list[int] = []

    # what the clients do

    @initialize(target=intents, amount=AMOUNTS)
    def begin(self, amount: int) -> str:
        return self._made_and_confirmed(0, amount, acting.APPROVED)

    @precondition(lambda self: len(self.expected) < MOST_INTENTS)
    @rule(target=intents, who=CLIENTS, amount=AMOUNTS, card=st.sampled_from((None, *CARDS)))
    def create(self, who: int, amount: int, card: str | None) -> str:
        more = {"payment_method": card} if card else {}
        answer = acting.create(self.clients[who], amount=amount, **more)
        assert answer.status == 200
        self.events.append("payment_intent.created")
        status = "requires_confirmation" if card else "requires_payment_method"
        self.expected[answer.body["id"]] = Expected(status, amount, card)
        self.touched.add(answer.body["id"])
        return str(answer.body["id"])

    @precondition(lambda self: len(self.expected) < MOST_INTENTS)
    @rule(target=intents, who=CLIENTS, amount=AMOUNTS, card=st.sampled_from((acting.APPROVED, *CARDS)))
    def create_and_confirm(self, who: int, amount: int, card: str) -> str:
        return self._made_and_confirmed(who, amount, card)

    @rule(who=CLIENTS, intent=intents, named=st.sampled_from((None, *CARDS)))
    def confirm(self, who: int, intent: str, named: str | None) -> None:
        """With a card, or with the one that is there already."""
        expected = self.expected[intent]
        card = named or expected.card
        call = CARDS[card] if card is not None else "confirm nothing"
        more = {} if named is None else {"payment_method": named}
        if (call, expected.status) in TABLE:
            outcome = self._post(who, call, intent, "confirm", return_url=RETURN_URL, **more)
            self._attempted(intent, outcome, card)

    @precondition(lambda self: self._asked())
    @rule(which=st.integers(0, MOST_INTENTS), approve=st.booleans())
    def answer_the_challenge(self, which: int, approve: bool) -> None:
        intent = self._asked()[which % len(self._asked())]
        expected = self.expected[intent]
        refused = expected.card == acting.ASKED_THEN_REFUSED
        call = "fail the challenge" if not approve else "pass it and be refused" if refused else "pass the challenge"
        outcome = TABLE[call, expected.status]
        self.world.answer_challenge(intent, approve=approve)
        self._moved(intent, outcome)
        if approve:
            expected.attempts += 1
        self._held_or_lost(intent)

    @rule(who=CLIENTS, intent=intents, what=st.sampled_from(UPDATES), amount=AMOUNTS, card=st.sampled_from(list(CARDS)))
    def update(self, who: int, intent: str, what: str, amount: int, card: str) -> None:
        changes: dict[str, dict[str, Any]] = {
            "update amount": {"amount": amount},
            "update method": {"payment_method": card},
            "update words": {"description": f"Order {amount}", "metadata": {"order": amount}},
            "update shipping": {"shipping": acting.SHIPPING},
        }
        params = changes[what]
        if self._post(who, what, intent, "", **params).http == 200:
            expected = self.expected[intent]
            expected.amount = params.get("amount", expected.amount)
            expected.card = params.get("payment_method", expected.card)

    @rule(who=CLIENTS, intent=intents, share=st.integers(1, 120), nearly=NEARLY)
    def capture(self, who: int, intent: str, share: int, nearly: int | None) -> None:
        """``share`` is percent of the amount; ``nearly`` is how far from all of it instead."""
        expected = self.expected[intent]
        amount = max(1, expected.amount * share // 100 if nearly is None else expected.amount + nearly)
        whole = amount == expected.amount
        call = "capture too much" if amount > expected.amount else "capture all" if whole else "capture part"
        if self._post(who, call, intent, "capture", **({} if whole else {"amount_to_capture": amount})).http == 200:
            expected.received, expected.lapses = amount, None
            self.balance_due.append(self.world.clock.now() + BALANCE_DELAY)

    @rule(who=CLIENTS, intent=intents)
    def cancel(self, who: int, intent: str) -> None:
        expected = self.expected[intent]
        if self._post(who, "cancel", intent, "cancel", cancellation_reason="abandoned").http == 200:
            expected.canceled_because, expected.lapses = "abandoned", None

    @rule(who=CLIENTS, intent=intents, share=st.integers(1, 120), nearly=NEARLY)
    def refund(self, who: int, intent: str, share: int, nearly: int | None) -> None:
        """``share`` is percent of what was captured; ``nearly`` is how far from all that is left instead."""
        expected = self.expected[intent]
        left = expected.received - expected.refunded
        amount = max(1, expected.received * share // 100 if nearly is None else left + nearly)
        call = "refund too much" if amount > left else "refund all" if amount == left else "refund part"
        outcome = TABLE[call, expected.status]
        if expected.received and not left:
            outcome = Outcome(400, expected.status, code="charge_already_refunded")
        whole = amount == left
        self._send(who, outcome, "refunds", payment_intent=intent, **({} if whole else {"amount": amount}))
        self._moved(intent, outcome)
        if outcome.http == 200:
            expected.refunded += amount
            expected.refunds += 1

    @rule(who=CLIENTS)
    def say_it_again(self, who: int) -> None:
        """The same key brings the same answer, and nothing happens."""
        said = self.said.get(who)
        if said is not None:
            again = self.clients[who].post(said.path, **said.params)
            assert (again.status, again.body) == (said.answer.status, said.answer.body)

    @rule(seconds=st.sampled_from((1, 1800, 12 * 3600, 3 * 24 * 3600, HOLD_SECONDS)))
    def wait(self, seconds: int) -> None:
        now = self.world.clock.advance(seconds)
        for intent, expected in self.expected.items():
            if expected.lapses is not None and expected.lapses <= now:
                expected.lapses, expected.canceled_because = None, "expired"
                self._moved(intent, TABLE["let the window end", expected.status])
                assert expected.status == "canceled"
        self.events += ["charge.updated" for due in self.balance_due if due <= now]
        self.balance_due = [due for due in self.balance_due if due > now]
        self.said = {}  # a key is forgotten after a day

    # what must be so

    @invariant()
    def every_answer_is_as_described(self) -> None:
        assert self.watch.take() == []

    @invariant()
    def the_events_are_those_of_the_table(self) -> None:
        new = acting.events_after(self.clients[0], self.last_event)
        if new:
            self.last_event = new[-1][0]
        assert sorted(kind for _, kind in new) == sorted(self.events)
        self.events = []

    @invariant()
    def the_money_adds_up(self) -> None:
        """Looked at by the other client than the one that acted."""
        for intent in self.touched:
            expected, client = self.expected[intent], self.clients[1 - self.acted]
            shown = client.get(f"payment_intents/{intent}", expand=["latest_charge.refunds"]).body
            held = expected.amount if expected.status == "requires_capture" else 0
            assert shown["status"] == expected.status
            assert (shown["amount"], shown["amount_capturable"]) == (expected.amount, held)
            assert shown["amount_received"] == expected.received <= shown["amount"]
            assert shown["cancellation_reason"] == expected.canceled_because
            charges = client.get("charges", payment_intent=intent, limit=100).body["data"]
            assert len(charges) == expected.attempts
            _check_charges(charges, expected)
            _check_latest(shown["latest_charge"], expected)
        self.touched = set()

    def teardown(self) -> None:
        """In the end all of them: nothing may have changed behind anybody's back."""
        self.touched = set(self.expected)
        self.the_money_adds_up()

    # how

    def _made_and_confirmed(self, who: int, amount: int, card: str) -> str:
        outcome = TABLE[CARDS[card], "requires_confirmation"]
        wanted = {"payment_method": card, "return_url": RETURN_URL}
        answer = acting.create(self.clients[who], amount=amount, confirm=True, **wanted)
        acting.judge(answer, outcome)
        intent = str((answer.error.get("payment_intent") or answer.body)["id"])
        self.expected[intent] = Expected("", amount)
        self.events.append("payment_intent.created")
        self._moved(intent, outcome)
        self._attempted(intent, outcome, card)
        return intent

    def _asked(self) -> list[str]:
        return [intent for intent, expected in self.expected.items() if expected.status == "requires_action"]

    def _post(self, who: int, call: str, intent: str, path: str, **params: Any) -> Outcome:
        outcome = TABLE[call, self.expected[intent].status]
        if outcome.blamed not in params:
            outcome = replace(outcome, blamed=None)
        self._send(who, outcome, f"payment_intents/{intent}/{path}".rstrip("/"), **params)
        self._moved(intent, outcome)
        return outcome

    def _send(self, who: int, outcome: Outcome, path: str, **params: Any) -> None:
        self.keys, self.acted = self.keys + 1, who
        params = {**params, "idempotency_key": f"key-{self.keys}"}
        answer = self.clients[who].post(path, **params)
        acting.judge(answer, outcome)
        # Refusals of parameters are not kept: the same key would run the call anew.
        if answer.status != 400:
            self.said[who] = Said(path, params, answer)

    def _moved(self, intent: str, outcome: Outcome) -> None:
        self.expected[intent].status = outcome.status
        self.touched.add(intent)
        self.events += outcome.events

    def _attempted(self, intent: str, outcome: Outcome, card: str | None) -> None:
        if outcome.http == 400:
            return
        expected = self.expected[intent]
        expected.card = card
        if outcome.status != "requires_action":
            expected.attempts += 1
        self._held_or_lost(intent)

    def _held_or_lost(self, intent: str) -> None:
        expected = self.expected[intent]
        if expected.status == "requires_capture":
            expected.lapses = self.world.clock.now() + HOLD_SECONDS
        if expected.status == "requires_payment_method":
            expected.card = None


def _check_charges(charges: list[dict[str, Any]], expected: Expected) -> None:
    """At most one approval, and what was taken and given back is the same on the charges as on the intent."""
    approved = [charge for charge in charges if charge["status"] == "succeeded"]
    assert len(approved) == (expected.received > 0 or expected.status == "requires_capture" or len(approved))
    assert len(approved) <= 1
    assert sum(charge["amount_captured"] for charge in charges) == expected.received
    assert sum(charge["amount_refunded"] for charge in charges) == expected.refunded <= expected.received


def _check_latest(charge: dict[str, Any] | None, expected: Expected) -> None:
    """https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow"""
    if charge is None:
        assert expected.received == expected.refunds == 0
        return
    assert charge["captured"] == (expected.received > 0)
    assert charge["refunded"] == (0 < expected.received == expected.refunded)
    refunds = charge["refunds"]["data"]
    assert len(refunds) == expected.refunds and sum(each["amount"] for each in refunds) == charge["amount_refunded"]
    if charge["status"] == "succeeded":
        assert charge["amount"] == expected.amount and charge["payment_method_details"]["card"]["capture_before"]


TestTwoClients = TwoClients.TestCase
TestTwoClients.settings = settings(
    max_examples=40 if DEFAULT else settings().max_examples,
    stateful_step_count=40,
    derandomize=DEFAULT,
    deadline=None,
)
