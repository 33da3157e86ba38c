"""The tree of commands: help texts, exit statuses, and what is imported for them."""

import json
import os
import re
import shlex
import subprocess
import sys
import warnings
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import oauthone.cli.__main__ as program
from oauthone.cli import main
from oauthone.cli.main import ENTRIES, tree
from oauthone.cli.output import CommandError, Exit

from .conftest import CANARY, Run

HELP = Path(__file__).with_name("help")


def commands_with_help() -> list[tuple[str, ...]]:
    """Return the words of each command and subcommand."""
    found: list[tuple[str, ...]] = [()]
    for entry in ENTRIES:
        found.append((entry.name,))
        command = tree.get_command(click.Context(tree), entry.name)
        if isinstance(command, click.Group):
            found += [(entry.name, name) for name in command.commands]
    return found


@pytest.mark.parametrize("words", commands_with_help(), ids=" ".join)
def test_the_help_is_the_golden_one(run: Run, words: tuple[str, ...]) -> None:
    """To accept a change, delete the file: the test writes it anew, and fails once."""
    shown = run(*words, "--help")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert max(map(len, shown.stdout.splitlines())) <= 100
    path = HELP / f"{'-'.join(words) or 'oauthone'}.txt"
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown.stdout, "utf-8", newline="\n")
        pytest.fail(f"{path.name} was missing, and is written now")
    assert shown.stdout == path.read_text("utf-8")


def test_without_a_command_there_is_help(run: Run) -> None:
    assert run().stdout == run("--help").stdout
    assert run().exit_code == 0


def test_no_golden_help_is_left_over() -> None:
    names = {f"{'-'.join(words) or 'oauthone'}" for words in commands_with_help()}
    assert {path.stem for path in HELP.glob("*.txt")} == names


def test_each_command_has_the_common_options(run: Run) -> None:
    for words in commands_with_help():
        shown = run(*words, "--help").stdout
        for option in ("--json", "-q, --quiet", "-v, --verbose", "-p, --profile", "--no-input", "--color"):
            assert option in shown, (words, option)


def test_a_narrow_terminal_gets_narrow_help(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert max(map(len, run("--help").stdout.splitlines())) <= 40


@pytest.mark.parametrize(("columns", "width"), [("", 80), ("5", 20), ("60", 60), ("400", 100), ("wide", 80)])
def test_the_width_of_help_has_limits(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    def no_terminal(_: int) -> os.terminal_size:
        raise OSError

    monkeypatch.setattr(os, "get_terminal_size", no_terminal)
    monkeypatch.setenv("COLUMNS", columns)
    assert main.columns() == width


#: What help and completion do without, since each costs more time than they may take.
HEAVY = (
    *("requests", "cryptography", "keyring", "rich", "platformdirs", "asyncio", "http.server", "tomllib"),
    *("oauthone.testing", "oauthone.core", "oauthone.providers", "json", "shutil"),
)


def test_help_loads_little() -> None:
    """Modules are counted, not time."""
    statement = "import sys; from oauthone.cli.main import tree\ntry: tree.main(['--help'])\nexcept SystemExit: pass\n"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nprint(*sys.modules)"],
        env={**environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    loaded = done.stdout.splitlines()[-1].split()
    assert "click" in loaded
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize("words", [["--json", "nonsense"], ["nonsense", "--json"]])
def test_a_failure_is_an_object_if_json_is_asked_for(run: Run, words: list[str]) -> None:
    failed = run(*words)
    assert (failed.exit_code, failed.stderr) == (2, "")
    assert json.loads(failed.stdout) == {
        "v": 1,
        "ok": False,
        "exit": 2,
        "error": {"code": "usage", "message": "No such command 'nonsense'.", "hint": "Try: oauthone --help"},
    }


def test_a_failure_is_words_on_stderr_else(run: Run) -> None:
    failed = run("nonsense")
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert failed.stderr == "oauthone: No such command 'nonsense'.\n  Try: oauthone --help\n"


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["gte"], "get"), (["logn"], "login"), (["profiles", "lst"], "list"), (["--json", "sing"], "sign")],
)
def test_the_command_that_was_meant_is_named(run: Run, words: list[str], meant: str) -> None:
    failed = run(*words)
    assert (failed.exit_code, re.search(rf"Did you mean (\w+ or )?{meant}\b", failed.output) is not None) == (2, True)
    assert "Did you mean" not in run("--nonsense").output


def test_no_option_can_be_abbreviated(run: Run) -> None:
    assert run("--verbos", "providers").exit_code == 2
    assert run("--verbose", "providers").exit_code == 0


def failing(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> Run:
    def fail() -> None:
        raise failure

    monkeypatch.setattr(tree, "get_command", lambda *_: click.Command("it", callback=fail))
    return lambda *words: CliRunner().invoke(tree, words)


@pytest.mark.parametrize(
    ("failure", "status", "said"),
    [
        (CommandError(Exit.NETWORK, "no route", "try later"), 6, "oauthone: no route\n  try later\n"),
        (KeyboardInterrupt(), 130, "\noauthone: Stopped.\n"),
        (click.Abort(), 130, "oauthone: Stopped.\n"),
        (RuntimeError("odd\x1b[2J"), 1, "oauthone: RuntimeError: odd\\x1b[2J\n  Please report it"),
        (BrokenPipeError(), 0, ""),
    ],
    ids=repr,
)
def test_each_kind_of_failure_has_its_exit_status(
    monkeypatch: pytest.MonkeyPatch, failure: BaseException, status: int, said: str
) -> None:
    failed = failing(monkeypatch, failure)("it")
    assert failed.exit_code == status
    assert failed.stderr.startswith(said)
    assert "Traceback" not in failed.stderr


def test_the_traceback_is_shown_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHONE_DEBUG", "1")
    assert "Traceback" in failing(monkeypatch, RuntimeError("odd"))("it").stderr


def test_a_closed_pipe_ends_quietly() -> None:
    """As in ``oauthone providers | head -1``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "oauthone", "providers", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, said = process.communicate(timeout=50)
    assert (process.returncode, said) == (0, b"")


def test_the_script_runs_the_tree(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["oauthone", "--version"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("oauthone ")


def test_without_click_the_script_names_the_extra() -> None:
    """Exit status 2, and no traceback."""
    hide = "import sys; sys.modules['click'] = None; from oauthone.cli.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True, timeout=50)
    assert done.returncode == 2
    assert done.stderr == "this needs the 'click' package: pip install \"oauthone[cli]\"\n"


@pytest.mark.parametrize(
    "words",
    [
        ["login", "discogs", CANARY],
        ["keygen", "file", "--encrypt", CANARY],
        ["sign", "GET", "https://a.example/", "--client-secret", f"@{CANARY}"],
        ["sign", "GET", "https://a.example/", "--token-secret", f"env:{CANARY}"],
    ],
    ids=" ".join,
)
def test_a_word_too_many_may_be_a_secret(run: Run, words: list[str]) -> None:
    failed = run(*words)
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert CANARY not in failed.stderr


@pytest.mark.parametrize("name", ["", "../../x", "é", "a/b"])
def test_a_profile_that_no_file_can_have_is_refused(run: Run, name: str) -> None:
    for words in (["whoami"], ["import", "env", "-"], ["providers"]):
        failed = run(*words, "-p", name, text="CONSUMER_KEY=a\n")
        assert (failed.exit_code, "cannot be the name of a profile" in failed.stderr) == (2, True)


def shell(command: str) -> "subprocess.CompletedProcess[str]":
    line = command.replace("oauthone", f"{shlex.quote(sys.executable)} -m oauthone")
    return subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, timeout=50)


def test_a_closed_stdout_takes_nothing() -> None:
    done = shell("oauthone providers list >&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("options", ["", " --json"])
def test_a_full_disk_is_said_once(options: str) -> None:
    done = shell(f"oauthone providers list{options} > /dev/full")
    assert (done.returncode, done.stderr) == (2, "oauthone: No space left on device\n")


def test_help_into_a_closed_pipe_ends_quietly() -> None:
    done = shell("(sleep 0.5; oauthone --help) | true")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_stdout_cannot_encode_is_escaped(run: Run, profile: str) -> None:
    """As in a pipe on Windows, or with ``PYTHONIOENCODING``."""
    assert run("profiles", "set", "box", "user=홍").exit_code == 0
    for words, shown in ((["profiles", "show"], 'user = "\\ud64d"'), (["profiles", "show", "--json"], '"\\ud64d"')):
        done = CliRunner(charset="cp1252").invoke(tree, words)
        assert (done.exit_code, shown in done.stdout) == (0, True), done.output


@pytest.mark.filterwarnings("default")
def test_a_warning_of_a_library_is_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "invoke", lambda context: warnings.warn("it is so", UserWarning, stacklevel=1))
    assert run("providers").stderr == "warning: it is so\n"


@pytest.mark.parametrize("by_variable", [True, False])
def test_white_space_around_a_secret_is_said_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, by_variable: bool, tmp_path: Path
) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "a")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", f"{CANARY}\n")
    options = [] if by_variable else ["--client-id", "a", "--client-secret", "env:OAUTHONE_CLIENT_SECRET"]
    said = run("sign", "GET", "https://a.example/", "-q", *options).stderr.replace("\n", " ")
    name = "OAUTHONE_CLIENT_SECRET" if by_variable else "the client secret"
    assert said == f"warning: {name} begins or ends in white space, which often is why a provider refuses it "
