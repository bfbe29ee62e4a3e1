"""Saved cards: kept, changed, charged while the shopper is away, and given up.

https://docs.stripe.com/payments/save-and-reuse
"""

from typing import Any

import pytest
import stripe

from sellerdesk.sandbox import Sandbox
from tests.contract.calls import RETURN_URL, authorize, code_of, create, types_of


def kept(client: stripe.StripeClient, card: str = "pm_card_visa") -> tuple[str, str]:
    """A customer and the card attached to it."""
    customer = client.v1.customers.create({"name": "Mara"}).id
    return customer, client.v1.payment_methods.attach(card, {"customer": customer}).id


def away(client: stripe.StripeClient, customer: str, method: str) -> stripe.PaymentIntent:
    """The seller charges the saved card while the shopper is away."""
    return create(client, customer=customer, payment_method=method, off_session=True, confirm=True)


@pytest.mark.parametrize(
    "card", ["pm_card_visa", "pm_card_authenticationRequiredSetupForOffSession", "pm_card_threeDSecureOptional"]
)
def test_cards_that_pass_while_the_shopper_is_away(client: stripe.StripeClient, card: str) -> None:
    assert away(client, *kept(client, card)).status == "requires_capture"


@pytest.mark.parametrize("card", ["pm_card_authenticationRequired", "pm_card_authenticationRequiredOnSetup"])
def test_the_same_intent_goes_on_when_the_shopper_is_back(
    client: stripe.StripeClient, sandbox: Sandbox, card: str
) -> None:
    customer, method = kept(client, card)
    with pytest.raises(stripe.CardError) as refusal:
        away(client, customer, method)
    problem: Any = refusal.value.error
    assert (code_of(refusal), problem.decline_code) == ("authentication_required", "authentication_required")
    intent = problem.payment_intent
    assert (intent.status, intent.payment_method, intent.latest_charge) == ("requires_payment_method", None, None)
    assert problem.payment_method.id == method and problem.charge is None
    assert client.v1.charges.list().data == []
    back = client.v1.payment_intents.confirm(intent.id, {"payment_method": method, "return_url": RETURN_URL})
    assert back.status == "requires_action"
    sandbox.world.answer_challenge(intent.id, approve=True)
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_a_card_that_attaches_and_fails_later(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        away(client, *kept(client, "pm_card_chargeCustomerFail"))
    assert code_of(refusal) == "card_declined"


@pytest.mark.parametrize(
    ("card_usage", "usage", "saved"),
    [
        ("none", "off_session", False),
        ("off_session", None, True),
        (None, "on_session", True),
        ("", "off_session", True),
    ],
)
def test_the_cards_own_wish_to_be_saved_wins(
    client: stripe.StripeClient, card_usage: str | None, usage: str | None, saved: bool
) -> None:
    customer = client.v1.customers.create({}).id
    options = None if card_usage is None else {"card": {"setup_future_usage": card_usage}}
    authorize(client, customer=customer, setup_future_usage=usage, payment_method_options=options)
    methods = client.v1.customers.payment_methods.list(customer).data
    assert bool(methods) is saved
    assert ("payment_method.attached" in types_of(client)) is saved


def test_a_card_is_held_although_other_ways_are_taken_at_once(client: stripe.StripeClient) -> None:
    held = authorize(client, capture_method="automatic", payment_method_options={"card": {"capture_method": "manual"}})
    assert (held.status, held.capture_method, held.amount_capturable) == ("requires_capture", "automatic", 7000)
    assert held.payment_method_options is not None and held.payment_method_options.card is not None
    assert held.payment_method_options.card.capture_method == "manual"
    assert client.v1.payment_intents.capture(held.id, {"amount_to_capture": 5000}).amount_received == 5000


def test_a_kept_card_is_listed_changed_and_given_up(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer, method = kept(client)
    assert [each.id for each in client.v1.payment_methods.list({"customer": customer, "type": "card"}).data] == [method]
    assert client.v1.payment_methods.list().data == []
    change: Any = {
        "billing_details": {"name": "Mara"},
        "card": {"exp_month": 1, "exp_year": 2040},
        "metadata": {"a": "1"},
    }
    changed: Any = client.v1.payment_methods.update(method, change)
    assert (changed.billing_details.name, changed.card.exp_month, changed.card.exp_year) == ("Mara", 1, 2040)
    wrong: Any
    for wrong in ({"card": {"exp_month": 13}}, {"card": {"exp_year": 1999}}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_methods.update(method, wrong)
    assert client.v1.payment_methods.detach(method).customer is None
    assert types_of(client)[-2:] == ["payment_method.updated", "payment_method.detached"]
    for again in (
        lambda: client.v1.payment_methods.detach(method),
        lambda: client.v1.payment_methods.attach(method, {"customer": customer}),
        lambda: client.v1.payment_methods.update(method, {"metadata": {"a": "2"}}),
        lambda: authorize(client, method),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            again()


def test_a_customer_goes(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer, method = kept(client)
    intent = create(client, customer=customer)
    gone = client.v1.customers.delete(customer)
    assert (gone.id, gone.deleted) == (customer, True)
    assert client.v1.customers.retrieve(customer).deleted is True
    assert client.v1.customers.list().data == []
    assert client.v1.payment_methods.retrieve(method).customer is None
    after: Any = client.v1.payment_intents.retrieve(intent.id, {"expand": ["customer"]})
    assert after.customer.deleted is True
    assert types_of(client)[-2:] == ["payment_method.detached", "customer.deleted"]
    for call in (client.v1.customers.update, client.v1.customers.delete):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            call(customer)
        assert refusal.value.http_status == 404
