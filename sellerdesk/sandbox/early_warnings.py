"""Early fraud warnings as time goes on (https://docs.stripe.com/api/radar/early_fraud_warnings/object)."""

from sellerdesk.sandbox.objects import Charge
from sellerdesk.sandbox.render_aftermath import warning_json
from sellerdesk.sandbox.state import State


def retell(state: State, charge: Charge) -> None:
    """Tell about the charge's warnings again when nothing can be done about them any more."""
    for warning in state.store.warnings.values():
        if warning.charge != charge.id:
            continue
        shown = warning_json(state, warning)
        if shown != state.store.last_told.get(warning.id):
            state.emit("radar.early_fraud_warning.updated", shown)
