"""Files that come along are found in the checkout and in a wheel, and nothing else is."""

from pathlib import Path

import pytest

from sellerdesk import assets


def test_finds_a_file_of_the_checkout() -> None:
    assert "ISC License" in assets.asset("licences", "lucide.txt").read_text("utf-8")


def test_finds_a_folder() -> None:
    assert assets.asset("licences").is_dir()


def test_the_wheel_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("wheel", "checkout"):
        (tmp_path / place / "icons").mkdir(parents=True)
        (tmp_path / place / "icons" / "ship.svg").write_text(place, "utf-8")
    (tmp_path / "checkout" / "icons" / "only.svg").write_text("checkout", "utf-8")
    monkeypatch.setattr(assets, "_PLACES", (tmp_path / "wheel", tmp_path / "checkout"))
    assert assets.asset("icons", "ship.svg").read_text("utf-8") == "wheel"
    assert assets.asset("icons", "only.svg").read_text("utf-8") == "checkout"


@pytest.mark.parametrize(
    "parts",
    [
        (),
        ("",),
        ("..", "pyproject.toml"),
        ("icons", "../../pyproject.toml"),
        ("icons", "..\\..\\pyproject.toml"),
        ("/etc/passwd",),
        ("icons", "/etc/passwd"),
        ("C:\\Windows",),
        ("\\\\host\\share\\x",),
    ],
)
def test_refuses_what_leads_outside(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not a place below the resources"):
        assets.asset(*parts)


def test_says_in_a_sentence_what_is_missing() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/no-such\.svg is missing from this installation"):
        assets.asset("icons", "no-such.svg")
