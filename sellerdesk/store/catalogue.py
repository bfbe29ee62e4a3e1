"""Products and shipping rates in the database."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import case, delete, insert, select, update
from sqlalchemy.orm import Session

from sellerdesk.domain.catalogue import Product, ShippingRate
from sellerdesk.domain.errors import OurBug
from sellerdesk.store.dialect import of
from sellerdesk.store.models import ProductRecord, ShippingRateRecord


class SqlCatalogue:
    """Implements the port ``CatalogueStore`` inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hold(self) -> None:
        for table in (ProductRecord, ShippingRateRecord):
            of(self._session).hold_table(self._session, table)

    def products(self) -> tuple[Product, ...]:
        """In the order in which ``replace`` got them, withdrawn ones too."""
        rows = self._session.execute(
            select(
                ProductRecord.sku,
                ProductRecord.name,
                ProductRecord.price,
                ProductRecord.currency,
                ProductRecord.tax_rate,
                ProductRecord.on_hand,
                ProductRecord.picture,
                ProductRecord.available_from,
                ProductRecord.withdrawn,
            ).order_by(ProductRecord.position)
        )
        return tuple(Product(*row) for row in rows)

    def shipping_rates(self) -> tuple[ShippingRate, ...]:
        """In the order in which ``replace`` got them."""
        rows = self._session.execute(
            select(
                ShippingRateRecord.country,
                ShippingRateRecord.currency,
                ShippingRateRecord.amount,
                ShippingRateRecord.tax_rate,
            ).order_by(ShippingRateRecord.position)
        )
        return tuple(ShippingRate(*row) for row in rows)

    def replace(self, products: Iterable[Product], rates: Iterable[ShippingRate]) -> None:
        """Put these in the place of all there are. Orders keep the names and prices they were placed with."""
        self.hold()
        self._session.execute(delete(ProductRecord))
        self._session.execute(delete(ShippingRateRecord))
        new_products = [{"position": position, **asdict(product)} for position, product in enumerate(products)]
        new_rates = [{"position": position, **asdict(rate)} for position, rate in enumerate(rates)]
        if new_products:
            self._session.execute(insert(ProductRecord), new_products)
        if new_rates:
            self._session.execute(insert(ShippingRateRecord), new_rates)

    def take_from_stock(self, pieces: Mapping[str, int]) -> None:
        """SKUs that the catalogue does not know are passed over. Raises OurBug for a negative number.

        In the order of the SKUs: two who take the same products must not wait for each other.
        """
        for sku, number in sorted(pieces.items()):
            if number < 0:
                raise OurBug("A negative number of pieces was about to be taken from the stock.")
            left = case((ProductRecord.on_hand > number, ProductRecord.on_hand - number), else_=0)
            self._session.execute(update(ProductRecord).where(ProductRecord.sku == sku).values(on_hand=left))

    def set_on_hand(self, sku: str, seen: int, wanted: int) -> bool:
        found = self._session.scalar(
            update(ProductRecord)
            .where(ProductRecord.sku == sku, ProductRecord.on_hand == seen)
            .values(on_hand=wanted)
            .returning(ProductRecord.sku)
        )
        return found is not None
