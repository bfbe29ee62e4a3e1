"""Putting the checkout page on the network: loopback only, on the port that was asked for."""

from pathlib import Path

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works
from sellerdesk.domain.errors import AddressTaken
from sellerdesk.services.desk import ShopInfo
from sellerdesk.serving import AddressInUse, AsgiServer


def checkout_server(
    works: Works,
    info: ShopInfo,
    profile: str,
    publishable_key: str,
    addresses: Addresses,
    pictures: Path,
    *,
    port: int = 0,
    own_origins: tuple[str, ...] = (),
    headline: str = "",
    tagline: str = "",
) -> AsgiServer:
    """The running checkout server of a shop; ``port`` 0 takes any free one. Raises AddressTaken.

    ``own_origins`` are the public addresses when a proxy with https stands before it. ``headline`` and ``tagline``
    stand above the goods; without them the shop's name does.
    """
    from sellerdesk.checkout.app import create_app
    from sellerdesk.checkout.info import CheckoutInfo

    countries = tuple(dict.fromkeys(rate.country for rate in works.shopfront.shop.rates() if rate.country != "*"))
    page = CheckoutInfo(
        shop_name=info.name,
        mode=info.mode.value,
        profile=profile,
        publishable_key=publishable_key,
        script_url=addresses.script_url,
        script_origins=addresses.script_origins,
        frame_origins=addresses.frame_origins,
        connect_origins=addresses.connect_origins,
        countries=countries,
        pictures=pictures,
        own_origins=own_origins,
        headline=headline,
        tagline=tagline,
    )
    server = AsgiServer(create_app(works.shopfront, page), port=port)
    try:
        server.start()
    except AddressInUse as error:
        raise AddressTaken(port) from error
    return server
