"""What a running box writes: lines for people and for programs."""

import io
import json
from typing import Any

import pytest

from oauthone.testing import ProviderBox
from oauthone.testing.terminal import Reporter, line_of, request_event, words_at_start

from .by_hand import Request, send


def test_a_line_tells_the_verdict(box: ProviderBox) -> None:
    request = Request(box, query=[("q", "a b")])
    request.send(request.signature(request.base_string.replace("POST", "GET", 1)))
    refused = line_of(box.requests[-1])
    assert "  POST  /echo?q=a%20b " in refused
    assert "  401  ✗ signature_invalid: the client signed the method GET" in refused
    Request(box).send()
    assert line_of(box.requests[-1]).endswith(f"200  ✓ {box.client.client_id}  HMAC-SHA1, header")
    send(box, "GET", box.open_url)
    assert line_of(box.requests[-1]).endswith("200  · nothing to verify")


@pytest.mark.parametrize("encoding", [None, "ascii", "cp1252", "no-such-encoding"])
def test_an_output_without_the_marks_gets_words(box: ProviderBox, encoding: str | None) -> None:
    send(box, "GET", box.echo_url)
    assert "  401  NO parameter_absent: " in line_of(box.requests[-1], encoding)


def test_what_a_client_sent_does_not_reach_the_terminal_as_it_is(box: ProviderBox) -> None:
    Request(box, oauth_consumer_key="\x1b[2J\r\nforged").send()
    got = box.requests[-1]._replace(refusal=None, status=200, verified=None)
    line = line_of(got._replace(verified=True))  # type: ignore[arg-type]  # any verdict that names the client
    assert line.isprintable()
    assert "\\x1b[2J\\r\\nforged" in line


def test_a_program_reads_each_line_as_json(box: ProviderBox) -> None:
    output, log = io.StringIO(), io.StringIO()
    box.on_received = Reporter(box, output, as_json=True, log=log, on_closed=lambda: None)
    Request(box).send()
    box.on_received = None
    event = json.loads(output.getvalue())
    assert event == request_event(box.requests[-1])
    assert {"v": 1, "event": "request", "status": 200, "verdict": "accepted"}.items() <= event.items()
    assert json.loads(log.getvalue())["signed"]["method"] == "POST"


class Closed(io.StringIO):
    """An output that nobody reads any more."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_it_stops_when_nobody_reads(box: ProviderBox) -> None:
    """The request is answered all the same."""
    closed: list[Any] = []
    box.on_received = Reporter(box, Closed(), as_json=False, log=None, on_closed=lambda: closed.append(1))
    assert Request(box).send().status == 200
    assert (closed, box.on_received) == ([1], None)


def test_a_log_that_cannot_be_written_ends_alone(box: ProviderBox, capsys: pytest.CaptureFixture[str]) -> None:
    output = io.StringIO()
    box.on_received = Reporter(box, output, as_json=False, log=Closed(), on_closed=lambda: None)
    for _ in range(2):
        assert Request(box).send().status == 200
    box.on_received = None
    assert len(output.getvalue().splitlines()) == 2
    assert capsys.readouterr().err == "The file of requests ends here: Broken pipe\n"


def test_the_words_at_the_start(box: ProviderBox) -> None:
    said = words_at_start(box, "http://page", "as last time", keys=True)
    assert "o: the page, again" in said
    assert "will approve for alice" in said
    for url in (box.request_token_url, box.authorize_url, box.access_token_url):
        assert said.count(url) == 2
    assert f"\n  oauthone login -p box --request-token-url {box.request_token_url} " in said
    box.decision = None
    said = words_at_start(box, "http://page", "as last time", keys=False)
    assert "o: the page" not in said
    assert "the authorization page asks alice" in said
    assert "  like  " not in said
    like = ProviderBox(like="discogs")
    with like:
        assert "\n  like         Discogs\n" in words_at_start(like, "http://page", "as last time", keys=False)
