"""What the checkout server works with."""

from dataclasses import dataclass

from sellerdesk.clock import Clock
from sellerdesk.services.approving import Approving
from sellerdesk.services.place_order import PlaceOrder
from sellerdesk.services.shop import Shop


@dataclass(frozen=True, slots=True)
class Shopfront:
    """The use cases of the checkout. All of them block."""

    shop: Shop
    place_order: PlaceOrder
    approving: Approving
    clock: Clock
