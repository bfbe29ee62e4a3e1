"""What taking over another catalogue changes: which products and rates come, go, or are other than before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sellerdesk.domain.catalogue import Catalogue, Product, ShippingRate

_K = TypeVar("_K")


@dataclass(frozen=True, slots=True)
class ProductChange:
    """``before`` is None for a new product, ``after`` for one that is taken out."""

    before: Product | None
    after: Product | None


@dataclass(frozen=True, slots=True)
class RateChange:
    """``before`` is None for a new rate, ``after`` for one that is taken out."""

    before: ShippingRate | None
    after: ShippingRate | None


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """What is different: taken out first, then changed, then new. ``reordered`` tells that products or rates which stay
    come in another order; ``unsent`` are currencies in which something is sold and nothing is sent anywhere."""

    products: tuple[ProductChange, ...]
    rates: tuple[RateChange, ...]
    same_products: int
    same_rates: int
    reordered: bool
    unsent: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many products and rates are different."""
        return len(self.products) + len(self.rates)

    @property
    def is_nothing(self) -> bool:
        return not self.count and not self.reordered


def compare(before: Catalogue, after: Catalogue) -> CatalogueChange:
    """What changes when ``after`` takes the place of ``before``."""
    old_products, new_products = ({each.sku: each for each in side.products} for side in (before, after))
    old_rates, new_rates = ({(each.country, each.currency): each for each in side.rates} for side in (before, after))
    products = tuple(
        ProductChange(old_products.get(sku), new_products.get(sku)) for sku in _in_order(old_products, new_products)
    )
    rates = tuple(RateChange(old_rates.get(key), new_rates.get(key)) for key in _in_order(old_rates, new_rates))
    changed_products = tuple(each for each in products if each.before != each.after)
    changed_rates = tuple(each for each in rates if each.before != each.after)
    return CatalogueChange(
        products=tuple(sorted(changed_products, key=_kind)),
        rates=tuple(sorted(changed_rates, key=_kind)),
        same_products=len(products) - len(changed_products),
        same_rates=len(rates) - len(changed_rates),
        reordered=_staying(old_products, new_products) != _staying(new_products, old_products)
        or _staying(old_rates, new_rates) != _staying(new_rates, old_rates),
        unsent=tuple(sorted(_currencies(after.products) - {each.currency for each in after.rates})),
    )


def _in_order(old: Mapping[_K, object], new: Mapping[_K, object]) -> list[_K]:
    return [*old, *(key for key in new if key not in old)]


def _kind(change: ProductChange | RateChange) -> int:
    return 0 if change.after is None else 1 if change.before is not None else 2


def _staying(one: Mapping[_K, object], other: Mapping[_K, object]) -> list[_K]:
    return [key for key in one if key in other]


def _currencies(products: Iterable[Product]) -> set[str]:
    return {each.currency for each in products if not each.withdrawn}
