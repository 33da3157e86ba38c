"""``oauthone explain`` and ``oauthone verify``, with requests of another library."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849.signature import (
    base_string_uri,
    collect_parameters,
    normalize_parameters,
    signature_base_string,
)

from oauthone.cli import profiles
from oauthone.cli.profiles import Profile
from oauthone.testing import ProviderBox

from ..conftest import CANARY, Run

URL = "https://api.example/search?q=sea%20view"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "id")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", CANARY)


def pasted(url: str = URL, secret: str = CANARY, method: str = "GET", sent: str | None = None) -> str:
    """Return a request that another library has signed, as a command of curl."""
    _, headers, _ = Client("id", secret, timestamp="1000").sign(url, method)
    return f"curl -H 'Authorization: {headers['Authorization']}' '{sent or url}'"


def test_a_signature_that_holds(run: Run) -> None:
    held = run("verify", "-", text=pasted())
    assert (held.exit_code, held.stderr) == (0, "")
    assert held.stdout.startswith("✓ ")
    late = run("verify", "-", "--window", "300", text=pasted())
    assert (late.exit_code, late.stdout.splitlines()[-1]) == (9, "  not checked   nonce")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (pasted(method="POST"), "POST"),
        (pasted(secret=f"{CANARY}\n"), "secret"),
        (pasted(sent=f"{URL}&more=1"), "left more out"),
    ],
    ids=["method", "secret", "query"],
)
@pytest.mark.parametrize("command", ["verify", "explain"])
def test_a_mistake_is_named(run: Run, command: str, text: str, said: str) -> None:
    found = run(command, "-", text=text)
    assert found.exit_code == 9
    assert found.stdout.startswith("✗ ")
    assert said in found.stdout.splitlines()[0]
    assert "  base string   GET & https://api.example/search & " in found.stdout
    assert "timestamp: " in found.stdout
    assert CANARY not in found.stdout + found.stderr
    members = json.loads(run(command, "-", "--json", text=text).stdout)
    assert (members["ok"], members["exit"], members["problem"]) == (False, 9, "signature_invalid")
    assert set(members) >= {"v", "difference", "base_string", "signed", "not_signed", "not_checked", "diagnosis"}


@pytest.mark.parametrize("command", ["verify", "explain"])
def test_the_search_is_thorough(run: Run, command: str) -> None:
    """A quick one would say that it ended at its limit."""
    found = run(command, "-", text=pasted(secret="another secret"))
    assert found.exit_code == 9
    assert "copied whole" in found.stdout
    assert "thorough=True" not in found.stdout


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_message_does_not_tell_its_scheme(run: Run, tmp_path: Path, scheme: str) -> None:
    """Both are tried: a scheme that was guessed is no mistake, and one that was told is."""
    origin = f"{scheme}://127.0.0.1:8500"
    _, headers, _ = Client("id", CANARY).sign(f"{origin}/photos", "POST")
    text = f"POST /photos HTTP/1.1\nHost: 127.0.0.1:8500\nAuthorization: {headers['Authorization']}\n\n"
    for command in ("verify", "explain"):
        held = run(command, "-", text=text)
        assert (held.exit_code, held.stdout[0]) == (0, "✓"), held.stdout
        assert f"not known from a raw message: {scheme} is what was signed; --scheme settles it" in held.stdout
        assert f"& {origin}/photos &" in held.stdout
        told = run(command, "-", "--scheme", scheme, text=text)
        assert (told.exit_code, "not known" in told.stdout) == (0, False)
        other = run(command, "-", "--scheme", {"http": "https", "https": "http"}[scheme], text=text)
        assert other.exit_code == 9
        assert f"signed a URL that begins with {scheme}://" in other.stdout
    assert json.loads(run("explain", "-", "--json", text=text).stdout)["scheme"].endswith("is what was signed")


def test_a_form_that_curl_does_not_show_is_not_called_left_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command above, it is known."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    url = "http://127.0.0.1:8500/photos"
    client = Client("id", CANARY, nonce="n", timestamp="1000")
    _, headers, _ = client.sign(url, "POST", "a=b", form)
    authorization = headers["Authorization"]
    theirs = run("explain", "-", "--base-string", text=f"curl -H 'Authorization: {authorization}' -d a=b {url}").stdout
    shown = [
        "* Connected to 127.0.0.1",
        *("> POST /photos HTTP/1.1", "> Host: 127.0.0.1:8500", f"> Authorization: {authorization}"),
        *("> Content-Length: 3", "> Content-Type: application/x-www-form-urlencoded", ">"),
        *("< HTTP/1.1 401 No", "< Content-Type: text/plain", "<", f"base_string={theirs.strip()}"),
    ]
    text = "\n".join(shown)
    command = f"$ curl -v -d a=b {url} -H 'Authorization: {authorization}'\n"
    known = run("verify", "-", text=command + text)
    assert (known.exit_code, known.stdout[0]) == (0, "✓")
    proven = run("explain", "-", text=text).stdout
    assert "the signature that was sent is the one of the server's base string" in proven
    assert "http is in the server's base string" in proven
    monkeypatch.delenv("OAUTHONE_CLIENT_ID")
    monkeypatch.delenv("OAUTHONE_CLIENT_SECRET")
    found = run("explain", "-", text=text)
    assert (found.exit_code, found.stdout[0], "the server adds it" in found.stdout) == (0, "?", False)


def test_a_signature_by_key(run: Run, box: ProviderBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made with the key, by another library; another key does not fit."""
    client = box.clients["RSA-SHA1"]
    (tmp_path / "key.pem").write_text(str(client.rsa_key))
    _, headers, _ = Client("id", signature_method="RSA-SHA1", rsa_key=client.rsa_key).sign(URL)
    text = f"curl -H 'Authorization: {headers['Authorization']}' '{URL}'"
    monkeypatch.delenv("OAUTHONE_CLIENT_SECRET")
    monkeypatch.setenv("OAUTHONE_RSA_KEY_FILE", str(tmp_path / "key.pem"))
    assert run("verify", "-", text=text).exit_code == 0
    assert run("verify", "-", text=text.replace("sea", "see")).exit_code == 9


def test_a_request_without_a_signature_is_not_verified(run: Run) -> None:
    assert run("verify", "-", text=f"curl {URL}").exit_code == 9


def test_a_request_to_come_is_explained(run: Run) -> None:
    shown = run("explain", "POST", URL, "--json-data", "{}")
    assert shown.exit_code == 0
    assert "not signed: body (application/json, 2 bytes), other headers" in shown.stdout
    bare = run("explain", "GET", URL, "--base-string", "--placement", "query")
    assert bare.stdout.startswith("GET&https%3A%2F%2Fapi.example%2Fsearch&")
    assert bare.stdout.count("\n") == 1


def test_the_base_string_of_the_provider_is_compared(run: Run, tmp_path: Path) -> None:
    text = pasted()
    ours = json.loads(run("explain", "-", "--json", text=text).stdout)["base_string"]
    (tmp_path / "theirs").write_text(ours.replace("sea%2520view", "sea%2Bview") + "\n")
    found = run("explain", "-", "--theirs", str(tmp_path / "theirs"), text=text)
    assert found.exit_code == 9, found.stdout
    assert "space" in found.stdout


def base_string_of(url: str) -> str:
    """Return the base string that another library makes, with token, method, nonce and timestamp of its own."""
    client = Client("id", CANARY, "their-token", nonce="theirs", timestamp="1000", signature_method="HMAC-SHA256")
    _, headers, _ = client.sign(url)
    sent = [*collect_parameters(urlsplit(url).query, headers=headers, exclude_oauth_signature=True)]
    return str(signature_base_string("GET", base_string_uri(url), normalize_parameters(sent)))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://api.example/photos?page=2", "page='2', which the server received"),
        ("https://api.example/other", "'https://api.example/other'"),
    ],
)
def test_a_request_to_come_is_compared_with_what_the_provider_shows(
    run: Run, tmp_path: Path, url: str, said: str
) -> None:
    """Nonce, timestamp, token and method are the other program's: they are no difference."""
    path = tmp_path / "theirs"
    path.write_text(base_string_of(url))
    found = run("explain", "GET", "https://api.example/photos", "--theirs", str(path))
    assert (found.exit_code, found.stdout[0]) == (9, "✗")
    assert said in found.stdout.splitlines()[0]
    equal = run("explain", "GET", url, "--theirs", str(path))
    assert equal.exit_code == 0
    assert equal.stdout.startswith("? Both base strings are equal: so the secrets differ, or what the program signed")
    named = run("explain", "GET", url, "--theirs", str(path), "--method", "HMAC-SHA512")
    assert (named.exit_code, "oauth_signature_method='HMAC-SHA512'" in named.stdout) == (9, True)


@pytest.mark.parametrize("text", ["nothing", "GET&a&oauth_timestamp%3Dx"])
def test_a_text_that_is_no_base_string_differs(run: Run, text: str) -> None:
    assert run("explain", "GET", URL, "--theirs", "-", text=text).exit_code == 9
    empty = run("explain", "GET", URL, "--theirs", "-", text=" ")
    assert (empty.exit_code, "stdin is empty" in empty.stderr) == (2, True)


def test_base_strings_that_are_equal_are_called_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the secrets, without them, and where the provider's is of another attempt."""
    text, path = pasted(), tmp_path / "theirs"
    ours = run("explain", "-", "--base-string", text=text).stdout
    path.write_text(ours)
    assert "The server's base string is the one that was signed" not in run("explain", "-", text=text).stdout
    assert run("explain", "-", "--theirs", str(path), text=text).exit_code == 9
    path.write_text(ours.replace("1000", "1001"))
    other = run("explain", "-", "--theirs", str(path), text=text)
    assert other.stdout.startswith(
        "✓ The signature is right for these credentials. The server's base string belongs to"
    )
    monkeypatch.delenv("OAUTHONE_CLIENT_ID")
    monkeypatch.delenv("OAUTHONE_CLIENT_SECRET")
    path.write_text(ours)
    found = run("explain", "-", "--theirs", str(path), text=text)
    assert (found.exit_code, found.stdout[0]) == (0, "?")
    assert "so the secrets differ, or the client signed another text" in found.stdout


def test_without_credentials_there_is_still_a_base_string(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OAUTHONE_CLIENT_ID")
    monkeypatch.delenv("OAUTHONE_CLIENT_SECRET")
    shown = run("explain", "-", text=pasted())
    assert (shown.exit_code, shown.stdout[0]) == (0, "?")
    assert "base string" in shown.stdout
    monkeypatch.setenv("OAUTHONE_TOKEN", "t")
    assert run("explain", "-", text=pasted()).exit_code == 2


def test_a_profile_that_nobody_named_counts_only_for_its_own_requests(
    run: Run, profile: str, box: ProviderBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another consumer key would be the mistake that is found, and hide the real one."""
    monkeypatch.delenv("OAUTHONE_CLIENT_ID")
    monkeypatch.delenv("OAUTHONE_CLIENT_SECRET")
    url = f"{box.origin}/a"
    own = run("sign", "GET", url, "--as", "curl").stdout
    shown = run("explain", "-", text=own.replace("/a", "/b"))
    assert shown.stderr == "Compared with the credentials of the profile 'box'.\n"
    assert shown.exit_code == 9
    for other in (own.replace(box.client.client_id, "abc"), own.replace('oauth_token="', 'oauth_token="x'), pasted()):
        shown = run("explain", "-", text=other)
        assert "is not that of the profile 'box', which is not used. Name the credentials" in shown.stderr
        assert (shown.exit_code, shown.stdout[0]) == (0, "?")
        refused = run("verify", "-", text=other)
        assert (refused.exit_code, refused.stdout) == (8, "")
        assert "Name the credentials of the request: -p NAME" in refused.stderr
        named = run("explain", "-", "-p", "box", text=other)
        assert (named.exit_code, named.stderr) == (9, "")
    assert run("explain", "-", "-p", "nobody", text=own).exit_code == 8
    assert run("verify", "-", text=own).exit_code == 0


def test_the_provider_of_the_profile_is_evidence(run: Run, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OAUTHONE_CLIENT_ID")
    monkeypatch.delenv("OAUTHONE_CLIENT_SECRET")
    profiles.write(profile, profiles.read(profile)._replace(provider="schoology", origins=(), base_url=None))
    for realm, is_said in (("Schoology API", False), ("another", True)):
        own = run("sign", "GET", "https://api.schoology.com/v1/users/1", "--as", "curl", "--realm", realm).stdout
        shown = run("explain", "-", text=own)
        assert shown.stdout.startswith("✓ The signature is right for these credentials.")
        assert ('Schoology needs realm="Schoology API" (source: https://' in shown.stdout) is is_said


def test_the_last_request_is_compared_with_the_profile_that_signed_it(
    run: Run, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OAUTHONE_CLIENT_ID")
    monkeypatch.delenv("OAUTHONE_CLIENT_SECRET")
    profiles.write("other", Profile(client_id="other", store="file"))
    profiles.use("other")
    assert run("get", "/echo", "-p", profile, "--clock-offset", "-4000").exit_code == 4
    shown = run("explain", "--last")
    assert shown.stderr == "Compared with the credentials of the profile 'box'.\n"
    profiles.remove(profile)
    assert "There is no profile 'box'. Name the credentials" in run("explain", "--last").stderr


@pytest.mark.parametrize("words", [[], ["GET"], ["GET", "a", "b"], ["--last"], ["-"]])
def test_what_is_no_request_is_an_error(run: Run, words: list[str]) -> None:
    failed = run("explain", *words, text="hello")
    assert (failed.exit_code, failed.stdout) == (2, "")


@pytest.mark.parametrize("command", ["explain", "verify"])
def test_an_empty_stdin_is_called_empty(run: Run, command: str) -> None:
    failed = run(command, "-", text=" \n")
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert "stdin is empty" in failed.stderr


@pytest.mark.parametrize(
    "text", ["curl 'http://['", "GET http://[ HTTP/1.1\nHost: a\n\n", "GET http://[/ ", "curl http://a.example:b/"]
)
@pytest.mark.parametrize("command", ["explain", "verify"])
def test_an_address_that_is_none_is_an_error(run: Run, command: str, text: str) -> None:
    failed = run(command, "-", text=text)
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert failed.stderr == ("oauthone: This is no request: its address has no host or no port that can be read.\n")
