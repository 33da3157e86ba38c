"""The table in the documentation is that of a run."""

from pathlib import Path

import pytest

from interop import table
from interop.suites import Suite
from interop.suites.runner import SuiteRun

PAGE = "# Page\n<!-- a:begin -->\nold\n<!-- a:end -->\nbetween\n<!-- b:begin -->\n<!-- b:end -->\n"


def test_a_page_that_is_not_that_of_the_run_fails_until_it_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    blocks = {"a": "new\n", "b": ""}

    assert table.check(blocks, accept=False, file=page) == [
        "page.md: the block a is not that of this run; write it with make interop ARGS=--accept"
    ]
    assert page.read_text() == PAGE
    assert table.check(blocks, accept=True, file=page) == []
    assert page.read_text() == PAGE.replace("old", "new")
    assert table.check(blocks, accept=False, file=page) == []


def test_a_page_without_the_markers_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no markers"):
        table.put(PAGE, "c", "new\n")


def test_a_row_tells_what_differs() -> None:
    rows = [table.Row("one", "1.0", "GET", 3, []), table.Row("two", "2.0", "POST", 4, ["safer", "faster"])]

    assert table.libraries(rows, {"requests": "2.0"}).splitlines()[2:] == [
        "| one 1.0 | GET | 3 | nothing |",
        "| two 2.0 | POST | 4 | safer; faster |",
        "",
        "With requests 2.0.",
    ]


def test_each_test_that_differs_is_named_with_its_reason() -> None:
    suite = Suite(
        "one", "tests", (), elsewhere={"t.py::d": "OAuth 2"}, differs={"t.py::C::b": "safer", "t.py::c": "safer"}
    )
    outcomes = {"t.py::a": "passed", "t.py::C::b": "differs", "t.py::c": "differs"}
    ran = SuiteRun(suite, "1.0", dict.fromkeys(outcomes, "passed"), outcomes, "")

    assert table.suites([ran]).splitlines()[2:] == [
        "| one 1.0 | 3 | 1 | 2 | 1 |",
        "",
        "- one, `b`: safer",
        "- one, `c`: safer",
        "- one, 1 tests: OAuth 2",
    ]
