"""``oauthone request``, ``get`` and the others, against a strict provider."""

import json
import re
from pathlib import Path

import pytest
from clients.servers import ScriptedServer, answer, octets
from oauthlib.oauth1.rfc5849 import signature

from oauthone.cli.vault import FileVault
from oauthone.testing import ProviderBox
from oauthone.testing.received import Received

from ..conftest import Run

pytestmark = pytest.mark.usefixtures("profile")


def head_and_body(text: str) -> tuple[str, dict[str, str], str]:
    head, _, body = text.partition("\n\n")
    first, *lines = head.splitlines()
    return first, {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


def test_the_body_goes_to_stdout(run: Run, box: ProviderBox) -> None:
    sent = run("get", "/echo?q=sea%20view")
    assert (sent.exit_code, sent.stderr) == (0, "")
    assert json.loads(sent.stdout)["query"] == [["q", "sea view"]]
    assert box.requests[-1].verified is not None


@pytest.mark.parametrize("name", ["get", "post", "put", "patch", "delete", "head"])
def test_each_method_has_a_command(run: Run, box: ProviderBox, name: str) -> None:
    assert run(name, "/echo").exit_code == 0
    assert run("request", name, "/echo").exit_code == 0
    assert run("request", "-X", name, "/echo").exit_code == 0
    assert [one.method for one in box.requests] == [name.upper()] * 3
    assert all(one.verified for one in box.requests)


def test_a_form_is_signed_and_other_bodies_are_sent(run: Run, box: ProviderBox, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\0\xff octets")
    assert run("request", "/echo", "--data-urlencode", "a=é b").exit_code == 0
    assert (box.requests[-1].method, box.requests[-1].form()) == ("POST", [(b"a", "é b".encode())])
    assert run("post", "/echo", "--json-data", '{"a": 1}', "--body-hash", "auto").exit_code == 0
    assert box.requests[-1].body == b'{"a": 1}'
    assert run("request", "/echo", "-T", str(tmp_path / "file")).exit_code == 0
    assert (box.requests[-1].method, box.requests[-1].body) == ("PUT", b"\0\xff octets")
    assert run("request", "-F", "a=b", "-F", f"f=@{tmp_path / 'file'}", "/echo").exit_code == 0
    assert b'filename="file"' in box.requests[-1].body
    assert run("post", "-T", "-", "/echo", text="from stdin").exit_code == 0
    assert all(one.verified for one in box.requests)


@pytest.mark.parametrize(
    "words",
    [["-F", "a"], ["-F", "a=b", "-d", "c=d"], ["-F", "a=b", "-T", "-"], ["GET", "more", "/a"], ["-X", "GET", "POST"]],
)
def test_what_cannot_be_sent_is_an_error(run: Run, box: ProviderBox, words: list[str]) -> None:
    assert run("request", *words, "/echo").exit_code == 2
    assert box.requests == []


def test_what_is_not_kept_is_not_offered(run: Run, home: Path, box: ProviderBox) -> None:
    (home / "state" / "last-refusal.json").mkdir(parents=True)
    refused = run("get", "/echo", "--clock-offset", "9999")
    assert refused.exit_code == 4
    assert "last-refusal.json cannot be written" in refused.stderr.replace("\n", " ")
    assert "401: " in refused.stderr
    assert "explain --last" not in refused.stderr


def test_what_differs_from_curl_is_said(run: Run, box: ProviderBox) -> None:
    sent = run("request", "-X", "patch", "/echo", "-F", "a=b;c", "-H", "content-type: multipart/form-data")
    said = " ".join(sent.stderr.split())
    assert "leaves as PATCH" in said
    assert "left out, as in curl" in said
    got = box.requests[-1]
    assert (got.method, got.body.split(b"\r\n")[1:4]) == (
        "PATCH",
        [b'Content-Disposition: form-data; name="a"', b"", b"b"],
    )
    assert run("request", "-X", "PATCH", "/echo").stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["http://a.example/", "http://b.example/"], "Give one URL"),
        (["/echo", "POST"], "The method stands before the URL"),
        (["delete"], "The URL is missing"),
        (["-X", "G T", "/echo"], "'G T' is not a method"),
        (["G@T", "/echo"], "'G@T' is not a method"),
        (["127.0.0.1:8500/photos"], "lacks http:// or https://"),
    ],
)
def test_words_that_are_no_method_and_url(run: Run, box: ProviderBox, words: list[str], said: str) -> None:
    refused = run("request", *words)
    assert (refused.exit_code, said in refused.stderr, box.requests) == (2, True, [])
    assert run("request", "X-YZ!", "/echo").exit_code != 2


@pytest.mark.parametrize(
    "words",
    [
        ["GET", "/echo?a=b%20c&d"],
        ["POST", "/echo", "-d", "a=b c&é=ü", "-H", "X-One: 1"],
        ["POST", "/echo", "--json-data", '{"é": 1}'],
        ["GET", "/echo", "--placement", "query"],
        ["POST", "/echo", "--placement", "body"],
    ],
    ids=" ".join,
)
def test_a_dry_run_shows_the_octets_that_leave(run: Run, box: ProviderBox, words: list[str]) -> None:
    """But for what is new each time: nonce, and with it the signature."""
    dry = run("request", *words, "--dry-run")
    assert (dry.exit_code, box.requests) == (0, [])
    assert run("request", *words).exit_code == 0
    got = box.requests[-1]
    first, headers, body = head_and_body(dry.stdout)
    assert _steady(first) == _steady(f"{got.method} {got.url.removeprefix(box.origin)} HTTP/1.1")
    # The connection is the library's; and a signature in the body may need more escapes than the one before.
    for sets in (real := dict(got.headers), headers):
        sets.pop("connection", None)
        sets.pop("content-length", None)
    assert {name: _steady(value) for name, value in headers.items()} == {
        name: _steady(value) for name, value in real.items()
    }
    assert _steady(body.rstrip("\n")) == _steady(got.body.decode())


def _steady(text: str) -> str:
    text = re.sub(r'(oauth_(?:nonce|timestamp|signature)=)"?[^",&\s]+', r"\1", text)
    return text


def test_a_dry_run_as_json_and_explained(run: Run, box: ProviderBox) -> None:
    members = json.loads(run("get", "/echo", "--dry-run", "--json").stdout)
    assert (members["method"], members["url"], members["signed"]["signed"][0]) == ("GET", box.echo_url, "method")
    assert "base string" in run("get", "/echo", "--dry-run", "--explain").stderr
    assert "base string" in run("get", "/echo", "--explain").stderr
    assert "(a stream)" in run("post", "-T", "-", "/echo", "--dry-run", text="x").stdout


def test_the_status_of_the_answer_is_the_exit_status(run: Run, box: ProviderBox) -> None:
    redirect = box.redirect_url("/echo").removeprefix(box.origin)
    moved = run("get", redirect)
    assert (moved.exit_code, moved.stderr) == (3, "302 to /echo: -L follows it\n")
    assert run("get", redirect, "-L").exit_code == 0
    assert run("get", box.flaky_url("a", 9).removeprefix(box.origin)).exit_code == 5
    assert run("get", box.flaky_url("b", 9).removeprefix(box.origin), "--no-fail").exit_code == 0
    assert run("get", box.flaky_url("c", 1).removeprefix(box.origin), "--retry", "2").exit_code == 0


NOWHERE = [
    *("http://[", "http://[::1", "//[", "", "ftp://a/b", "file:///etc/passwd", "javascript:alert(1)", "mailto:x"),
    *(
        "http://a..b/",
        f"http://{'a' * 70}.example/",
        "http://a:99999/",
        "http://a:b/",
        "http://user@",
        "https:",
        "x:" * 9000,
    ),
]


@pytest.mark.parametrize("options", [[], ["-L"]])
def test_a_redirect_to_nowhere_is_the_answer(run: Run, options: list[str]) -> None:
    with ScriptedServer(*(answer("moved", 302, [("Location", where)]) for where in NOWHERE)) as server:
        for where in NOWHERE:
            got = run("get", f"{server.origin}/", "--any-origin", *options)
            assert (got.exit_code, got.stdout) == (3, "moved"), where
            shown = (f"{where[:1000]}…" if len(where) > 1000 else where) or "nowhere"
            assert got.stderr == f"302 to {shown}: no request can go there\n"
        assert len(server.seen) == len(NOWHERE)


@pytest.mark.parametrize("options", [[], ["-L"], ["--json"], ["-v"]])
def test_a_redirect_in_no_utf_8_is_the_answer(run: Run, options: list[str]) -> None:
    moved = octets(b"HTTP/1.1 302 F\r\nLocation: /\xff\xfe\r\nContent-Length: 0\r\n\r\n")
    with ScriptedServer(moved) as server:
        got = run("get", f"{server.origin}/", "--any-origin", *options)
    assert (got.exit_code, "no request can go there" in got.stderr) == (3, True)


def test_an_odd_redirect_is_followed(run: Run) -> None:
    """As requests does: what no URL holds is encoded."""
    for where in ("/a\x01b", "x" * 30_000, "?", "#", "/\xe9", "http:///x", "\\\\x"):
        with ScriptedServer(answer("moved", 302, [("Location", where)]), answer("done")) as server:
            assert run("get", f"{server.origin}/", "--any-origin", "-L").stdout == "done", where


@pytest.mark.parametrize(("wait", "options", "sent"), [(0, (), 2), (9000, (), 1), (1, ("-m", "0.5"), 1)])
def test_a_server_makes_nobody_wait_longer_than_for_an_answer(
    run: Run, wait: int, options: tuple[str, ...], sent: int
) -> None:
    busy = answer("busy", 503, [("Retry-After", str(wait))])
    with ScriptedServer(busy, answer("done")) as server:
        got = run("get", f"{server.origin}/", "--any-origin", "--retry", "1", *options)
        assert len(server.seen) == sent
    assert (got.exit_code, got.stdout) == ((0, "done") if sent == 2 else (5, "busy"))
    assert (f"Retry-After: {wait}" in got.stderr) == (sent == 1)


def test_a_refusal_says_why_and_what_to_try(run: Run, box: ProviderBox, home: Path) -> None:
    """The clock of this machine is off: it is named, and not set right in silence."""
    refused = run("get", "/echo", "--clock-offset", "-4000")
    assert refused.exit_code == 4
    assert "clock" in refused.stderr
    assert refused.stderr.endswith("More: oauthone explain --last\n")
    explained = run("explain", "--last")
    assert explained.exit_code == 9
    assert "clock" in explained.stdout
    secret = box.client.client_secret
    kept = [path for path in home.rglob("*") if path.is_file() and secret in path.read_text("utf-8")]
    assert [path.name for path in kept] == ["credentials.json"]


@pytest.mark.parametrize(
    "words", [["-d", "password=canary"], ["--url-query", "token=canary"], ["--json-data", '"canary"']]
)
def test_a_refusal_is_explained_without_keeping_what_is_secret(
    run: Run, box: ProviderBox, home: Path, words: list[str]
) -> None:
    refused = run("post", "/echo", "--clock-offset", "-4000", *words, "-H", "X-Api-Key: canary")
    assert refused.exit_code == 4
    explained = run("explain", "--last")
    assert "✗ The client has a clock that is 66 minutes behind." in explained.stdout
    assert "canary" not in explained.output + (home / "state" / "last-refusal.json").read_text()
    assert run("explain", "--last", "--base-string").stdout.startswith("POST&http")
    refused = run("explain", "--last", "--theirs", "-", text="POST&http&a")
    assert (refused.exit_code, "was kept without its secrets" in refused.stderr) == (2, True)


def test_a_refusal_with_400_is_explained_too(run: Run, box: ProviderBox) -> None:
    """The provider misses the token, and says so."""
    without = {"client_id": box.client.client_id, "client_secret": "env:SECRET"}
    words = [word for name, value in without.items() for word in (f"--{name.replace('_', '-')}", value)]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SECRET", box.client.client_secret)
        refused = run("get", box.echo_url, *words)
    assert refused.exit_code == 4
    assert box.requests[-1].status == 400
    assert "400: The client did not send oauth_token." in refused.stderr
    assert "oauth_token" in run("explain", "--last").stdout


@pytest.mark.parametrize("status", [400, 404, 422])
def test_another_error_is_left_alone(run: Run, status: int) -> None:
    with ScriptedServer(answer("There is no such photo.", status)) as server:
        failed = run("get", f"{server.origin}/", "--any-origin")
    assert (failed.exit_code, failed.stdout, failed.stderr) == (4, "There is no such photo.", "")
    assert run("explain", "--last").exit_code == 2


def test_a_redirect_to_another_origin_gets_nothing(run: Run, box: ProviderBox) -> None:
    assert run("get", box.redirect_url(box.other_url).removeprefix(box.origin), "-L").exit_code == 0
    assert box.requests[-1].oauth_parameters() == []


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("options", [("-d", "a=secret"), ("--json-data", '{"a": "secret"}')])
def test_a_body_follows_a_redirect_within_its_origin_alone(
    run: Run, box: ProviderBox, status: int, options: tuple[str, ...]
) -> None:
    """These statuses keep method and body."""
    away = box.redirect_url(box.other_url, status).removeprefix(box.origin)
    moved = run("post", away, "-L", *options)
    assert (box.requests[-1].url, box.requests[-1].body) == (box.other_url, b"")
    assert "another origin: it got no signature and no body" in moved.stderr
    assert run("post", box.redirect_url("/echo", status).removeprefix(box.origin), "-L", *options).exit_code == 0
    assert b"secret" in box.requests[-1].body


def test_another_origin_is_refused_before_anything_is_sent(run: Run, box: ProviderBox) -> None:
    refused = run("get", box.other_url)
    assert (refused.exit_code, refused.stdout, box.requests) == (2, "", [])
    assert "are not for" in refused.stderr
    assert run("get", box.other_url, "--any-origin").exit_code == 0
    assert "authorization" in box.requests[-1].oauth_parameters()


def test_credentials_of_the_environment_stay_at_their_origin(
    run: Run, box: ProviderBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", box.client.client_id)
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", box.client.client_secret)
    token = box.issue_token()
    monkeypatch.setenv("OAUTHONE_TOKEN", token.token)
    monkeypatch.setenv("OAUTHONE_TOKEN_SECRET", token.token_secret)
    sent = run("get", box.redirect_url(box.other_url), "-L", "-v")
    assert "is another origin: it got no signature" in sent.stderr
    assert box.requests[-1].oauth_parameters() == []
    assert sent.stderr.endswith("credentials from the environment\n")
    monkeypatch.setenv("OAUTHONE_BASE_URL", box.origin)
    count = len(box.requests)
    refused = run("get", box.other_url, "-L")
    assert (refused.exit_code, "--any-origin" in refused.stderr, len(box.requests)) == (2, True, count)
    assert run("get", box.other_url, "--any-origin").exit_code == 0
    ours = run("get", "/echo", "-p", "box", "-v")
    assert "OAUTHONE_TOKEN_SECRET, OAUTHONE_BASE_URL are left aside" in ours.stderr
    assert (box.requests[-1].verified is not None, ours.stderr.endswith("profile box\n")) == (True, True)


def test_secrets_as_they_are_do_not_leave_in_the_open(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "id")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "secret")
    words = ["--method", "PLAINTEXT", "--dry-run"]
    assert run("get", "http://api.example/", *words).exit_code == 2
    assert run("get", "https://api.example/", *words).exit_code == 0
    assert run("get", "http://127.0.0.1:9/", *words).exit_code == 0


def test_json_has_everything(run: Run, box: ProviderBox) -> None:
    redirect = box.redirect_url("/echo").removeprefix(box.origin)
    members = json.loads(run("get", redirect, "-L", "--json").stdout)
    assert (members["v"], members["ok"], members["exit"], members["status"]) == (1, True, 0, 200)
    assert members["hops"] == [{"status": 302, "url": box.redirect_url("/echo"), "location": "/echo"}]
    assert json.loads(members["body"])["client_id"] == box.client.client_id
    assert members["body_base64"] is None
    refused = json.loads(run("get", "/echo", "--json", "--clock-offset", "-4000").stdout)
    assert (refused["ok"], refused["exit"], refused["status"]) == (False, 4, 401)


def test_status_and_headers_are_printed_on_demand(run: Run, box: ProviderBox, tmp_path: Path) -> None:
    shown = run("get", "/echo", "-i", "-o", str(tmp_path / "body"))
    assert shown.stdout.startswith("HTTP/1.1 200")
    assert "content-type: application/json" in shown.stdout.lower()
    assert json.loads((tmp_path / "body").read_text())["client_id"] == box.client.client_id


def test_verbose_shows_everything_without_a_signature(run: Run, box: ProviderBox) -> None:
    shown = run("post", "/echo?a=b", "-v", "-d", "c=d&password=hidden")
    assert json.loads(shown.stdout)["query"] == [["a", "b"]]
    assert "> POST /echo?a=b HTTP/1.1\n" in shown.stderr
    assert 'oauth_signature="***"' in shown.stderr
    assert ">\n> c=d&password=***\n" in shown.stderr
    assert "base string: POST&http" in shown.stderr
    assert "< HTTP/1.1 200\n" in shown.stderr
    assert "Elapsed time: " in shown.stderr
    in_query = run("get", "/echo", "-v", "--placement", "query").stderr
    assert "oauth_signature=***&" in in_query or "oauth_signature=*** HTTP/1.1\n" in in_query


def test_what_may_be_secret_is_sent_and_not_shown(run: Run, box: ProviderBox) -> None:
    names = ("X-Api-Key", "X-Auth-Token", "apikey", "X-CSRF-Token", "X-Shopify-Access-Token", "Cookie")
    headers = [word for name in names for word in ("-H", f"{name}: canary")]
    shown = run("post", "/echo?token=canary&sig=canary&q=1", "-d", "key=canary&a=2", "--print", "HBs", "-v", *headers)
    assert "canary" not in shown.output
    assert "POST /echo?token=***&sig=***&q=1 HTTP/1.1" in shown.stdout
    assert "\nkey=***&a=2\n" in shown.stdout
    assert [box.requests[-1].header(name.lower()) for name in names] == ["canary"] * len(names)
    assert box.requests[-1].body == b"key=canary&a=2"
    unsigned = run("get", "/echo", "-v", "--placement", "query", "-H", "Authorization: Bearer canary")
    assert "> Authorization: Bearer ***" in unsigned.stderr
    with ScriptedServer(answer("", 200, [("Set-Cookie", "a=canary")])) as server:
        answered = run("get", server.origin, "--any-origin", "-v")
        assert "< set-cookie: ***" in answered.stderr.lower()
        assert "a=canary" in run("get", server.origin, "--any-origin", "-i").stdout


def test_the_parts_are_printed_in_the_order_of_the_exchange(run: Run, box: ProviderBox) -> None:
    """Whatever the order of the letters is."""
    shown = run("post", "/echo?a=b", "-d", "c=d", "--print", "mbhsBH")
    assert shown.exit_code == 0, shown.output
    head, body, base_string, answer_head, answer_body, time = shown.stdout.rstrip("\n").split("\n\n")
    assert head.startswith("POST /echo?a=b HTTP/1.1\nHost: ")
    assert "\nContent-Type: application/x-www-form-urlencoded" in head
    assert body == "c=d"
    got = box.requests[-1]
    assert got.verified is not None
    token = str(got.verified.token)
    assert base_string == _base_string_by_oauthlib(got).replace(token, f"{token[:3]}…")
    assert answer_head.startswith("HTTP/1.1 200")
    assert json.loads(answer_body)["form"] == [["c", "d"]]
    assert time.startswith("Elapsed time: 0.")


def _base_string_by_oauthlib(got: Received) -> str:
    parameters = signature.collect_parameters(
        got.url.partition("?")[2], got.body.decode(), dict(got.headers) | {"Authorization": got.header("authorization")}
    )
    normalized = signature.normalize_parameters(parameters)
    return str(signature.signature_base_string(got.method, signature.base_string_uri(got.url), normalized))


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--print", ""], r""),
        (["--print", "B"], r"a=b\n"),
        (["--print", "h"], r"HTTP/1\.1 200\n(.+: .*\n)+"),
        (["--print", "hm"], r"HTTP/1\.1 200\n(.+: .*\n)+\nElapsed time: .*s\n"),
        (["--print", "m"], r"Elapsed time: .*s\n"),
        (["--print", "b"], r"\{[\s\S]*\}"),
        (["--print", "bm"], r"\{[\s\S]*\}\n\nElapsed time: .*s\n"),
        (["--print", "B", "-i"], r"a=b\n\nHTTP/1\.1 200\n(.+: .*\n)+"),
        (["--print", "B", "-o", "-"], r"a=b\n\n\{[\s\S]*\}"),
        (["--print", "B", "-o", "body.json"], r"a=b\n"),
        (["--print", "Bm", "-o", "body.json"], r"a=b\n\nElapsed time: .*s\n"),
    ],
    ids=str,
)
def test_the_parts_that_are_printed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], shown: str
) -> None:
    monkeypatch.chdir(tmp_path)
    sent = run("post", "/echo", "-d", "a=b", *options)
    assert re.fullmatch(shown, sent.stdout), sent.stdout
    assert (sent.exit_code, sent.stderr) == (0, "")
    if "body.json" in options:
        assert json.loads((tmp_path / "body.json").read_text())["form"] == [["a", "b"]]


@pytest.mark.parametrize("options", [["--print", "x"], ["--print", "h", "--json"], ["--print", "h", "--dry-run"]])
def test_parts_that_cannot_be_printed(run: Run, box: ProviderBox, options: list[str]) -> None:
    refused = run("get", "/echo", *options)
    assert (refused.exit_code, box.requests) == (2, [])
    assert "--print" in refused.output


def test_a_refusal_is_explained_whatever_is_printed(run: Run) -> None:
    refused = run("get", "/echo", "--clock-offset", "-4000", "--print", "h")
    assert refused.stdout.startswith("HTTP/1.1 401")
    assert "clock" in refused.stderr


def test_nothing_listens(run: Run, box: ProviderBox) -> None:
    failed = run("get", "http://127.0.0.1:9/", "--any-origin")
    assert (failed.exit_code, failed.stdout) == (6, "")


def test_no_secret_is_printed(run: Run, box: ProviderBox) -> None:
    for words in (["-v"], ["--print", "HBshbm"], ["--json"], ["--dry-run"], ["--explain"], ["--clock-offset", "-4000"]):
        shown = run("get", "/echo", *words)
        assert box.client.client_secret not in shown.stdout + shown.stderr


def test_a_proxy_that_is_not_there_is_an_error_of_the_network(run: Run) -> None:
    assert run("get", "https://api.example/", "-x", "http://127.0.0.1:9", "--any-origin").exit_code == 6


def test_a_certificate_that_nobody_trusts(run: Run, tmp_path: Path) -> None:
    with ProviderBox(tls=True) as other:
        words = ["get", other.open_url, "--any-origin"]
        assert run(*words).exit_code == 6
        assert run(*words, "--cacert", str(other.ca_file)).exit_code == 0


@pytest.mark.parametrize("where", [[], ["-o", "answer.json"], ["--json"]], ids=["stdout", "file", "json"])
def test_the_words_of_a_refusal_are_read(
    run: Run, profile: str, where: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the body went. Its problem alone would be a wrong signature."""
    monkeypatch.chdir(tmp_path)
    item = FileVault().load(profile) or {}
    FileVault().save(profile, {**item, "token": "unknown"})
    sent = run("get", "/echo", *where)
    assert sent.exit_code == 4
    assert "401: The client sent a token that the server does not accept." in sent.stderr
    assert "a token that the server does not accept" in run("explain", "--last").stdout


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "1e400", "1e15"])
def test_a_time_is_one_that_can_be_waited(run: Run, box: ProviderBox, seconds: str) -> None:
    assert run("get", "-m", seconds, "/echo").exit_code == 2
    assert run("get", "-m", "30.5", "/echo").exit_code == 0


@pytest.mark.parametrize("flags", [("-T", "{}"), ("-d", "@{}"), ("-F", "a=@{}"), ("--json-data", "@{}"), ("-o", "{}")])
def test_a_home_folder_that_is_not_there_is_an_error(run: Run, flags: tuple[str, str]) -> None:
    sent = run("post", "/echo", flags[0], flags[1].format("~nobody-of-this-name/x"))
    assert sent.exit_code == 2
    assert "~nobody-of-this-name/x: No such file" in sent.stderr


@pytest.mark.parametrize(
    ("url", "target"),
    [("/echo/", "/echo/a%20%23%C3%A9"), ("", "/a%20%23%C3%A9"), ("/echo", "/echo"), ("/echo/?q", "/echo/?q")],
)
def test_an_upload_to_a_folder_gets_the_name_of_the_file(
    run: Run, box: ProviderBox, tmp_path: Path, url: str, target: str
) -> None:
    """As with curl."""
    (tmp_path / "a #é").write_bytes(b"x")
    shown = run("request", "--dry-run", "-T", str(tmp_path / "a #é"), f"{box.origin}{url}")
    assert shown.stdout.startswith(f"PUT {target} HTTP/1.1\n"), shown.output
    shown = run("request", "--dry-run", "-T", "-", f"{box.origin}/echo/", text="x")
    assert shown.stdout.startswith("PUT /echo/ HTTP/1.1\n")


def test_octets_that_are_no_text_are_an_error_that_json_can_hold(run: Run) -> None:
    sent = run("get", "--json", "http://\udcff/")
    assert (sent.exit_code, json.loads(sent.stdout)["ok"]) == (2, False)


def test_what_is_secret_in_a_redirect_is_not_said(run: Run) -> None:
    with ScriptedServer(answer("", 302, [("Location", "/b?a=1&password=hidden")])) as server:
        sent = run("get", "--any-origin", f"{server.origin}/a")
    assert "302 to /b?a=1&password=***: -L follows it" in sent.stderr
