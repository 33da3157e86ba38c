"""``python -m examples``, the command behind ``make example``."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from examples.__main__ import main

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-u", "-m", "examples"]


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_an_address_until_it_is_ended(ends: signal.Signals) -> None:
    """The page responds, and Ctrl-C ends the example and the provider."""
    with subprocess.Popen(
        [*COMMAND, "starlette"], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    ) as running:
        try:
            assert running.stdout is not None
            address = next(
                found[1] for line in running.stdout if (found := re.search(r"Log in with Box: +(\S+)", line))
            )
            provider = next(found[1] for line in running.stdout if (found := re.search(r"the provider: +(\S+)", line)))
            assert "Log in with Box" in requests.get(address, timeout=20).text
            assert requests.get(f"{provider}/open", timeout=20).ok

            running.send_signal(ends)

            assert running.stdout.read().endswith("stopped\n")
            assert running.wait(20) == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
    for ended in (address, provider):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(ended).port or 0), 5)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_ctrl_c_ends_make_without_a_traceback_and_no_browser_was_opened(tmp_path: Path) -> None:
    """As in a terminal, where Ctrl-C reaches make and what it started."""
    made = tmp_path / "venv"
    (made / "bin").mkdir(parents=True)
    python = made / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    for stamp in ("made-default", "has-package", "has-example"):
        (made / f".{stamp}").touch()
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(opened))}\n")
    browser.chmod(0o755)
    command = ["make", "example", "NAME=starlette", f"VENV={made}", "PYTHON="]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "BROWSER": str(browser), "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    ) as running:
        try:
            assert running.stdout is not None
            before = []
            for line in running.stdout:
                before.append(line)
                if "Press Ctrl-C" in line:
                    break
            os.killpg(running.pid, signal.SIGINT)
            after = running.stdout.read()
            status = running.wait(20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
    assert any(line.startswith("Log in with Box:  http://127.0.0.1:") for line in before)
    assert status in (-signal.SIGINT, 130, 2)  # make ends by the signal, as a shell expects
    assert "stopped\n" in after
    assert "Traceback" not in "".join(before) + after
    assert not opened.exists()


@pytest.mark.parametrize(
    ("named", "complaint"), [(["cherrypy"], "unknown example 'cherrypy'"), ([], "name an example")]
)
def test_an_unknown_name_is_answered_with_the_names(
    named: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message shows a command to run."""
    with pytest.raises(SystemExit) as ended:
        main(named)

    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert complaint in said
    assert "the examples are flask, django, starlette, fastapi: make example NAME=flask" in said


def test_a_port_that_is_taken() -> None:
    """The runner reports the port, instead of the URL of another server there."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ran = subprocess.run([*COMMAND, "flask", "--port", port], capture_output=True, text=True, timeout=50, cwd=ROOT)

    assert ran.returncode == 1
    assert ran.stderr.startswith(f"port {port} is not available: Address already in use")
    assert ran.stdout == ""


def test_an_example_that_ends_early(tmp_path: Path) -> None:
    """The runner returns its status, and nothing hangs."""
    (tmp_path / "uvicorn.py").write_text("raise SystemExit(7)")
    variables = {**os.environ, "PYTHONPATH": str(tmp_path)}

    ran = subprocess.run([*COMMAND, "fastapi"], capture_output=True, text=True, timeout=50, cwd=ROOT, env=variables)

    assert ran.returncode == 7
    assert "Log in with Box" not in ran.stdout


def test_the_django_example_has_time_zones_and_starts_without_warnings() -> None:
    """Django 4.2 warns about a project that does not choose, and its default changed in 5.0."""
    names = ("BOX_CLIENT_ID", "BOX_CLIENT_SECRET", "BOX_REQUEST_TOKEN_URL", "BOX_AUTHORIZE_URL")
    given = dict.fromkeys(("SECRET_KEY", *names, "BOX_ACCESS_TOKEN_URL", "BOX_API_BASE_URL"), "https://box.example/")
    said = "from django.conf import settings; print(settings.USE_TZ, settings.is_overridden('USE_TZ'))"
    ran = [
        subprocess.run(
            [sys.executable, "-W", "error", *command],
            capture_output=True,
            text=True,
            timeout=50,
            cwd=ROOT / "examples" / "django",
            env={**os.environ, **given, "DJANGO_SETTINGS_MODULE": "settings"},
        )
        for command in (["manage.py", "check"], ["-c", said])
    ]
    assert [(one.returncode, one.stderr) for one in ran] == [(0, "")] * 2
    assert ran[1].stdout == "True True\n"
