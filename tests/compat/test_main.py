"""``python -m oauthone.compat`` runs a program that imports requests_oauthlib, unchanged."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from oauthone.compat import __main__ as main_module
from oauthone.testing import ProviderBox

PROGRAM = """
import sys
from requests_oauthlib import OAuth1Session

request_token_url, client_key, client_secret = sys.argv[1:]
session = OAuth1Session(client_key, client_secret, callback_uri="oob")
session.fetch_request_token(request_token_url)
print(session.token["oauth_token"], type(session).__module__)
"""


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oauthone.compat", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=50)


@pytest.mark.parametrize("named", [["program.py"], ["-m", "program"]], ids=["file", "module"])
def test_a_program_signs_with_ours(plain_box: ProviderBox, tmp_path: Path, named: list[str]) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    box = plain_box
    done = run(*named, box.request_token_url, box.client.client_id, box.client.client_secret, cwd=tmp_path)
    assert done.stdout.endswith(" oauthone.compat.requests_oauthlib.oauth1_session\n"), done.stderr
    assert box.requests[0].refused is None


@pytest.mark.parametrize("arguments", [[], ["-m"], ["--unknown", "x"]])
def test_without_a_program_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main_module.main(arguments)
    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (2, "")
    assert "python -m oauthone.compat PROGRAM" in written.err


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_it_explains_itself(capsys: pytest.CaptureFixture[str], option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main_module.main([option])
    written = capsys.readouterr()
    assert (ended.value.code, written.err) == (0, "")
    assert "python -m oauthone.compat -m MODULE" in written.out


def test_its_exit_status_is_that_of_the_process(tmp_path: Path) -> None:
    assert (run(cwd=tmp_path).returncode, run("--help", cwd=tmp_path).returncode) == (2, 0)


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        (["-m", "name", "a"], ["install", ("module", "name", ["a"])]),
        (["file.py", "-m", "a"], ["install", ("path", "file.py", ["-m", "a"])]),
    ],
)
def test_it_is_installed_before_the_program_runs(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], called: list[Any]
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(main_module, "install", lambda: calls.append("install"))
    monkeypatch.setattr(main_module, "run_module", lambda *given: calls.append(("module", *given)))
    monkeypatch.setattr(main_module, "run_path", lambda *given: calls.append(("path", *given)))
    main_module.main(arguments)
    assert calls == called
