"""The wheel carries what it needs and nothing else, and starts in a fresh environment somewhere else."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT

pytestmark = pytest.mark.wheel

KINDS = ("icons", "styles", "checkout", "demo", "licences")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel in it.

    The packages it depends on are those of this environment, so that no index is needed; the wheel itself is not
    among them.
    """
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(home, with_pip=False)
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = home / scripts / ("python.exe" if os.name == "nt" else "python")
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--disable-pip-version-check", "--quiet", str(wheel)], check=True)
    return python


def _start(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ["PATH"] = str(python.parent)  # no browser: the tour's pages are tried elsewhere
    return subprocess.run(
        [str(python), *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=100
    )


def test_every_module_and_resource_is_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    skipped = {"__pycache__", "screenshots"}
    expected = {
        path.relative_to(base).as_posix()
        for base, folder in ((ROOT, ROOT / "sellerdesk"), (ROOT, ROOT / "resources"))
        for path in folder.rglob("*")
        if path.is_file() and skipped.isdisjoint(path.parts)
    }
    expected = {f"sellerdesk/{name}" if name.startswith("resources/") else name for name in expected}
    assert expected - names == set()


def test_nothing_else_is_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    foreign = [name for name in names if not re.match(r"sellerdesk(-[\d.]+\.dist-info)?/", name)]
    assert foreign == []
    assert [name for name in names if "/tests/" in name or "screenshots" in name] == []


def test_the_parts_that_are_no_python_are_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("sellerdesk/store/migrations/versions/") for name in names)
    assert any(name.startswith("sellerdesk/sandbox/stripe_js/") and name.endswith(".js") for name in names)
    for kind in KINDS:
        assert any(name.startswith(f"sellerdesk/resources/{kind}/") for name in names), kind
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_it_tells_its_version_elsewhere(installed: Path, tmp_path: Path) -> None:
    import sellerdesk

    done = _start(installed, "-m", "sellerdesk", "--version", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sellerdesk.__version__ in done.stdout
    program = installed.with_name("sellerdesk" + (".exe" if os.name == "nt" else ""))
    assert program.exists()


def test_it_finds_its_resources_elsewhere(installed: Path, tmp_path: Path) -> None:
    script = (
        "import sellerdesk.assets as a, sys\n"
        f"for kind in {KINDS!r}:\n"
        "    place = a.asset(kind)\n"
        "    assert place.is_relative_to(sys.prefix), place\n"
        "    assert any(path.stat().st_size for path in place.rglob('*') if path.is_file()), place\n"
    )
    done = _start(installed, "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_it_does_the_whole_job_elsewhere(installed: Path, tmp_path: Path) -> None:
    """Window, icons, database migrations, sandbox and demo data all come out of the wheel."""
    done = _start(installed, "-m", "sellerdesk", "tour", "--out", "pictures", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    pictures = sorted((tmp_path / "pictures").glob("*.png"))
    assert len(pictures) >= 8
    assert all(picture.stat().st_size > 10_000 for picture in pictures)
    assert (tmp_path / "pictures" / "index.html").is_file()
