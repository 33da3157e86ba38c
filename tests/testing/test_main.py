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
        printed: what was printed until then.
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
            self.printed += self._capsys.readouterr().out
        try:
            if self._before is not None:
                self._before(self.printed)
        finally:
            os.kill(os.getpid(), signal.SIGINT)


@sends_signals
@pytest.mark.parametrize("arguments", [[], ["--tls", "--decision", "deny", "--user", "bob"]])
def test_it_prints_how_to_use_it_and_stops_when_asked(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It prints URLs, clients and the owner's decision; Ctrl-C ends it with 0."""
    interrupter = Interrupter(capsys)

    assert main(arguments) == 0

    interrupter.join()
    said = interrupter.printed + capsys.readouterr().out
    assert re.search(rf"{'https' if arguments else 'http'}://127\.0\.0\.1:\d+/oauth/request_token", said)
    assert all(f"{hash_name}" in said for hash_name in ("HMAC-SHA1", "HMAC-SHA512", "RSA-SHA256", "PLAINTEXT"))
    assert ("authorization page will deny" if arguments else "authorization page asks") in said
    assert ("Trust the certificate in " in said) == bool(arguments)
    assert "BEGIN PRIVATE KEY" in said
    assert "stopped" in said


@sends_signals
def test_the_curl_that_it_prints_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """The same request, sent while the box runs, is verified."""
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


@pytest.mark.parametrize("port", ["-1", "65536", "99999", "x", "", "1.5"])
def test_a_port_that_does_not_exist(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is an error of usage."""
    with pytest.raises(SystemExit) as ended:
        main(["--port", port])

    assert ended.value.code == 2
    assert "argument --port" in capsys.readouterr().err


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the port, and nothing stays open."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as ended:
        main(["--port", str(port := taken.getsockname()[1])])

    assert ended.value.code == 2
    assert re.search(rf"cannot listen on the port {port}: \w+", capsys.readouterr().err)


@sends_signals
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_no_key_is_left_behind(name: str, tmp_path: Path) -> None:
    """However the process ends, the folder with the certificate and its key is deleted."""
    command = [sys.executable, "-m", "oauthone.testing", "--tls"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        assert "An OAuth 1.0 provider runs" in process.stdout.readline()
        (folder,) = tmp_path.iterdir()
        assert (folder / "server.pem").exists()

        process.send_signal(getattr(signal, name))

        assert "stopped" in process.communicate(timeout=30)[0]
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


@sends_signals
def test_signals_mean_afterwards_what_they_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """This matters to a program that calls it."""
    before = signal.getsignal(signal.SIGTERM)
    Interrupter(capsys)
    main([])
    assert signal.getsignal(signal.SIGTERM) == before
