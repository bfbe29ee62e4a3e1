"""Stock: the seller counts what is on the shelf. Somebody may pack or count at the same moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sellerdesk.domain.catalogue_csv import MAX_ON_HAND
from sellerdesk.domain.errors import OurBug, RefusedError

if TYPE_CHECKING:
    from sellerdesk.services.ports import Store


@dataclass(frozen=True, slots=True)
class Count:
    """Pieces on hand: what was ``seen`` when the person began, and what is ``wanted`` instead."""

    seen: int
    wanted: int


class StockChanged(RefusedError):
    """Some counts are others than were seen. ``found`` has them by SKU, None for a product that is gone."""

    def __init__(self, found: Mapping[str, int | None]) -> None:
        first = next(iter(found))
        now = "is no longer in the catalogue" if found[first] is None else f"was changed to {found[first]}"
        others = len(found) - 1
        more = f", and {others} more {'count' if others == 1 else 'counts'} changed" if others else ""
        super().__init__(f"{first} {now} while you were editing{more}. Nothing was saved: look again, then save.")
        self.found = dict(found)


class SetStock:
    """Sets counts, all of them or none."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def run(self, counts: Mapping[str, Count]) -> None:
        """Set the counts by SKU. Raises StockChanged, with nothing saved, when any is not as it was seen."""
        if any(not 0 <= each.wanted <= MAX_ON_HAND for each in counts.values()):
            raise OurBug("A count outside of what a shelf holds was about to be saved.")
        with self._store.write() as unit:
            unit.catalogue.hold()
            refused = [
                sku for sku, count in counts.items() if not unit.catalogue.set_on_hand(sku, count.seen, count.wanted)
            ]
            if refused:
                there = {product.sku: product.on_hand for product in unit.catalogue.products()}
                raise StockChanged({sku: there.get(sku) for sku in refused})
            unit.commit()
