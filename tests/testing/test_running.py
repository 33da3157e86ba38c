"""A box with its page and its log, run until it is stopped."""

import io
import json
import os
import re
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.testing import running
from oauthone.testing.running import CannotRun, RunOptions, print_credentials, run_box


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def stop(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Ends the box, as an output that nobody reads does."""
    event = threading.Event()
    monkeypatch.setattr(threading, "Event", lambda: event if sys._getframe(1).f_code.co_name == "_report" else real())
    yield event
    event.set()


real = threading.Event


class Run:
    """A box that runs in another thread, and the events that it prints."""

    def __init__(self, output: io.StringIO, **options: Any) -> None:
        self.output = output
        self.opened: list[str] = []
        given = RunOptions(**{"command": "serve", "port": 0, "as_json": True, **options})
        self.thread = threading.Thread(target=lambda: run_box(given, self.opened.append), daemon=True)
        self.thread.start()

    def events(self, number: int) -> list[Any]:
        for _ in range(1000):
            lines = self.output.getvalue().splitlines()
            if len(lines) >= number:
                return [json.loads(line) for line in lines]
            time.sleep(0.01)
        raise AssertionError(self.output.getvalue())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, stop: threading.Event) -> Iterator[Any]:
    runs: list[Run] = []
    output = io.StringIO()
    monkeypatch.setattr(signal, "signal", lambda number, handler: handler)  # another thread may not

    def start(**options: Any) -> Run:
        monkeypatch.setattr(sys, "stdout", output)  # here, since pytest sets it before each test
        runs.append(Run(output, **options))
        return runs[-1]

    yield start
    stop.set()
    for one in runs:
        one.thread.join(20)


def test_a_program_learns_all_from_the_first_line(run: Any, tmp_path: Path) -> None:
    """The credentials work, each request is a line, and the file holds all about it."""
    log = tmp_path / "requests.ndjson"
    one = run(log=str(log), answers=[("GET /photos 202", '{"a": 1}')], faults=["clock_skew=-10"])
    (ready,) = one.events(1)
    client = ready["clients"][0]
    with OAuth1Session(
        client["client_id"], client["client_secret"], token=client["token"], token_secret=client["token_secret"]
    ) as session:
        response = session.get(f"{ready['origin']}/photos")
    assert (response.status_code, response.json()) == (202, {"a": 1})
    assert response.headers["content-type"] == "application/json"
    event = one.events(2)[1]
    assert (event["event"], event["status"], event["verdict"]) == ("request", 202, "accepted")
    assert json.loads(log.read_text())["id"] == event["id"]
    assert os.name == "nt" or log.stat().st_mode & 0o777 == 0o600
    assert ready["page"].startswith("http://127.0.0.1:")


def test_a_box_is_like_a_provider_with_registered_callbacks(run: Any) -> None:
    (ready,) = run(like="x", callbacks=["https://app.example/back"]).events(1)
    client = ready["clients"][0]
    for callback, status in (("https://other.example/back", 403), ("https://app.example/back", 200)):
        auth = OAuth1Auth(client["client_id"], client["client_secret"], redirect_uri=callback)
        with OAuth1Session(client["client_id"], client["client_secret"]) as session:
            answer = session.post(f"{ready['origin']}/oauth/request_token", auth=auth)
        assert answer.status_code == status, answer.text


def test_the_history_is_bounded(run: Any) -> None:
    one = run(history=2)
    (ready,) = one.events(1)
    for _ in range(3):
        urllib.request.urlopen(ready["urls"]["open_url"]).close()
    one.events(4)
    key = json.load(urllib.request.urlopen(_call(ready, "session", {"token": ready["page"].partition("#")[2]})))["key"]
    listed = json.load(urllib.request.urlopen(_call(ready, "requests", {"after": 0}, key)))["requests"]
    assert [one["id"] for one in listed] == [2, 3]


def _call(ready: Any, name: str, given: Any, key: str = "") -> urllib.request.Request:
    url = ready["page"].partition("#")[0] + f"call/{name}"
    return urllib.request.Request(url, json.dumps(given).encode(), {"Authorization": f"Bearer {key}"})


def test_the_browser_is_sent_to_the_page(run: Any) -> None:
    one = run(open=True)
    (ready,) = one.events(1)
    while not one.opened:
        time.sleep(0.01)
    assert one.opened == [ready["page"]]


class Terminal(io.StringIO):
    """A terminal at which somebody types, once the process is no longer in the background of the shell."""

    in_background = True

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1) -> str:
        if self.in_background:
            self.in_background = False
            raise OSError(5, "Input/output error")
        return super().readline()


def test_letters_are_read_from_a_terminal(
    run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    monkeypatch.setattr(sys, "stdin", Terminal("b\nx\nO\nc\n"))
    monkeypatch.setattr(running, "_PAUSE", 0)
    run(as_json=False)
    while "\033[2J" not in said.getvalue():
        time.sleep(0.01)
    text = said.getvalue()
    assert re.search(r"new ones; serve --port \d+ --env prints them", text)
    assert "No signed request came yet." in text
    assert len(re.findall(r"http://127\.0\.0\.1:\d+/#", text)) == 2  # the page, and the page again


def test_the_last_base_string(shared_box: Any) -> None:
    from .by_hand import Request, send

    Request(shared_box, query=[("q", "1")]).send()
    send(shared_box, "GET", shared_box.open_url)
    assert running._last_base_string(shared_box).endswith("%26q%3D1")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "a/b"}, "cannot name a box"),
        ({"faults": ["delay"]}, "lacks the '='"),
        ({"faults": ["delay=x"]}, "a number of seconds"),
        ({"answers": [("photos", "x")]}, "not a method, a path"),
        ({"answers": [("GET /a b", "x")]}, "not a method, a path"),
        ({"answers": [("/a 999", "x")]}, "not from 200 to 599"),
        ({"answers": [("/a", "@/no/such/file")]}, "cannot be read: "),
        ({"log": "/no/such/folder/log"}, "cannot be written to "),
    ],
)
def test_a_wrong_setting_is_one_line(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CannotRun, match=words) as wrong:
        run_box(RunOptions("serve", port=0, **options))
    assert (wrong.value.status, len(str(wrong.value).splitlines())) == (2, 1)


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CannotRun) as wrong:
        run_box(RunOptions("serve", port=taken.getsockname()[1]))
    assert wrong.value.status == 6
    assert "Choose another with --port" in str(wrong.value)


def test_credentials_are_printed_whether_it_runs_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    print_credentials("box", "HMAC-SHA1")
    first = capsys.readouterr().out
    print_credentials("box", "HMAC-SHA1", as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert f"OAUTHONE_CLIENT_SECRET={said['client_secret']}\n" in first
    assert said["rsa_key_file"] is None
    print_credentials("box", "RSA-SHA256", fresh=True)
    assert "OAUTHONE_RSA_KEY_FILE=" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(CannotRun, match="cannot be kept in ") as wrong:
        print_credentials("box", "HMAC-SHA1")
    assert wrong.value.status == 8
