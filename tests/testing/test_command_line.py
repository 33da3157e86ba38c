"""``python -m oauthone.testing``: what it prints works."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from oauthone.testing.__main__ import main


@pytest.fixture(autouse=True)
def heard_interrupts() -> Iterator[None]:
    """Ctrl-C raises `KeyboardInterrupt`, also where it is ignored, as it is behind ``nohup make test &``."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(after: float) -> None:
    """Press Ctrl-C after a while."""
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()


@pytest.mark.parametrize("arguments", [[], ["--tls", "--decision", "deny", "--user", "bob"]])
def test_it_prints_how_to_use_it_and_stops_when_asked(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Addresses, clients, the owner's decision; Ctrl-C ends it with 0."""
    interrupted(1.0)

    assert main(arguments) == 0

    said = capsys.readouterr().out
    assert re.search(rf"{'https' if arguments else 'http'}://127\.0\.0\.1:\d+/oauth/request_token", said)
    assert all(f"{hash_name}" in said for hash_name in ("HMAC-SHA1", "HMAC-SHA512", "RSA-SHA256", "PLAINTEXT"))
    assert ("authorization page will deny" if arguments else "authorization page asks") in said
    assert ("Trust the certificate in " in said) == bool(arguments)
    assert "BEGIN PRIVATE KEY" in said
    assert "stopped" in said


def test_the_curl_that_it_prints_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """The same request, sent while the box runs, is verified."""
    seen: list[bytes] = []

    def send() -> None:
        printed = capsys.readouterr().out
        words = shlex.split(re.search(r"(?m)^  (curl .*)$", printed)[1])
        if shutil.which("curl"):
            seen.append(subprocess.run([*words, "-s"], capture_output=True, timeout=20, check=True).stdout)
        else:
            name, _, value = words[2].partition(": ")
            with urllib.request.urlopen(urllib.request.Request(words[3], headers={name: value})) as answer:
                seen.append(answer.read())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(1.0, send).start()

    assert main(["--port", "0"]) == 0
    assert b'"client_id": "box-hmac-sha1"' in seen[0]
