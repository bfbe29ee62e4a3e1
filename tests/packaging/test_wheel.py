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

from sellerdesk.tour.album import PROMISES
from tests.conftest import chromium_path
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


def _start(python: Path, *arguments: str, cwd: Path, browser: str = "") -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ["PATH"] = os.pathsep.join([str(python.parent), *([str(Path(browser).parent)] if browser else [])])
    return subprocess.run([str(python), *arguments], cwd=cwd, env=environ, capture_output=True, text=True, check=False)


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


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_it_does_the_whole_job_elsewhere_and_shows_every_promise(installed: Path, tmp_path: Path) -> None:
    """The tour, from the command to its last picture: window, icons, migrations, sandbox, pages and demo data all come
    out of the wheel, and nothing is stuck."""
    done = _start(installed, "-m", "sellerdesk", "tour", "--out", "pictures", cwd=tmp_path, browser=chromium_path())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    out = tmp_path / "pictures"
    page = (out / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r"<code>(P\d\d)</code></td><td>[^<]*</td><td>(.*?)</td>", page)
    assert {code for code, links in rows if "#" in links} == set(PROMISES)
    pictures = sorted(out.glob("*.png"))
    assert re.findall(r'<img src="([^"]+)"', page) == [picture.name for picture in pictures]
    assert len(pictures) >= 20
    assert all(picture.stat().st_size > 10_000 for picture in pictures)
