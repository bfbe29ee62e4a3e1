"""The address of a shared database: read as typed, never with a password, the same when it is written down."""

import pytest

from sellerdesk.domain.database_address import AddressOfDatabaseRefused, DatabaseAddress, read_database_address


@pytest.mark.parametrize(
    ("typed", "host", "port", "name", "user", "written"),
    [
        ("postgresql://ada@db.example/shop", "db.example", 5432, "shop", "ada", "postgresql://ada@db.example/shop"),
        (" postgres://ada@db.example:5433/shop ", "db.example", 5433, "shop", "ada", "postgresql://ada@db.example:5433/shop"),
        ("postgresql+psycopg://ada@[::1]/shop", "::1", 5432, "shop", "ada", "postgresql://ada@[::1]/shop"),
        ("postgresql://ada@/shop", "localhost", 5432, "shop", "ada", "postgresql://ada@localhost/shop"),
        ("postgresql://ada@/shop?host=/run/pg", "/run/pg", 5432, "shop", "ada", "postgresql://ada@/shop?host=/run/pg"),
        ("postgresql://a%40b@db/my%20shop", "db", 5432, "my shop", "a@b", "postgresql://a%40b@db/my%20shop"),
        ("postgresql://a@db/s?sslrootcert=/ca.pem", "db", 5432, "s", "a", "postgresql://a@db/s?sslrootcert=/ca.pem"),
    ],
)  # fmt: skip
def test_an_address_is_read_and_written(typed: str, host: str, port: int, name: str, user: str, written: str) -> None:
    found = read_database_address(typed)
    assert (found.host, found.port, found.name, found.user) == (host, port, name, user)
    assert str(found) == written
    assert read_database_address(written) == found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "looks like postgresql://"),
        ("shop.db", "looks like"),
        ("mysql://a@b/c", "looks like"),
        ("postgresql://ada@db:x/shop", "looks like"),
        ("postgresql://ada@[db/shop", "looks like"),
        ("postgresql://ada@db/shop#x", "looks like"),
        ("postgresql://a\n@db/shop", "looks like"),
        ("postgresql://" + "a" * 1000 + "@db/shop", "looks like"),
        ("postgresql://db/shop", "name a user and a database"),
        ("postgresql://ada@db/", "name a user and a database"),
        ("postgresql://ada@db/a/b", "name a user and a database"),
        ("postgresql://ada:hunter2@db/shop", "leave the password out"),
        ("postgresql://ada:@db/shop", "leave the password out"),
        ("postgresql://ada@db/shop?password=hunter2", "leave the password out"),
        ("postgresql://ada@db/shop?sslmode=disable", "always encrypted"),
        ("postgresql://ada@one,two/shop", "must name one computer"),
        ("postgresql://ada@/shop?host=/var/run/postgresql,db.example", "must name one computer"),
        ("postgresql://ada@localhost/shop?host=/var/run/postgresql%2Cdb.example", "must name one computer"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(typed: str, words: str) -> None:
    with pytest.raises(AddressOfDatabaseRefused, match=words) as refused:
        read_database_address(typed)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "local"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("/run", True), ("db.example", False)]
)
def test_only_this_computer_is_reached_without_tls(host: str, local: bool) -> None:
    address = DatabaseAddress(host, 5432, "shop", "ada")
    assert address.is_local is local
    assert address.shown == f"shop at {'this computer' if local else 'db.example'}"
