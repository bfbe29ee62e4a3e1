"""A real PostgreSQL server of the tests' own: on this machine only, in a folder of its own, never as root."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from threading import Thread
from typing import IO, Any

import psycopg

from sellerdesk.domain.database_address import DatabaseAddress
from sellerdesk.store.database import open_store

OWNER = "seller"
WARY = "wary"
"""Must say the password when it comes over the network; the others are trusted."""
_TEMPLATE = "template_shop"
# Deleting the few rows of a test takes a tenth of what truncating all tables does. Neither references nor rules that
# keep rows for ever hold in it: https://www.postgresql.org/docs/current/runtime-config-client.html
_EMPTY = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
            AND tablename NOT IN ('alembic_version', 'meta') LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
        WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
# A throw-away server need not survive a power cut; the program asks whether it does, and is told so by its tests.
_SETTINGS = {
    "listen_addresses": "127.0.0.1,127.0.0.2",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "shared_buffers": "32MB",
}


def find_program(name: str) -> Path | None:
    """The newest server's, where Debian keeps it, or the one in PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    in_path = shutil.which(name)
    return found[-1] if found else Path(in_path) if in_path else None


class PostgresServer:
    """Started once; makes a database for whoever asks. PostgreSQL refuses to run as root, so another user runs it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sd-pg-", dir="/tmp"))
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._has_template = False
        self._lent: DatabaseAddress | None = None
        self.port = _free_port()
        self._as: dict[str, Any] = {"cwd": self._folder}
        if os.geteuid() == 0:
            other = pwd.getpwnam("nobody")
            os.chown(self._folder, other.pw_uid, other.pw_gid)
            self._as |= {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}

    def start(self) -> None:
        """Make its data, and run it."""
        data = str(self._folder / "data")
        made = subprocess.run(
            [str(find_program("initdb")), "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
             "--no-sync"],
            capture_output=True, check=False, **self._as,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr.decode()
        rules = self._folder / "data" / "pg_hba.conf"
        rules.write_text(f"host all {WARY} all scram-sha-256\n{rules.read_text()}")
        self.run()

    def run(self) -> None:
        """Run it, the first time or again, and wait until it says that it is ready."""
        settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": str(self._folder)}
        arguments = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [str(find_program("postgres")), "-D", str(self._folder / "data"), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **self._as,
        )  # fmt: skip
        log = self._process.stderr
        assert log is not None
        said = []
        for line in log:
            said.append(line.decode())
            if "ready to accept connections" in said[-1]:
                Thread(target=_read_on, args=(log,), daemon=True).start()
                return
        raise AssertionError("".join(said))

    def halt(self) -> None:
        """End it at once, as a power cut would; ``run`` starts it again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(60)
        self._process = None

    def stop(self) -> None:
        """End it for good, and remove what it kept."""
        if self._process is not None:
            self.halt()
        shutil.rmtree(self._folder, ignore_errors=True)

    def connect(self, name: str = "postgres", user: str = OWNER) -> "psycopg.Connection[tuple[Any, ...]]":
        """A bare connection as the owner of everything, or as somebody else."""
        return psycopg.connect(host=str(self._folder), port=self.port, dbname=name, user=user, autocommit=True)

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Each by itself."""
        with self.connect(database) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def empty_database(self, more: str = "") -> DatabaseAddress:
        """A new database without tables."""
        return self._make("template0", more)

    def new_database(self) -> DatabaseAddress:
        """A new database with our tables, copied from one that was made once."""
        if not self._has_template:
            self.execute(f"CREATE DATABASE {_TEMPLATE} TEMPLATE template0")
            open_store(self.address(_TEMPLATE), seat="template", durable=False).close()
            self._has_template = True
        return self._make(_TEMPLATE, "")

    def lend(self) -> DatabaseAddress:
        """The one database, with our tables and nothing in them, that tests use in turn; ``clean`` ends a turn."""
        self._lent = self._lent or self.new_database()
        return self._lent

    def clean(self) -> None:
        """Forget what is in the database that was lent, and whoever is still connected to it."""
        assert self._lent is not None
        with self.connect(self._lent.name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute(_EMPTY.encode())

    def address(self, name: str) -> DatabaseAddress:
        return DatabaseAddress(str(self._folder), self.port, name, OWNER)

    def _make(self, template: str, more: str) -> DatabaseAddress:
        name = f"shop_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} {more}")
        return self.address(name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read_on(log: IO[bytes]) -> None:
    """A log that nobody reads would fill its pipe, and stop the server."""
    with log:
        for _ in log:
            pass
