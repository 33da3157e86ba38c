"""The demonstration, as a new user runs it."""

import re
import subprocess
import sys

import pytest
from rich.console import Console

from oauthone import demo


def test_it_walks_all_legs_and_ends_in_a_verified_call() -> None:
    """It exits with 0 and shows every leg, each base string in three parts, and the protected response."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "oauthone.demo"], capture_output=True, text=True, timeout=50
    )

    assert ran.stderr == ""
    assert ran.returncode == 0
    steps = ["Leg 1", "POST /oauth/request_token", "Leg 2", "/oauth/authorize?oauth_token=", "Leg 3"]
    steps += ["POST /oauth/access_token", "A signed request", "POST /echo?q=caf%C3%A9", '"user": "alice"']
    places = [ran.stdout.index(step) for step in steps]
    assert places == sorted(places)
    assert ran.stdout.count("Signature base string") == 3
    assert len(re.findall(r"(?m)^    method      POST\n    URI         http://127\.0\.0\.1:\d+/", ran.stdout)) == 3
    assert ran.stdout.count("answered 200") == 3
    assert "\x1b" not in ran.stdout


def test_it_shortens_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    """It prints no token secret and no verification code in full."""
    assert demo.main([]) == 0

    shown = re.findall(r"(?:oauth_token_secret\s+|oauth_verifier\s+|oauth_verifier=)(\S+)", capsys.readouterr().out)
    assert len(shown) == 5
    assert all(re.fullmatch(r".{4}…", value) for value in shown)


def test_it_is_coloured_in_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of the three parts of a base string has its own colour."""
    terminal = Console(force_terminal=True, highlight=False, soft_wrap=True, color_system="standard")
    monkeypatch.setattr(demo, "_CONSOLE", terminal)

    assert demo.main([]) == 0

    said = capsys.readouterr().out
    for colour, part in (("35", "method      POST"), ("36", "URI "), ("33", "parameters ")):
        assert f"\x1b[{colour}m    {part}" in said


BLOCKING = """
import runpy, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {library!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("library", ["requests", "urllib3", "rich", "starlette", "hypercorn", "h2", "trustme"])
def test_without_a_library_it_names_its_extra_in_one_line(library: str) -> None:
    """The extra of the demonstration, not that of the client or of the box: one command has to be enough."""
    program = BLOCKING.format(library=library, module="oauthone.demo")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert re.fullmatch(rf"this needs the '{library}[\w.]*' package: pip install \"oauthone\[demo\]\"\n", ran.stderr), (
        ran.stderr
    )


def test_an_import_without_a_library_is_an_error_with_its_cause() -> None:
    program = BLOCKING.format(library="rich", module="oauthone.demo").replace(
        "runpy.run_module(", "import oauthone.demo #"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)
    assert "ModuleNotFoundError: No module named 'rich'" in ran.stderr
    assert ran.stderr.rstrip().endswith("this needs the 'rich' package: pip install \"oauthone[demo]\"")
