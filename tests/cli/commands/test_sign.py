"""``oauthone sign``, judged by RFC 5849's own example, by curl's syntax and by another library."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from oauthlib.oauth1.rfc5849 import signature as oauthlib_signature

from oauthone.cli import profiles
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault
from oauthone.diagnosis import Evidence

from ..conftest import CANARY, Run

ENVIRONMENT = {"OAUTHONE_CLIENT_ID": "id", "OAUTHONE_CLIENT_SECRET": CANARY}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def test_the_example_of_the_rfc(run: Run, tmp_path: Path) -> None:
    for name, secret in (("cs.txt", "kd94hf93k423kf44"), ("ts.txt", "pfkkdhi9sl3r4s00")):
        (tmp_path / name).write_text(f"{secret}\n")
        (tmp_path / name).chmod(0o600)
    signed = run(
        "sign", "GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", "--realm", "Photos",
        "--no-version", "--nonce", "chapoH", "--timestamp", "137131202", "--client-id", "dpf43f3p2l4k3l03",
        "--client-secret", f"@{tmp_path / 'cs.txt'}", "--token", "nnch734d00sl2jdk",
        "--token-secret", f"@{tmp_path / 'ts.txt'}",
    )  # fmt: skip
    assert (signed.exit_code, signed.stderr) == (0, "")
    assert signed.stdout.startswith('OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", ')
    assert signed.stdout.endswith('oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"\n')


@pytest.mark.parametrize("placement", ["header", "query", "body"])
def test_each_placement_prints_what_to_send(run: Run, placement: str) -> None:
    signed = run("sign", "POST", "https://api.example/a", "-d", "a=b", "--placement", placement)
    assert signed.stderr == "Good once, for about five minutes.\n"
    begin = {"header": "OAuth oauth_", "query": "https://api.example/a?oauth_", "body": "a=b&oauth_"}[placement]
    assert signed.stdout.startswith(begin)


@pytest.mark.parametrize(
    ("form", "placement", "other"),
    [("header", "header", "query"), ("url", "query", "header"), ("body", "body", "header")],
)
def test_a_form_without_the_signature_is_not_printed(run: Run, form: str, placement: str, other: str) -> None:
    words = ["sign", "POST", "https://api.example/a", "-d", "a=b", "--as", form, "--placement"]
    refused = run(*words, other)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"--placement {placement} puts it there." in refused.stderr
    assert "Good once" not in refused.stderr
    signed = run(*words, placement)
    assert (signed.exit_code, "oauth_signature=" in signed.stdout) == (0, True)


def test_another_library_finds_the_same_signature(run: Run) -> None:
    url = "https://api.example/a?x=%20y"
    signed = json.loads(run("sign", "GET", url, "--json", "--placement", "query").stdout)
    assert signed["v"] == 1
    pairs = parse_qs(urlsplit(signed["url"]).query, keep_blank_values=True)
    given = pairs.pop("oauth_signature")[0]
    flat = [(name, value) for name, values in pairs.items() for value in values]
    base = oauthlib_signature.signature_base_string(
        "GET", "https://api.example/a", oauthlib_signature.normalize_parameters(flat)
    )
    assert base == signed["base_string"]
    assert oauthlib_signature._sign_hmac("SHA-1", base, CANARY, None) == given
    assert signed["nonce"] in signed["url"]
    assert str(signed["timestamp"]) in signed["url"]


def test_a_command_of_curl_sends_the_request(run: Run) -> None:
    words = ["sign", "POST", "https://api.example/p q", "--data-urlencode", "title=sea view", "--as", "curl"]
    command = run(*words).stdout
    assert "--data-raw title=sea%20view" in command
    evidence = Evidence.from_curl(command)
    assert (evidence.method, evidence.url, evidence.body) == ("POST", "https://api.example/p%20q", b"title=sea%20view")
    head = run("sign", "HEAD", "https://api.example/a", "-H", "X: y", "--as", "curl").stdout
    assert shlex.split(head)[1] == "-I"
    assert "X: y" in head
    patch = run("sign", "PATCH", "https://api.example/a", "--as", "curl", "--placement", "query").stdout
    assert shlex.split(patch)[1:3] == ["-X", "PATCH"]


def test_a_command_of_curl_has_the_user_agent_that_the_provider_requires(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    FileVault().save("discogs", {"client_secret": "s"})
    profiles.write("discogs", Profile(provider="discogs", client_id="a", store="file"))
    assert "-H 'User-Agent: oauthone/" in run("sign", "GET", "/a", "--as", "curl").stdout
    mine = run("sign", "GET", "/a", "--as", "curl", "-A", "mine/1").stdout
    assert ("User-Agent: mine/1" in mine, "oauthone/" in mine) == (True, False)


def test_an_empty_body_that_is_filled_becomes_a_form(run: Run) -> None:
    command = run("sign", "POST", "https://api.example/a", "--placement", "body", "--as", "curl").stdout
    assert Evidence.from_curl(command).headers == (("Content-Type", "application/x-www-form-urlencoded"),)


def test_plaintext_is_refused_unless_it_is_asked_for(run: Run) -> None:
    words = ["sign", "GET", "https://api.example/a", "--method", "plaintext"]
    refused = run(*words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert CANARY not in refused.stderr
    assert CANARY in run(*words, "--reveal").stdout


def test_no_secret_is_printed(run: Run) -> None:
    for words in (["-v"], ["--json"], ["--as", "json"], ["--as", "curl"], ["--as", "url", "--placement", "query"]):
        shown = run("sign", "GET", "https://api.example/a", *words)
        assert shown.exit_code == 0
        assert CANARY not in shown.stdout + shown.stderr


def test_a_bare_secret_is_refused(run: Run) -> None:
    refused = run("sign", "GET", "https://api.example/a", "--client-id", "x", "--client-secret", CANARY)
    assert refused.exit_code == 2
    assert "in your history" in refused.stderr
    assert CANARY not in refused.stderr


def test_a_profile_signs_for_its_own_origin(run: Run, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name)
    assert run("sign", "GET", "/a").exit_code == 0
    refused = run("sign", "GET", "https://other.example/a")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert run("sign", "GET", "https://other.example/a", "--any-origin").exit_code == 0


def test_a_nonce_is_new_each_time(run: Run) -> None:
    nonces = {re.findall('oauth_nonce="([^"]+)"', run("sign", "GET", "https://api.example/").stdout)[0] for _ in "ab"}
    assert len(nonces) == 2
