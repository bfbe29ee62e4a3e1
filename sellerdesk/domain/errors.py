"""The errors of SellerDesk, sorted by whose fault it is. ``str(error)`` is a sentence for a person.

SellerDeskError
├── RefusedError            a rule said no: nothing was sent, nothing changed
│   ├── MoneyRefused        MixedCurrencies · NotMinorUnits · UnknownCurrency · AmountRefused
│   ├── CaptureRefused      what was chosen in Prepare cannot be captured
│   ├── RefundRefused · ChargeRefused
│   ├── CartRefused · ShopperRefused · TokenRefused · TrackingRefused · MessageRefused
│   ├── WrongStage · OrderChanged · OperationInProgress · CheckoutClosed · UnknownOrder
│   ├── KeyNotUsable        the key typed in is of the wrong kind or mode
│   └── NotFromStripe       what says it is an event of Stripe's is none
├── WorldError              the world failed: a network, a disk, a keyring, Stripe
│   ├── CallError           an answer of Stripe's (or none): Declined · Rejected · StateMoved · KeyRefused ·
│   │                       Busy · OutcomeUnknown (NeverSent)
│   ├── StoreError          DatabaseUnusable (DatabaseBusy · DatabaseAway · PasswordNeeded ·
│   │                       CommitUnknown · NotSentYet · AnswerNotSaved) · DatabaseTooNew · ReadOnlyPlace · CatchingUp
│   ├── KeyringError        NoKeyring · KeyringLocked · KeyringRefused
│   └── AddressTaken        the port to serve on is another program's
└── OurBug                  an assertion about ourselves failed: stop this piece of work and say so

An error that one module alone raises stands in that module and has its parent here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sellerdesk.domain.payment import PaymentFacts


class SellerDeskError(Exception):
    """Base of all errors of ours. ``str()`` is a complete sentence that may be shown to a person."""


class RefusedError(SellerDeskError):
    """A rule said no. Nothing was sent and nothing changed; the person can do something else."""


class WorldError(SellerDeskError):
    """Something outside failed. Nothing is lost; the sentence says what it means and what to do."""


class OurBug(SellerDeskError):
    """Our own program is wrong. The piece of work stops; money is never guessed."""


# --- refused by a rule -------------------------------------------------------------------------------------


class MoneyRefused(RefusedError):
    """An amount or a currency that no rule can work with."""


class MixedCurrencies(MoneyRefused):
    """Two currencies met in one sum."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one.upper()} and {other.upper()} cannot be added up.")


class NotMinorUnits(MoneyRefused):
    """Something that is not a whole number of minor units was given as an amount."""

    def __init__(self, given: object) -> None:
        super().__init__(f"{given!r} is not a whole number of minor units of its currency.")


class UnknownCurrency(MoneyRefused):
    """A currency that Stripe does not present, or whose decimals we do not know."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"“{str(currency)[:12].upper()}” is not a currency that SellerDesk can handle.")


class AmountRefused(MoneyRefused):
    """A typed amount is no amount, or outside what is allowed. The sentence says which."""


class CaptureRefused(RefusedError):
    """The quantities or the amount chosen in Prepare cannot be captured. The sentence says why."""


class RefundRefused(RefusedError):
    """What was chosen to be refunded cannot be. The sentence says why."""


class ChargeRefused(RefusedError):
    """A saved card cannot be charged like this. The sentence says why."""


class CartRefused(RefusedError):
    """The cart cannot be ordered: empty, an unknown or withdrawn product, a quantity out of range, mixed
    currencies, or a total Stripe would not take. ``sku`` names the product to blame, where there is one."""

    def __init__(self, sentence: str, sku: str | None = None) -> None:
        super().__init__(sentence)
        self.sku = sku


class ShopperRefused(RefusedError):
    """A field of the shopper's details is missing or wrong. ``problems`` maps field name to sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class TokenRefused(RefusedError):
    """What the page sent is not a payment token."""


class TrackingRefused(RefusedError):
    """A tracking number or carrier that cannot be recorded."""


class MessageRefused(RefusedError):
    """The seller's words to the shopper cannot be kept: too long."""


class WrongStage(RefusedError):
    """The order is not where this action can be done."""


class OrderChanged(RefusedError):
    """Somebody or something changed the order since it was shown (optimistic version)."""

    def __init__(self) -> None:
        super().__init__("This order changed while you were looking. Look at it again, then decide.")


class OperationInProgress(RefusedError):
    """Another operation on the same payment is still open."""


class CheckoutClosed(RefusedError):
    """The shopper's checkout was closed or replaced by a newer one."""


class UnknownOrder(RefusedError):
    """There is no such order, or it is not theirs to see."""

    def __init__(self) -> None:
        super().__init__("There is no such order.")


class KeyNotUsable(RefusedError):
    """A key of the wrong kind, mode or shape was entered. The sentence says what it is and what is needed."""


class NotFromStripe(RefusedError):
    """Something that says it is an event of Stripe's is not signed by Stripe for us, or not of this moment."""

    def __init__(self) -> None:
        super().__init__("This does not come from Stripe. Nothing was taken over.")


# --- failed by the world -----------------------------------------------------------------------------------


class CallError(WorldError):
    """A call to Stripe that did not end in a checked success.

    ``code`` and ``decline_code`` are Stripe's own spelling, ``request_id`` is Stripe's, ``facts`` is the intent
    that came with the error, already checked, or None.
    """

    def __init__(
        self,
        sentence: str,
        *,
        http_status: int | None = None,
        code: str = "",
        decline_code: str = "",
        request_id: str = "",
        replayed: bool = False,
        facts: "PaymentFacts | None" = None,
    ) -> None:
        super().__init__(sentence)
        self.http_status = http_status
        self.code = code
        self.decline_code = decline_code
        self.request_id = request_id
        self.replayed = replayed
        self.facts = facts


class Declined(CallError):
    """402: the bank (or Stripe for it) said no. Final for this attempt; the intent lives on."""


class Rejected(CallError):
    """400 or 404: Stripe refused the request itself. Nothing was executed."""


class StateMoved(CallError):
    """The intent is in another state than the call needs: something was faster. Reading decides."""


class KeyRefused(CallError):
    """401 or 403: the key is wrong, revoked, expired or lacks a permission. Nothing was executed."""


class Busy(CallError):
    """409 or 429: in progress elsewhere, or too much at once. Same key again after a while."""


class OutcomeUnknown(CallError):
    """No answer, an answer too late, a 5xx or an answer that makes no sense. It may have happened."""


class NeverSent(OutcomeUnknown):
    """This call did not go out: it was too late for it. What became of the ones before is as unknown as it was."""


class StoreError(WorldError):
    """The database could not do it."""


class DatabaseUnusable(StoreError):
    """The file is no database of ours, is damaged, locked for too long, or cannot be written."""


class DatabaseBusy(DatabaseUnusable):
    """Somebody else was in the way for too long. Nothing was changed: the whole transaction may be tried again."""


class DatabaseAway(DatabaseUnusable):
    """The server of a shared database does not answer, or the connection to it was lost."""


class PasswordNeeded(DatabaseUnusable):
    """The server of a shared database wants a password, or another one than it got."""


class CommitUnknown(DatabaseUnusable):
    """The connection was lost while a transaction was made to last: it did, or it did not. Reading decides."""


class NotSentYet(DatabaseUnusable):
    """What was planned could not be taken up. It is open, and is sent by itself later."""

    def __init__(self, cause: StoreError) -> None:
        super().__init__(
            f"{_first_part(cause)}. It is noted, and nothing was sent to Stripe yet: that happens by itself as soon as "
            "the database works again. Do not repeat it."
        )


class AnswerNotSaved(DatabaseUnusable):
    """Stripe has answered, and the database could not take the answer. Reading decides, later and by itself."""

    def __init__(self, cause: StoreError) -> None:
        super().__init__(
            f"{_first_part(cause)}. Stripe may have done it already. Nothing is lost and nothing is done twice: it is "
            "looked up at Stripe by itself as soon as the database works again. Do not repeat it."
        )


def _first_part(cause: StoreError) -> str:
    """What is wrong, without what that would mean anywhere else."""
    return str(cause).partition(". ")[0].partition(";")[0].rstrip(".")


class DatabaseTooNew(StoreError):
    """The database was written by a newer SellerDesk."""

    def __init__(self) -> None:
        super().__init__(
            "This database was written by a newer SellerDesk. Nothing was changed. Please install the newer version."
        )


class CatchingUp(StoreError):
    """The database is older than the world. Nothing was planned or sent."""

    def __init__(self) -> None:
        super().__init__(
            "This database is older than what Stripe knows, so SellerDesk is reading everything again first. Nothing "
            "was sent and no money moved. Please try again in a moment."
        )


class ReadOnlyPlace(StoreError):
    """The folder for the data cannot be made or written."""


class KeyringError(WorldError):
    """The system keyring could not keep or give a secret."""


class NoKeyring(KeyringError):
    """There is no usable keyring on this system."""


class KeyringLocked(KeyringError):
    """The keyring is there but locked."""


class KeyringRefused(KeyringError):
    """The keyring would not do it (denied, dismissed, or it failed)."""


class AddressTaken(WorldError):
    """The address a server should listen on is used by another program."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is used by another program. Choose another port, or 0 for any free one.")
