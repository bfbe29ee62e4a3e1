"""The store implements what the use cases ask for; the type checker and this file say so."""

from pathlib import Path

from sellerdesk.services.ports import Store
from sellerdesk.store.database import SqlStore, open_store


def as_port(store: SqlStore) -> Store:
    """Fails in the type checker when a method of a port is missing or different."""
    return store


def test_a_store_offers_every_part_of_a_transaction(tmp_path: Path) -> None:
    store = open_store(tmp_path / "desk.sqlite", seat="packing-1")
    with as_port(store).write() as unit:
        unit.commit()
    with as_port(store).read() as unit:
        assert unit.catalogue.products() == ()
        assert unit.inbox.waiting() == ()
        assert not unit.history.has_orders()
        assert unit.journal.get("none") is None
        assert unit.orders.by_checkout("none") is None
    store.close()
