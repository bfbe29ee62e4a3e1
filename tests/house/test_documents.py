"""The README and the changelog tell the truth about what is here."""

import argparse
import re

from sellerdesk.cli import build_parser
from tests.house.tree import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"(?:^|[`\s])(?:sellerdesk|dev\.py run) ([a-z][a-z-]*)")
OPTION = re.compile(r"(?:^|\s)(--[a-z][a-z-]+)")


def _sub_commands() -> dict[str, argparse.ArgumentParser]:
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("the parser has no commands")


def test_the_readme_names_existing_commands_only() -> None:
    commands = set(_sub_commands())
    named = {name for block in CODE.findall(README) for name in COMMAND.findall(block)}
    assert named, "no command is mentioned"
    assert named <= commands


def test_the_readme_names_existing_options_only() -> None:
    parsers = {"": build_parser(), **_sub_commands()}
    known = {option for parser in parsers.values() for option in parser._option_string_actions}
    lines = [line for block in CODE.findall(README) for line in block.splitlines() if "sellerdesk" in line]
    named = {option for line in lines for option in OPTION.findall(line)}
    assert named <= known


def test_every_command_is_in_the_readme() -> None:
    assert {name for name in _sub_commands() if f"sellerdesk {name}" not in README} == set()


def test_the_readme_links_to_existing_files() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_readme_stays_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_changelog_has_an_unreleased_part() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    unreleased = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    assert unreleased
    assert re.search(r"^- ", unreleased[1], re.MULTILINE)
