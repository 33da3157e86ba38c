"""The switch that forbids skips: hooks of pytest.

A test is skipped if a service or a library is missing. Where all of them should be installed, a skip would hide a
mistake. So with this variable set, a skip is a failure.
"""

import os
from collections.abc import Generator

import pytest

REQUIRE_ALL = "OAUTHONE_TESTS_REQUIRE_ALL"


def _forbid_skip(report: pytest.CollectReport | pytest.TestReport) -> None:
    if os.environ.get(REQUIRE_ALL) and report.skipped and not hasattr(report, "wasxfail"):
        _, _, reason = report.longrepr if isinstance(report.longrepr, tuple) else ("", 0, str(report.longrepr))
        report.outcome = "failed"
        report.longrepr = f"{reason} -- and {REQUIRE_ALL} is set, so nothing may be skipped"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _forbid_skip(report)
    return report
