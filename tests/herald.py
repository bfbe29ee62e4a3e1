"""Names a failed test when it fails: a run that is broken off never comes to its summary."""

import pytest


class Herald:
    """Writes one line for each report that failed, between pytest's dots."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._reporter.write_line(f"\nfailed ({report.when}): {report.nodeid}")


# Last, since the reporter itself is made by this hook.
@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Put the herald beside the reporter, which only the main process has."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        config.pluginmanager.register(Herald(reporter), "herald")
