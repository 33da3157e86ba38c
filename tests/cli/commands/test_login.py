"""``oauthone login`` against a provider, with curl's place taken by a small browser; on no terminal."""

import json
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
import pytest

from oauthone.cli import pending, profiles
from oauthone.cli.output import Common
from oauthone.cli.vault import FileVault
from oauthone.testing import ProviderBox

from ..conftest import Run

#: Follows redirects, as a browser does.
BROWSER = f"{sys.executable} -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1]).read()'"


@pytest.fixture
def options(box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("SECRET", box.client.client_secret)
    return [
        *("--request-token-url", box.request_token_url, "--authorize-url", box.authorize_url),
        *("--access-token-url", box.access_token_url, "--client-id", box.client.client_id),
        *("--client-secret", "env:SECRET", "--store", "file"),
    ]


def test_a_login_by_browser(run: Run, box: ProviderBox, options: list[str], home: Path) -> None:
    done = run("login", "-p", "one", *options, "--browser", BROWSER, "--identity-url", box.echo_url)
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"  {box.authorize_url}?oauth_token=" in done.stderr
    assert done.stderr.endswith(
        f"✓ Logged in as alice. Profile one, token unencrypted in {home / 'credentials.json'}, readable by you alone.\n"
    )
    sent = run("get", "/echo")
    assert json.loads(sent.stdout)["user"] == "alice"
    assert profiles.read("one").user == "alice"
    assert FileVault().load("one (pending)") is None


def test_the_result_is_json_on_demand(run: Run, box: ProviderBox, options: list[str]) -> None:
    found = json.loads(run("login", "--json", *options, "--browser", BROWSER).stdout)
    assert {**found, "obtained": ""} == {
        "v": 1, "ok": True, "profile": "default", "user": None, "store": "file",
        "origins": [box.origin], "obtained": "", "expires": None,
    }  # fmt: skip


def test_a_login_in_two_runs(run: Run, box: ProviderBox, options: list[str]) -> None:
    begun = json.loads(run("login", "-p", "bot", *options, "--begin", "--json").stdout)
    assert (begun["pending"], begun["expires"][-1]) == ("bot", "Z")
    code = box.visit(begun["authorize_url"])
    done = run("login", "--finish", "bot", "--verifier", "-", text=f"{code}\n")
    assert done.exit_code == 0
    assert json.loads(run("get", "/echo").stdout)["user"] == "alice"
    again = run("login", "--finish", "bot", "--verifier", "-", text=f"{code}\n")
    assert (again.exit_code, "No login 'bot' has begun" in again.stderr) == (7, True)


def test_a_wrong_code_is_called_wrong(run: Run, box: ProviderBox, options: list[str]) -> None:
    begun = json.loads(run("login", "-p", "bot", *options, "--begin", "--json").stdout)
    code = box.visit(begun["authorize_url"])
    failed = run("login", "--finish", "bot", "--verifier", "-", text=f"{code[:-1]}\n")
    assert failed.exit_code == 7
    assert "The provider refused the code: " in failed.stderr
    assert "oauthone login -p bot" in failed.stderr
    assert code[:-1] not in failed.stderr


def test_a_login_in_two_runs_by_address(run: Run, box: ProviderBox, options: list[str]) -> None:
    words = ["login", "-p", "bot", *options, "--begin", "--callback", f"{box.landing_url}?tab=1"]
    url = run(*words).stdout.strip()
    assert run("login", "-p", "bot", "--finish", "--verifier", "-", text=f"{box.visit(url)}\n").exit_code == 0


@pytest.mark.parametrize("around", ['"{}"', "<{}>", " '{}' ", "“{}”"])
def test_an_address_in_quotes_is_read(run: Run, box: ProviderBox, options: list[str], around: str) -> None:
    """A text that is meant as an address is never taken for a code, which would use the login up."""
    words = ["login", "-p", "bot", *options, "--begin", "--callback", f"{box.landing_url}?tab=1"]
    address = box.visit(run(*words).stdout.strip())
    for text in (f"see {address} .", f'"{address}', "", "oauth_token=<b>"):
        refused = run("login", "--finish", "bot", "--verifier", "-", text=f"{text}\n")
        assert (refused.exit_code, "That holds no code and no oauth_token" in refused.stderr) == (7, True), text
        assert "It still waits: oauthone login --finish bot" in refused.stderr
    finished = run("login", "--finish", "bot", "--verifier", "-", text=f"{around.format(address)}\n")
    assert finished.exit_code == 0, finished.stderr


def test_a_second_run_that_comes_too_late(
    run: Run, box: ProviderBox, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("login", "-p", "bot", *options, "--begin")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + pending.LIFETIME + 240)
    late = run("login", "--finish", "bot", "--verifier", "-", text="x\n")
    assert (late.exit_code, "began 14 minutes ago" in late.stderr) == (7, True)


@pytest.mark.parametrize(("text", "status"), [("wrong-code\n", 7), ("https://app.example/?x=1\n", 7)])
def test_a_wrong_code_is_refused(run: Run, box: ProviderBox, options: list[str], text: str, status: int) -> None:
    run("login", "-p", "bot", *options, "--begin")
    failed = run("login", "--finish", "bot", "--verifier", "-", text=text)
    assert failed.exit_code == status
    assert FileVault().load("bot") is None


def test_the_second_run_says_what_it_needs(run: Run, box: ProviderBox, options: list[str]) -> None:
    assert "Which login?" in run("login", "--finish").stderr
    run("login", "-p", "bot", *options, "--begin")
    assert "--verifier is missing" in run("login", "--finish", "bot").stderr


def test_a_refusal_saves_nothing(run: Run, box: ProviderBox, options: list[str], home: Path) -> None:
    box.decision = "deny"
    refused = run("login", "-p", "one", *options, "--browser", BROWSER)
    assert refused.exit_code == 7
    assert "Nothing was saved." in refused.stderr
    assert (profiles.names(), FileVault().load("one"), FileVault().load("one (pending)")) == ([], None, None)


def test_nobody_comes(run: Run, box: ProviderBox, options: list[str]) -> None:
    late = run("login", *options, "--no-browser", "--timeout", "1")
    assert (late.exit_code, "Nobody decided within 1 s" in late.stderr) == (7, True)
    assert FileVault().load("default (pending)") is None


def test_a_wrong_secret_is_said_before_there_is_a_page(
    run: Run, box: ProviderBox, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", f"{box.client.client_secret} ")
    failed = run("login", *options, "--no-browser")
    assert failed.exit_code == 7
    assert "white space" in failed.stderr
    assert "signature_invalid" in failed.stderr
    assert box.client.client_secret not in failed.stderr


def test_a_token_that_one_has(run: Run, box: ProviderBox, options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    issued = box.issue_token()
    words = ["login", "-p", "mine", *options, "--have-token", "--token", issued.token]
    assert "--token-secret is missing" in run(*words).stderr
    assert run(*words, "--token-secret", "-", text=f"{issued.token_secret}\n").exit_code == 0
    assert json.loads(run("get", "/echo").stdout)["token"] == issued.token


def test_without_a_safe_store_nothing_is_sent(run: Run, box: ProviderBox, options: list[str]) -> None:
    failed = run("login", *options[:-2])
    assert (failed.exit_code, box.requests) == (8, [])
    assert "--store file" in failed.stderr


@pytest.mark.skipif(os.name != "posix", reason="modes mean nothing there")
def test_a_store_that_fails_is_noticed_before_anything_is_sent(
    run: Run, box: ProviderBox, options: list[str], home: Path
) -> None:
    home.mkdir()
    (home / "credentials.json").write_text("{}")
    (home / "credentials.json").chmod(0o644)
    failed = run("login", *options)
    assert (failed.exit_code, box.requests) == (8, [])
    assert "chmod 600" in failed.stderr


def test_a_home_that_is_read_only(
    run: Run, box: ProviderBox, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "file" / "below"))
    failed = run("login", *options)
    assert (failed.exit_code, box.requests) == (8, [])
    assert "OAUTHONE_HOME names another folder" in failed.stderr


def known(like: str, box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the catalogue know a provider at the address of a box; return the words of a login there."""
    facts: Any = box.like
    monkeypatch.setattr("oauthone.providers.get", lambda *_, **__: facts)
    monkeypatch.setenv("SECRET", box.client.client_secret)
    keys = ["--client-id", box.client.client_id, "--client-secret", "env:SECRET", "--store", "file"]
    return ["login", like, *keys]


def test_a_provider_that_needs_no_token(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with ProviderBox(like="noun-project") as box:
        done = run(*known("noun-project", box, monkeypatch))
        assert done.exit_code == 0, done.stderr
        assert "✓ No token is needed. Profile noun-project, secret unencrypted in" in done.stderr
        assert run("get", "/icon/1").exit_code == 0
        assert box.requests[-1].verified is not None


def test_a_provider_that_shows_the_token_on_its_pages(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with ProviderBox(like="bricklink") as box:
        issued = box.issue_token()
        monkeypatch.setenv("TOKEN_SECRET", issued.token_secret)
        words = known("bricklink", box, monkeypatch)
        done = run(*words, "--token", issued.token, "--token-secret", "env:TOKEN_SECRET")
        assert done.exit_code == 0, done.stderr
        assert done.stderr.startswith("This provider shows the token on its own pages.\n")
        assert run("get", "/items").exit_code == 0
        assert box.requests[-1].verified is not None


@pytest.mark.parametrize("like", ["instapaper", None])
def test_a_name_and_a_password(
    run: Run, box: ProviderBox, options: list[str], monkeypatch: pytest.MonkeyPatch, like: str | None
) -> None:
    """The provider gets them signed, in a form; they are kept nowhere."""
    monkeypatch.setattr(Common, "asks", True)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "pass word")
    with ProviderBox(like=like) if like else nullcontext(box) as provider:
        words = known(like, provider, monkeypatch) if like else ["login", *options]
        run(*words, "--xauth", "alice")
        sent = provider.requests[0]
    assert dict(sent.form())[b"x_auth_password"] == b"pass word"
    assert dict(sent.form())[b"x_auth_username"] == b"alice"
    assert "authorization" in sent.oauth_parameters()


@pytest.mark.parametrize("like", ["discogs", "flickr", "etrade", "tumblr"])
def test_a_provider_of_the_catalogue(run: Run, like: str, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    with ProviderBox(like=like) as box:
        facts: Any = box.like
        monkeypatch.setenv("SECRET", box.client.client_secret)
        words = [
            *("login", like, "--client-id", box.client.client_id, "--client-secret", "env:SECRET", "--store", "file"),
            *("--request-token-url", facts.temporary_credentials.url, "--authorize-url", facts.authorization.url),
            *("--access-token-url", facts.token_credentials.url, "--base-url", box.origin),
            *(["--identity-url", facts.identity.url] if facts.identity and facts.identity.url else []),
        ]
        done = run(*words, "--browser", BROWSER) if like != "etrade" else run(*words, "--begin", "--callback", "oob")
        assert done.exit_code == 0, done.stderr
        if like == "etrade":
            code = box.visit(done.stdout.strip())
            assert run("login", "--finish", like, "--verifier", "-", text=f"{code}\n").exit_code == 0
        assert run("get", "/echo").exit_code == 0
        assert box.requests[-1].verified is not None
