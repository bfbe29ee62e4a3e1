"""Webhook endpoints and what is on its way to them (https://docs.stripe.com/webhooks)."""

import hashlib
import hmac
import json
import re
from urllib.parse import urlsplit

from sellerdesk.sandbox.errors import invalid, missing, required
from sellerdesk.sandbox.objects import Event, Json
from sellerdesk.sandbox.params import UNSET, merge_metadata
from sellerdesk.sandbox.render import event_json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.versions import KNOWN
from sellerdesk.sandbox.webhook_facts import Attempt, Delivery, Endpoint

MOST_ENDPOINTS = 16
MOST_WAITING = 1000
"""Deliveries that may wait at once; the oldest are given up for new ones."""
RETRY_GAPS = (300, 3600, 3 * 3600)
"""Seconds between attempts: a sandbox account tries a few times over some hours."""
LONGEST_ROLL = 24 * 3600
"""Seconds for which an endpoint's old secret can sign beside the new one."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


def endpoint_json(endpoint: Endpoint) -> Json:
    """A webhook endpoint; the secret is only shown when it is made."""
    return {
        "id": endpoint.id,
        "object": "webhook_endpoint",
        "api_version": str(endpoint.api_version) if endpoint.api_version else None,
        "application": None,
        "created": endpoint.created,
        "description": endpoint.description,
        "enabled_events": list(endpoint.enabled_events),
        "livemode": False,
        "metadata": dict(endpoint.metadata),
        "status": "disabled" if endpoint.disabled else "enabled",
        "url": endpoint.url,
    }


def create_endpoint(state: State, params: Json) -> Json:
    """``POST /v1/webhook_endpoints``: the endpoint, with its secret this once."""
    for name in ("enabled_events", "url"):
        if name not in params:
            raise required(name)
    if len(state.store.endpoints) >= MOST_ENDPOINTS:
        raise invalid(f"You have reached the maximum of {MOST_ENDPOINTS} webhook endpoints.")
    version = params.get("api_version")
    if version is not None and version not in KNOWN:
        raise invalid(f"Invalid Stripe API version: {version[:40]}", "api_version")
    secret = new_secret(state)
    endpoint = Endpoint(
        id=state.ids.new("we"),
        created=state.clock.now(),
        url=_checked_url(params["url"]),
        enabled_events=_checked_events(params["enabled_events"]),
        api_version=KNOWN[version] if version else None,
        description=params.get("description") or None,
        metadata=merge_metadata({}, params.get("metadata", UNSET)),
        secrets={secret: None},
    )
    state.store.endpoints[endpoint.id] = endpoint
    return {**endpoint_json(endpoint), "secret": secret}


def update_endpoint(state: State, endpoint: Endpoint, params: Json) -> Json:
    """``POST /v1/webhook_endpoints/{id}``; what waits for one that is disabled is given up."""
    url = _checked_url(params["url"]) if "url" in params else endpoint.url
    events = _checked_events(params["enabled_events"]) if "enabled_events" in params else endpoint.enabled_events
    if "metadata" in params:
        endpoint.metadata = merge_metadata(endpoint.metadata, params["metadata"])
    endpoint.url, endpoint.enabled_events = url, events
    endpoint.disabled = params.get("disabled", endpoint.disabled)
    for delivery in state.store.deliveries:
        if endpoint.disabled and delivery.endpoint == endpoint.id:
            delivery.due = None
    if "description" in params:
        endpoint.description = params["description"] or None
    return endpoint_json(endpoint)


def delete_endpoint(state: State, endpoint: Endpoint) -> Json:
    """``DELETE /v1/webhook_endpoints/{id}``: nothing more is tried."""
    del state.store.endpoints[endpoint.id]
    state.store.deliveries = [each for each in state.store.deliveries if each.endpoint != endpoint.id]
    for waiting in state.store.undelivered.values():
        waiting.discard(endpoint.id)
    return {"id": endpoint.id, "object": "webhook_endpoint", "deleted": True}


def find_endpoint(state: State, identifier: str) -> Endpoint:
    """The endpoint with this id, or ApiError 404."""
    endpoint = state.store.endpoints.get(identifier)
    if endpoint is None:
        raise missing("webhook endpoint", identifier, "webhook_endpoint")
    return endpoint


def new_secret(state: State) -> str:
    """A secret to sign with."""
    return f"whsec_{state.ids.text(32)}"


def publish(state: State, events: list[Event]) -> bool:
    """Put events on their way to all who want them; tells whether anybody does."""
    any_wanted = False
    for event in events:
        wanted = [endpoint for endpoint in state.store.endpoints.values() if endpoint.wants(event.type)]
        if wanted:
            any_wanted = True
            state.store.undelivered[event.id] = {endpoint.id for endpoint in wanted}
        for endpoint in wanted:
            _send(state, endpoint, event, state.clock.now())
    return any_wanted


def resend(state: State, event: Event, endpoint: Endpoint, delay: int = 0) -> None:
    """Send an event to an endpoint again, whether it arrived or not, ``delay`` seconds from now."""
    state.store.undelivered.setdefault(event.id, set()).add(endpoint.id)
    _send(state, endpoint, event, state.clock.now() + delay)


def roll_secret(state: State, endpoint: Endpoint, keep_seconds: int) -> str:
    """A new secret; the older ones sign beside it for ``keep_seconds``, at most a day."""
    if not 0 <= keep_seconds <= LONGEST_ROLL:
        raise ValueError(f"An old secret is kept for 0 to {LONGEST_ROLL} seconds.")
    until = state.clock.now() + keep_seconds
    kept = {secret: until if end is None else min(end, until) for secret, end in endpoint.secrets.items()}
    secret = new_secret(state)
    endpoint.secrets = {secret: None, **kept}
    return secret


def signature(state: State, endpoint: Endpoint, body: bytes) -> str:
    """``Stripe-Signature`` (https://docs.stripe.com/webhooks#verify-manually).

    The time is the sandbox's, as everywhere; a receiver that compares it with the computer's sees one that lies ahead
    once the clock was moved on, which most libraries let pass.
    """
    now = state.clock.now()
    signed = str(now).encode() + b"." + body
    signing = [secret for secret, end in endpoint.secrets.items() if end is None or end > now]
    hashes = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in signing]
    return ",".join([f"t={now}", *(f"v1={each}" for each in hashes)])


def record(state: State, delivery: Delivery, attempt: Attempt) -> None:
    """Note how a try went; after a bad one the next is due later, a few times."""
    delivery.attempts.append(attempt)
    if attempt.status is not None and 200 <= attempt.status < 300:
        delivery.due = None
        if delivery.event in state.store.undelivered:
            state.store.undelivered[delivery.event].discard(delivery.endpoint)
        return
    tries = len(delivery.attempts)
    delivery.due = attempt.at + RETRY_GAPS[tries - 1] if tries <= len(RETRY_GAPS) else None


def _send(state: State, endpoint: Endpoint, event: Event, due: int) -> None:
    shown = event_json(state, event)
    if endpoint.api_version is not None:
        shown["api_version"] = str(endpoint.api_version)
        shown["data"]["object"] = state.in_version(event.newest, endpoint.api_version)
    body = json.dumps(shown, indent=2).encode()
    deliveries = state.store.deliveries
    deliveries.append(Delivery(endpoint.id, event.id, event.type, body, due))
    if len(deliveries) > MOST_WAITING:
        over = [each for each in deliveries if each.due is None] or deliveries
        deliveries.remove(over[0])


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise invalid("Invalid URL.", "url", "url_invalid") from None
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or not parts.scheme or not parts.hostname or port == 0:
        raise invalid("Invalid URL.", "url", "url_invalid")
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or parts.username is not None:
        raise invalid(
            "The sandbox sends webhooks to this computer only: http://127.0.0.1, http://localhost or http://[::1].",
            "url",
            "url_invalid",
        )
    return url


def _checked_events(names: list[str]) -> list[str]:
    if not names:
        raise invalid("Name at least one event, or *.", "enabled_events")
    for place, name in enumerate(names):
        if name != "*" and not _EVENT_NAME.fullmatch(name):
            raise invalid(f"Invalid event name: {name[:100]}", f"enabled_events[{place}]")
    return names
