"""The runner of public test suites fails where a test fails, and where a listed difference is no longer one."""

import os
import sys
from pathlib import Path

import pytest

from interop.suites import Suite, debian, runner

SUITE = """
from interop.suites import Suite
SUITE = Suite("planted", "tests", ("test_planted.py",), program=("-m", "oauthone.compat"),
    elsewhere={elsewhere!r}, differs={differs!r})
"""
TESTS = """
import pytest, requests_oauthlib
OURS = hasattr(requests_oauthlib, "__oauthone__")
def test_both(): pass
def test_ours(): assert OURS
def test_theirs(): assert not OURS
def test_differs(): assert not OURS
def test_differs_no_more(): pass
def test_skipped(): pytest.skip("no network")
def test_elsewhere(): assert False
"""


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the tests of a suite whose module is ``planted_suite``."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delitem(sys.modules, "planted_suite", raising=False)
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_planted.py").write_text(TESTS)
    return tests


def named(*tests: str) -> dict[str, str]:
    return {f"test_planted.py::{test}": "a reason" for test in tests}


def test_what_fails_is_listed(planted: Path) -> None:
    """So is a test that runs over one side only, one that was skipped, and a listed difference that is gone."""
    listed = {"elsewhere": named("test_elsewhere"), "differs": named("test_differs", "test_differs_no_more")}
    planted.with_name("planted_suite.py").write_text(SUITE.format(**listed))

    (theirs, _), (ours, said) = (runner.outcomes("planted_suite", planted, ours=ours) for ours in (False, True))
    ran = runner.SuiteRun(Suite("planted", "tests", (), **listed), "1.0", theirs, ours, said)

    assert ran.failures() == [
        "planted, over itself: test_planted.py::test_ours failed",
        "planted, over itself: test_planted.py::test_skipped skipped",
        "planted, over ours: test_planted.py::test_theirs failed",
        "planted, over ours: test_planted.py::test_differs_no_more failed",
        "planted, over ours: test_planted.py::test_skipped skipped",
    ]
    assert "[XPASS(strict)] a reason" in ran.output
    assert runner.summary(ran) == [
        "planted 1.0: 6 tests, 2 pass over ours, 1 differ on purpose, 1 are about something else",
        "  differs test_planted.py::test_differs: a reason",
        "  differs test_planted.py::test_differs_no_more: a reason",
        "  elsewhere test_planted.py::test_elsewhere: a reason",
    ]


def test_a_listed_test_has_to_exist(planted: Path) -> None:
    planted.with_name("planted_suite.py").write_text(SUITE.format(elsewhere={}, differs=named("test_gone")))

    ours, said = runner.outcomes("planted_suite", planted, ours=True)

    assert ours == {}
    assert "the suite has no such tests: test_planted.py::test_gone" in said


def test_a_suite_without_tests_fails() -> None:
    assert runner.SuiteRun(Suite("planted", "tests", ()), "1.0", {}, {}, "what pytest said").failures() == [
        "planted: no test ran\nwhat pytest said"
    ]


def test_both_sides_run_the_same_tests() -> None:
    ran = runner.SuiteRun(Suite("planted", "tests", ()), "1.0", {"a": "passed"}, {"b": "passed"}, "")

    assert ran.failures() == ["planted: a ran on one side only", "planted: b ran on one side only"]


def test_the_archives_of_a_machine_are_asked_for_source_packages(tmp_path: Path) -> None:
    """In both formats; a folder of the machine has none."""
    (tmp_path / "sources.list").write_text("# a remark\ndeb http://archive.example/debian trixie main\n")
    (tmp_path / "sources.list.d").mkdir()
    stanza = "Types: {}\nURIs: {}\nSuites: trixie\n"
    stanzas = [stanza.format("deb", "http://archive.example/debian"), stanza.format("deb", "file:/usr/share/x")]
    (tmp_path / "sources.list.d/machine.sources").write_text("\n".join(stanzas))

    assert debian.source_lists(tmp_path) == [
        (".list", "deb-src http://archive.example/debian trixie main\n"),
        (".sources", stanza.format("deb-src", "http://archive.example/debian").rstrip("\n")),
    ]
