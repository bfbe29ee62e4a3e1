"""Copies of a database: made by another process, checked, thinned out, put back; and what stands in their way."""

import resource
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sellerdesk import background
from sellerdesk.app import open_shop
from sellerdesk.background import back_up
from sellerdesk.cli import main
from sellerdesk.domain.errors import DatabaseTooNew, DatabaseUnusable, OurBug, SellerDeskError
from sellerdesk.domain.standing import Behind, CaughtUp
from sellerdesk.sandbox import Sandbox
from sellerdesk.sandbox.faults import Fault
from sellerdesk.sent_memory import FileMemory
from sellerdesk.services.desk import BackupNews, Mode, ShopInfo, Trouble
from sellerdesk.settings import DATABASE_ADDRESS, LAST_PROFILE, PROFILE, SHOP_NAME, Settings, places
from sellerdesk.shops import Shops
from sellerdesk.store import schema
from sellerdesk.store.backup import BackupFailed, FileBackups, to_keep
from sellerdesk.store.database import open_store
from sellerdesk.store.restoring import NotRestored, restore
from tests import wiring
from tests.engines import open_place, run_sql
from tests.integration.test_services_background import Ear
from tests.integration.test_shop_keys import connect, place_order
from tests.integration.test_store_file import go_back
from tests.secret_service import SecretService
from tests.wiring import DAY

NOW = 1_790_000_000
SHOP = "acct_1-test"


def names(backups: FileBackups) -> list[str]:
    return sorted(each.name for each in backups.folder.iterdir())


def value(database: Path, key: str) -> str:
    return "".join(str(row[0]) for row in run_sql(database, "SELECT value FROM meta WHERE key = ?", key))


def set_fact(database: Path, key: str, fact: str) -> None:
    run_sql(
        database, "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, fact
    )


@contextmanager
def disk_full_after(count: int) -> Iterator[None]:
    """No file of this process and its children grows beyond ``count`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_copy_is_whole_marked_and_private_and_made_beside_who_writes(database: Path) -> None:
    backups = FileBackups(database)
    assert backups.is_due(NOW)
    with closing(open_place(database)) as store, store.write() as unit:
        unit.catalogue.replace((), ())
        copy = backups.make(NOW)
        unit.commit()
    assert copy == backups.folder / "sellerdesk-20260921-141320Z.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert backups.folder.stat().st_mode & 0o777 == 0o700
    assert names(backups) == [copy.name]
    assert run_sql(copy, "PRAGMA integrity_check") == [("ok",)]
    assert value(copy, "copied_at") == str(NOW)
    assert value(database, "copied_at") == ""
    # What was not saved yet is not in it.
    assert run_sql(copy, "SELECT count(*) FROM product") == [(len(wiring.PRODUCTS),)]
    assert not backups.is_due(NOW)
    assert backups.is_due(NOW + DAY)


def test_a_week_of_days_and_a_month_of_weeks_stay(tmp_path: Path) -> None:
    start = datetime(2026, 11, 26, 12, tzinfo=UTC)
    made = [(int((start - timedelta(hours=8 * step)).timestamp()), Path(str(step))) for step in range(3 * 60)]
    days = {datetime.fromtimestamp(made[int(str(each))][0]).astimezone().date() for each in set(to_keep(made))}
    assert {start.date() - timedelta(days=back) for back in range(7)} <= days
    assert [each for each in sorted(days) if each < date(2026, 11, 20)] == [date(2026, 11, 8), date(2026, 11, 15)]
    database = tmp_path / "sellerdesk.db"
    open_place(database).close()
    backups = FileBackups(database)
    backups.folder.mkdir()
    for back in range(40):
        moment = datetime.fromtimestamp(NOW - back * DAY, UTC)
        for ending in (".db", "-before-upgrade.db"):
            (backups.folder / f"sellerdesk-{moment:%Y%m%d-%H%M%SZ}{ending}").touch()
    others = (
        "holiday.jpg",
        "sellerdesk-20260101.db",
        "sellerdesk-99999999-999999Z.db",
        "sellerdesk-20260101-000000Z.db.old",
    )
    for name in others:
        (backups.folder / name).touch()
    (backups.folder / "sellerdesk-20200101-000000Z.db").mkdir()
    backups.make(NOW + 60)
    left = names(backups)
    assert {*others, "sellerdesk-20200101-000000Z.db"} <= set(left)
    assert sum(name.endswith("-before-upgrade.db") for name in left) == 3
    ordinary = [name[11:19] for name in left if len(name) == len("sellerdesk-20260101-000000Z.db")]
    # A Monday is the first day of its week: two of the four weeks are among the seven days.
    week = [f"202609{day}" for day in range(15, 22)]
    assert ordinary == ["20200101", "20260906", "20260913", *week, "99999999"]


def test_what_stands_in_the_way_is_told_and_tried_again(database: Path) -> None:
    said: list[str] = []
    backups = FileBackups(database)
    backups.folder.write_text("in the way")
    assert back_up(backups, said.append) == background.BACKUP_AGAIN_SECONDS
    backups.folder.unlink()
    with disk_full_after(1 << 16):
        assert back_up(backups, said.append) == background.BACKUP_AGAIN_SECONDS
    assert names(backups) == []
    assert back_up(backups, said.append) == background.BACKUP_LOOK_SECONDS
    assert len(names(backups)) == 1
    assert back_up(backups, said.append) == background.BACKUP_LOOK_SECONDS
    assert len(said) == 3
    assert "cannot be made (File exists)" in said[0]
    assert said[1].startswith("No backup could be made: ")
    assert said[1].endswith(". The database is as it was, and orders go on.")
    assert said[2] == ""


def test_a_damaged_database_gives_no_backup(database: Path) -> None:
    _damaged(database)
    with pytest.raises(BackupFailed, match="damaged"):
        FileBackups(database).make(NOW)
    assert names(FileBackups(database)) == []


def test_backups_that_are_made_in_the_same_second_do_not_destroy_each_other(database: Path) -> None:
    backups = FileBackups(database)
    with ThreadPoolExecutor(3) as pool:
        made = set(pool.map(backups.make, [NOW] * 3))
    assert [run_sql(each, "PRAGMA integrity_check") for each in made] == [[("ok",)]]
    assert names(backups) == [each.name for each in made]


def test_what_a_killed_copy_left_is_removed(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backups = FileBackups(database)
    killed = "import os, sys; [open(sys.argv[3] + end, 'w') for end in ('', '-journal')]; os.kill(os.getpid(), 9)"
    with monkeypatch.context() as patched:
        patched.setattr("sellerdesk.store.backup._CHILD", killed)
        with pytest.raises(BackupFailed, match="ended early"):
            backups.make(NOW)
    assert names(backups) == []


def test_what_was_left_where_nobody_could_remove_it_is_removed_another_day(database: Path) -> None:
    """Also the one of a moment that a clock has not come to; what may still be written is left alone."""
    backups = FileBackups(database)
    backups.folder.mkdir()
    old = (
        "20260901-000000Z.db.part",
        "20260901-000000Z-before-upgrade.db.0a1b.part-journal",
        "20270101-000000Z.db.1.part",
    )
    stays = [".sellerdesk-20260921-141300Z.db.0a1b.part", ".sellerdesk-old.db.part"]
    for name in [f".sellerdesk-{each}" for each in old] + stays:
        (backups.folder / name).touch()
    made = backups.make(NOW)
    assert names(backups) == sorted([*stays, made.name])


@pytest.mark.parametrize("upgrade", [False, True])
def test_a_backup_stays_that_was_made_after_the_clock_ran_ahead(database: Path, *, upgrade: bool) -> None:
    """Those of days that are yet to come stay, too, and do not count before."""
    backups = FileBackups(database)
    backups.folder.mkdir()
    for week in range(1, 13):
        moment = datetime.fromtimestamp(NOW + 7 * DAY * week, UTC)
        (backups.folder / f"sellerdesk-{moment:%Y%m%d-%H%M%SZ}{'-before-upgrade' if upgrade else ''}.db").touch()
    ahead = names(backups)
    made = backups.make(NOW, upgrade=upgrade)
    assert names(backups) == [made.name, *ahead]


def test_a_copy_imports_nothing_from_the_folder_it_was_started_in(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sqlite3.py").write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    FileBackups(database).make(NOW)
    assert not (tmp_path / "ran").exists()


def test_the_one_that_was_there_is_kept(database: Path) -> None:
    backup = FileBackups(database).make(NOW)
    database.with_name("..shop.db.restored.0a1b.part").touch()  # one that was killed left it
    set_fact(database, "shop", SHOP)
    before = run_sql(database, "SELECT * FROM meta ORDER BY key")
    restored = restore(backup, database, SHOP, NOW + DAY)
    assert restored.copied_at == NOW
    assert restored.kept == database.with_name("shop.db.replaced-20260922-141320Z")
    assert run_sql(restored.kept, "SELECT * FROM meta ORDER BY key") == before
    assert value(database, "copied_at") == str(NOW)
    assert database.stat().st_mode & 0o777 == 0o600
    # What was kept can be put back, too: it is from the moment it was last written.
    again = restore(restored.kept, database, SHOP, NOW + 2 * DAY)
    assert value(database, "copied_at") == str(again.copied_at)
    assert sorted(each.name for each in database.parent.iterdir() if each.name.startswith(".")) == []


@pytest.mark.parametrize("damage", ["missing", "garbage", "torn"])
def test_a_database_that_cannot_be_opened_is_replaced_all_the_same(database: Path, damage: str) -> None:
    backup = FileBackups(database).make(NOW)
    match damage:
        case "missing":
            database.unlink()
        case "garbage":
            database.write_bytes(b"no database at all" * 1000)
        case _:
            database.write_bytes(database.read_bytes()[:5000])
    kept = restore(backup, database, SHOP, NOW).kept
    assert (kept is None) == (damage == "missing")
    assert value(database, "copied_at") == str(NOW)


def test_a_journal_whose_database_is_gone_does_not_run_into_the_new_one(database: Path, tmp_path: Path) -> None:
    """A program that crashed left it, and a person threw the damaged database away."""
    run_sql(database, "PRAGMA journal_mode=DELETE")
    run_sql(database, "VACUUM")  # as tight as a copy: a small journal fits both
    backup = FileBackups(database).make(NOW)
    with closing(open_place(database)) as store:
        with store.write() as unit:
            unit.shared.put("later", "than the backup")
            unit.commit()
        journal = database.with_name("shop.db-wal")
        left = shutil.copy(journal, tmp_path / "left")
    database.unlink()
    shutil.copy(left, journal)
    assert restore(backup, database, SHOP, NOW + DAY).kept is None
    assert run_sql(database, "SELECT count(*) FROM setting") == [(0,)]
    assert run_sql(database, "PRAGMA integrity_check") == [("ok",)]
    assert value(database, "copied_at") == str(NOW)
    assert database.with_name("shop.db.replaced-20260922-141320Z-wal").read_bytes() == Path(left).read_bytes()


def test_a_database_behind_a_link_is_replaced_where_it_is(database: Path, tmp_path: Path) -> None:
    backup = FileBackups(database).make(NOW)
    (tmp_path / "vault").mkdir()
    real = Path(shutil.move(database, tmp_path / "vault" / "real.db"))
    database.symlink_to(real)
    kept = restore(backup, database, SHOP, NOW + DAY).kept
    assert kept == real.with_name("real.db.replaced-20260922-141320Z")
    assert (value(kept, "copied_at"), value(real, "copied_at")) == ("", str(NOW))
    assert database.readlink() == real


def _newer(copy: Path) -> None:
    run_sql(copy, "UPDATE alembic_version SET version_num = '9999'")


def _damaged(copy: Path, page: int = 3) -> None:
    with copy.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xa5" * 4096)


def _without_facts(copy: Path) -> None:
    ((page,),) = run_sql(copy, "SELECT rootpage FROM sqlite_master WHERE name = 'meta'")
    _damaged(copy, page - 1)


@pytest.mark.parametrize(
    ("spoil", "error", "why"),
    [
        (lambda copy: set_fact(copy, "shop", "acct_2-test"), NotRestored, "orders of another shop"),
        (lambda copy: set_fact(copy, "shop", "acct_1-live"), NotRestored, "orders of another shop"),
        (lambda copy: set_fact(copy, "moved_to", "postgresql://x"), DatabaseUnusable, "were moved"),
        (lambda copy: run_sql(copy, "PRAGMA application_id=1"), DatabaseUnusable, "belongs to another program"),
        (lambda copy: copy.write_text("text"), DatabaseUnusable, "no database"),
        (lambda copy: copy.write_bytes(b""), NotRestored, "is empty"),
        (lambda copy: copy.unlink(), NotRestored, "There is no file"),
        (_newer, DatabaseTooNew, "newer SellerDesk"),
        (_damaged, BackupFailed, "damaged"),
        (_without_facts, DatabaseUnusable, "is damaged"),
    ],
)
def test_a_copy_that_does_not_fit_changes_nothing(
    database: Path, tmp_path: Path, spoil: Callable[[Path], object], error: type[SellerDeskError], why: str
) -> None:
    copy = Path(shutil.copy(database, tmp_path / "copy.db"))
    spoil(copy)
    before = database.read_bytes()
    with pytest.raises(error, match=why):
        restore(copy, database, SHOP, NOW)
    assert database.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if "replaced" in each.name or each.name.startswith(".")] == []


def test_a_database_in_use_is_not_replaced(database: Path) -> None:
    backup = FileBackups(database).make(NOW)
    with closing(open_place(database)) as store:
        with store.read() as unit:
            unit.standing.look()
        with pytest.raises(NotRestored, match="close all of them"):
            restore(backup, database, SHOP, NOW)
    with pytest.raises(NotRestored, match="is the database itself"):
        restore(database, database, SHOP, NOW)
    assert value(database, "copied_at") == ""


def test_an_upgrade_makes_a_backup_first_and_one_that_fails_leaves_the_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sellerdesk.db"
    with closing(open_store(path, seat="packing-1")) as store:
        go_back(store, "0002")
    revision = "SELECT version_num FROM alembic_version"
    before = sorted(run_sql(path, "SELECT type, name, sql FROM sqlite_master"), key=str)
    backups = FileBackups(path)
    with disk_full_after(1 << 16), pytest.raises(BackupFailed):
        open_store(path, seat="packing-1")

    def fail_at_the_end(_length: int) -> str:
        raise OurBug("The upgrade failed.")

    with monkeypatch.context() as patched:
        patched.setattr("sellerdesk.store.schema.secrets.token_hex", fail_at_the_end)
        with pytest.raises(OurBug):
            open_store(path, seat="packing-1")
    assert run_sql(path, revision) == [("0002",)]
    assert sorted(run_sql(path, "SELECT type, name, sql FROM sqlite_master"), key=str) == before
    open_store(path, seat="packing-1").close()
    assert run_sql(path, revision) == [(schema.REVISIONS[-1],)]
    made = names(backups)
    assert made
    assert all(each.endswith("-before-upgrade.db") for each in made)
    assert run_sql(backups.folder / made[0], revision) == [("0002",)]
    # One of today's is made all the same.
    assert len(made) <= 2


def test_a_moved_file_of_an_older_version_is_neither_upgraded_nor_opened(tmp_path: Path) -> None:
    path = tmp_path / "sellerdesk.db"
    with closing(open_store(path, seat="packing-1")) as store:
        go_back(store, "0003")
    set_fact(path, "moved_to", "postgresql://seller@db.example/shop")
    with pytest.raises(DatabaseUnusable, match=r"were moved to postgresql://seller@db\.example/shop"):
        open_store(path, seat="packing-1")
    assert run_sql(path, "SELECT version_num FROM alembic_version") == [("0003",)]
    assert not FileBackups(path).folder.exists()


def test_the_background_copies_once_a_day_and_tells_what_was_found(
    stripe_sandbox: Sandbox, database: Path, tmp_path: Path
) -> None:
    memory = FileMemory(tmp_path / "config", "f" * 32)
    with wiring.plant(stripe_sandbox, database, memory=memory) as desk:
        order = desk.place_and_pay()
    backup = FileBackups(database).make(NOW)
    with wiring.plant(stripe_sandbox, database, memory=memory) as desk:
        desk.prepare(order)
    restore(backup, database, SHOP, NOW)
    shutil.rmtree(FileBackups(database).folder)
    FileBackups(database).folder.write_text("in the way")
    faults = stripe_sandbox.world.faults
    faults.plan("retrieve", Fault.SLOW)
    with wiring.plant(stripe_sandbox, database, memory=memory) as desk:
        info = ShopInfo(Mode.TEST, "Shop", "", "", "")
        shop = open_shop(desk.works, info, desk.store.changes, backups=FileBackups(database))
        ear = Ear(shop)
        try:
            assert ear.wait_for(Behind).as_of == NOW
            assert faults.wait_until_holding(timeout=60)
            faults.release()
            assert ear.wait_for(CaughtUp).orders == 1
            late = Ear(shop)
            assert late.wait_for(CaughtUp).orders == 1
            assert "No backup could be made" in late.wait_for(BackupNews).problem
        finally:
            shop.close()
        assert [each.sentence for each in late.all_of(Trouble)] == []
        desk.check_agrees(order.id)


@pytest.fixture
def profile(data_dir: Path, database: Path) -> Path:
    """The database of a shop that was connected here."""
    where = places(data_dir)
    Settings.load(where.settings_file).change({LAST_PROFILE: SHOP})
    Settings.load(where.profile_settings_file(SHOP), PROFILE).change({SHOP_NAME: "Shop"})
    return Path(shutil.move(database, where.profile(SHOP) / "sellerdesk.db"))


def test_the_commands_copy_and_put_back(data_dir: Path, profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        status = main(["--data-dir", str(data_dir), *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    status, out, _ = run("backup")
    copy = Path(out.strip())
    assert (status, copy.parent, copy.is_file()) == (0, profile.parent / "backups", True)
    status, out, _ = run("restore", str(copy))
    assert status == 0
    assert f"The database of {SHOP} is from" in out
    assert "is kept as" in out
    assert "reads everything at Stripe before it sends anything" in out
    status, _, err = run("restore", str(copy), "--profile", "acct_9-test")
    assert (status, err) == (1, f"There is no shop acct_9-test here. Nothing was done. There are: {SHOP}.\n")
    settings = Settings.load(places(data_dir).profile_settings_file(SHOP), PROFILE)
    settings.change({DATABASE_ADDRESS: "postgresql://seller@db.example/shop"})
    for words in (("backup",), ("restore", str(copy))):
        status, _, err = run(*words)
        assert status == 1
        assert "which its server’s administrator backs up (pg_dump" in err


@pytest.mark.keyring
def test_a_shop_opened_after_a_restore_says_what_it_found(
    data_dir: Path, keyring_session: SecretService, capsys: pytest.CaptureFixture[str]
) -> None:
    where = places(data_dir)

    def said(*words: str) -> str:
        assert main(["--data-dir", str(data_dir), *words]) == 0
        return capsys.readouterr().out

    with Sandbox() as sandbox:
        shops = Shops(where, Settings.load(where.settings_file), sandbox.url)
        name = connect(shops, sandbox.secret_key, sandbox)
        place_order(shops, name, sandbox)
        copy = said("backup").strip()
        opened = shops.works(name)
        (row,) = opened.works.desk.orders.page(wiring.everything()).rows
        desk = wiring.Plant(sandbox, opened.works.store, opened.works.clock, opened.works)  # type: ignore[arg-type]
        desk.prepare(desk.order(row.id))
        opened.close()
        said("restore", copy)
        first, second = said("sync"), said("sync")
    assert "1 order was brought up to date with Stripe." in first
    assert "This database is from" not in second
    assert [each.name for each in (data_dir / "sent").glob("*.json")]
