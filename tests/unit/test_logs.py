"""The log holds no secret and no person, one line a record, and is private."""

import logging
import stat
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from sellerdesk import logs
from sellerdesk.cli import main
from sellerdesk.domain.errors import ReadOnlyPlace


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in logs._PINNED}
    yield
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("key sk_test_madeup1234 end", "key sk_test_… end"),
        ("rk_test_madeup1234", "rk_test_…"),
        ("'whsec_madeup12345678'", "'whsec_…'"),
        ("pi_1_secret_madeup99", "pi_1_secret_…"),
        ("to anna.k+x@mail.example.com!", "to …@…"),
        ("card 4242424242424242.", "card [number]."),
        ("4242 4242 4242 4242", "[number]"),
        ("3782-822463-10005", "[number]"),
        ("amount 4500 of ch_3Nx at 1700000000", "amount 4500 of ch_3Nx at 1700000000"),
        ("pk_test_madeup1234", "pk_test_madeup1234"),
    ],
)
def test_secrets_and_people_are_left_out(text: str, kept: str) -> None:
    assert logs.redact(text) == kept


def test_a_forged_line_stays_inside_its_record() -> None:
    assert logs.escaped("a\nINFO fake\r\x1b[2J\u202eend\u2028é") == "a\\nINFO fake\\r\\x1b[2J\\u202eend\\u2028é"


def test_a_terminal_shows_what_it_is_told_and_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert logs.for_terminal("70.00\u00a0EUR\nEmre \x1b[2J\u202eend") == "70.00\u00a0EUR\nEmre \\x1b[2J\\u202eend"
    missing = str(tmp_path / "goods\x1b[31m\u202e.csv")
    assert main(["--data-dir", str(tmp_path), "catalogue", "import", missing, missing]) == 1
    said = capsys.readouterr().err
    assert "goods\\x1b[31m\\u202e.csv cannot be read" in said
    assert said.endswith("\n")


def test_a_record_is_one_safe_line_with_its_traceback(tmp_path: Path) -> None:
    path = logs.configure(tmp_path / "state", "desk")
    logger = logging.getLogger("sellerdesk.test")
    try:
        raise ValueError("bad sk_test_madeup1234 for anna@example.com")
    except ValueError:
        logger.exception("failed for %s\nINFO forged", "bob@example.com")
    logger.debug("not at this level")
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 1
    assert "ERROR sellerdesk.test: failed for …@…\\nINFO forged" in lines[0]
    assert "Traceback" in lines[0]
    assert "ValueError: bad sk_test_… for …@…" in lines[0]
    assert "madeup" not in lines[0]


def test_the_file_and_its_folder_are_private(tmp_path: Path) -> None:
    path = logs.configure(tmp_path / "state", "desk")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_rotates_and_every_file_stays_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LARGEST_FILE", 2000)
    path = logs.configure(tmp_path, "desk")
    for number in range(300):
        logging.getLogger("sellerdesk.test").info("record %d", number)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert "record 299" in path.read_text("utf-8")


def test_configuring_again_moves_on(tmp_path: Path) -> None:
    first = logs.configure(tmp_path / "one", "desk")
    second = logs.configure(tmp_path / "two", "desk")
    logging.getLogger("sellerdesk.test").warning("here")
    assert first.read_text("utf-8") == ""
    assert "here" in second.read_text("utf-8")


def test_odd_text_does_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = logs.configure(tmp_path, "desk")
    logging.getLogger("sellerdesk.test").warning("lone \ud800 surrogate")
    unfit = logging.LogRecord("sellerdesk.test", logging.WARNING, __file__, 1, "%d", ("no number",), None)
    next(one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler)).handle(unfit)
    assert "lone" in path.read_text("utf-8")
    assert capsys.readouterr().err == ""


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ReadOnlyPlace, match="cannot be written"):
        logs.configure(tmp_path / "file" / "state", "desk")


def test_libraries_that_log_too_much_are_pinned(tmp_path: Path) -> None:
    logs.configure(tmp_path, "desk", logging.DEBUG)
    assert not logging.getLogger("stripe").isEnabledFor(logging.INFO)
    assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.DEBUG)
    assert logging.getLogger("sellerdesk").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("alembic.runtime.migration").isEnabledFor(logging.INFO)
