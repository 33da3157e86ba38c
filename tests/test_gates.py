"""The gates work: a forbidden skip, code that no test runs, and more instructions than before are failures."""

import ast
import json
import os
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
import skips

pytest_plugins = ["pytester"]

TESTS = Path(__file__).parent
CONFTEST = TESTS / "conftest.py"
CI = TESTS.parent / ".ci"
GATE = runpy.run_path(str(CI / "coverage_gate.py"))
RUNS = runpy.run_path(str(CI / "run_tests.py"))
SHARES = runpy.run_path(str(CI / "share_tests.py"))
WORKFLOWS = [*(TESTS.parent / ".github" / "workflows").glob("*.yml")]
INSTRUCTIONS = runpy.run_path(str(TESTS.parent / "bench" / "gate_figures.py"))

SKIPS = {
    "in the test": "import pytest\ndef test(): pytest.skip('no service')",
    "by a mark": "import pytest\n@pytest.mark.skip(reason='no service')\ndef test(): pass",
    "of a module": "import pytest\npytest.importorskip('no_such_library')\ndef test(): pass",
}


@pytest.fixture
def outcomes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], dict[str, int]]:
    """Run tests with the hooks that forbid a skip, and return how many of them had which outcome."""
    pytester.makeconftest("from skips import pytest_make_collect_report, pytest_runtest_makereport")

    def run(source: str, require_all: str) -> dict[str, int]:
        monkeypatch.setenv("OAUTHONE_TESTS_REQUIRE_ALL", require_all)
        path = pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", path).parseoutcomes()

    return run


@pytest.mark.parametrize("source", SKIPS.values(), ids=SKIPS.keys())
def test_a_skip_fails_where_all_is_required(
    source: str, outcomes: Callable[[str, str], dict[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    required = outcomes(source, "1")
    assert required in ({"failed": 1}, {"errors": 1})
    assert "nothing may be skipped" in capsys.readouterr().out
    assert outcomes(source, "") == {"skipped": 1}


def test_an_expected_failure_is_no_skip(outcomes: Callable[[str, str], dict[str, int]]) -> None:
    assert outcomes("import pytest\n@pytest.mark.xfail\ndef test(): assert False", "1") == {"xfailed": 1}


def test_all_tests_have_the_hooks(request: pytest.FixtureRequest) -> None:
    plugins = request.config.pluginmanager
    (settings,) = (plugin for plugin in plugins.get_plugins() if getattr(plugin, "__file__", "") == str(CONFTEST))
    assert {name for name in vars(skips) if name.startswith("pytest_")} <= vars(settings).keys()


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
        ({"src/oauthone/core/flow.py": covered(9, 9), "src/oauthone/demo.py": covered(80, 100)}, ["the other files"]),
        ({"src/oauthone/demo.py": covered(9, 9)}, ["the report has no branches, or no file that needs"]),
    ],
)
def test_the_coverage_gate(files: dict[str, Any], failing: list[str]) -> None:
    found = GATE["failures"]({"meta": {"branch_coverage": True}, "files": files})
    assert [line.startswith(name) for line, name in zip(found, failing, strict=True)] == [True] * len(failing)


def test_the_coverage_gate_wants_branches() -> None:
    report = {"meta": {"branch_coverage": False}, "files": {"src/oauthone/core/flow.py": covered(9, 9)}}
    assert GATE["failures"](report)


FIGURE = {"thousands": 100.0, "libraries": {"flask": "3"}}


@pytest.mark.parametrize(
    ("counted", "status", "said"),
    [
        ({"row": FIGURE}, 0, "+0.0%"),
        ({"row": {**FIGURE, "thousands": 102.9}}, 0, "+2.9%"),
        ({"row": {**FIGURE, "thousands": 103.1}}, 1, "these take more instructions"),
        ({"row": {**FIGURE, "thousands": 96.9}}, 0, "better; accept it"),
        ({"row": {"thousands": 200.0, "libraries": {"flask": "4"}}}, 0, "not compared: the figure is for flask 3"),
        ({"row": FIGURE, "new": FIGURE}, 0, "no committed figure"),
        ({}, 1, "were not counted:\n  row"),
    ],
)
def test_the_instruction_gate(
    counted: dict[str, Any], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert INSTRUCTIONS["report"](counted, {INSTRUCTIONS["build"](): {"row": FIGURE}}) == status
    assert said in capsys.readouterr().out


def test_the_instruction_gate_says_if_it_has_no_figures_for_this_build(capsys: pytest.CaptureFixture[str]) -> None:
    assert INSTRUCTIONS["report"]({"row": FIGURE}, {"another build": {"row": FIGURE}}) == 0
    assert "NOTHING WAS COMPARED" in capsys.readouterr().out


def test_accepted_figures_replace_those_of_this_build_alone(tmp_path: Path) -> None:
    file, build, other = tmp_path / "gate.json", INSTRUCTIONS["build"](), {"row": {**FIGURE, "thousands": 90.0}}
    file.write_text(json.dumps({"another build": other, build: {"row": FIGURE, "gone": FIGURE}}), "utf-8")
    INSTRUCTIONS["accept"]({"row": {**FIGURE, "thousands": 80.0}}, file)
    assert INSTRUCTIONS["read"](file) == {"another build": other, build: {"row": {**FIGURE, "thousands": 80.0}}}


def test_figures_are_accepted_where_there_were_none(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    assert INSTRUCTIONS["read"](file) == {}
    INSTRUCTIONS["accept"]({"row": FIGURE}, file)
    assert INSTRUCTIONS["read"](file) == {INSTRUCTIONS["build"](): {"row": FIGURE}}


COUNTED_WITHOUT_PEERS = """
import sys
sys.modules["authlib"] = sys.modules["oauthlib"] = sys.modules["requests_oauthlib"] = None
from bench import counted_works, gate
for row in gate.ROWS:
    works = counted_works.GROUPS[row.group]()
    assert works[row.work]() and (not row.base or works[row.base]()), row.name
"""


def test_every_row_of_the_instruction_gate_runs_without_the_peers() -> None:
    """The environment of the gate has none of the libraries that the other benchmarks compare with."""
    command = [sys.executable, "-c", COUNTED_WITHOUT_PEERS]
    done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr


def planned(*arguments: str) -> list[tuple[bool, list[str], bool]]:
    return [tuple(run) for run in RUNS["plan"](arguments)]


def test_several_processes_share_the_tests_while_another_one_runs_those_of_niquests() -> None:
    options = ["-k", "header", "--tb=short"]
    assert planned(*options) == [(False, options, True), (True, [*RUNS["IN_NIQUESTS"], *options], False)]
    assert all((TESTS.parent / name).exists() for name in RUNS["IN_NIQUESTS"])


def test_tests_that_are_only_listed_are_not_shared() -> None:
    """Each process would list all of them."""
    assert planned("--co") == [(False, ["--co"], False), (True, [*RUNS["IN_NIQUESTS"], "--co"], False)]


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (["tests/core", "-x"], [(False, ["tests/core", "-x"], False)]),
        (["-x", "tests/clients/niquests/test_niquests.py"], None),
        (
            ["tests/contract", "tests/core", "-k", "origin"],
            [
                (False, ["tests/contract", "tests/core", "-k", "origin"], False),
                (True, ["tests/contract", "-k", "origin"], False),
            ],
        ),
    ],
)
def test_each_environment_runs_its_own_of_the_tests_that_are_named(arguments: list[str], runs: Any) -> None:
    assert planned(*arguments) == (runs or [(True, [arguments[1], "-x"], False)])


@pytest.mark.parametrize(
    ("statuses", "is_success"),
    [([0, 0, 0], True), ([0, 5], True), ([5, 5], False), ([], False), ([0, 1, 0], False), ([0, 2], False)],
)
def test_a_run_that_fails_or_runs_that_find_nothing_fail(statuses: list[int], is_success: bool) -> None:
    assert RUNS["succeeded"](statuses) == is_success


GREEN, PLAIN = "\x1b[32m", "\x1b[0m"
CLOSING = [
    f"{GREEN}=== {GREEN}2 passed{PLAIN}, {GREEN}1 warning{PLAIN}{GREEN} in 0.10s{PLAIN}{GREEN} ==={PLAIN}\n".encode(),
    b"said 7 failed in 3.0s\n== 1 failed, 3 passed, 4 deselected, 2 xfailed, 1 error in 98.30s (0:01:38) ==\n",
    b"== 4 deselected in 0.01s ==\n",
    b"== no tests ran in 0.01s ==\n",
    b"no closing line",
]


def test_the_last_line_adds_up_what_each_process_says() -> None:
    """Each process has deselected the same tests, so they are not added up."""
    told = "1 failed, 5 passed, 4 deselected, 2 xfailed, 1 warnings, 1 errors in 99.00s"
    assert RUNS["total"](CLOSING, 99.0).strip("= ") == told
    assert RUNS["total"](CLOSING[3:], 1.0).strip("= ") == "no tests ran in 1.00s"


SOURCES = {
    "tests/server/test_a.py": "def test_passes(): pass\ndef test_too(): pass",
    "tests/core/test_e.py": "def test_passes(): pass",
    "tests/testing/test_f.py": "def test_passes(): pass",
    "tests/test_b.py": "import pytest\ndef test_passes(): pass\n@pytest.mark.xfail\ndef test_odd(): assert False",
    "tests/contract/test_c.py": "def test_of_both(): pass",
    "tests/clients/niquests/test_d.py": "def test_of_one(): assert False",
    "tests/docs/test_examples.py": "def test_of_both(): pass",
    "pytest.ini": "[pytest]\ntestpaths = tests\naddopts = -p no:cacheprovider",
}


#: The tests of the main environment that can be run there.
TESTS_BELOW = [f"{name}::{test}" for name, source in SOURCES.items() for test in re.findall(r"def (test_\w+)", source)]


def write_sources(folder: Path, **extra: str) -> None:
    for name, source in {**SOURCES, **extra}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, "utf-8")


def run_here(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts with a pytest that has no plugins."""
    script, *arguments = command
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, str(CI / script), *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=50,
    )


def run_side_by_side(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    write_sources(folder, **extra)
    return run_here(folder, "run_tests.py", "--no-coverage", sys.executable, sys.executable, *arguments)


def closing_lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"(?m)^=+ (.*) in [0-9.]+s.* =+$", done.stdout)


def test_all_tests_run_side_by_side_and_one_failure_is_one(tmp_path: Path) -> None:
    """What the environment of niquests says comes before the sum, which stands last."""
    done = run_side_by_side(tmp_path, "-v")
    (*_, niquests, total), ran = closing_lines(done), re.findall(r"(?m)^(tests/\S+) [A-Z]+ ", done.stdout)
    assert (niquests, total) == ("1 failed, 2 passed", "1 failed, 7 passed, 1 xfailed")
    assert len(closing_lines(done)) == RUNS["processes"](measures=False) + 2
    assert sorted(ran) == sorted(
        [*TESTS_BELOW, *[name for name in TESTS_BELOW if name.startswith(RUNS["IN_NIQUESTS"])]]
    )
    assert done.returncode == 1


def test_a_module_that_cannot_be_imported_is_a_failure(tmp_path: Path) -> None:
    done = run_side_by_side(tmp_path, "--ignore=tests/clients", **{"tests/test_g.py": "import no_such_library"})
    assert closing_lines(done)[-1] == "1 errors"
    assert done.returncode == 1


@pytest.mark.parametrize("way", ["forwards", "backwards"])
def test_a_failure_in_either_process_fails_the_run(way: str, tmp_path: Path) -> None:
    """Each test waits for the other one, so both processes run one."""
    (tmp_path / "arrived").mkdir()
    waits = f"""
from pathlib import Path
from time import sleep
def test_waits(capfd):
    here, folder = Path(__file__), Path({str(tmp_path / "arrived")!r})
    (folder / here.name).touch()
    for _ in range(2000):
        if len([*folder.iterdir()]) < 2: sleep(0.01)
    print("heard of", here.name)
    assert capfd.readouterr().out == f"heard of {{here.name}}\\n"
    assert here.name != "{"test_y.py" if way == "forwards" else "test_z.py"}"
def test_waits_no_more(): pass
"""
    only = {f"tests/test_{name}.py": waits for name in "yz"}
    done = run_side_by_side(tmp_path, "--ignore=tests/clients", "-k", "waits", **only)
    assert closing_lines(done)[-1] == "1 failed, 3 passed, 8 deselected"
    assert done.returncode == 1


def test_a_process_that_stops_at_a_failure_leaves_nothing_to_the_others(tmp_path: Path) -> None:
    """The second run is as a process that looks for another module after the first one has stopped."""
    write_sources(tmp_path)
    (shared := tmp_path / "shared").mkdir()
    ends = [run_here(tmp_path, "share_tests.py", str(shared), "1", "-x", "--deselect=tests/docs") for _ in range(2)]
    assert [closing_lines(done) for done in ends] == [["1 failed, 1 deselected"], ["1 deselected"]]
    assert ends[0].returncode == 1


@pytest.mark.parametrize("number", [1, 2, 3, 4, 7])
def test_processes_begin_in_different_places_and_get_everywhere(number: int) -> None:
    modules = [f"m{place:02}" for place in range(20)]
    orders = [SHARES["order"](modules, turn, number) for turn in range(number)]
    assert [sorted(one) for one in orders] == [modules] * number
    assert orders[0] == modules
    assert number < 2 or len({one[0] for one in orders}) >= number - 1


def test_what_runs_alone_ends_as_pytest_does(tmp_path: Path) -> None:
    assert run_side_by_side(tmp_path, "tests/server", "-k", "nothing").returncode == 5


def test_an_action_in_a_workflow_is_pinned_to_a_commit() -> None:
    """A tag can be moved to other code. The comment names the version, for people and for updates."""
    uses = [line.partition("uses:")[2] for path in WORKFLOWS for line in path.read_text("utf-8").splitlines()]
    actions = [action.strip() for action in uses if action]
    assert len(actions) > 10
    assert [one for one in actions if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


def test_a_workflow_names_what_the_makefile_has() -> None:
    """Also files: requirements and folders of tests."""
    commands = "\n".join(path.read_text("utf-8") for path in WORKFLOWS)
    targets = {*re.findall(r"\bmake (\w+)", commands)}
    makefile = (TESTS.parent / "Makefile").read_text("utf-8")
    assert targets
    assert [target for target in targets if not re.search(rf"(?m)^{target}:", makefile)] == []
    paths = re.findall(r"\b(?:tests|requirements)/[\w./]+|\.ci/\w+", commands)
    assert paths
    assert [path for path in paths if not (TESTS.parent / path).exists()] == []


def test_a_comma_in_a_command_of_a_workflow_is_quoted() -> None:
    """PowerShell, the shell on Windows, splits a word at its commas."""
    commands = [line for path in WORKFLOWS for line in path.read_text("utf-8").splitlines() if "-e " in line]
    assert any(",rsa," in command for command in commands)
    assert [one for one in commands if "," in re.sub(r"\"[^\"]*\"", "", one)] == []


def test_updates_move_the_pins() -> None:
    """Dependabot takes constraints.txt for requirements, not for a lock file, and so would leave it alone."""
    updates = (TESTS.parent / ".github" / "dependabot.yml").read_text("utf-8")
    assert "versioning-strategy: increase-if-necessary" in updates
    assert "lockfile-only" not in updates


def _installed_on_other_systems() -> set[str]:
    """What the job for other systems installs, and what that depends on."""
    project = tomllib.loads((TESTS.parent / "pyproject.toml").read_text("utf-8"))["project"]
    (extras,) = re.findall(r'-e "\.\[([\w,]+)\]"', "".join(path.read_text("utf-8") for path in WORKFLOWS))
    wanted = [need for extra in extras.split(",") for need in project["optional-dependencies"][extra]]
    wanted += (TESTS.parent / "requirements" / "systems.txt").read_text("utf-8").splitlines()
    found: set[str] = set()
    while wanted:
        name = re.match(r"[\w.-]*", wanted.pop())[0].lower().replace("_", "-")  # type: ignore[index]  # it matches any text
        if name and name not in found:
            found.add(name)
            with suppress(PackageNotFoundError):  # a dependency on another system, such as colorama
                wanted += [need for need in requires(name) or () if "extra ==" not in need]
    return found


def _imports_at_the_top(path: Path) -> set[str]:
    names: set[str] = set()
    for statement in ast.parse(path.read_text("utf-8")).body:
        if isinstance(statement, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            names.add(statement.module.partition(".")[0])
    return names


def test_what_runs_on_other_systems_imports_what_is_installed_there() -> None:
    """One missing module would stop the whole run. The tests of niquests have an environment of their own."""
    (folders,) = re.findall(r"pytest -q (tests/.*)", "".join(path.read_text("utf-8") for path in WORKFLOWS))
    installed, owners = _installed_on_other_systems(), packages_distributions()
    files = [file for folder in folders.split() for file in (TESTS.parent / folder).rglob("*.py")]
    assert len(files) > 100
    missing = {
        f"{file.relative_to(TESTS)}: {name}"
        for file in files
        if "niquests" not in file.parts
        for name in _imports_at_the_top(file)
        if name in owners and name not in ("oauthone", "authlib")
        if not installed & {owner.lower().replace("_", "-") for owner in owners[name]}
    }
    assert missing == set()
