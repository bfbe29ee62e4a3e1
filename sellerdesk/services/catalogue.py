"""The catalogue as the seller keeps it: look at it, see what another one would change, take it over."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sellerdesk.domain.catalogue import Catalogue, Product, ShippingRate
from sellerdesk.domain.catalogue_change import CatalogueChange, compare
from sellerdesk.domain.errors import RefusedError

if TYPE_CHECKING:
    from sellerdesk.services.ports import Store, UnitOfWork


class CatalogueMoved(RefusedError):
    """The catalogue is another one than the proposal was made for."""

    def __init__(self) -> None:
        super().__init__(
            "The catalogue was changed meanwhile, by another seat or a packed order. Nothing was taken over: look at "
            "the changes again."
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """``after`` shall take the place of ``before``, which is what was there when the proposal was made."""

    before: Catalogue
    after: Catalogue
    change: CatalogueChange


class KeepCatalogue:
    """Reads and replaces products and shipping rates. Orders keep the names and prices they were placed with."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def read(self) -> Catalogue:
        """What there is, withdrawn products too."""
        with self._store.read() as unit:
            return _catalogue(unit)

    def propose(
        self, products: tuple[Product, ...] | None = None, rates: tuple[ShippingRate, ...] | None = None
    ) -> Proposal:
        """What taking these over would change; None leaves its part as it is. Changes nothing."""
        before = self.read()
        after = Catalogue(before.products if products is None else products, before.rates if rates is None else rates)
        return Proposal(before, after, compare(before, after))

    def take_over(self, proposal: Proposal) -> None:
        """Do what was proposed. Raises CatalogueMoved when anything, a count included, changed since."""
        with self._store.write() as unit:
            unit.catalogue.hold()
            if _catalogue(unit) != proposal.before:
                raise CatalogueMoved
            unit.catalogue.replace(proposal.after.products, proposal.after.rates)
            unit.commit()


def _catalogue(unit: "UnitOfWork") -> Catalogue:
    return Catalogue(unit.catalogue.products(), unit.catalogue.shipping_rates())
