"""What the calls about saved cards and customers that go do."""

from sellerdesk.sandbox import saved_cards
from sellerdesk.sandbox.call import Call
from sellerdesk.sandbox.methods import find_method
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.records import find_customer
from sellerdesk.sandbox.render import method_json


def list_methods(call: Call) -> Json:
    """``GET /v1/payment_methods``."""
    return saved_cards.list_methods(call.state, call.params)


def update_method(call: Call) -> Json:
    """``POST /v1/payment_methods/{id}``."""
    method = find_method(call.state, call.identifier)
    return method_json(saved_cards.update_method(call.state, method, call.params))


def detach_method(call: Call) -> Json:
    """``POST /v1/payment_methods/{id}/detach``."""
    return method_json(saved_cards.detach(call.state, find_method(call.state, call.identifier)))


def retrieve_customer(call: Call) -> Json:
    """``GET /v1/customers/{id}``."""
    return saved_cards.retrieve_customer(call.state, call.identifier)


def delete_customer(call: Call) -> Json:
    """``DELETE /v1/customers/{id}``."""
    return saved_cards.delete_customer(call.state, find_customer(call.state, call.identifier))
