"""A program that is run finds its arguments, its path and itself as it would without us."""

import json
import os
import subprocess
import sys
import zipapp
from pathlib import Path

import pytest

from oauthone.compat._programs import run_module, run_path

#: Prints what a program can see of how it was started.
PROGRAM = """
import json, os, pickle, sys
class Mine: pass
print(json.dumps({
    "argv": sys.argv,
    "path": [sys.path[0]],
    "file": __file__,
    "name": [__name__, __package__, __spec__ and __spec__.name],
    "main": sys.modules["__main__"].Mine is Mine,
    "pickled": type(pickle.loads(pickle.dumps(Mine()))) is Mine,
    "doc": __doc__,
    "neighbour": __import__("neighbour").__name__,
}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the program as a script, a module, a package, a folder and a zip file."""
    (tmp_path / "script.py").write_text(PROGRAM)
    (tmp_path / "neighbour.py").write_text("")
    for name in ("package", "runnable"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__main__.py").write_text(PROGRAM)
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "inner.py").write_text(PROGRAM)
    (tmp_path / "runnable" / "neighbour.py").write_text("")
    zipapp.create_archive(tmp_path / "runnable", tmp_path / "app.pyz")
    return tmp_path


def run(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


@pytest.fixture
def started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lets this process run programs of the folder; returns its ``sys.argv``."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", argv := ["before"])
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setitem(sys.modules, "neighbour", sys)
    return argv


@pytest.mark.parametrize(("path", "file"), [("script.py", "script.py"), ("runnable", "runnable/__main__.py")])
def test_a_path_is_run(
    folder: Path, started: list[str], capsys: pytest.CaptureFixture[str], path: str, file: str
) -> None:
    run_path(path, ["a"])
    assert started == [path, "a"]
    assert json.loads(capsys.readouterr().out)["file"] == str(folder / file)


@pytest.mark.parametrize("name", ["script", "package", "package.inner"])
def test_a_module_is_run(started: list[str], capsys: pytest.CaptureFixture[str], name: str) -> None:
    run_module(name, ["a"])
    seen = json.loads(capsys.readouterr().out)
    assert seen["argv"] == started == [seen["file"], "a"]
    sys.modules.pop("package", None)


@pytest.mark.parametrize("path", ["absent.py", "empty", "binary"])
def test_a_path_that_cannot_be_run(folder: Path, started: list[str], path: str) -> None:
    (folder / "empty").mkdir()
    (folder / "binary").write_bytes(b"\0")
    with pytest.raises(SystemExit) as ended:
        run_path(path, [])
    assert ended.value.code == 2
    assert started == ["before"]


@pytest.mark.parametrize("name", ["absent", "absent.inner", "empty"])
def test_a_module_that_cannot_be_run(started: list[str], folder: Path, name: str) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(SystemExit) as ended:
        run_module(name, [])
    assert ended.value.code == 2
    assert started == ["before"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["script.py"],
        ["./script.py", "a b", "-m", "--help"],
        ["-m", "script", "a"],
        ["-m", "package"],
        ["-m", "package.inner"],
        ["runnable", "a"],
        ["app.pyz"],
    ],
    ids=" ".join,
)
def test_a_program_sees_what_it_sees_under_python(folder: Path, arguments: list[str]) -> None:
    ours, theirs = run("-m", "oauthone.compat", *arguments, cwd=folder), run(*arguments, cwd=folder)
    assert ours.stdout == theirs.stdout != ""
    assert ours.stderr == theirs.stderr == ""


def test_a_command_is_found_by_its_name(folder: Path) -> None:
    """If it is a script of Python, as those that pip installs are."""
    command = folder / "bin" / "own-command"
    command.parent.mkdir()
    command.write_text(
        f"#!{sys.executable}\nimport sys, requests_oauthlib\nprint(sys.argv, requests_oauthlib.__file__)"
    )
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    done = run("-m", "oauthone.compat", "own-command", "x", cwd=folder, PATH=path)
    assert done.stdout.startswith(f"['{command}', 'x'] "), done.stderr
    assert "compat" in done.stdout


@pytest.mark.parametrize(
    ("source", "status"),
    [("import sys; sys.exit(3)", 3), ("1 / 0", 1), ("raise SystemExit('said')", 1), ("", 0), ("é = ", 1)],
)
def test_the_exit_status_is_the_programs(folder: Path, source: str, status: int) -> None:
    (folder / "exits.py").write_text(source)
    ours, theirs = run("-m", "oauthone.compat", "exits.py", cwd=folder), run("exits.py", cwd=folder)
    assert ours.returncode == theirs.returncode == status
    assert ours.stderr.splitlines()[-1:] == theirs.stderr.splitlines()[-1:]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.py"], "there is no file and no command 'absent.py'"),
        (["-m", "absent"], "there is no module 'absent' that can be run"),
        (["-m", "absent.inner"], "No module named 'absent'"),
        (["-m", "neighbour.inner"], "while trying to find 'neighbour.inner'"),
        (["-m", "empty"], "there is no module 'empty' that can be run"),
        (["empty"], "there is no __main__.py in empty"),
        (["binary"], "binary is not a Python program"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_run_is_an_error_in_a_line(
    folder: Path, started: list[str], capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (folder / "empty").mkdir()
    (folder / "empty" / "__init__.py").write_text("")
    (folder / "binary").write_bytes(b"\0\1\2")
    runs, name = (run_module, arguments[1]) if arguments[0] == "-m" else (run_path, arguments[0])
    with pytest.raises(SystemExit) as ended:
        runs(name, [])
    written = capsys.readouterr().err
    assert ended.value.code == 2
    assert message in written
    assert len(written.splitlines()) == 1


def test_an_import_error_of_the_program_is_its_own(folder: Path) -> None:
    """It is not taken for a program that cannot be found."""
    (folder / "fails.py").write_text("import absent_library")
    for arguments in (["fails.py"], ["-m", "fails"]):
        done = run("-m", "oauthone.compat", *arguments, cwd=folder)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'absent_library'"
