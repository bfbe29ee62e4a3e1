"""A Stripe-compatible server in memory for the demo shop and the tests; loopback only, test keys only."""

from sellerdesk.sandbox.launch import Sandbox, serve
from sellerdesk.sandbox.world import World

__all__ = ["Sandbox", "World", "serve"]
