"""The demo shop's practice: its sandbox steered over HTTP, as any program could, and shoppers who order on demand."""

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sellerdesk.app import Works
from sellerdesk.demo_stories import CardTried, Story
from sellerdesk.demo_week import RunningSandbox, order_as_shopper
from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import WorldError
from sellerdesk.domain.order import Address, Shopper
from sellerdesk.services.practice import SLOW_SECONDS, AtStripe, CannotPractise, Seen, Switches

_ALL = 100_000
_ANSWER_SECONDS = 20
_REFUSED = 409
_LOST = ("lost_before", "lost_after")


class SandboxControl:
    """The control plane of a sandbox at ``url``. Implements the port ``TimeMachine``.

    ``learn`` is told the sandbox's time (seconds UTC) when its clock was moved.
    """

    def __init__(self, url: str, token: str, learn: Callable[[int], None]) -> None:
        self._url, self._token, self._learn = url, token, learn

    def switches(self) -> Switches:
        return _switches(self._call("GET", "switches"))

    def go_before_deadline(self, intent_id: str, seconds: int) -> None:
        self._learn(int(self._call("POST", "clock/before_deadline", intent=intent_id, seconds=seconds)["now"]))

    def go_forward(self, seconds: int) -> None:
        self._learn(int(self._call("POST", "clock/advance", seconds=seconds)["now"]))

    def refuse_next_card(self, decline_code: str) -> None:
        self._call("POST", "next_decline", decline_code=decline_code)

    def lose_next_answer(self, *, done: bool, kind: str = "write") -> None:
        self._call("POST", "faults", kind=kind, fault=_LOST[done])

    def be_slow(self) -> None:
        self._call("POST", "faults", kind="any", fault="slow", times=_ALL, seconds=SLOW_SECONDS)

    def hold_next_for(self, seconds: int) -> None:
        self._call("POST", "next_hold", seconds=seconds)

    def dispute(self, intent_id: str) -> None:
        self._call("POST", "disputes", intent=intent_id, reason="product_not_received")

    def warn(self, intent_id: str) -> None:
        self._call("POST", "warnings", intent=intent_id)

    def back_to_normal(self) -> Switches:
        return _switches(self._call("POST", "normal"))

    def knows(self, intent_id: str) -> AtStripe:
        """What the sandbox has seen of a payment."""
        found = self._call("GET", "state")["intents"].get(intent_id)
        if found is None:
            return AtStripe()
        path = f"/v1/payment_intents/{intent_id}"
        calls = self._call("GET", "requests")["requests"]
        lost = sum(each["fault"] in _LOST for each in calls if f"{each['path']}/".startswith(f"{path}/"))
        return AtStripe(found["captures"], found["amount_received"], lost)

    def _call(self, method: str, path: str, **body: object) -> Any:
        request = Request(  # noqa: S310 - the address is the sandbox's own, on this computer
            f"{self._url}/_sandbox/{path}",
            data=json.dumps(body).encode() if method == "POST" else None,
            method=method,
            headers={"X-Sandbox-Token": self._token},
        )
        try:
            with urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as error:
            said = json.loads(error.read()).get("error", "")
            if error.code == _REFUSED:
                raise CannotPractise(f"{said} Nothing was changed.") from error
            raise WorldError(f"The demo shop’s Stripe does not understand this: {said}") from error
        except OSError as error:
            raise WorldError("The demo shop’s Stripe did not answer. Open the demo shop again.") from error


class DemoPractice:
    """Shoppers and a time machine for one demo shop. Implements the port ``Practice``.

    ``works`` are use cases by which the server confirms, whatever road the shop's page takes.
    """

    def __init__(self, works: Works, sandbox: RunningSandbox) -> None:
        self._works, self._sandbox = works, sandbox
        self.machine = SandboxControl(sandbox.url, sandbox.control_token, works.clock.learn)

    def order(self, shopper: str, cart: tuple[CartItem, ...], *cards: str) -> str:
        who = Shopper(shopper, "shopper@example.com", Address("Musterweg 1", "Berlin", "10115", "DE"))
        tried = tuple(CardTried(card) for card in cards)
        return order_as_shopper(self._works, self._sandbox, Story(who, cart, ago=0, cards=tried)).id

    def look(self, order_id: str) -> Seen:
        view = self._works.desk.orders.view(order_id)
        return Seen(view, self.machine.knows(view.order.payment.intent_id))


def _switches(found: Any) -> Switches:
    faults = [(each["fault"], each["left"]) for each in found["faults"]]
    before, after = (sum(left for fault, left in faults if fault == kind) for kind in _LOST)
    slow = any(fault == "slow" for fault, _ in faults)
    return Switches(tuple(found["declines"]), before, after, slow)
