"""Where a shared PostgreSQL database is: read from what a person typed, and never with a password in it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from sellerdesk.domain.errors import RefusedError

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
PORT = 5432

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
# Files for TLS, and a folder with the server's socket: https://www.postgresql.org/docs/current/libpq-connect.html
_ASIDE = ("host", "sslcert", "sslkey", "sslrootcert")
_EXAMPLE = "postgresql://seller@db.example/shop"
_LONGEST = 1000
_NO_ADDRESS = f"This is no address of a PostgreSQL database. It looks like {_EXAMPLE}."


class AddressOfDatabaseRefused(RefusedError):
    """What was typed is no address of a database, or has something in it that must not be there."""


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A PostgreSQL database: ``host`` is a name, a number, or the folder of a socket; ``options`` are files for TLS."""

    host: str
    port: int
    name: str
    user: str
    options: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_local(self) -> bool:
        """Whether what is said to it stays on this computer."""
        return self.host in _LOCAL or self.host.startswith("/")

    @property
    def shown(self) -> str:
        """How a sentence calls it, such as "shop at db.example"."""
        where = "this computer" if self.is_local else self.host
        return f"{self.name} at {where}"

    def __str__(self) -> str:
        """As it is typed and kept in the settings."""
        aside = list(self.options)
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.host.startswith("/"):
            aside.append(("host", self.host))
            host = ""
        port = "" if self.port == PORT else f":{self.port}"
        query = "&".join(f"{key}={quote(value, safe='/')}" for key, value in aside)
        user, name = quote(self.user, safe=""), quote(self.name, safe="")
        return f"postgresql://{user}@{host}{port}/{name}{'?' if query else ''}{query}"


def looks_like_database(text: str) -> bool:
    """Whether this is meant as an address of a database, and not as a file."""
    return text.strip().partition("://")[0].lower() in SCHEMES and "://" in text


def read_database_address(text: str) -> DatabaseAddress:
    """The database that a person means. Raises AddressOfDatabaseRefused; its sentence never repeats what was typed,
    for a password may be in it."""
    text = text.strip()
    if not looks_like_database(text) or len(text) > _LONGEST or not text.isprintable() or "#" in text:
        raise AddressOfDatabaseRefused(_NO_ADDRESS)
    try:
        parts = urlsplit(text)
        port = parts.port or PORT
        aside = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        password, user = parts.password, unquote(parts.username or "", errors="strict")
        name = unquote(parts.path.removeprefix("/"), errors="strict")
    except ValueError:
        raise AddressOfDatabaseRefused(
            f"This is no address of a PostgreSQL database. It looks like {_EXAMPLE}."
        ) from None
    if password is not None or "password" in aside:
        raise AddressOfDatabaseRefused(
            "Please leave the password out of the address: whoever uses this computer can read it there, and it should "
            "be changed if it was typed. SellerDesk asks for it once and keeps it in the keyring."
        )
    if not user or not name or "/" in name or not (user + name).isprintable():
        raise AddressOfDatabaseRefused(f"The address must name a user and a database, as in {_EXAMPLE}.")
    unknown = sorted(set(aside) - set(_ASIDE))
    if unknown:
        raise AddressOfDatabaseRefused(
            f"“{unknown[0][:20]}” cannot be said in the address of a database; {', '.join(_ASIDE)} can. A connection "
            "to another computer is always encrypted, and its certificate checked."
        )
    host = aside.pop("host", "") or parts.hostname or "localhost"
    if "," in host:
        # libpq tries one after the other, and it must be known of each whether it is this computer.
        raise AddressOfDatabaseRefused(
            f"The address must name one computer, as in {_EXAMPLE}: a shop has all its orders in one place."
        )
    return DatabaseAddress(host, port, name, user, tuple(sorted(aside.items())))
