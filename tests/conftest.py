"""What every test stands on: a home of its own, no network, no screen, a real keyring and a real browser."""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

from tests.herald import pytest_configure
from tests.proofs import proof, pytest_addoption, pytest_terminal_summary, release

__all__ = ["proof", "pytest_configure", "pytest_addoption", "pytest_terminal_summary", "release"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.openapi.watch import Watch
    from tests.postgres_server import PostgresServer
    from tests.secret_service import SecretService

FOREIGN_PREFIXES = ("STRIPE_", "SELLERDESK_", "QT_", "XDG_", "DBUS_SESSION", "GNOME_KEYRING", "PYTHON_KEYRING", "PG")
KEPT = {"QT_QPA_PLATFORM", "STRIPE_SECRET_KEY"}
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
)

# How long an example takes says something about the machine, and nothing about the program.
settings.register_profile("sellerdesk", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile("sellerdesk")

_TESTS = Path(__file__).parent
# Whose files take long, the longest first.
_LONG = ("crash", "chaos", "packaging", "ui", "contract", "integration")

_home = Path(tempfile.mkdtemp(prefix="sd-home-"))
_network_allowed = False


def _make_private() -> None:
    """Give this process a home of its own before anything looks for one."""
    for name in list(os.environ):
        if name.startswith(FOREIGN_PREFIXES) and name not in KEPT:
            del os.environ[name]
    folders = {
        "HOME": "home",
        "XDG_DATA_HOME": "home/.local/share",
        "XDG_CONFIG_HOME": "home/.config",
        "XDG_CACHE_HOME": "home/.cache",
        "XDG_STATE_HOME": "home/.local/state",
        "XDG_RUNTIME_DIR": "run",
    }
    for name, folder in folders.items():
        path = _home / folder
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ[name] = str(path)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["LC_ALL"] = "C.UTF-8"


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: a test that leaves this machine is a mistake, and fails where it happens."""
    if event != "socket.connect" or _network_allowed:
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
        raise RuntimeError(f"a test tried to reach {address[0]}; tests need no network")


_make_private()
sys.addaudithook(_refuse_network)


def pytest_unconfigure() -> None:
    """Remove the private home."""
    shutil.rmtree(_home, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put them into their order. Skip tests that need a Stripe test account where there is none."""
    items[:] = _in_order(items)
    if os.environ.get("STRIPE_SECRET_KEY", "").startswith("sk_test_"):
        return
    for item in items:
        if item.get_closest_marker("live"):
            item.add_marker(pytest.mark.skip(reason="STRIPE_SECRET_KEY is no Stripe test key"))


def _in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """File by file. What takes long comes first, so that no worker is left alone with it at the end; and files that
    wait for a browser alternate with files that keep the processor busy."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    folders = {path: path.relative_to(_TESTS).parts[0] for path in files}
    waiting = [path for path in files if folders[path] == "e2e"]
    busy = [path for path in files if folders[path] != "e2e"]
    busy.sort(key=lambda path: _LONG.index(folders[path]) if folders[path] in _LONG else len(_LONG))
    alternately = (path for pair in zip_longest(waiting, busy) for path in pair if path is not None)
    return [item for path in alternately for item in files[path]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Collect garbage on this thread only while there are windows, as the program does (sellerdesk/ui/garbage.py)."""
    if "qapp" in getattr(item, "fixturenames", ()):
        gc.disable()
    result = yield
    if not gc.isenabled():
        if nextitem is not None and nextitem.path == item.path:
            gc.collect(1)
        else:
            gc.collect()
            gc.enable()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write half characters out: a test may log them on purpose, but workers cannot send them to the main process."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode("utf-8")) for name, text in report.sections
    ]
    return report


_watch: "Watch | None" = None


def pytest_collection_finish() -> None:
    """Show every answer of every sandbox in this process to the watch over Stripe's description, and compile each
    statement once."""
    global _watch
    if "sellerdesk.store.sqlite" in sys.modules:
        from tests.shared_statements import share_statements

        share_statements()
    launch: Any = sys.modules.get("sellerdesk.sandbox.launch")
    if launch is None or _watch is not None:
        return
    from tests.openapi.watch import watch_of_process

    _watch = watch_of_process()
    launch.create_app = partial(launch.create_app, observe=_watch.observe)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    """Fail the test in which a sandbox answered otherwise than Stripe describes."""
    result = yield
    _judge()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, Any, Any]:
    """The same for what comes with a fixture."""
    result = yield
    _judge()
    return result


def _judge() -> None:
    found = _watch.take() if _watch is not None else []
    if found:
        pytest.fail("Stripe describes it otherwise:\n" + "\n".join(found), pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    """How soon a window shows something says something about the machine; that it never does, is what fails."""
    for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed, QtBot.waitActive):
        assert wait.__kwdefaults__ is not None
        wait.__kwdefaults__["timeout"] = 30_000


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Iterator[None]:
    global _network_allowed
    _network_allowed = request.node.get_closest_marker("live") is not None
    yield
    _network_allowed = False


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty folder for one test's data."""
    path = tmp_path / "data"
    path.mkdir()
    return path


def _unavailable(sentence: str) -> None:
    """Fail where everything must run, skip on a developer's machine."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def _secret_service() -> "Iterator[SecretService]":
    if not sys.platform.startswith("linux"):
        pytest.skip("the Secret Service is Linux's keyring")
    from tests.secret_service import SecretService, missing_programs

    missing = missing_programs()
    if missing:
        _unavailable(f"a real keyring needs {', '.join(missing)}")
    service = SecretService()
    service.start()
    yield service
    service.stop()


@pytest.fixture
def keyring_session(_secret_service: "SecretService", monkeypatch: pytest.MonkeyPatch) -> "Iterator[SecretService]":
    """An empty, unlocked, real Secret Service keyring of this test's own; children of this process find it too."""
    from tests.secret_service import forget_backends

    for name, value in _secret_service.environment.items():
        monkeypatch.setenv(name, value)
    forget_backends()
    yield _secret_service
    _secret_service.clear()
    forget_backends()


@pytest.fixture(scope="session")
def postgres_server() -> "Iterator[PostgresServer]":
    """A real PostgreSQL that this process started, made when the first test asks for it."""
    from tests.postgres_server import PostgresServer, find_program

    if not sys.platform.startswith("linux") or None in {find_program("initdb"), find_program("postgres")}:
        _unavailable("tests of shared databases need PostgreSQL's initdb and postgres")
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


def chromium_path() -> str:
    """The installed Chromium or Chrome. Skips, or fails in CI, where there is none."""
    for name in CHROMIUM:
        path = shutil.which(name)
        if path:
            return path
    _unavailable("browser tests need Chromium")
    raise AssertionError("not reached")


# One browser per file: the synchronous API keeps an event loop on this thread for as long as it lives.
@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """A real headless Chromium that can reach this machine only."""
    path = chromium_path()
    from playwright.sync_api import expect, sync_playwright

    # How soon a page shows something says something about the machine; that it never does, is what fails.
    expect.set_options(timeout=30_000)
    arguments = list(CHROMIUM_ARGUMENTS)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: "Browser") -> "Iterator[Page]":
    """A page in a fresh browser profile, closed after the test."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Berlin")
    yield context.new_page()
    context.close()
