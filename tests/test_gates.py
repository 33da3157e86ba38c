"""The gates work: a forbidden skip, and code that no test runs, are failures."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
GATE = runpy.run_path(str(TESTS.parent / ".ci" / "coverage_gate.py"))

SKIPS = {
    "in the test": "import pytest\ndef test(): pytest.skip('no service')",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='no service')\ndef test(): pass",
    "of a module": "import pytest\npytest.importorskip('no_such_library')\ndef test(): pass",
}


def run_pytest(folder: Path, source: str, require_all: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text((TESTS / "conftest.py").read_text("utf-8"), "utf-8")
    (folder / "test_it.py").write_text(source, "utf-8")
    environ = {**os.environ, "OAUTHONE_TESTS_REQUIRE_ALL": require_all}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=50)


@pytest.mark.parametrize("source", SKIPS.values(), ids=SKIPS.keys())
def test_a_skip_fails_where_all_is_required(tmp_path: Path, source: str) -> None:
    done = run_pytest(tmp_path, source, require_all="1")
    assert done.returncode not in (0, 5), done.stdout
    assert "nothing may be skipped" in done.stdout
    assert run_pytest(tmp_path, source, require_all="").returncode in (0, 5)


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, "import pytest\n@pytest.mark.xfail\ndef test(): assert False", require_all="1")
    assert done.returncode == 0, done.stdout


def covered(run: int, of: int, *, missing_branches: tuple[list[int], ...] = ()) -> dict[str, Any]:
    return {
        "missing_lines": list(range(run, of)),
        "missing_branches": list(missing_branches),
        "summary": {
            "num_statements": of,
            "covered_lines": run,
            "num_branches": 2,
            "covered_branches": 2 - len(missing_branches),
        },
    }


@pytest.mark.parametrize(
    ("files", "failing"),
    [
        ({"src/oauthone/core/flow.py": covered(9, 9)}, []),
        ({"src/oauthone/core/flow.py": covered(8, 9)}, ["src/oauthone/core/flow.py"]),
        ({"src/oauthone/core/flow.py": covered(9, 9, missing_branches=([3, 5],))}, ["src/oauthone/core/flow.py"]),
        ({"src/oauthone/server/stores/memory.py": covered(8, 9)}, ["src/oauthone/server/stores/memory.py"]),
        ({"src/oauthone/clients/_legs.py": covered(8, 9)}, ["src/oauthone/clients/_legs.py"]),
        ({"src/oauthone/core/flow.py": covered(9, 9), "src/oauthone/demo.py": covered(96, 100)}, []),
        ({"src/oauthone/core/flow.py": covered(9, 9), "src/oauthone/demo.py": covered(80, 100)}, ["the rest"]),
        ({"src/oauthone/demo.py": covered(9, 9)}, ["the report has no branches, or none of the files"]),
    ],
)
def test_the_coverage_gate(files: dict[str, Any], failing: list[str]) -> None:
    found = GATE["failures"]({"meta": {"branch_coverage": True}, "files": files})
    assert [line.startswith(name) for line, name in zip(found, failing, strict=True)] == [True] * len(failing)


def test_the_coverage_gate_wants_branches() -> None:
    report = {"meta": {"branch_coverage": False}, "files": {"src/oauthone/core/flow.py": covered(9, 9)}}
    assert GATE["failures"](report)
