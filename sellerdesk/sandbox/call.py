"""One call of the API with its parameters already checked."""

from dataclasses import dataclass

from sellerdesk.sandbox.objects import Json
from sellerdesk.sandbox.state import State
from sellerdesk.sandbox.versions import Version


@dataclass(frozen=True, slots=True)
class Call:
    """``publishable`` tells a page from a server; ``version`` is what ``Stripe-Version`` asks for, or the account's."""

    state: State
    params: Json
    identifier: str
    publishable: bool
    version: Version
