"""What the calls about webhook endpoints and search do."""

from sellerdesk.sandbox import search, webhooks
from sellerdesk.sandbox.call import Call
from sellerdesk.sandbox.lists import page
from sellerdesk.sandbox.objects import Json


def create_endpoint(call: Call) -> Json:
    """``POST /v1/webhook_endpoints``."""
    return webhooks.create_endpoint(call.state, call.params)


def list_endpoints(call: Call) -> Json:
    """``GET /v1/webhook_endpoints``."""
    made = call.state.store.endpoints
    return page(made, call.params, "/v1/webhook_endpoints", webhooks.endpoint_json, "webhook_endpoint")


def retrieve_endpoint(call: Call) -> Json:
    """``GET /v1/webhook_endpoints/{id}``."""
    return webhooks.endpoint_json(webhooks.find_endpoint(call.state, call.identifier))


def update_endpoint(call: Call) -> Json:
    """``POST /v1/webhook_endpoints/{id}``."""
    endpoint = webhooks.find_endpoint(call.state, call.identifier)
    return webhooks.update_endpoint(call.state, endpoint, call.params)


def delete_endpoint(call: Call) -> Json:
    """``DELETE /v1/webhook_endpoints/{id}``."""
    return webhooks.delete_endpoint(call.state, webhooks.find_endpoint(call.state, call.identifier))


def search_intents(call: Call) -> Json:
    """``GET /v1/payment_intents/search``."""
    return search.search(call.state, search.INTENTS, call.params)


def search_charges(call: Call) -> Json:
    """``GET /v1/charges/search``."""
    return search.search(call.state, search.CHARGES, call.params)


def search_customers(call: Call) -> Json:
    """``GET /v1/customers/search``."""
    return search.search(call.state, search.CUSTOMERS, call.params)
