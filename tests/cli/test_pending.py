"""Logins between two runs."""

import time
from pathlib import Path

import pytest

from oauthone.cli import pending
from oauthone.cli.credentials import Credentials
from oauthone.cli.login_plan import Plan
from oauthone.cli.output import CommandError, Common
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault

TEMPORARY = {"oauth_token": "t", "oauth_token_secret": "s"}


@pytest.fixture
def plan(context: Common) -> Plan:
    profile = Profile(client_id="id", request_token_url="https://a.example", origins=("https://a.example",))
    return Plan("one", profile, Credentials("id", "secret"), None, {})


def test_a_login_is_found_in_another_process(plan: Plan) -> None:
    pending.keep(plan, FileVault(), TEMPORARY)
    found = pending.load("one")
    assert found.plan == plan
    assert found.temporary == TEMPORARY
    assert (found.vault.kind, "secret" in repr(found)) == ("file", False)
    pending.drop(plan, FileVault())
    with pytest.raises(CommandError, match="or it is finished"):
        pending.load("one")


def test_no_secret_is_outside_the_vault(plan: Plan, home: Path) -> None:
    pending.keep(plan, FileVault(), {"oauth_token": "t", "oauth_token_secret": "canary-s"})
    assert [path.name for path in home.rglob("*") if path.is_file() and "canary-s" in path.read_text()] == [
        "credentials.json"
    ]


def test_it_ends_after_ten_minutes(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    pending.keep(plan, FileVault(), TEMPORARY)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 14 * 60)
    with pytest.raises(CommandError, match="began 14 minutes ago") as late:
        pending.load("one")
    assert late.value.exit_status == 7
    assert FileVault().load("one (pending)") is None
