"""What becomes known of what happened (https://docs.stripe.com/api/events).

Stripe promises neither order nor single delivery, and events can be missed; switches make all three happen.
"""

from dataclasses import replace
from typing import Any

from sellerdesk.sandbox.ids import IdSource
from sellerdesk.sandbox.objects import Event, Json
from sellerdesk.sandbox.switches import Switches, named_by


def as_told(events: list[Event], switches: Switches, ids: IdSource) -> list[Event]:
    """The events of one call that become known, in the order in which they do."""
    known = [event for event in events if not any(named_by(event.type, name) for name in switches.missing_events)]
    if switches.duplicate_events:
        known = [twin for event in known for twin in (event, replace(event, id=ids.new("evt")))]
    return known[::-1] if switches.reverse_events else known


def what_changed(before: Json, after: Json) -> Json:
    """``previous_attributes``: the earlier values of what is different now; of structures only the changed parts."""
    changed: Json = {}
    for name in (*before, *(name for name in after if name not in before)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        changed[name] = _inside(old, new) if isinstance(old, dict) and isinstance(new, dict) else old
    return changed


def _inside(old: Json, new: Json) -> Any:
    return old if old.get("object") == "list" else what_changed(old, new)
