"""The tool behind the two commands: what it passes on, when it makes the environment anew, what it asks of a system."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

sys.path.insert(0, str(ROOT / "packaging"))
from devtool import checks, clients, commands, console, environment, layout, system_packages

sys.path.remove(str(ROOT / "packaging"))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout with lock files and an environment that was made from them."""
    requirements = tmp_path / "requirements"
    requirements.mkdir()
    for kind in environment.KINDS:
        (requirements / f"{kind}.txt").write_text(f"{kind}==1\n", "utf-8")
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "REQUIREMENTS", requirements)
    interpreter = environment.python_of(tmp_path / ".venv")
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    return tmp_path


def _stamp(checkout: Path, kind: environment.Kind) -> Path:
    path = checkout / ".venv" / "sellerdesk-stamp.json"
    path.write_text(json.dumps(environment._wanted(kind)), "utf-8")
    return path


def test_an_environment_is_used_again(checkout: Path) -> None:
    _stamp(checkout, "test")
    assert all(environment._is_current(kind) for kind in environment.KINDS)


def test_an_environment_for_running_is_too_small_for_tests(checkout: Path) -> None:
    _stamp(checkout, "runtime")
    assert environment._is_current("runtime")
    assert not environment._is_current("tour")
    assert not environment._is_current("test")


def test_a_changed_requirement_makes_it_anew(checkout: Path) -> None:
    _stamp(checkout, "test")
    (checkout / "requirements" / "runtime.txt").write_text("runtime==2\n", "utf-8")
    assert not environment._is_current("runtime")
    assert not environment._is_current("test")


def test_line_ends_change_nothing(checkout: Path) -> None:
    _stamp(checkout, "runtime")
    (checkout / "requirements" / "runtime.txt").write_bytes(b"runtime==1\r\n")
    assert environment._is_current("runtime")


def test_another_python_makes_it_anew(checkout: Path) -> None:
    path = _stamp(checkout, "runtime")
    stamp = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**stamp, "python": "cpython 3.10.0"}), "utf-8")
    assert not environment._is_current("runtime")


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "{}"])
def test_a_broken_stamp_makes_it_anew(checkout: Path, text: str) -> None:
    _stamp(checkout, "runtime").write_text(text, "utf-8")
    assert not environment._is_current("runtime")


def test_a_lost_interpreter_makes_it_anew(checkout: Path) -> None:
    _stamp(checkout, "runtime")
    environment.python_of(checkout / ".venv").unlink()
    assert not environment._is_current("runtime")


@pytest.mark.parametrize(
    ("typed", "ours", "passed_on"),
    [
        (["run"], ["run"], []),
        (["run", "--port", "1"], ["run"], ["--port", "1"]),
        (["run", "checkout", "--help"], ["run"], ["checkout", "--help"]),
        (["test", "--", "-k", "money"], ["test"], ["-k", "money"]),
        (["test"], ["test"], []),
        (["lock", "--upgrade"], ["lock", "--upgrade"], []),
    ],
)
def test_what_is_passed_on(typed: list[str], ours: list[str], passed_on: list[str]) -> None:
    assert commands._split(typed) == (ours, passed_on)


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="these always have a screen")
def test_a_screen_is_what_names_itself() -> None:
    assert not layout.has_screen({})
    assert layout.has_screen({"DISPLAY": ":0"})
    assert layout.has_screen({"WAYLAND_DISPLAY": "wayland-0"})


def test_tests_see_neither_keys_nor_the_real_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "made-up")
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live" + "_made_up")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/made-up")
    with checks.private_environ() as environ:
        assert not [name for name in environ if name.startswith(("STRIPE_", "DBUS_"))]
        assert environ["HOME"] != os.environ["HOME"]
        assert Path(environ["XDG_CONFIG_HOME"]).is_dir()
        home = Path(environ["HOME"])
    assert not home.exists()


def test_the_tests_need_at_least_what_the_window_needs() -> None:
    assert set(system_packages.FOR_WINDOW) <= set(system_packages.FOR_TOUR) <= set(system_packages.FOR_TESTS)


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="asks Debian's package database")
def test_debian_tells_what_is_missing() -> None:
    there = system_packages.Need(("no-such-name-for-it", "dpkg"))
    missing = system_packages.Need(("no-such-package", "nor-this-one"))
    by_program = system_packages.Need(("no-such-package",), programs=("no-such-program", "sh"))
    assert system_packages._missing_on_debian((there, missing, by_program)) == [missing]


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="asks Debian's package database")
def test_who_may_not_install_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system_packages, "_install", lambda *_: pytest.fail("must not install"))
    system_packages.provide([system_packages.Need(("no-such-package", "other-name"))], "the window")
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert "for the window" in told
    assert told.endswith("sudo apt-get install --no-install-recommends no-such-package\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt brings all that it needs")
def test_elsewhere_it_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_packages, "_is_debian", lambda: False)
    needs = (
        system_packages.Need(("a",), "libno-such-thing.so.9"),
        system_packages.Need(("b",), programs=("no-such-program",)),
        system_packages.Need(("c",), programs=("sh",)),
        system_packages.Need(("d",), "libc.so.6"),
        system_packages.Need(("fonts-e",)),
    )
    system_packages.provide(needs, "the window")
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert "needed for the window: libno-such-thing.so.9, no-such-program." in told


@pytest.mark.parametrize(
    "line",
    [
        "==== 3 passed, 1 skipped in 4.20s ====",
        "12 passed in 61.00s (0:01:01)",
        "== 1 failed, 3 passed in 0.5s ==",
        "no tests ran in 0.01s",
    ],
)
def test_the_closing_line_of_pytest_is_known(line: str) -> None:
    assert checks.CLOSING_LINE.match(line)
    assert not checks.CLOSING_LINE.match("tests/unit/test_x.py::test_y took long in 4.20s")


def test_a_failing_command_tells_its_status_and_its_last_lines() -> None:
    script = "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"
    outcome = console.run_quietly("Trying", [sys.executable, "-u", "-c", script])
    assert not outcome.ok
    assert (outcome.status, outcome.tail) == (3, ("one", "two"))


def test_commands_beside_each_other_keep_their_order_and_their_words() -> None:
    commands = {name: (sys.executable, "-c", f"print({name!r}); raise SystemExit({status})") for name, status in
                (("one", 0), ("two", 4), ("three", 0))}  # fmt: skip
    outcomes = console.run_side_by_side("Trying", commands)
    assert [(name, done.status, done.tail) for name, done in outcomes.items()] == [
        ("one", 0, ("one",)),
        ("two", 4, ("two",)),
        ("three", 0, ("three",)),
    ]


def test_a_missing_command_is_an_outcome_too(tmp_path: Path) -> None:
    outcome = console.run_quietly("Trying", [tmp_path / "no-such-program"])
    assert outcome.status == 127
    assert "could not be started" in outcome.tail[0]


def test_wrong_arguments_end_with_2() -> None:
    script = ROOT / "packaging" / "dev.py"
    done = subprocess.run([sys.executable, script, "no-such-command"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_an_old_python_gets_a_sentence() -> None:
    """The script is compiled with the grammar of Python 3.7 and asked to run under an older version number."""
    source = (ROOT / "packaging" / "dev.py").read_text("utf-8")
    import ast

    ast.parse(source, feature_version=(3, 7))
    pretend = (
        "import sys; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['dev.py', 'run']\n"
        f"exec(compile({source!r}, 'dev.py', 'exec'), {{'__name__': '__main__'}})"
    )
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("SellerDesk needs Python 3.11 or newer; this is Python 3.9.2.")


def test_stripes_clients_are_installed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program that stands in for npm tells where it ran and with what; the second time nothing runs."""
    runs: list[tuple[Path | None, list[str]]] = []

    def run(_label: str, command: list[object], **more: Path) -> console.Outcome:
        runs.append((more["cwd"], sorted(path.name for path in tmp_path.joinpath("clients").iterdir())))
        return console.Outcome(status, 1.0, ("npm said no",))

    monkeypatch.setattr(clients, "CLIENTS", tmp_path / "clients")
    monkeypatch.setattr(clients, "run_quietly", run)
    status = 1
    assert not clients.provide(Path("python"))
    status = 0
    assert clients.provide(Path("python"))
    assert clients.provide(Path("python"))
    assert runs == [(tmp_path / "clients", sorted(clients.FILES))] * 2
    monkeypatch.setattr(clients, "_digest", lambda: "another lock file")
    assert not clients.are_there()


def test_the_clients_are_pinned_with_hashes_and_without_addresses() -> None:
    wanted = json.loads((clients.SOURCE / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((clients.SOURCE / "package-lock.json").read_text("utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    packages = [entry for path, entry in locked.items() if path]
    assert [entry for entry in packages if "integrity" not in entry or "resolved" in entry] == []
    assert "omit-lockfile-registry-resolved=true" in (clients.SOURCE / ".npmrc").read_text("utf-8")
