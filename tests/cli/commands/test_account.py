"""``oauthone whoami``, ``logout`` and ``renew``."""

import json
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from oauthone.cli import profiles
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault
from oauthone.testing import ProviderBox

from ..conftest import Run


@pytest.fixture(scope="module")
def etrade_box() -> Generator[ProviderBox, None, None]:
    with ProviderBox(like="etrade") as box:
        yield box


@pytest.fixture
def etrade(home: Path, etrade_box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> ProviderBox:
    """A provider that renews and revokes tokens, and a profile for it."""
    issued = etrade_box.issue_token()
    secrets = {
        "client_secret": etrade_box.client.client_secret, "token": issued.token, "token_secret": issued.token_secret,
    }  # fmt: skip
    FileVault().save("etrade", {**secrets, "obtained": int(time.time()) - 7200})
    profiles.write("etrade", Profile(provider="etrade", client_id=etrade_box.client.client_id, store="file"))
    facts: Any = etrade_box.like
    monkeypatch.setattr("oauthone.providers.get", lambda *_, **__: facts)
    return etrade_box


def test_whose_token_it_is(run: Run, profile: str, box: ProviderBox) -> None:
    run("profiles", "set", profile, f"identity_url={box.echo_url}")
    shown = run("whoami")
    assert shown.stdout.splitlines()[:2] == ["user      alice", "profile   box"]
    assert "readable by you alone" in shown.stdout
    found = json.loads(run("whoami", "--json").stdout)
    assert (found["user"], found["store"], found["origins"]) == ("alice", "file", [box.origin])


def test_nobody_is_asked_on_demand(run: Run, etrade: ProviderBox) -> None:
    before = len(etrade.requests)
    assert "token     2 hours old" in run("whoami", "--local").stdout
    item = FileVault().load("etrade") or {}
    FileVault().save("etrade", {**item, "obtained": int(time.time()) - 5 * 86400})
    assert "token     5 days old" in run("whoami", "--local").stdout
    assert len(etrade.requests) == before


def test_credentials_of_the_environment_have_no_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "id")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "secret")
    assert run("whoami", "--local").stdout == (
        "user      not known\nprofile   none (credentials from the environment)\n"
    )
    assert run("logout").exit_code == 2
    assert run("renew").exit_code == 2


def test_a_profile_that_lends_its_addresses_is_not_logged_in(
    run: Run, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials of the environment are another account's, though ``OAUTHONE_PROFILE`` names a profile."""
    run("profiles", "set", profile, "user=alice")
    monkeypatch.setenv("OAUTHONE_PROFILE", profile)
    assert run("whoami", "--local").stdout.startswith("user      alice\nprofile   box\n")
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "id")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "secret")
    assert run("whoami", "--local").stdout == (
        "user      not known\nprofile   none (credentials from the environment)\n"
    )
    monkeypatch.delenv("OAUTHONE_PROFILE")
    assert run("whoami", "--local", "-p", profile).stdout.startswith("user      alice\nprofile   box\n")
    assert run("logout", "-p", profile).exit_code == 0
    left = run("whoami", "--local", "-p", profile)
    assert (left.exit_code, left.stdout, "'box' is logged out" in left.stderr) == (8, "", True)


def test_a_token_is_renewed(run: Run, etrade: ProviderBox) -> None:
    done = run("renew", "--json")
    assert (done.exit_code, done.stderr) == (0, "✓ etrade: renewed.\n")
    assert json.loads(done.stdout)["profile"] == "etrade"
    assert (FileVault().load("etrade") or {})["obtained"] > time.time() - 60


def test_a_provider_that_does_not_renew(run: Run, profile: str) -> None:
    failed = run("renew")
    assert (failed.exit_code, "Log in again" in failed.stderr) == (7, True)


def test_logout_revokes_where_the_provider_can(run: Run, etrade: ProviderBox) -> None:
    done = run("logout", "--json")
    assert json.loads(done.stdout)["profiles"] == [{"profile": "etrade", "revoked": True, "forgotten": True}]
    assert "revoked and forgotten" in done.stderr
    assert (profiles.names(), FileVault().load("etrade")) == (["etrade"], None)


def test_logout_says_that_it_did_not(run: Run, profile: str, etrade: ProviderBox) -> None:
    item = FileVault().load("etrade") or {}
    FileVault().save("etrade", {**item, "token_secret": "wrong"})
    done = run("logout", "--all")
    assert "✓ box: the token is forgotten here; the provider still takes it." in done.stderr
    assert "warning: the provider did not revoke the token" in done.stderr
    assert profiles.names() == ["box", "etrade"]


def test_logout_forgets_secrets_and_no_settings(run: Run, profile: str, home: Path) -> None:
    """The profile is the user's to edit. A second logout says what is, and so does a request."""
    text = profiles.path_of(profile).read_text("utf-8") + "# a comment\n"
    profiles.path_of(profile).write_text(text, "utf-8")
    assert "oauthone login -p box, or profiles remove box" in run("logout").stderr
    assert profiles.path_of(profile).read_text("utf-8") == text
    again = run("logout", "--json")
    assert json.loads(again.stdout)["profiles"] == [{"profile": "box", "revoked": False, "forgotten": False}]
    assert "box: no token is kept. To delete the profile: oauthone profiles remove box" in again.stderr
    refused = run("get", "/echo")
    assert (refused.exit_code, refused.stdout) == (8, "")
    assert refused.stderr == ("oauthone: The profile 'box' is logged out.\n  Log in again: oauthone login -p box\n")


def test_logout_without_a_profile_says_how_to_begin(run: Run) -> None:
    assert run("logout").exit_code == 8
    assert run("logout", "-p", "nobody").exit_code == 8


def test_a_token_that_cannot_be_revoked_is_forgotten_all_the_same(run: Run, etrade: ProviderBox) -> None:
    FileVault().save("etrade", {"token": "t"})
    done = run("logout")
    assert "warning: the provider did not revoke the token: The profile 'etrade' has no client_secret." in done.stderr
    assert FileVault().load("etrade") is None


def test_a_provider_that_cannot_be_reached_has_words_for_that(
    run: Run, etrade: ProviderBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    done = run("logout")
    assert (done.exit_code, "did not revoke the token: " in done.stderr) == (0, True)
    assert "Connection refused" in done.stderr
    assert "object at 0x" not in done.stderr
    assert "ConnectionPool" not in done.stderr


def test_the_secret_of_the_client_can_stay(run: Run, profile: str, box: ProviderBox) -> None:
    assert run("logout", "--keep-client").exit_code == 0
    assert FileVault().load("box") == {"client_secret": box.client.client_secret, "logged_out": True}
    assert run("get", "/echo").exit_code == 8
    assert profiles.names() == ["box"]
