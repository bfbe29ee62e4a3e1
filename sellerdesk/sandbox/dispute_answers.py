"""How a dispute ends: evidence, acceptance, or silence (https://docs.stripe.com/disputes/api).

In test mode words in ``evidence[uncategorized_text]`` decide (https://docs.stripe.com/testing#evidence).
"""

from sellerdesk.sandbox.aftermath import Dispute
from sellerdesk.sandbox.errors import ApiError, invalid
from sellerdesk.sandbox.ledger import book_dispute, book_dispute_won
from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.params import UNSET, merge_metadata
from sellerdesk.sandbox.render_aftermath import dispute_json
from sellerdesk.sandbox.state import State

DECISION_DELAY = 5
"""Seconds until the bank has decided; in live mode it takes weeks."""
INQUIRY_LASTS = 120 * 24 * 3600
"""Seconds after which an inquiry that did not become a dispute is closed."""
MOST_CHARACTERS = 150_000
_WINNING, _LOSING, _ESCALATING = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"


def schedule_end(state: State, dispute: Dispute) -> None:
    """Let silence end it: a dispute is lost when nothing was submitted in time, an inquiry is closed."""
    end = dispute.created + INQUIRY_LASTS if dispute.inquiry else dispute.due_by + 1
    state.store.schedule(end, "dispute_silent", dispute.id)


def update_dispute(state: State, dispute: Dispute, params: Json) -> Dispute:
    """``POST /v1/disputes/{id}``: evidence is kept, and goes to the bank unless ``submit`` is false."""
    evidence = {**dispute.evidence, **params.get("evidence", {})}
    if "evidence" in params or params.get("submit"):
        _check_open(dispute)
        if state.clock.now() > dispute.due_by:
            raise _kept("The time to answer this dispute is over.", "evidence")
    if sum(len(text) for text in evidence.values() if isinstance(text, str)) > MOST_CHARACTERS:
        raise invalid(f"All evidence together can have at most {MOST_CHARACTERS} characters.", "evidence")
    if "metadata" in params:
        dispute.metadata = merge_metadata(dispute.metadata, params["metadata"])
    dispute.evidence = {name: value for name, value in evidence.items() if value != UNSET}
    if params.get("submit", "evidence" in params):
        dispute.submissions += 1
        dispute.under_review = True
        state.store.schedule(state.clock.now() + DECISION_DELAY, "dispute_decided", dispute.id)
    state.emit("charge.dispute.updated", dispute_json(state, dispute))
    return dispute


def close_dispute(state: State, dispute: Dispute) -> Dispute:
    """``POST /v1/disputes/{id}/close``: the seller gives in. It cannot be taken back."""
    _check_open(dispute)
    _end(state, dispute, "warning_closed" if dispute.inquiry else "lost")
    return dispute


def decide(state: State, identifier: str, at: int) -> None:
    """The bank has read the evidence. ``at`` is seconds UTC. Without one of the words it goes on reading."""
    dispute = state.store.disputes[identifier]
    if dispute.outcome is not None or not dispute.under_review:
        return
    words = str(dispute.evidence.get("uncategorized_text", ""))
    if dispute.inquiry and _ESCALATING in words:
        _escalate(state, dispute, at)
    elif _WINNING in words:
        _end(state, dispute, "warning_closed" if dispute.inquiry else "won", at)
    elif _LOSING in words:
        _end(state, dispute, "warning_closed" if dispute.inquiry else "lost", at)


def meet_silence(state: State, identifier: str, at: int) -> None:
    """The time to answer is over. ``at`` is seconds UTC."""
    dispute = state.store.disputes[identifier]
    if dispute.outcome is None and not dispute.under_review:
        _end(state, dispute, "warning_closed" if dispute.inquiry else "lost", at)


def _end(state: State, dispute: Dispute, outcome: str, at: int | None = None) -> None:
    dispute.outcome = outcome
    dispute.under_review = False
    if outcome == "won":
        charge = state.store.charges[dispute.charge]
        entry = book_dispute_won(state, dispute, charge, state.clock.now() if at is None else at)
        dispute.balance_transactions = (*dispute.balance_transactions, entry)
        state.emit("charge.dispute.funds_reinstated", dispute_json(state, dispute), at)
    state.emit("charge.dispute.closed", dispute_json(state, dispute), at)


def _escalate(state: State, dispute: Dispute, at: int) -> None:
    """An inquiry becomes a dispute: now the money is taken, and the seller must answer once more."""
    charge = state.store.charges[dispute.charge]
    dispute.due_by += at - dispute.created
    dispute.inquiry = dispute.under_review = False
    dispute.balance_transactions = (book_dispute(state, dispute.id, charge, dispute.amount, at),)
    state.store.schedule(dispute.due_by + 1, "dispute_silent", dispute.id)
    state.emit("charge.dispute.updated", dispute_json(state, dispute), at)
    state.emit("charge.dispute.funds_withdrawn", dispute_json(state, dispute), at)


def _check_open(dispute: Dispute) -> None:
    if dispute.outcome is not None:
        raise _kept("This dispute is already closed.")
    if dispute.under_review:
        raise _kept("The evidence for this dispute has been submitted already and is under review.")


def _kept(message: str, param: str | None = None) -> ApiError:
    return ApiError(400, message, param=param, kept=True)
