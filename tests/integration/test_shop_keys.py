"""The keys of a connected shop: checked, replaced by one of the same account only, removed; its orders stay put."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sellerdesk.credentials import SECRET_KEY, Credentials
from sellerdesk.domain.errors import KeyNotUsable, KeyRefused, KeyringLocked
from sellerdesk.sandbox.launch import Sandbox
from sellerdesk.services.shop_keys import SameShop
from sellerdesk.settings import ACCOUNT, LAST_PROFILE, SHOP_NAME, Settings, places
from sellerdesk.shops import Shops
from tests import wiring
from tests.secret_service import SecretService

pytestmark = pytest.mark.keyring

RIGHTS = frozenset(
    "payment_intent_write charge_write refund_write customer_write payment_method_write confirmation_token_read "
    "event_read dispute_read balance_read".split()
)
Restricted = Callable[..., str]


@pytest.fixture
def sandbox(keyring_session: SecretService) -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def restricted(sandbox: Sandbox) -> Restricted:
    """Makes restricted keys; without more to say they may do everything but read their account."""

    def make(name: str, *more: str) -> str:
        key = f"rk_test_MadeUpForTests{name:0>8}"
        sandbox.world.restrict_key(key, RIGHTS | set(more))
        return key

    return make


def shops_in(data_dir: Path, sandbox: Sandbox) -> Shops:
    where = places(data_dir)
    return Shops(where, Settings.load(where.settings_file), sandbox.url)


def connect(shops: Shops, key: str, sandbox: Sandbox) -> str:
    shop = shops.connect(key, sandbox.publishable_key)
    shop.close()
    return shop.info.profile


def place_order(shops: Shops, profile: str, sandbox: Sandbox) -> None:
    """One order whose money is held."""
    opened = shops.works(profile)
    plant = wiring.Plant(sandbox, opened.works.store, opened.works.clock, opened.works)  # type: ignore[arg-type]
    with opened.works.store.write() as unit:
        unit.catalogue.replace(wiring.PRODUCTS, wiring.RATES)
        unit.commit()
    plant.place_and_pay()
    opened.close()


def kept_profiles(data_dir: Path) -> list[str]:
    return sorted(path.parent.name for path in data_dir.glob("*/sellerdesk.db"))


def test_connecting_again_with_another_key_of_the_account_keeps_the_orders(
    data_dir: Path, sandbox: Sandbox, restricted: Restricted
) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, sandbox.secret_key, sandbox)
    place_order(shops, profile, sandbox)
    assert connect(shops, restricted("1", "account_read"), sandbox) == profile
    assert kept_profiles(data_dir) == [profile]
    opened = shops.works()
    assert opened.works.desk.orders.overview().on_hold[0].amount == wiring.TOTAL
    opened.close()


def test_a_name_given_by_the_seller_outlives_connecting_again(data_dir: Path, sandbox: Sandbox) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, sandbox.secret_key, sandbox)
    shops.settings_of(profile).change({SHOP_NAME: "Kontor Süd"})
    connect(shops, sandbox.secret_key, sandbox)
    assert shops.settings_of(profile).get(SHOP_NAME) == "Kontor Süd"


def test_where_the_key_is_and_what_it_may_do(data_dir: Path, sandbox: Sandbox, restricted: Restricted) -> None:
    shops = shops_in(data_dir, sandbox)
    key = restricted("h7Qx")
    keys = shops.keys(connect(shops, key, sandbox))
    assert keys.kept().hint == "…h7Qx"
    assert keys.kept().account == ""
    assert keys.kept().kept_in == "Secret Service keyring"
    missing = [right.name for right in keys.check().permissions if right.granted is False]
    assert missing == ["Account"]
    assert all(right.without for right in keys.check().permissions)


def test_a_key_that_may_not_read_its_account_is_known_by_a_payment(
    data_dir: Path, sandbox: Sandbox, restricted: Restricted
) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, restricted("1"), sandbox)
    assert profile.startswith("key-")
    place_order(shops, profile, sandbox)
    trial = shops.keys(profile).replace(restricted("2"))
    assert trial.same_shop is SameShop.PAYMENT
    assert Credentials(profile).get(SECRET_KEY) == restricted("2")
    opened = shops.works()
    assert opened.name == profile
    assert opened.works.desk.orders.overview().on_hold[0].amount == wiring.TOTAL
    opened.close()
    assert kept_profiles(data_dir) == [profile]


def test_without_an_order_it_is_said_that_nothing_could_be_compared(
    data_dir: Path, sandbox: Sandbox, restricted: Restricted
) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, restricted("1"), sandbox)
    assert shops.keys(profile).replace(restricted("2")).same_shop is SameShop.NOT_KNOWN
    assert Credentials(profile).get(SECRET_KEY) == restricted("2")


def test_an_account_learnt_later_leads_to_the_same_orders(
    data_dir: Path, sandbox: Sandbox, restricted: Restricted
) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, restricted("1"), sandbox)
    place_order(shops, profile, sandbox)
    trial = shops.keys(profile).replace(restricted("2", "account_read"))
    assert trial.same_shop is SameShop.PAYMENT
    assert shops.settings_of(profile).get(ACCOUNT) == trial.account.account_id
    assert shops.keys(profile).replace(sandbox.secret_key).same_shop is SameShop.ACCOUNT
    assert connect(shops, sandbox.secret_key, sandbox) == profile
    assert kept_profiles(data_dir) == [profile]


@pytest.mark.parametrize("may_read_account", [True, False])
def test_a_key_of_another_account_is_refused(
    data_dir: Path, sandbox: Sandbox, restricted: Restricted, may_read_account: bool
) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, sandbox.secret_key if may_read_account else restricted("1"), sandbox)
    place_order(shops, profile, sandbox)
    kept = Credentials(profile).get(SECRET_KEY)
    with Sandbox() as other:
        stranger = "rk_test_MadeUpForTestsStranger"
        other.world.restrict_key(stranger, RIGHTS | ({"account_read"} if may_read_account else set()))
        with pytest.raises(KeyNotUsable, match="another Stripe account"):
            shops_in(data_dir, other).keys(profile).replace(stranger)
    assert Credentials(profile).get(SECRET_KEY) == kept


def test_keys_that_do_not_fit_are_refused_before_anything_is_kept(
    data_dir: Path, sandbox: Sandbox, restricted: Restricted
) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, sandbox.secret_key, sandbox)
    keys = shops.keys(profile)
    for wrong in ("", "hello", sandbox.publishable_key, "rk_" + "live_MadeUpForTests00000001"):
        with pytest.raises(KeyNotUsable):
            keys.replace(wrong)
    sandbox.world.revoke_key(restricted("9"))
    with pytest.raises(KeyRefused):
        keys.replace(restricted("9"))
    assert Credentials(profile).get(SECRET_KEY) == sandbox.secret_key


def test_a_removed_key_is_gone_and_the_next_start_opens_nothing(data_dir: Path, sandbox: Sandbox) -> None:
    shops = shops_in(data_dir, sandbox)
    profile = connect(shops, sandbox.secret_key, sandbox)
    shops.keys(profile).remove()
    assert Credentials(profile).get(SECRET_KEY) is None
    assert Settings.load(places(data_dir).settings_file).get(LAST_PROFILE) == ""
    assert shops_in(data_dir, sandbox).last() is None
    with pytest.raises(KeyNotUsable, match="not in the keyring"):
        shops.keys(profile).check()
    shops.keys(profile).remove()
    assert connect(shops, sandbox.secret_key, sandbox) == profile


def test_a_locked_keyring_keeps_what_it_has(
    data_dir: Path, sandbox: Sandbox, restricted: Restricted, keyring_session: SecretService
) -> None:
    shops = shops_in(data_dir, sandbox)
    keys = shops.keys(connect(shops, sandbox.secret_key, sandbox))
    keyring_session.lock()
    works: list[Callable[[], object]] = [lambda: keys.replace(restricted("1", "account_read")), keys.remove, keys.kept]
    for work in works:
        with pytest.raises(KeyringLocked):
            work()
