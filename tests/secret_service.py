"""A real Secret Service for tests: gnome-keyring on a session bus of its own, never the developer's.

The bus starts no services by itself, so nothing but our daemon can answer on it.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import secretstorage
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from keyring import backend, core

PASSWORD = b"made-up"
DEADLINE_SECONDS = 20.0
PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def missing_programs() -> list[str]:
    """The programs that a Secret Service needs and this system lacks."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def forget_backends() -> None:
    """Let keyring look anew which backend works here; it decides once per process."""
    core._keyring_backend = None
    if "saved_result" in vars(backend.get_all_keyring):
        backend.get_all_keyring.reset()


class SecretService:
    """A bus and an unlocked keyring, from `start` to `stop`.

    Attributes:
        environment: the variables by which a process, this one or a child, finds it.
    """

    def __init__(self) -> None:
        self.environment: dict[str, str] = {}
        self._home = Path()
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start both daemons and wait until the keyring answers, empty and unlocked."""
        # A socket's path may have 107 characters; pytest's own folders are longer.
        self._home = Path(tempfile.mkdtemp(prefix="sd-keyring-"))
        socket = self._home / "bus"
        self.environment = {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
            "XDG_RUNTIME_DIR": str(self._home / "run"),
            "XDG_DATA_HOME": str(self._home / "data"),
        }
        for folder in ("run", "data"):
            (self._home / folder).mkdir(mode=0o700)
        configuration = self._home / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(socket=socket), "utf-8")
        self._spawn(["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile"])
        self._wait("the bus", self._is_open)
        self._spawn(["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"])
        self._wait("the keyring", self._is_answering)

    def stop(self) -> None:
        """Stop what was started, the keyring first, and remove its files."""
        while self._processes:
            process = self._processes.pop()
            process.terminate()
            try:
                process.wait(DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def lock(self) -> None:
        """Lock the keyring; opening it again would need a person, and there is none."""
        with self._connect() as connection:
            secretstorage.get_default_collection(connection).lock()

    def clear(self) -> None:
        """Forget every secret; a locked keyring is replaced by a new one."""
        with self._connect() as connection:
            collection = secretstorage.get_default_collection(connection)
            if not collection.is_locked():
                for item in list(collection.get_all_items()):
                    item.delete()
                return
        self.stop()
        self.start()

    def _connect(self) -> DBusConnection:
        return open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])

    def _is_open(self) -> bool:
        """The bus makes its socket a moment before it listens there."""
        try:
            self._connect().close()
        except OSError:
            return False
        return True

    def _is_answering(self) -> bool:
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        with self._connect() as connection:
            ask = new_method_call(bus, "NameHasOwner", "s", ("org.freedesktop.secrets",))
            if not connection.send_and_get_reply(ask).body[0]:
                return False
            return not secretstorage.get_default_collection(connection).is_locked()

    def _spawn(self, command: list[str]) -> None:
        password = self._home / "password"
        password.write_bytes(PASSWORD)
        with (self._home / "log").open("ab") as log, password.open("rb") as stdin:
            environ = {**os.environ, **self.environment, "HOME": str(self._home)}
            self._processes.append(subprocess.Popen(command, env=environ, stdin=stdin, stdout=log, stderr=log))

    def _wait(self, what: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not is_ready():
            dead = [process.args for process in self._processes if process.poll() is not None]
            if dead or time.monotonic() > deadline:
                log = (self._home / "log").read_text("utf-8", "replace")
                self.stop()
                raise RuntimeError(f"{what} did not start ({dead or 'no answer'}):\n{log}")
            time.sleep(0.02)
