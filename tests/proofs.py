"""Proofs that print their figures: one line each at the end of the run, whichever process found them."""

from collections.abc import Callable

import pytest

PROOF = "proof"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The long run that stands before a release: more rounds, more seeds, both engines."""
    parser.addoption("--release", action="store_true", help="run every proof at full length; takes hours")


@pytest.fixture(scope="session")
def release(request: pytest.FixtureRequest) -> bool:
    """Whether this is the long run."""
    return bool(request.config.getoption("--release"))


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Call it with the sentence that the reader of the test output shall see: what was proved, with its figures."""

    def tell(sentence: str) -> None:
        # Properties travel with the report from a worker to the main process; printed text does not.
        request.node.user_properties.append((PROOF, sentence))

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the proofs of all workers, in the order of their tests."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    told = [
        f"{'' if report.passed else 'FAILED: '}{sentence}"
        for report in sorted(reports, key=lambda each: each.nodeid)
        if report.when == "call"
        for name, sentence in report.user_properties
        if name == PROOF
    ]
    if not told:
        return
    terminalreporter.section("proofs")
    for line in told:
        terminalreporter.line(line)
