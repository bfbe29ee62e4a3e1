"""What shoppers do: order, pay, answer their bank, come back, change their mind."""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from sellerdesk.domain.catalogue import CartItem
from sellerdesk.domain.errors import CheckoutClosed
from sellerdesk.domain.ids import new_secret_token
from sellerdesk.domain.order import Order
from sellerdesk.domain.road import ConfirmationRoad
from sellerdesk.services.pay_answer import PayAnswer, PayState
from tests.chaos.ground import Checkout
from tests.chaos.logbook import Told
from tests.wiring import ADA, RETURN_URL

if TYPE_CHECKING:
    from tests.chaos.simulation import Simulation

CARTS = (
    (CartItem("MUG", 2), CartItem("POT", 1)),
    (CartItem("MUG", 1), CartItem("BOOK", 3)),
    (CartItem("BOOK", 2),),
)
CARDS = (
    *["pm_card_visa"] * 6,
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequiredOnSetup",
    "pm_card_chargeCustomerFail",
    "pm_card_refundFail",
    "pm_card_pendingRefund",
)
MOST_CHECKOUTS = 9
_ITS_ORDER = "SELECT id FROM orders WHERE checkout_id = ?"
PAGE_KEY = "pk_test_page000000000000"


def place(simulation: "Simulation") -> None:
    """A new shopper, or one of before who presses again, from another address now and then."""
    rng = simulation.rng
    if (len(simulation.checkouts) < MOST_CHECKOUTS and rng.random() < 0.7) or not simulation.checkouts:
        simulation.checkouts.append(Checkout(new_secret_token(), rng.choice(CARTS), rng.random() < 0.6))
        checkout = simulation.checkouts[-1]
    else:
        checkout = rng.choice(simulation.checkouts)
    _order(simulation, checkout)


def change_cart(simulation: "Simulation") -> None:
    """Another cart from the same browser; where that closes the checkout, a new one is begun with it."""
    checkout = simulation.rng.choice(simulation.checkouts)
    checkout.cart = simulation.rng.choice(CARTS)
    _order(simulation, checkout)


def _order(simulation: "Simulation", checkout: Checkout) -> None:
    shopper = ADA if simulation.rng.random() < 0.8 else replace(ADA, address=replace(ADA.address, line1="2 Turing Row"))
    place_order = simulation.server.works.shopfront.place_order

    def act() -> None:
        checkout.order = place_order.place(checkout.id, checkout.cart, shopper, checkout.saves)

    error = simulation.attempt(simulation.server, "place", act)
    if isinstance(error, CheckoutClosed):
        simulation.given_up.update(row[0] for row in simulation.sql(_ITS_ORDER, checkout.id))
        checkout.id, checkout.order, checkout.token = new_secret_token(), None, ""


def pay(simulation: "Simulation") -> None:
    """With a card, or once more with the one of before: pressed twice, or a page that was reloaded."""
    checkout = _one_with_order(simulation, to_pay=simulation.rng.random() < 0.8)
    if checkout is None or checkout.order is None:
        return
    order = checkout.order
    if simulation.road is ConfirmationRoad.PAGE and simulation.rng.random() < 0.7:
        _page_pays(simulation, checkout, order)
        return
    if not checkout.token or simulation.rng.random() < 0.7:
        checkout.token = _card(simulation)
    token = checkout.token
    pay_order = simulation.server.works.shopfront.pay_order
    by_link = simulation.rng.random() < 0.2

    def act() -> None:
        if by_link:
            answer = pay_order.pay_by_link(order.link_token, token, RETURN_URL)
        else:
            answer = pay_order.pay(checkout.id, order.reference, token, RETURN_URL)
        _note(simulation, answer, token)

    simulation.attempt(simulation.server, "pay", act)


def _page_pays(simulation: "Simulation", checkout: Checkout, order: Order) -> None:
    """The page asks whether it may, and then confirms by itself with Stripe."""
    pay_order = simulation.server.works.shopfront.pay_order
    answers: list[PayAnswer] = []
    simulation.attempt(
        simulation.server, "start", lambda: answers.append(pay_order.start(checkout.id, order.reference))
    )
    if not answers or answers[0].state is not PayState.READY:
        return
    answer = answers[0]
    simulation.page.post(
        f"payment_intents/{answer.order.payment.intent_id}/confirm",
        client_secret=answer.client_secret,
        confirmation_token=_card(simulation),
        **({"receipt_email": answer.receipt_email} if answer.receipt_email else {}),
        **({"shipping": _shipping(answer)} if answer.shipping else {}),
    )
    simulation.say("  the page confirms")


def _shipping(answer: PayAnswer) -> dict[str, object]:
    facts = answer.shipping
    assert facts is not None
    address = {"line1": facts.line1, "city": facts.city, "postal_code": facts.postal_code, "country": facts.country}
    return {"name": facts.name, "address": address}


def look_again(simulation: "Simulation") -> None:
    """The page asks where the payment stands, as it does every two seconds."""
    checkout = _one_with_order(simulation)
    if checkout is None or checkout.order is None:
        return
    reference = checkout.order.reference
    pay_order = simulation.server.works.shopfront.pay_order
    simulation.attempt(simulation.server, "look again", lambda: pay_order.look_again(checkout.id, reference))


def answer_bank(simulation: "Simulation") -> None:
    """In the bank's own window: nothing of ours takes part."""
    with simulation.world.open() as world:
        asked = [each.id for each in world.store.intents.values() if each.challenge is not None]
    if asked:
        intent_id, approve = simulation.rng.choice(asked), simulation.rng.random() < 0.8
        simulation.world.answer_challenge(intent_id, approve=approve)
        simulation.say(f"the bank is told {'yes' if approve else 'no'} about {intent_id}")


def approve_later(simulation: "Simulation") -> None:
    """The shopper comes back by the order's link, to approve a charge of their saved card."""
    checkout = _one_with_order(simulation)
    if checkout is None or checkout.order is None:
        return
    link, approving = checkout.order.link_token, simulation.server.works.shopfront.approving
    if simulation.rng.random() < 0.6:
        simulation.attempt(simulation.server, "approve", lambda: approving.start(link, RETURN_URL))
    else:
        simulation.attempt(simulation.server, "look at approval", lambda: approving.look(link))


def _one_with_order(simulation: "Simulation", *, to_pay: bool = False) -> Checkout | None:
    """One that has been ordered from; with ``to_pay`` one whose order waits for its money."""
    known = [each for each in simulation.checkouts if each.order is not None]
    if to_pay:
        unpaid = {row[0] for row in simulation.sql("SELECT id FROM orders WHERE stage IN ('unfinished', 'problem')")}
        known = [each for each in known if each.order is not None and each.order.id in unpaid] or known
    return simulation.rng.choice(known) if known else None


def _card(simulation: "Simulation") -> str:
    """What the card form gives the page."""
    card = simulation.rng.choice(CARDS)
    said = simulation.outsider.post("test_helpers/confirmation_tokens", payment_method=card)
    return str(said.body["id"])


def _note(simulation: "Simulation", answer: PayAnswer, token: str) -> None:
    """A shopper who is told no must not be charged by that press."""
    if answer.state is PayState.DECLINED:
        payment_id = answer.order.payments[0].id
        operation_id = hashlib.sha256(f"confirm {payment_id} {token}".encode()).hexdigest()[:32]
        simulation.log.told.append(Told(operation_id, "refused", "pay"))
