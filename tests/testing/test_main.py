"""``python -m oauthone.testing``: the printed instructions work."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oauthone.testing.__main__ import main

#: On Windows, os.kill ends a process without a word, instead of sending it a signal.
sends_signals = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send signals on Windows")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the credentials in a folder of the test."""
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(autouse=True)
def heard_interrupts() -> Iterator[None]:
    """Make Ctrl-C raise `KeyboardInterrupt`, even if it is ignored, as in ``nohup make test &``."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Interrupter(threading.Thread):
    """Presses Ctrl-C once a provider runs.

    Args:
        capsys: reads what is printed.
        before: called before that with what was printed.

    Attributes:
        printed: what was printed for people until then.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str], before: Callable[[str], None] | None = None) -> None:
        super().__init__(daemon=True)
        self._capsys = capsys
        self._before = before
        self.printed = ""
        self.start()

    def run(self) -> None:
        while not re.search(r"(?m)^  curl .*\n", self.printed):
            time.sleep(0.01)
            self.printed += self._capsys.readouterr().err
        try:
            if self._before is not None:
                self._before(self.printed)
        finally:
            os.kill(os.getpid(), signal.SIGINT)


@sends_signals
@pytest.mark.parametrize("arguments", [[], ["--tls", "--decision", "deny", "--user", "bob"]])
def test_it_prints_how_to_use_it_and_stops_when_asked(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Addresses and the owner's decision, on the error output; Ctrl-C ends it with 0."""
    interrupter = Interrupter(capsys)

    assert main(["--port", "0", *arguments]) == 0

    interrupter.join()
    said = interrupter.printed
    assert re.search(rf"runs at {'https' if arguments else 'http'}://127\.0\.0\.1:\d+ until", said)
    assert re.search(r"page +http://127\.0\.0\.1:\d+/#\S{40,}", said)
    assert ("page will deny for bob" if arguments else "page asks alice") in said
    assert ("trust        the certificate in " in said) == bool(arguments)
    assert re.search(r"python -m oauthone.testing --port \d+(?: --tls)? --env prints them", said)
    after = capsys.readouterr()
    assert (after.out, after.err) == ("", "stopped\n")


@sends_signals
def test_the_curl_that_it_prints_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """The same request, sent while the box runs, is verified, and is a line of the output."""
    seen: list[bytes] = []

    def send(printed: str) -> None:
        words = shlex.split(re.search(r"(?m)^  (curl .*)$", printed)[1])
        if shutil.which("curl"):
            seen.append(subprocess.run([*words, "-s"], capture_output=True, timeout=20, check=True).stdout)
        else:
            name, _, value = words[2].partition(": ")
            with urllib.request.urlopen(urllib.request.Request(words[3], headers={name: value})) as answer:
                seen.append(answer.read())

    Interrupter(capsys, send)

    assert main(["--port", "0"]) == 0
    assert b'"client_id": "box-hmac-sha1"' in seen[0]
    assert "GET   /two-legged?q=sea%20view  200  " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "-1"], "argument --port: -1 is not from 0 to 65535"),
        (["--port", "65536"], "argument --port: 65536 is not"),
        (["--port", "x"], "argument --port: invalid number value"),
        (["--port", ""], "argument --port: invalid"),
        (["--history", "0"], "argument --history: 0 is not from 1"),
        (["--env", "MD5"], "argument --env: invalid choice"),
        (["--deci", "deny"], "unrecognized arguments: --deci"),
        (["--like", "no-such"], "no-such"),
        (["--fault", "none=1"], "'none' is not a fault"),
        (["--name", "a/b", "--env"], "cannot name a box"),
        (["--env", "--port", "0"], "--env needs the port that the box has"),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error of usage."""
    try:
        status = main([*arguments] if "--port" in arguments else ["--port", "0", *arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)

    said = capsys.readouterr().err
    assert (status, len(said.splitlines())) == (2, 1)
    assert words in said


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the port in one line, and nothing stays open."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(port := taken.getsockname()[1])]) == 6

    said = capsys.readouterr().err
    assert re.fullmatch(rf".* cannot listen on the port {port}: \w+.*\n", said)


def test_the_credentials_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--env"]) == 0
    first = capsys.readouterr().out
    assert re.match(r"export OAUTHONE_CLIENT_ID=box-hmac-sha1\nexport OAUTHONE_CLIENT_SECRET=\S{32}\n", first)
    assert main(["--env", "--json"]) == 0
    assert '"v": 1' in capsys.readouterr().out


@sends_signals
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_no_key_of_the_certificate_is_left_behind(name: str, tmp_path: Path) -> None:
    """However the process ends, the folder with the certificate and its key is deleted."""
    command = [sys.executable, "-m", "oauthone.testing", "--tls", "--port", "0"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stderr is not None
        assert "An OAuth 1.0 provider runs" in process.stderr.readline()
        (folder,) = tmp_path.glob("oauthone-*")
        assert (folder / "server.pem").exists()

        process.send_signal(getattr(signal, name))

        assert "stopped" in process.communicate(timeout=30)[1]
    assert process.returncode == 0
    assert list(tmp_path.glob("oauthone-*")) == []


@sends_signals
def test_signals_mean_afterwards_what_they_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """This matters to a program that calls it."""
    before = signal.getsignal(signal.SIGTERM)
    Interrupter(capsys)
    main(["--port", "0"])
    assert signal.getsignal(signal.SIGTERM) == before
