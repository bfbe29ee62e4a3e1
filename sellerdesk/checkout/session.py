"""The shopper's cookie: which checkout this browser is in, and which ones it was in before.

The value is random ids joined by dots, the current one first. The whole address of an order is shown, and a question
of the bank that is open already can be answered, only in a browser whose cookie holds its id.
"""

from starlette.requests import Request
from starlette.responses import Response

from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.domain.ids import is_secret_token, new_secret_token

_REMEMBERED = 6
_KEPT_SECONDS = 30 * 24 * 3600


def checkout_ids(request: Request, info: CheckoutInfo) -> tuple[str, ...]:
    """The ids of this browser, the current one first; nothing when there is no cookie or a damaged one."""
    parts = request.cookies.get(info.cookie_name, "").split(".")
    return tuple(part for part in parts[:_REMEMBERED] if is_secret_token(part))


def current_id(request: Request, info: CheckoutInfo) -> str:
    """The id of the checkout this browser is in, or ''."""
    return next(iter(checkout_ids(request, info)), "")


def start_checkout(request: Request, response: Response, info: CheckoutInfo) -> None:
    """Give the browser a new checkout id; those before are remembered for reading only."""
    ids = (new_secret_token(), *checkout_ids(request, info))[:_REMEMBERED]
    response.set_cookie(
        info.cookie_name,
        ".".join(ids),
        max_age=_KEPT_SECONDS,
        path="/",
        secure=info.secure,
        httponly=True,
        samesite="lax",  # 'strict' would hide the cookie when the bank sends the shopper back
    )
