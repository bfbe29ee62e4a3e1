"""A shop whose orders are in a shared database: opened by option or setting, its password asked for once."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sellerdesk.background import Background
from sellerdesk.cli import main
from sellerdesk.credentials import DATABASE_PASSWORD, Credentials
from sellerdesk.databases import Databases
from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.domain.errors import DatabaseUnusable, PasswordNeeded
from sellerdesk.sandbox import Sandbox
from sellerdesk.services.desk import News, Trouble
from sellerdesk.settings import DATABASE_ADDRESS, Settings, places
from sellerdesk.shops import Shops
from sellerdesk.store import postgres
from sellerdesk.store.database import open_store
from tests import wiring
from tests.engines import Place, open_place, run_sql
from tests.integration.test_shop_keys import RIGHTS, connect
from tests.integration.test_store_file import go_back
from tests.postgres_server import WARY, PostgresServer
from tests.secret_service import SecretService

KEY = "rk_test_MadeUpForTests0000h7Qx"
PROFILE = "acct_1-test"


@pytest.fixture(autouse=True)
def _not_durable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' server is not meant to survive a power cut; the program itself has no way to allow that."""
    monkeypatch.setattr(postgres, "_PROMISES", ("synchronous_commit",))


@pytest.fixture
def address(postgres_server: PostgresServer) -> DatabaseAddress:
    return postgres_server.empty_database()


@pytest.fixture
def connected(data_dir: Path, keyring_session: SecretService) -> Iterator[tuple[str, Sandbox]]:
    with Sandbox() as sandbox:
        sandbox.world.restrict_key(KEY, RIGHTS | {"account_read"})
        where = places(data_dir)
        yield connect(Shops(where, Settings.load(where.settings_file), sandbox.url), KEY, sandbox), sandbox


def test_a_shop_moves_works_there_and_the_doctor_says_so(
    data_dir: Path, connected: tuple[str, Sandbox], address: DatabaseAddress, capsys: pytest.CaptureFixture[str]
) -> None:
    profile, sandbox = connected
    where = places(data_dir)
    file = where.data / profile / "sellerdesk.db"
    assert main(["--data-dir", str(data_dir), "move-database", str(file), str(address), "--dry-run"]) == 0
    assert "can be moved to" in capsys.readouterr().out
    assert main(["--data-dir", str(data_dir), "move-database", str(file), str(address)]) == 0
    assert "moved to" in capsys.readouterr().out
    shops = Shops(where, Settings.load(where.settings_file), sandbox.url)
    assert shops.settings_of(profile).get(DATABASE_ADDRESS) == str(address)
    opened = shops.works(profile)
    with closing(opened), opened.works.store.write() as unit:
        unit.catalogue.replace(wiring.PRODUCTS, wiring.RATES)
        unit.commit()
    assert run_sql(address, "SELECT count(*) FROM product") == [(len(wiring.PRODUCTS),)]
    assert shops.keys(profile).try_key(KEY).account.account_id in profile
    main(["--data-dir", str(data_dir), "doctor"])
    said = capsys.readouterr().out
    assert f"{address.shown}, shared by several seats" in said
    assert "3 products for sale" in said


def test_the_option_is_for_this_start(
    data_dir: Path, connected: tuple[str, Sandbox], address: DatabaseAddress, capsys: pytest.CaptureFixture[str]
) -> None:
    _, sandbox = connected
    options = ["--data-dir", str(data_dir), "--stripe-api-base", sandbox.url]
    assert main([*options, "--database", str(address), "sync"]) == 0
    assert run_sql(address, "SELECT count(*) FROM watermark") == [(1,)]
    assert main([*options, "--database", "postgresql://ada:hunter2@db/shop", "sync"]) == 1
    said = capsys.readouterr()
    assert "leave the password out" in said.err
    assert "hunter2" not in said.err + said.out
    assert main([*options, "--database", str(replace(address, port=1)), "sync"]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_the_password_is_asked_for_once_and_kept_in_the_keyring(
    data_dir: Path, keyring_session: SecretService, postgres_server: PostgresServer
) -> None:
    address = replace(postgres_server.empty_database(), host="127.0.0.1", user=WARY)
    postgres_server.execute(
        f"CREATE ROLE {WARY} LOGIN PASSWORD 'made up'", f"ALTER DATABASE {address.name} OWNER TO {WARY}"
    )
    asked: list[str] = []
    where = places(data_dir)
    settings = Shops(where, Settings.load(where.settings_file)).settings_of(PROFILE)

    def open_with(*answers: str | None) -> None:
        left = iter(answers)

        def ask(of: DatabaseAddress) -> str | None:
            asked.append(of.user)
            return next(left)

        Databases(where, address, ask).open(PROFILE, settings, "Seat 1").close()

    with pytest.raises(PasswordNeeded, match="Start sellerdesk once from a terminal"):
        open_with(None)
    with pytest.raises(PasswordNeeded, match="wants another password for wary"):
        open_with("wrong")
    assert Credentials(PROFILE).get(DATABASE_PASSWORD) is None
    open_with("made up")
    assert Credentials(PROFILE).get(DATABASE_PASSWORD) == "made up"
    open_with()
    assert len(asked) == 3
    assert "made up" not in "".join(
        path.read_text("utf-8", "replace") for path in data_dir.rglob("*") if path.is_file()
    )


def test_two_accounts_or_modes_never_share_a_database(
    data_dir: Path, keyring_session: SecretService, address: DatabaseAddress
) -> None:
    where = places(data_dir)
    shops = Shops(where, Settings.load(where.settings_file), database=address)
    for profile in ("key-0123-test", "acct_1-test", "key-4567-test"):
        shops.databases.open(profile, shops.settings_of(profile), "Seat 1").close()
    with pytest.raises(DatabaseUnusable, match="orders of another shop"):
        shops.databases.open("acct_1-live", shops.settings_of("acct_1-live"), "Seat 1")


def test_a_database_begun_under_a_fingerprint_is_one_accounts_from_when_that_is_known(place: Place) -> None:
    with closing(open_place(place)) as store:
        store.keep_for("key-0123-live")
        with pytest.raises(
            DatabaseUnusable, match=r"orders of another shop \(key-0123-live\); this one is acct_2-test"
        ):
            store.keep_for("acct_2-test")
        for shop in ("acct_1-live", "key-4567-live", "acct_1-live"):
            store.keep_for(shop)
        with pytest.raises(DatabaseUnusable, match=r"another shop \(acct_1-live\); this one is acct_2-live"):
            store.keep_for("acct_2-live")


def test_a_database_of_another_shop_is_refused_before_it_is_upgraded(place: Place) -> None:
    with closing(open_place(place)) as store:
        store.keep_for("acct_1-live")
        go_back(store, "0003")
    with pytest.raises(DatabaseUnusable, match="Nothing was changed"):
        open_store(place, seat="Seat 1", shop="acct_2-live")
    assert run_sql(place, "SELECT version_num FROM alembic_version") == [("0003",)]
    open_store(place, seat="Seat 1", shop="acct_1-live").close()


def test_a_desk_says_that_its_database_is_away_and_that_it_is_back(
    stripe_sandbox: Sandbox, postgres_server: PostgresServer
) -> None:
    place = postgres_server.new_database()
    with wiring.plant(stripe_sandbox, place) as seat:
        background = Background(seat.works.desk.sync, seat.works.resolve, seat.store.changes)
        heard: list[News] = []
        background.subscribe(heard.append)
        postgres_server.halt()
        try:
            background._watch()
            background._watch()
            background._resolve_due()
        finally:
            postgres_server.run()
        background._poll()
    troubles = [each.sentence for each in heard if isinstance(each, Trouble)]
    assert "Nothing is lost" in troubles[0]
    assert troubles[-1] == ""
