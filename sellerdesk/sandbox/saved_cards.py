"""Cards that are kept with a customer, and customers that go (https://docs.stripe.com/payments/save-and-reuse)."""

from sellerdesk.sandbox.errors import invalid
from sellerdesk.sandbox.lists import page
from sellerdesk.sandbox.objects import Customer, Json, PaymentMethod
from sellerdesk.sandbox.params import merge_metadata
from sellerdesk.sandbox.records import find_customer
from sellerdesk.sandbox.render import customer_json, method_json
from sellerdesk.sandbox.state import State


def detach(state: State, method: PaymentMethod) -> PaymentMethod:
    """``POST /v1/payment_methods/{id}/detach``: it can never be used again."""
    if method.customer is None:
        raise invalid("The payment method is not attached to a customer, so it cannot be detached.", "payment_method")
    method.customer = None
    method.consumed = True
    state.emit("payment_method.detached", method_json(method))
    return method


def list_methods(state: State, params: Json) -> Json:
    """``GET /v1/payment_methods``: the cards of one customer."""
    customer = find_customer(state, params["customer"]).id if "customer" in params else None

    def wanted(method: PaymentMethod) -> bool:
        return (
            customer is not None
            and method.customer == customer
            and params.get("type", "card") == "card"
            and params.get("allow_redisplay") in (None, method.allow_redisplay)
        )

    return page(state.store.methods, params, "/v1/payment_methods", method_json, "payment_method", wanted=wanted)


def update_method(state: State, method: PaymentMethod, params: Json) -> PaymentMethod:
    """``POST /v1/payment_methods/{id}``: only what is attached to a customer can be changed."""
    if method.customer is None:
        raise invalid("You must attach this payment method to a customer before you can update it.", "payment_method")
    card = params.get("card", {})
    month, year = card.get("exp_month", method.exp_month), card.get("exp_year", method.exp_year)
    if not 1 <= month <= 12:
        raise invalid("Your card's expiration month is invalid.", "card[exp_month]", "invalid_expiry_month")
    if not 2000 <= year <= 2100:
        raise invalid("Your card's expiration year is invalid.", "card[exp_year]", "invalid_expiry_year")
    if "metadata" in params:
        method.metadata = merge_metadata(method.metadata, params["metadata"])
    method.exp_month, method.exp_year = month, year
    method.billing = {**method.billing, **params.get("billing_details", {})}
    method.allow_redisplay = params.get("allow_redisplay", method.allow_redisplay)
    state.emit("payment_method.updated", method_json(method))
    return method


def delete_customer(state: State, customer: Customer) -> Json:
    """``DELETE /v1/customers/{id}``: its cards go, too; payments stay."""
    for method in list(state.store.methods.values()):
        if method.customer == customer.id:
            detach(state, method)
    del state.store.customers[customer.id]
    state.store.deleted_customers.add(customer.id)
    state.emit("customer.deleted", customer_json(customer))
    return deleted_json(customer.id)


def retrieve_customer(state: State, identifier: str) -> Json:
    """``GET /v1/customers/{id}``: of one that was deleted only that."""
    if identifier in state.store.deleted_customers:
        return deleted_json(identifier)
    return customer_json(find_customer(state, identifier))


def deleted_json(identifier: str) -> Json:
    """What is left of a customer."""
    return {"id": identifier, "object": "customer", "deleted": True}
