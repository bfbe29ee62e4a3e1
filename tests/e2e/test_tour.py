"""The tour, from the command to its last picture: nothing is stuck, and every promise is seen."""

import re
from pathlib import Path

import pytest

from sellerdesk.tour.album import PROMISES
from tests.conftest import chromium_path
from tests.e2e.road import CHECKOUT_ROOT, run_program

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_the_tour_shows_every_promise(tmp_path: Path) -> None:
    chromium_path()
    out = tmp_path / "pictures"
    done = run_program("tour", "--out", str(out), data_dir=tmp_path / "data", folder=CHECKOUT_ROOT)
    assert done.returncode == 0, done.stderr
    page = (out / "index.html").read_text(encoding="utf-8")
    seen = {
        code
        for code, links in re.findall(r"<code>(P\d\d)</code></td><td>[^<]*</td><td>(.*?)</td>", page)
        if "#" in links
    }
    assert seen == set(PROMISES)
    pictures = sorted(path.name for path in out.glob("*.png"))
    assert re.findall(r'<img src="([^"]+)"', page) == pictures
    assert len(pictures) >= 20
    assert "Traceback" not in done.stderr
