"""What `curl -v` shows, written by curl itself."""

import shutil
import subprocess
from typing import Any

import pytest
from oauthlib.oauth1 import Client

from oauthone.diagnosis import diagnose
from oauthone.diagnosis.case import Given, signature_holds, with_scheme
from oauthone.diagnosis.pasted import read_pasted
from oauthone.diagnosis.sent_request import read_request
from oauthone.diagnosis.transcripts import read_transcript
from oauthone.testing import ProviderBox

SHOWN = """* Host api.example:443 was resolved.
*   Trying 192.0.2.1:443...
{tls}> POST /photos?a=1 HTTP/1.1
> Host: api.example
> Authorization: OAuth oauth_token="t"
> Content-Length: {length}
>
{between}< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: OAuth oauth_problem="nonce_used"
<
{{ [5 bytes data]
<p>no</p>
* Connection #0 to host api.example left intact
"""


def shown(tls: str = "", length: int = 0, between: str = "", before: str = "") -> str:
    return before + SHOWN.format(tls=tls, length=length, between=between)


@pytest.mark.parametrize("between", ["", "< HTTP/1.1 100 Continue\n<\n} [3 bytes data]\n* upload completely sent\n"])
def test_request_and_answer_are_read(between: str) -> None:
    found = read_pasted(shown(between=between))
    assert (found.request.method, found.request.url, found.request.body) == ("POST", "//api.example/photos?a=1", b"")
    assert ("Authorization", 'OAuth oauth_token="t"') in found.request.headers
    assert found.answer == (401, (("WWW-Authenticate", 'OAuth oauth_problem="nonce_used"'),), "<p>no</p>")
    assert found.notation == "HTTP"


@pytest.mark.parametrize(
    "tls", ["* SSL connection using TLSv1.3\n", "* ALPN: curl offers h2\n", "* [HTTP/2] [1] [:scheme: https]\n"]
)
def test_tls_tells_the_scheme(tls: str) -> None:
    assert read_pasted(shown(tls)).request.url == "https://api.example/photos?a=1"
    assert read_pasted(shown(tls), "http").request.url == "http://api.example/photos?a=1"


@pytest.mark.parametrize(
    ("before", "body"),
    [("", ...), ("$ curl -v -d a=b https://api.example/\n", b"a=b"), ("some words\n", ...)],
)
def test_a_body_is_known_from_the_command_alone(before: str, body: Any) -> None:
    assert read_pasted(shown(length=3, before=before)).request.body == body


def test_the_last_request_counts() -> None:
    text = "> GET /a HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 302 Found\n<\n> GET /b HTTP/2\n> Host: a\n>"
    found = read_pasted(text)
    assert (found.request.url, found.answer) == ("//a/b", None)


def test_a_transcript_may_end_anywhere() -> None:
    found = read_pasted("> POST /a HTTP/1.1\n> Host: a")
    assert (found.request.url, found.request.body, found.answer) == ("//a/a", b"", None)


@pytest.mark.parametrize("text", ["", "> hello\n", "GET /a HTTP/1.1\nHost: a\n\n> GET /b\n", "curl https://a"])
def test_another_text_is_no_transcript(text: str) -> None:
    assert read_transcript(text) is None


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_what_curl_shows_of_a_refusal() -> None:
    with ProviderBox() as box:
        secret, url = box.client.client_secret, f"{box.origin}/echo"
        _, headers, _ = Client(box.client.client_id, secret, "unknown", "secret").sign(url)
        command = ["curl", "-sv", url, "-H", f"Authorization: {headers['Authorization']}"]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
    found = read_pasted(ran.stderr + ran.stdout)
    assert found.answer is not None
    assert (found.answer[0], "token" in found.answer[2]) == (401, True)
    request = read_request(*found.request)
    given = Given(None, secret, None, "secret", None, None)
    assert (with_scheme(request, given).scheme, signature_holds(request, given)) == ("http", True)
    assert "token" in str(diagnose(*found.request, client_secret=secret, token_secret="secret", answer=found.answer))
