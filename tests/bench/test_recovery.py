"""How long it takes to find out about captures that a crash left open, half of which have happened: what it would be
for a thousand, and with all thousand in the long run before a release."""

import time
from collections import Counter
from pathlib import Path

import pytest

from sellerdesk.domain.operation import OperationKind
from sellerdesk.domain.order import Order
from sellerdesk.domain.requests import Capture, sha256_of, to_json
from sellerdesk.sandbox import Sandbox, World
from sellerdesk.services.resolve import AT_ONCE
from tests import builders, wiring

MANY = 1000
TOTAL = 8720
ENDPOINT_A_SECOND = 25
"""https://docs.stripe.com/rate-limits: calls a second of one kind in test mode."""
ANSWER_SECONDS = 0.3
"""What Stripe may take for one answer, for the sum below: the sandbox answers at once."""


class CountedWorld(World):
    """Counts every call; the list of those seen forgets the oldest."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()

    def record(self, seen: object) -> None:
        self.calls[getattr(seen, "method", "")] += 1
        super().record(seen)  # type: ignore[arg-type]


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_a_thousand_open_operations_after_a_crash(
    tmp_path: Path, release: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    number = MANY if release else MANY // 5
    world = CountedWorld()
    sandbox = Sandbox(world)  # reached inside this process, so it is not started
    with wiring.plant(sandbox, wiring.make_database(tmp_path / "shop.db")) as desk:
        _leave_open(desk, [_hold(desk) for _ in range(number)])
        world.calls.clear()
        desk.clock.advance()
        began, busy = time.monotonic(), time.process_time()
        resolved = desk.works.resolve.run_due(AT_ONCE)
        seconds, busy = time.monotonic() - began, time.process_time() - busy
        calls = dict(world.calls)
        assert (resolved.finished, resolved.waiting) == (number, 0)
        assert all(each["captures"] == 1 for each in world.dump()["intents"].values())
    all_calls = sum(calls.values()) / number * MANY
    most = max(calls.values()) / number * MANY / ENDPOINT_A_SECOND
    own = busy / number * MANY
    waiting = max(all_calls * ANSWER_SECONDS / AT_ONCE, most)
    with capsys.disabled():
        print(
            f"\nrecovery of {number:,} open captures: {seconds:.1f} s, {busy * 1000 / number:.0f} ms of work and "
            f"{sum(calls.values()) / number:.2f} calls each ({calls['GET']:,} read, {calls['POST']:,} sent in all)\n"
            f"of {MANY:,}: {most:.0f} s at {ENDPOINT_A_SECOND} calls a second of each kind; {waiting + own:.0f} s with "
            f"answers after {ANSWER_SECONDS} s to {AT_ONCE} at a time; 300 s allowed"
        )


def _hold(desk: wiring.Plant) -> Order:
    """An order on hold, here and at the sandbox."""
    intent = wiring.stripe_call(
        desk.sandbox,
        "POST",
        "/v1/payment_intents",
        amount=str(TOTAL),
        currency="eur",
        capture_method="manual",
        payment_method="pm_card_visa",
        confirm="true",
        return_url=wiring.RETURN_URL,
        **{"allowed_payment_method_types[]": "card"},
    )
    return builders.placed_order(builders.payment_facts(intent_id=str(intent["id"]), capture_before=None))


def _leave_open(desk: wiring.Plant, orders: list[Order]) -> None:
    """Each has a capture that was begun and never ended, as if the power had gone while it was under way; every second
    one reached Stripe."""
    with desk.store.write() as unit:
        for number, order in enumerate(orders):
            unit.orders.add(order, f"checkout-{order.id}", "sha")
            params = to_json(Capture(order.payment.intent_id, TOTAL, (), 0, ()))
            operation = unit.journal.plan(
                builders.operation(
                    order,
                    OperationKind.CAPTURE,
                    params=params,
                    params_sha256=sha256_of(params),
                    created_at=desk.clock.now(),
                )
            )
            claimed = unit.journal.claim(operation.id, "Seat 1", desk.clock.system_now(), desk.clock.now())
            assert claimed is not None
            unit.journal.start_attempt(claimed, desk.clock.now())
            if number % 2:
                path = f"/v1/payment_intents/{order.payment.intent_id}/capture"
                wiring.stripe_call(desk.sandbox, "POST", path, key=claimed.idempotency_key)
        unit.commit()
