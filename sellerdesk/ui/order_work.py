"""One dialog at a time, and what was decided in it: shown at once, run on the serial worker, told how it ended."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from sellerdesk.domain.errors import AnswerNotSaved, CallError, NotSentYet, RefusedError, StateMoved, StoreError
from sellerdesk.domain.listing import OrderView
from sellerdesk.domain.operation import OpenOperation, OperationKind, OperationState
from sellerdesk.domain.order import Order
from sellerdesk.services.desk import OpenShop
from sellerdesk.ui.dialogs.parts import DeskDialog
from sellerdesk.ui.notices import Notice, Notices, from_error
from sellerdesk.ui.orders_model import OrdersModel
from sellerdesk.ui.tasks import Tasks

_LATER = "Look at the order again in a minute."


def _not_a_refusal(_error: Exception) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person decided about ``order``.

    ``operation`` is shown until the database tells more; ``run`` does it, in the worker. ``done`` gives the note for
    the order as it is afterwards, '' for none. ``untouched`` says what is certain about the money when it was not
    done. ``refusal`` gives the sentence for an error of the world that is an answer to the person, '' for any other.
    """

    order: Order
    operation: OpenOperation
    run: Callable[[], Order]
    done: Callable[[Order], str]
    untouched: str
    refusal: Callable[[Exception], str] = _not_a_refusal


class OrderWork(QObject):
    """Carries out wishes and knows which orders are being worked on from here.

    Signals:
        opened: a dialog was opened. UI thread.
        touched: work on an order began; carries its id. UI thread.
        done: carries the Order as it is after the work. UI thread.
        failed: the work came to nothing; order and list should be read again. UI thread.
    """

    opened = Signal()
    touched = Signal(str)
    done = Signal(object)
    failed = Signal()

    def __init__(self, tasks: Tasks, notices: Notices, model: OrdersModel, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._notices, self._model = tasks, notices, model
        self._pending: dict[str, OpenOperation] = {}
        self._dialog: DeskDialog | None = None

    @property
    def dialog(self) -> DeskDialog | None:
        """The dialog opened last, while it is there."""
        return self._dialog

    def forget(self) -> None:
        """The shop is closed: no dialog, and nothing under way that could be shown."""
        self._pending.clear()
        self._model.set_pending({})
        if self._dialog is not None:
            self._dialog.close()

    def overlaid(self, view: OrderView) -> OrderView:
        """``view`` with what has begun here and is not in the database yet."""
        pending = self._pending.get(view.order.id)
        if pending is None or view.order.open_operation is not None:
            return view
        return replace(view, order=replace(view.order, open_operation=pending))

    def open(self, dialog: DeskDialog) -> None:
        """Show ``dialog``; it goes away by itself when it is closed."""
        self._dialog = dialog
        dialog.finished.connect(partial(self._closed, dialog))
        dialog.open_safely()
        self.opened.emit()

    def start(self, dialog: DeskDialog, wish: Wish) -> None:
        """Do what was decided in ``dialog``, and show the work at once."""
        self._pending[wish.order.id] = wish.operation
        self._model.set_pending(self._pending)
        self.touched.emit(wish.order.id)
        self._tasks.command(self, wish.run, partial(self._succeeded, dialog, wish), partial(self._broke, dialog, wish))

    def _closed(self, dialog: DeskDialog, _result: int) -> None:
        if self._dialog is dialog:
            self._dialog = None
        dialog.deleteLater()

    def _succeeded(self, dialog: DeskDialog, wish: Wish, order: Order) -> None:
        self._forget_pending(order.id)
        _finish(dialog)
        note = wish.done(order)
        if note:
            self._notices.note(note)
        self.done.emit(order)

    def _broke(self, dialog: DeskDialog, wish: Wish, error: Exception) -> None:
        self._forget_pending(wish.order.id)
        sentence = f"{error} {wish.untouched}" if isinstance(error, RefusedError) else wish.refusal(error)
        if not (sentence and isValid(dialog) and dialog.refuse(sentence)):
            if not isinstance(error, RefusedError):
                _finish(dialog)
            self._notices.say(_notice(error, wish, sentence))
        self.failed.emit()

    def _forget_pending(self, order_id: str) -> None:
        self._pending.pop(order_id, None)
        self._model.set_pending(self._pending)


def sending(shop: OpenShop, operation_id: str, kind: OperationKind, amount: int | None) -> OpenOperation:
    """The operation as it is shown from the press of the button on; ``amount`` in minor units."""
    return OpenOperation(operation_id, kind, OperationState.SENDING, amount, shop.desk.clock.now(), shop.desk.seat)


def _finish(dialog: DeskDialog) -> None:
    if isValid(dialog):
        dialog.finish()


def _notice(error: Exception, wish: Wish, refusal: str) -> Notice:
    """What went wrong in the middle of an action; ``refusal`` is the sentence of an answer to the person, or ''."""
    if isinstance(error, RefusedError):
        return from_error(error, money=wish.untouched)
    found = from_error(error, **_sentences(error, wish))
    return replace(found, happened=refusal, money=wish.untouched) if refusal else found


def _sentences(error: Exception, wish: Wish) -> dict[str, str]:
    """The second and third sentence for a failure of the world."""
    match error:
        case StateMoved():
            return {
                "money": "Somebody or something was faster at Stripe.",
                "next_step": "The order shows what Stripe says now: look at it again, then decide.",
            }
        case NotSentYet():
            return {"money": "No money moved yet.", "next_step": _LATER}
        case AnswerNotSaved():
            return {
                "money": "What Stripe has done stays as it is.",
                "next_step": _LATER,
            }
        case StoreError():
            return {
                "money": "If Stripe was asked already, its answer is looked up by itself; nothing is asked twice.",
                "next_step": _LATER,
            }
        case CallError():
            return {"money": wish.untouched, "next_step": "Look at the order again, then decide."}
        case _:
            return {"money": wish.untouched}
