"""The checkout server as a value: one ASGI application made from the use cases and what it is told about the shop."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from sellerdesk.checkout.api import Api
from sellerdesk.checkout.events import event_route
from sellerdesk.checkout.files import load_files
from sellerdesk.checkout.info import CheckoutInfo
from sellerdesk.checkout.limits import Limits
from sellerdesk.checkout.pages import Pages
from sellerdesk.checkout.security import Guard
from sellerdesk.domain.errors import StoreError, UnknownOrder
from sellerdesk.services.receive import ReceiveEvents
from sellerdesk.services.shopfront import Shopfront


def create_app(
    shopfront: Shopfront, info: CheckoutInfo, limits: Limits | None = None, receive: ReceiveEvents | None = None
) -> Starlette:
    """The shopper's page for one shop; with ``receive`` Stripe may send its events here, too. Raises
    FileNotFoundError when files of the page are missing."""
    pages = Pages(shopfront, info, load_files(info.accent))
    api = Api(shopfront, info, limits or Limits())
    told = dict.fromkeys((HTTPException, UnknownOrder, StoreError), pages.http_error)
    app = Starlette(
        routes=[*api.routes(), *pages.routes(), *([event_route(receive)] if receive else [])],
        middleware=[Middleware(Guard, info=info, error_answer=pages.error)],
        exception_handlers=told,
    )
    app.router.redirect_slashes = False
    return app
