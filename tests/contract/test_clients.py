"""Other people's clients drive the whole life of an order against the sandbox, run as a program of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
import requests

from tests.contract.drivers import Answer, CommandLine, Driver, NodeSdk, Order, PythonSdk, are_installed
from tests.contract.order_life import LIFE, RESTRICTED, REVOKED, STEPS, Happening, Step

KEY = "sk_test_made_up_for_this"
PYTHON, NODE, COMMAND_LINE = "python", "node", "command line"
CLIENTS = (PYTHON, NODE, COMMAND_LINE)
OWN_WORDS = {
    (COMMAND_LINE, "a publishable key"): "the CLI only supports using a secret or restricted key",
    (COMMAND_LINE, "a revoked key"): "The API key for the default profile has expired.",
}
# One process for each call makes the command-line client slow: of several refusals of one kind it meets one.
LEFT_OUT = {
    "what a restricted key may", "no amount", "too small an amount", "redirects without a way back", "too little money",
    "an expired card", "nothing to capture", "a word to capture", "a second release", "a confirm after the capture",
    "a refund after everything", "the bank asks again", "the shopper refuses", "refused", "too long a page",
    "after a day a key is forgotten", "a capture after the lapse", "a capture before the hold",
}  # fmt: skip
ASKED = [
    (client, step)
    for client in CLIENTS
    for step in STEPS
    if (client, step.name) not in OWN_WORDS and not (client == COMMAND_LINE and step.name in LEFT_OUT)
]


class Program:
    """``sellerdesk sandbox --port 0`` as anybody starts it: two lines tell where it is and what opens it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "sellerdesk", "sandbox", "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        self._token = self._process.stdout.readline().strip().partition("?token=")[2]

    def control(self, path: str, **body: Any) -> None:
        headers = {"X-Sandbox-Token": self._token}
        requests.post(f"{self.address}/_sandbox/{path}", json=body, headers=headers, timeout=20).raise_for_status()

    def happen(self, what: Happening, target: str) -> None:
        """Answer the bank's window in the shopper's place, or move the clock."""
        if what.what == "advance":
            self.control("clock/advance", seconds=what.seconds)
            return
        ticket = target.rpartition("ticket=")[2]
        done = requests.post(f"{self.address}/frames/challenge/{ticket}", data=what.what, timeout=20)
        done.raise_for_status()

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)


class Played:
    """What a client was answered, step by step."""

    def __init__(self, driver: Driver, program: Program, left_out: Collection[str] = ()) -> None:
        self.driver = driver
        self.answers: dict[str, Answer] = {}
        self.own_words: dict[str, str] = {}
        self._broken = ""
        program.control("reset")
        program.control("keys/revoke", key=REVOKED)
        program.control("keys/restrict", key=RESTRICTED, permissions=["payment_intent_read"])
        for step in LIFE:
            if step.name in left_out:
                continue
            if isinstance(step, Happening):
                program.happen(step, self.told(step.target))
                continue
            try:
                self.answers[step.name] = driver.carry_out(self.told(step.order))
            except LookupError:  # an earlier step went wrong; its own test says how
                self._broken = self._broken or step.name
            except ValueError as refusal:
                self.own_words[step.name] = str(refusal)

    def told(self, value: Any) -> Any:
        """The value with what it refers to put in."""
        if isinstance(value, str):
            return re.sub(r"\$([a-z ]+)\.([\w.]*\w)", lambda found: self._look_up(found[1], found[2]), value)
        if isinstance(value, Mapping):
            return {name: self.told(each) for name, each in value.items()}
        if isinstance(value, Order):
            names = ("target", "params", "idempotency_key")
            return replace(value, **{name: self.told(getattr(value, name)) for name in names})
        return [self.told(each) for each in value] if isinstance(value, list) else value

    def answer(self, name: str) -> Answer:
        assert name in self.answers, f"was not reached: {self._broken!r} needs what an earlier step should have told"
        return self.answers[name]

    def _look_up(self, name: str, path: str) -> str:
        return str(part_of(self.answers[name].body, path))


def part_of(body: Any, path: str) -> Any:
    """The part at ``a.0.b``. Raises LookupError when it is not there."""
    for word in path.split("."):
        if not isinstance(body, dict | list):
            raise LookupError(path)
        body = body[int(word)] if isinstance(body, list) else body[word]
    return body


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    running = Program()
    yield running
    running.stop()


@pytest.fixture(scope="module", params=CLIENTS)
def played(
    request: pytest.FixtureRequest, program: Program, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """The whole life, carried out once by each client."""
    if request.param != PYTHON and not are_installed():
        sentence = "Stripe's clients are not installed: python3 packaging/dev.py clients"
        pytest.fail(sentence, pytrace=False) if os.environ.get("CI") else pytest.skip(sentence)
    with ExitStack() as stack:
        driver: Driver
        match request.param:
            case "python":
                driver = PythonSdk(program.address, KEY)
            case "node":
                driver = stack.enter_context(NodeSdk(program.address, KEY))
            case _:
                driver = CommandLine(program.address, KEY, tmp_path_factory.mktemp("cli"))
        yield Played(driver, program, LEFT_OUT if request.param == COMMAND_LINE else ())


@pytest.mark.parametrize(
    ("played", "step"), ASKED, indirect=["played"], ids=lambda value: getattr(value, "name", value), scope="module"
)
def test_the_life_of_an_order(played: Played, step: Step) -> None:
    answer = played.answer(step.name)
    assert answer.status == step.status, answer.body
    found = {}
    for path in step.body:
        try:
            found[path] = part_of(answer.body, path)
        except LookupError:
            found[path] = None
    assert found == {path: played.told(value) for path, value in step.body.items()}
    assert answer.headers["request-id"].startswith("req_")
    if played.driver.tells_all:
        assert {name: answer.headers.get(name) for name in step.headers} == step.headers
        assert answer.kind == step.kind


def test_what_a_client_says_in_its_own_words(played: Played, request: pytest.FixtureRequest) -> None:
    client = request.node.callspec.params["played"]
    expected = {step: words for (who, step), words in OWN_WORDS.items() if who == client}
    assert played.own_words.keys() == expected.keys()
    assert [step for step, words in expected.items() if words not in played.own_words[step]] == []


def test_whole_lists(played: Played) -> None:
    """Several pages in the order of one."""
    one = played.driver.carry_out(Order("payment_intents.list", params={"limit": 100})).body
    assert not one["has_more"]
    ids = [each["id"] for each in one["data"]]
    assert len(ids) > 4
    assert played.driver.all_ids(Order("payment_intents.list", params={"limit": 2})) == ids


def test_an_older_account(played: Played, program: Program, request: pytest.FixtureRequest) -> None:
    """The command-line client names no version, and meets the account's own; the SDKs bring theirs."""
    wanted = {"amount": 7000, "currency": "eur", "payment_method_types": ["card"], "capture_method": "manual",
              "payment_method": "pm_card_visa", "confirm": True}  # fmt: skip
    program.control("version", default="2022-08-01")
    try:
        made = played.driver.carry_out(Order("payment_intents.create", params=wanted))
        if request.node.callspec.params["played"] != COMMAND_LINE:
            assert (made.status, made.body["code"]) == (400, "payment_method_types_no_longer_supported")
            return
        assert made.body["charges"]["data"][0]["captured"] is False
        target = made.body["id"]
        done = played.driver.carry_out(Order("payment_intents.capture", target, {"amount_to_capture": 5000})).body
        charge = done["charges"]["data"][0]
        assert (done["amount_received"], charge["amount_refunded"]) == (5000, 2000)
        newest = Order("payment_intents.retrieve", target, version="2026-10-28.endive")
        assert "charges" not in played.driver.carry_out(newest).body
    finally:
        program.control("version", default="2026-10-28.endive")
