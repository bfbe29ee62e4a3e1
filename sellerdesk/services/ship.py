"""Ship: the parcels left. True here at once, whatever Stripe says; then carrier and number go to the intent."""

from contextlib import suppress
from dataclasses import replace

from sellerdesk.clock import Clock
from sellerdesk.domain import tracking
from sellerdesk.domain.errors import CallError, TrackingRefused, WrongStage
from sellerdesk.domain.ids import new_id
from sellerdesk.domain.operation import Operation, OperationKind
from sellerdesk.domain.order import Order, Parcel, Shipment, Stage, TimelineEntry
from sellerdesk.domain.stages import stage_of
from sellerdesk.services import requests
from sellerdesk.services.again import repeated
from sellerdesk.services.conduct import Conductor
from sellerdesk.services.plans import planned, same_wish
from sellerdesk.services.ports import Store


class Ship:
    """Records the parcels and passes them on: https://docs.stripe.com/api/payment_intents/update"""

    def __init__(self, store: Store, conductor: Conductor, clock: Clock, seat: str) -> None:
        self._store = store
        self._conductor = conductor
        self._clock = clock
        self._seat = seat

    def new_operation(self) -> str:
        """The id of one wish to ship: made when the dialog opens."""
        return new_id(self._clock.now_ms())

    def run(self, operation_id: str, order_id: str, version: int, parcels: tuple[Parcel, ...]) -> Order:
        """Record ``parcels`` for a captured order seen at ``version``; the order as it is afterwards.

        A refusal by Stripe is no failure: the parcels left anyway, and the order says that Stripe was not told.
        Raises TrackingRefused, WrongStage or OrderChanged when nothing was recorded.
        """
        clean = _checked(parcels)
        with suppress(CallError):  # the parcels left, whether Stripe can be asked or not
            self._conductor.know_time()
        operation = repeated(lambda: self._plan(operation_id, order_id, version, clean))
        self._conductor.carry_out(operation.id)
        with self._store.read() as unit:
            return unit.orders.get(order_id)

    def _plan(self, operation_id: str, order_id: str, version: int, parcels: tuple[Parcel, ...]) -> Operation:
        with self._store.write() as unit:
            known = unit.journal.get(operation_id)
            if known is not None:
                return same_wish(known, OperationKind.SHIP, order_id)
            order = unit.orders.get(order_id)
            if stage_of(order) not in (Stage.TO_SHIP, Stage.SHIPPED):
                raise WrongStage("This order is not captured yet. Prepare it first: nothing is paid until then.")
            now = self._clock.now()
            request = requests.pass_tracking(order, parcels, now, operation_id)
            operation = planned(operation_id, OperationKind.SHIP, order, request, self._seat, self._clock)
            stored = unit.journal.plan(operation)
            unit.orders.expect_version(order_id, version)
            unit.orders.save_shipment(order_id, Shipment(parcels, now, self._seat))
            note = tracking.joined_numbers(parcels)
            unit.orders.note(order_id, TimelineEntry(now, "shipped", self._seat, note=note))
            unit.commit()
        return stored


def _checked(parcels: tuple[Parcel, ...]) -> tuple[Parcel, ...]:
    if not parcels:
        raise TrackingRefused("Scan or type at least one tracking number.")
    if len(parcels) > tracking.MAX_PARCELS:
        raise TrackingRefused(f"An order has at most {tracking.MAX_PARCELS} parcels.")
    clean = tuple(
        replace(each, number=tracking.read_number(each.number), carrier=tracking.read_carrier(each.carrier))
        for each in parcels
    )
    if len({each.number for each in clean}) != len(clean):
        raise TrackingRefused("The same tracking number stands twice.")
    return clean
