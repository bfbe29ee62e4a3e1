"""The keys of one profile: kept in the keyring, tried at Stripe, replaced only by a key of the same account."""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sellerdesk.addresses import Addresses, check_key_fits
from sellerdesk.clock import Clock
from sellerdesk.credentials import SECRET_KEY, SIGNING_SECRET, Credentials
from sellerdesk.domain.account import AccountFacts
from sellerdesk.domain.errors import KeyNotUsable, KeyRefused, ReadOnlyPlace, Rejected
from sellerdesk.domain.keys import classify, hint, read_secret_key, read_signing_secret
from sellerdesk.domain.listing import OrderQuery
from sellerdesk.services.ports import PaymentGateway
from sellerdesk.services.shop_keys import KeptKeys, KeyTrial, SameShop
from sellerdesk.settings import ACCOUNT, LAST_PROFILE, Setting, Settings

if TYPE_CHECKING:
    from sellerdesk.store.database import SqlStore

_log = logging.getLogger(__name__)

_LOOKED_THROUGH = 50


class ProfileKeys:
    """Implements ``services.shop_keys.ShopKeys``."""

    def __init__(
        self,
        profile: str,
        open_orders: "Callable[[], SqlStore]",
        settings: Settings,
        program: Settings,
        addresses: Addresses,
    ) -> None:
        self._profile = profile
        self._open_orders = open_orders
        self._settings = settings
        self._program = program
        self._addresses = addresses

    def kept(self) -> KeptKeys:
        return KeptKeys(self._account(), hint(self._key()), Credentials("").where())

    def check(self) -> AccountFacts:
        return self._gateway(self._key()).check_key()

    def try_key(self, secret_key: str) -> KeyTrial:
        key = read_secret_key(secret_key, self._profile.endswith("-live"))
        check_key_fits(classify(key), self._addresses)
        gateway = self._gateway(key)
        account = gateway.check_key()
        return KeyTrial(account, self._same_shop(account, gateway))

    def replace(self, secret_key: str) -> KeyTrial:
        trial = self.try_key(secret_key)
        Credentials(self._profile).set(SECRET_KEY, read_secret_key(secret_key, trial.account.livemode))
        if trial.account.account_id and not self._settings.get(ACCOUNT):
            self._remember(self._settings, {ACCOUNT: trial.account.account_id})
        return trial

    def remove(self) -> None:
        Credentials(self._profile).delete(SECRET_KEY)
        if self._program.get(LAST_PROFILE) == self._profile:
            self._remember(self._program, {LAST_PROFILE: ""})

    def keep_signing_secret(self, secret: str) -> None:
        """Keep the secret with which Stripe signs its events, in place of an older one. Raises KeyNotUsable."""
        Credentials(self._profile).set(SIGNING_SECRET, read_signing_secret(secret))

    def forget_signing_secret(self) -> None:
        """Take that secret out of the keyring; nothing happens when there is none."""
        Credentials(self._profile).delete(SIGNING_SECRET)

    def kept_in(self) -> str:
        """What a person calls the keyring."""
        return Credentials("").where()

    def _key(self) -> str:
        key = Credentials(self._profile).get(SECRET_KEY)
        if key is None:
            raise KeyNotUsable("The key of this shop is not in the keyring any more.")
        return key

    def _gateway(self, key: str) -> PaymentGateway:
        from sellerdesk.gateway.stripe_gateway import StripeGateway

        return StripeGateway(key, self._addresses, Clock())

    def _account(self) -> str:
        named = self._profile.rpartition("-")[0]
        return self._settings.get(ACCOUNT) or (named if named.startswith("acct_") else "")

    def _same_shop(self, account: AccountFacts, gateway: PaymentGateway) -> SameShop:
        """Raises KeyNotUsable when the key surely belongs to another account."""
        ours = self._account()
        if ours and account.account_id:
            if account.account_id != ours:
                raise KeyNotUsable(
                    f"This key belongs to another Stripe account ({account.name or account.account_id}), which does "
                    "not know the orders of this shop. Nothing was changed. To work with that account, choose "
                    "Connect Stripe in the File menu."
                )
            return SameShop.ACCOUNT
        intent_id = self._known_intent()
        if not intent_id:
            return SameShop.NOT_KNOWN
        try:
            gateway.retrieve(intent_id)
        except Rejected as error:
            if error.http_status != 404:
                return SameShop.NOT_KNOWN
            raise KeyNotUsable(
                "This key does not know the payments of this shop, so it belongs to another Stripe account. Nothing "
                "was changed. To work with that account, choose Connect Stripe in the File menu."
            ) from error
        except KeyRefused:
            return SameShop.NOT_KNOWN
        return SameShop.PAYMENT

    def _known_intent(self) -> str:
        """The id of one payment that was made for an order here, '' when there is none yet."""
        store = self._open_orders()
        try:
            with store.read() as unit:
                for row in unit.lists.page(OrderQuery(None, limit=_LOOKED_THROUGH)).rows:
                    intent_id = unit.orders.get(row.id).payment.intent_id
                    if intent_id:
                        return intent_id
        finally:
            store.close()
        return ""

    def _remember(self, settings: Settings, changes: Mapping[Setting[Any], object]) -> None:
        """What the key itself does not depend on: a folder that cannot be written is no reason to undo it."""
        try:
            settings.change(changes)
        except ReadOnlyPlace as error:
            _log.warning("%s", error)
