"""Builds the SDK's client: no retries, no telemetry, no body logging, and a key that does not show."""

import logging
from collections.abc import Callable
from typing import Never

import stripe
from stripe import StripeClient

from sellerdesk import __version__
from sellerdesk.addresses import Addresses
from sellerdesk.gateway.transport import Deadlines, Transport


class SealedClient:
    """Gives the client to the gateway only. The key shows neither in ``repr`` and ``vars`` nor in a pickle."""

    __slots__ = ("_close", "_open")

    def __init__(self, secret_key: str, addresses: Addresses, transport: stripe.HTTPClient | None) -> None:
        transport = transport or Transport(Deadlines(), use_proxies=not addresses.is_loopback)
        client = StripeClient(
            secret_key,
            base_addresses={"api": addresses.api_base},
            http_client=transport,
            max_network_retries=0,
        )
        self._open: Callable[[], StripeClient] = lambda: client
        self._close: Callable[[], None] = transport.close

    def __call__(self) -> StripeClient:
        return self._open()

    def close(self) -> None:
        """Close the kept connections."""
        self._close()

    def __repr__(self) -> str:
        return "SealedClient(…)"

    def __reduce__(self) -> Never:
        raise TypeError("A client that holds a key is never pickled.")


def quieten_sdk() -> None:
    """Switch off what the SDK would tell or send by itself.

    Telemetry would write a file into the home directory and send details of this computer. At debug level the SDK
    writes whole bodies, names and addresses among them, and STRIPE_LOG in the environment would switch that on.
    https://github.com/stripe/stripe-python#logging
    """
    stripe.enable_telemetry = False
    stripe.log = None
    vars(stripe._util)["STRIPE_LOG"] = None
    logging.getLogger("stripe").setLevel(logging.WARNING)
    stripe.set_app_info("SellerDesk", version=__version__)
