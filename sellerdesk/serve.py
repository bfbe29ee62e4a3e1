"""Putting the checkout page on the network: loopback only, on the port that was asked for."""

from pathlib import Path

from sellerdesk.addresses import Addresses
from sellerdesk.app import Works
from sellerdesk.domain.accent import DEFAULT_ACCENT
from sellerdesk.domain.catalogue import ShippingRate
from sellerdesk.domain.errors import AddressTaken
from sellerdesk.services.desk import ShopInfo
from sellerdesk.services.receive import ReceiveEvents
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
    accent: str = DEFAULT_ACCENT,
    receive: ReceiveEvents | None = None,
) -> AsgiServer:
    """The running checkout server of a shop; ``port`` 0 takes any free one. Raises AddressTaken.

    ``own_origins`` are the public addresses when a proxy with https stands before it. ``headline`` and ``tagline``
    stand above the goods; without them the shop's name does. ``accent`` is a colour as ``read_accent`` gives it.
    ``receive`` takes the events that Stripe sends.
    """
    from sellerdesk.checkout.app import create_app
    from sellerdesk.checkout.info import CheckoutInfo

    page = CheckoutInfo(
        shop_name=info.name,
        mode=info.mode.value,
        profile=profile,
        publishable_key=publishable_key,
        script_url=addresses.script_url,
        script_origins=addresses.script_origins,
        frame_origins=addresses.frame_origins,
        connect_origins=addresses.connect_origins,
        countries=deliverable(works.shopfront.shop.rates()),
        pictures=pictures,
        own_origins=own_origins,
        headline=headline,
        tagline=tagline,
        accent=accent,
    )
    server = AsgiServer(create_app(works.shopfront, page, receive=receive), port=port)
    try:
        server.start()
    except AddressInUse as error:
        raise AddressTaken(port) from error
    return server


def deliverable(rates: tuple[ShippingRate, ...]) -> tuple[str, ...]:
    """The countries a shopper may choose: those with a rate of their own, in the catalogue's order, then every other
    one when there is a rate for all of them ('*'). Only those of which it is known what an address needs there."""
    from babel import Locale

    from sellerdesk.checkout.postal import has_rules

    codes = [rate.country for rate in rates if rate.country != "*"]
    if any(rate.country == "*" for rate in rates):
        territories = [str(code) for code in Locale("en").territories]
        codes += [code for code in territories if len(code) == 2 and code.isalpha()]
    return tuple(code for code in dict.fromkeys(codes) if has_rules(code))
