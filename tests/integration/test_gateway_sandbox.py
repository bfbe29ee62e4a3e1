"""The gateway against the sandbox: one order's life, and every refusal with its meaning."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sellerdesk import phase
from sellerdesk.addresses import Addresses
from sellerdesk.clock import Clock
from sellerdesk.domain.errors import (
    Busy,
    Declined,
    KeyNotUsable,
    KeyRefused,
    OurBug,
    OutcomeUnknown,
    Rejected,
    StateMoved,
    TokenRefused,
)
from sellerdesk.domain.payment import PaymentFacts, PaymentStatus, ShippingFacts
from sellerdesk.domain.requests import Capture, Confirm, CreateCustomer, CreateIntent, LineItem, PassTracking
from sellerdesk.gateway.stripe_gateway import StripeGateway
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.services.ports import PaymentGateway

SHIPPING = ShippingFacts(
    name="Anna Köhler",
    line1="Lindengasse 7",
    line2="",
    city="Wien",
    state="",
    postal_code="1070",
    country="AT",
    phone="+43 1 0000000",
)
LINES = (LineItem("Enamel mug", "MUG-01", 2, 1500, 0), LineItem("Tea towel", "TOWEL-1", 1, 1200, 200))
DAY = 86_400


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(sandbox: Sandbox, clock: Clock) -> Iterator[StripeGateway]:
    gateway = StripeGateway(sandbox.secret_key, Addresses.at(sandbox.url), clock)
    yield gateway
    gateway.close()


def as_port(gateway: StripeGateway) -> PaymentGateway:
    """What the type checker holds the gateway to."""
    return gateway


def customer_request(operation: str = "c1") -> CreateCustomer:
    return CreateCustomer("Anna Köhler", "anna@example.com", "", SHIPPING, (("sd_op", operation),))


def intent_request(customer_id: str, operation: str = "i1") -> CreateIntent:
    return CreateIntent(
        amount=4500,
        currency="eur",
        customer_id=customer_id,
        receipt_email="anna@example.com",
        description="Order K7QP-3MX2",
        order_reference="K7QP3MX2",
        shipping=SHIPPING,
        lines=LINES,
        shipping_amount=500,
        metadata=(("sd_op", operation), ("sd_order", "o1"), ("sd_payment", f"p-{operation}")),
    )


def confirm_request(intent_id: str, token: str = "pm_card_visa", *, save_card: bool = False) -> Confirm:
    return Confirm(intent_id, token, "https://shop.example/return", save_card, "anna@example.com", SHIPPING)


def made(gateway: StripeGateway) -> PaymentFacts:
    customer = gateway.create_customer(customer_request(), "k-customer")
    return gateway.create_intent(intent_request(customer), "k-intent")


def held(gateway: StripeGateway) -> PaymentFacts:
    return gateway.confirm(confirm_request(made(gateway).intent_id), "k-confirm")


def capture_request(intent_id: str, amount: int = 2500) -> Capture:
    kept = (replace(LINES[0], quantity=1), replace(LINES[1], quantity=0), LineItem("Postcard", "", 1, 500, 0))
    return Capture(intent_id, amount, kept, 500, (("sd_capture", "p1"),))


class TestAnOrdersLife:
    def test_create_confirm_capture_ship(self, gateway: StripeGateway) -> None:
        intent = made(gateway)
        assert intent.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
        assert (intent.amount, intent.currency, intent.amount_capturable) == (4500, "eur", 0)
        assert dict(intent.metadata)["sd_order"] == "o1"
        assert intent.client_secret.startswith(intent.intent_id)
        assert intent.client_secret not in repr(intent)
        assert intent.authorized_at is None
        assert intent.capture_before is None

        port = as_port(gateway)
        authorized = port.confirm(confirm_request(intent.intent_id, save_card=True), "k-confirm")
        assert authorized.status is PaymentStatus.REQUIRES_CAPTURE
        assert authorized.amount_capturable == 4500
        assert authorized.authorized_at is not None
        assert authorized.capture_before == authorized.authorized_at + 7 * DAY
        assert authorized.card is not None
        assert (authorized.card.brand, authorized.card.last4) == ("visa", "4242")
        assert authorized.card.cvc_check == "pass"
        assert authorized.risk_level == "normal"
        assert authorized.request_id.startswith("req_")

        captured = port.capture(capture_request(intent.intent_id), "k-capture")
        assert captured.status is PaymentStatus.SUCCEEDED
        assert (captured.amount, captured.amount_received, captured.amount_capturable) == (4500, 2500, 0)
        assert captured.amount_refunded == 0

        parcel = replace(SHIPPING, carrier="Post", tracking_number="RR123456785AT")
        request = PassTracking(intent.intent_id, captured.charge_id, parcel, (("payment_intent_ship_status", "true"),))
        shipped = port.pass_tracking(request, "k-ship")
        assert shipped.shipping == parcel
        assert dict(shipped.metadata)["payment_intent_ship_status"] == "true"
        assert dict(shipped.metadata)["sd_order"] == "o1"
        port.pass_tracking_on_charge(request, "k-ship-charge")
        read = port.retrieve(intent.intent_id)
        assert replace(read, observed_ms=0, request_id="") == replace(shipped, observed_ms=0, request_id="")

    def test_the_same_key_has_the_same_effect(self, gateway: StripeGateway, sandbox: Sandbox) -> None:
        customer = gateway.create_customer(customer_request(), "k-customer")
        first = gateway.create_intent(intent_request(customer), "k-intent")
        again = gateway.create_intent(intent_request(customer), "k-intent")
        assert again.intent_id == first.intent_id
        assert len(sandbox.world.store.intents) == 1

    def test_three_d_secure_is_told(self, gateway: StripeGateway) -> None:
        intent = made(gateway)
        facts = gateway.confirm(confirm_request(intent.intent_id, "pm_card_threeDSecure2Required"), "k")
        assert facts.status is PaymentStatus.REQUIRES_ACTION
        assert facts.next_action != ""
        assert facts.authorized_at is None

    def test_a_lapsed_hold_reads_as_canceled(self, gateway: StripeGateway, sandbox: Sandbox) -> None:
        facts = held(gateway)
        sandbox.world.clock.advance(7 * DAY + 60)
        lapsed = gateway.retrieve(facts.intent_id)
        assert lapsed.status is PaymentStatus.CANCELED
        assert lapsed.cancellation_reason == "expired"
        assert lapsed.authorized_at == facts.authorized_at
        assert lapsed.amount_refunded == 0

    def test_the_clock_learns_stripes_time(self, gateway: StripeGateway, sandbox: Sandbox, clock: Clock) -> None:
        sandbox.world.clock.advance(3 * DAY)
        facts = made(gateway)
        assert abs(clock.offset - 3 * DAY) <= 2
        assert abs(facts.created - clock.now()) <= 5
        assert abs(facts.observed_ms // 1000 - clock.now()) <= 5


class TestRefusals:
    def test_a_decline_brings_the_intent_and_the_reason(self, gateway: StripeGateway, clock: Clock) -> None:
        intent = made(gateway)
        with pytest.raises(Declined) as caught:
            gateway.confirm(confirm_request(intent.intent_id, "pm_card_visa_chargeDeclinedInsufficientFunds"), "k")
        error = caught.value
        assert (error.http_status, error.code, error.decline_code) == (402, "card_declined", "insufficient_funds")
        assert error.facts is not None
        assert error.facts.intent_id == intent.intent_id
        assert error.facts.status is PaymentStatus.REQUIRES_PAYMENT_METHOD
        assert error.facts.authorized_at is None
        problem = error.facts.problem
        assert problem is not None
        assert problem.decline_code == "insufficient_funds"
        assert problem.card is not None
        assert problem.card.last4 == "9995"
        assert abs(problem.at - error.facts.observed_ms // 1000) <= 30
        assert "declined" in str(error)
        again = gateway.confirm(confirm_request(intent.intent_id), "k2")
        assert again.status is PaymentStatus.REQUIRES_CAPTURE
        assert again.problem is None

    def test_a_second_capture_finds_the_state_moved(self, gateway: StripeGateway) -> None:
        facts = held(gateway)
        gateway.capture(capture_request(facts.intent_id), "k1")
        with pytest.raises(StateMoved) as caught:
            gateway.capture(capture_request(facts.intent_id), "k2")
        assert caught.value.code == "payment_intent_unexpected_state"

    def test_too_much_is_rejected(self, gateway: StripeGateway) -> None:
        facts = held(gateway)
        with pytest.raises(Rejected) as caught:
            gateway.capture(capture_request(facts.intent_id, 4501), "k1")
        assert caught.value.code == "amount_too_large"
        assert gateway.retrieve(facts.intent_id).amount_capturable == 4500

    def test_an_unknown_intent_is_rejected(self, gateway: StripeGateway) -> None:
        with pytest.raises(Rejected) as caught:
            gateway.retrieve("pi_unknown")
        assert caught.value.http_status == 404

    def test_one_key_with_other_parameters_is_our_bug(self, gateway: StripeGateway) -> None:
        customer = gateway.create_customer(customer_request(), "k-customer")
        gateway.create_intent(intent_request(customer), "k-intent")
        with pytest.raises(OurBug):
            gateway.create_intent(replace(intent_request(customer), amount=4600), "k-intent")

    def test_a_strange_token_is_refused_before_anything_is_sent(self, gateway: StripeGateway, sandbox: Sandbox) -> None:
        with pytest.raises(TokenRefused):
            gateway.confirm(confirm_request("pi_1", "src_visa"), "k")
        assert len(sandbox.world.seen) == 0

    @pytest.mark.parametrize("bad", ["", "pi_", "pi_1/capture", "../v1/balance", "pi_1?x=1", "cs_1"])
    def test_a_strange_id_is_our_bug(self, gateway: StripeGateway, sandbox: Sandbox, bad: str) -> None:
        with pytest.raises(OurBug):
            gateway.retrieve(bad)
        assert len(sandbox.world.seen) == 0

    def test_nothing_is_sent_inside_a_transaction(self, gateway: StripeGateway, sandbox: Sandbox) -> None:
        with phase.transaction(), pytest.raises(OurBug):
            gateway.retrieve("pi_1")
        with phase.transaction(), pytest.raises(OurBug):
            gateway.events(0)
        with phase.transaction(), pytest.raises(OurBug):
            gateway.check_key()
        assert len(sandbox.world.seen) == 0


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "error", "happened"),
        [
            (Fault.LOST_BEFORE, OutcomeUnknown, False),
            (Fault.LOST_AFTER, OutcomeUnknown, True),
            (Fault.ERROR_500_BEFORE, OutcomeUnknown, False),
            (Fault.ERROR_500_AFTER, OutcomeUnknown, True),
            (Fault.HTML_502, OutcomeUnknown, False),
            (Fault.HTML_502_AFTER, OutcomeUnknown, True),
            (Fault.ODD_200_NULL, OutcomeUnknown, True),
            (Fault.ODD_200_LIST, OutcomeUnknown, True),
            (Fault.ODD_200_OTHER_ID, OutcomeUnknown, True),
            (Fault.BUSY_429, Busy, False),
            (Fault.LOCK_TIMEOUT_429, Busy, False),
            (Fault.CONFLICT_409, Busy, False),
        ],
    )
    def test_a_faulty_capture(
        self, gateway: StripeGateway, sandbox: Sandbox, fault: Fault, error: type[Exception], happened: bool
    ) -> None:
        facts = held(gateway)
        before = len(sandbox.world.seen)
        sandbox.world.faults.plan("any", fault)
        with pytest.raises(error) as caught:
            gateway.capture(capture_request(facts.intent_id), "k-capture")
        assert caught.type is error
        assert len(sandbox.world.seen) == before + 1, "the SDK must not retry by itself"
        sandbox.world.faults.clear()
        assert (gateway.retrieve(facts.intent_id).amount_received == 2500) is happened

    def test_a_stored_fault_is_marked_as_replayed(self, gateway: StripeGateway, sandbox: Sandbox) -> None:
        facts = held(gateway)
        sandbox.world.faults.plan("any", Fault.ERROR_500_BEFORE, stored=True)
        with pytest.raises(OutcomeUnknown) as first:
            gateway.capture(capture_request(facts.intent_id), "k")
        with pytest.raises(OutcomeUnknown) as second:
            gateway.capture(capture_request(facts.intent_id), "k")
        assert (first.value.replayed, second.value.replayed) == (False, True)
        assert second.value.http_status == 500


class TestFinding:
    def test_an_intent_is_found_by_its_tag(self, gateway: StripeGateway) -> None:
        customer = gateway.create_customer(customer_request(), "k-customer")
        assert gateway.find_intent("i1", "payment", customer) is None
        for number in range(3):
            gateway.create_intent(intent_request(customer, f"i{number}"), f"k{number}")
        found = gateway.find_intent("i1", "payment", customer)
        assert found is not None
        assert dict(found.metadata)["sd_op"] == "i1"
        assert gateway.find_intent("i9", "payment", customer) is None
        by_payment = gateway.find_intent("i9", "p-i1", customer)
        assert by_payment is not None
        assert by_payment.intent_id == found.intent_id

    def test_a_customer_is_found_by_its_tag_over_several_pages(self, gateway: StripeGateway, clock: Clock) -> None:
        start = clock.now() - 60
        first = gateway.create_customer(customer_request("c-first"), "k-first")
        for number in range(100):
            gateway.create_customer(customer_request(f"c{number}"), f"k{number}")
        late = clock.now() + DAY
        assert gateway.find_customer("c-first", "", start) == first
        assert gateway.find_customer("c-unknown", "", start) is None
        assert gateway.find_customer("c-first", "", late) is None
        assert gateway.find_customer("c-first", "anna@example.com", late) == first
        assert gateway.find_customer("c-first", "bob@example.com", start) is None

    def test_events_come_oldest_first(self, gateway: StripeGateway, clock: Clock) -> None:
        start = clock.now() - 60
        facts = held(gateway)
        gateway.capture(capture_request(facts.intent_id), "k-capture")
        hints = [hint for hint in gateway.events(start) if hint.intent_id == facts.intent_id]
        kinds = [hint.type for hint in hints]
        assert kinds.index("payment_intent.created") < kinds.index("payment_intent.amount_capturable_updated")
        assert kinds.index("payment_intent.amount_capturable_updated") < kinds.index("payment_intent.succeeded")
        assert "charge.captured" in kinds
        assert len({hint.id for hint in hints}) == len(hints)
        assert [hint.created for hint in hints] == sorted(hint.created for hint in hints)
        assert gateway.events(clock.now() + DAY) == ()

    def test_events_of_many_pages(self, gateway: StripeGateway, clock: Clock) -> None:
        start = clock.now() - 60
        customer = gateway.create_customer(customer_request(), "k-customer")
        made = [
            gateway.create_intent(intent_request(customer, f"i{number}"), f"k{number}").intent_id
            for number in range(101)
        ]
        assert [hint.intent_id for hint in gateway.events(start)] == made


class TestTheKey:
    def test_a_full_key(self, gateway: StripeGateway, sandbox: Sandbox) -> None:
        facts = gateway.check_key()
        assert facts.livemode is False
        assert facts.account_id.startswith("acct_")
        assert facts.name
        assert [right.name for right in facts.permissions if right.granted is not True] == []
        assert not sandbox.world.store.intents
        assert not sandbox.world.store.customers

    def test_a_restricted_key_names_what_is_missing(self, sandbox: Sandbox, clock: Clock) -> None:
        key = "rk_test_madeup00000000000000"
        sandbox.world.restrict_key(
            key,
            frozenset(
                {
                    "payment_intent_write",
                    "charge_write",
                    "customer_read",
                    "payment_method_write",
                    "confirmation_token_read",
                    "event_read",
                }
            ),
        )
        facts = StripeGateway(key, Addresses.at(sandbox.url), clock).check_key()
        missing = {right.name for right in facts.permissions if right.granted is False}
        assert missing == {"Customers", "Disputes", "Balance", "Account"}
        assert facts.name == ""
        required = {right.name for right in facts.permissions if right.required and not right.granted}
        assert required == {"Customers"}

    def test_a_missing_permission_is_quoted(self, sandbox: Sandbox, clock: Clock) -> None:
        key = "rk_test_madeup00000000000000"
        sandbox.world.restrict_key(key, frozenset({"payment_intent_read"}))
        gateway = StripeGateway(key, Addresses.at(sandbox.url), clock)
        with pytest.raises(KeyRefused) as caught:
            gateway.capture(capture_request("pi_1"), "k")
        assert caught.value.http_status == 403
        assert "rak_payment_intent_write" in str(caught.value)
        assert key not in str(caught.value)

    def test_a_revoked_key(self, sandbox: Sandbox, gateway: StripeGateway) -> None:
        sandbox.world.revoke_key(sandbox.secret_key)
        for call in (gateway.check_key, lambda: gateway.retrieve("pi_1")):
            with pytest.raises(KeyRefused) as caught:
                call()
            assert caught.value.http_status == 401
            assert caught.value.code == "api_key_expired"
            assert sandbox.secret_key not in str(caught.value)

    @pytest.mark.parametrize("key", ["", "pk_test_madeup00000000", "whsec_madeup", "sk_org_test_x", "hello"])
    def test_another_kind_of_key_is_refused(self, key: str, clock: Clock) -> None:
        with pytest.raises(KeyNotUsable):
            StripeGateway(key, Addresses.stripe(), clock)

    def test_a_live_key_goes_to_stripe_only(self, sandbox: Sandbox, clock: Clock) -> None:
        with pytest.raises(KeyNotUsable):
            StripeGateway("sk_" + "live_madeup", Addresses.at(sandbox.url), clock)
        assert len(sandbox.world.seen) == 0
