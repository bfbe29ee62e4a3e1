"""The lock files fit pyproject.toml, and every package in them is pinned and hashed."""

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT

LOCKS = {kind: ROOT / "packaging" / "requirements" / f"{kind}.txt" for kind in ("runtime", "tour", "test")}


def _pins(kind: str) -> dict[str, Requirement]:
    text = LOCKS[kind].read_text("utf-8").replace("\\\n", " ")
    found: dict[str, Requirement] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            assert "--hash=sha256:" in line, line[:80]
            requirement = Requirement(line.split("--hash")[0].strip())
            found[canonicalize_name(requirement.name)] = requirement
    return found


def _version(requirement: Requirement) -> str:
    pin = re.fullmatch(r"==(\S+)", str(requirement.specifier))
    assert pin, f"{requirement} is not pinned"
    return pin[1]


@pytest.mark.parametrize("kind", ["runtime", "tour", "test"])
def test_every_dependency_is_locked_as_asked(kind: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = list(project["dependencies"])
    extras = project["optional-dependencies"]
    if kind != "runtime":
        asked += extras["tour"]
    if kind == "test":
        asked += [text for text in extras["test"] if text != "sellerdesk[tour]"]
    pins = _pins(kind)
    wrong = []
    for text in asked:
        requirement = Requirement(text)
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(_version(pin)):
            wrong.append(f"{text}: locked is {pin}; run packaging/dev.py lock")
    assert wrong == []


def test_tests_run_against_what_people_run() -> None:
    tested = {name: _version(pin) for name, pin in _pins("test").items()}
    for name, pin in {**_pins("runtime"), **_pins("tour")}.items():
        assert tested.get(name) == _version(pin), name


def test_the_lock_is_complete() -> None:
    """The environment is installed without looking at dependencies, so none may be missing from the lock."""
    pins = _pins("test")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    told = {each["name"]: each["requires-dist"] for each in project["tool"]["uv"]["dependency-metadata"]}
    missing = []
    for name, pin in pins.items():
        if pin.marker and not pin.marker.evaluate():
            continue
        try:
            needs = told.get(name, metadata.requires(name) or [])
        except metadata.PackageNotFoundError:
            continue  # another environment than the locked one
        for text in needs:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                other = pins.get(canonicalize_name(need.name))
                if other is None or not need.specifier.contains(_version(other), prereleases=True):
                    missing.append(f"{name} needs {text}")
    assert missing == []
