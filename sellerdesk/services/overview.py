"""The overview: what became of the holds of the last days. Changes nothing."""

from datetime import tzinfo

from sellerdesk.clock import Clock
from sellerdesk.domain.overview import Figures, day_bounds, figures
from sellerdesk.services.ports import Store


class ReadFigures:
    """Reads what happened and sums it up."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def read(self, days: int, zone: tzinfo | None = None) -> Figures:
        """The last ``days`` days, today among them, by the calendar of ``zone``; None is this computer's."""
        now = self._clock.now()
        bounds = day_bounds(now, days, zone)
        with self._store.read() as unit:
            history = unit.history
            return figures(
                bounds,
                now,
                history.holds(bounds[0], bounds[-1]),
                history.refusals(bounds[0], bounds[-1]),
                history.left_out(bounds[-1]),
                has_orders=history.has_orders(),
            )
