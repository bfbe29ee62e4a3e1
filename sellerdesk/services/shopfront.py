"""What the checkout server works with."""

from dataclasses import dataclass

from sellerdesk.clock import Clock
from sellerdesk.services.approving import Approving
from sellerdesk.services.pay_order import PayOrder
from sellerdesk.services.place_order import PlaceOrder
from sellerdesk.services.shop import Shop


@dataclass(frozen=True, slots=True)
class Shopfront:
    """The use cases of the checkout. All of them block."""

    shop: Shop
    place_order: PlaceOrder
    pay_order: PayOrder
    approving: Approving
    clock: Clock
