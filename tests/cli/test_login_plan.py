"""What a login needs is known, and complete, before anything is sent."""

from typing import Any

import click
import pytest

from oauthone.cli import login_plan, profiles
from oauthone.cli.login_plan import choose_vault, item_of, plan_login, session_of
from oauthone.cli.output import CommandError, Common
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault

URLS = {
    "request_token_url": "https://a.example/request",
    "authorize_url": "https://a.example/authorize",
    "access_token_url": "https://a.example/access",
}
CLIENT = {"client_id": "id", "client_secret": "secret"}


@pytest.fixture(autouse=True)
def common(context: Common) -> Common:
    return context


def given(**options: Any) -> dict[str, Any]:
    return {"param": (), "option": (), **options}


def test_a_provider_of_the_catalogue() -> None:
    plan = plan_login("discogs", given(**CLIENT))
    assert (plan.name, plan.profile) == ("discogs", Profile(provider="discogs", client_id="id"))
    assert plan.provider is not None
    assert session_of(plan).headers["User-Agent"].startswith("oauthone/")


def test_endpoints_of_ones_own(common: Common) -> None:
    common.profile = "mine"
    plan = plan_login(None, given(**CLIENT, **URLS, base_url="https://api.example/v1", param=("scope=read",)))
    assert plan.name == "mine"
    assert plan.profile.origins == ("https://api.example", "https://a.example")
    assert plan.chosen == {"scope": "read"}
    assert plan_login(None, given(**CLIENT, **URLS)).profile.base_url == "https://a.example"


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(CommandError, match="--request-token-url, --access-token-url are missing") as failed:
        plan_login(None, given(authorize_url="https://a.example"))
    assert failed.value.exit_status == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({**URLS, "access_token_url": "http://a.example/"}, "access_token_url must begin with https://"),
        ({**URLS, "param": ("scope",)}, "--param wants NAME=VALUE"),
    ],
)
def test_what_cannot_work_is_an_error(options: dict[str, Any], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        plan_login(None, given(**{**CLIENT, **options}))


def test_a_profile_keeps_its_provider() -> None:
    profiles.write("discogs", Profile(provider="x"))
    with pytest.raises(CommandError, match="is for x"):
        plan_login("discogs", given(**CLIENT))


def test_variables_of_a_provider() -> None:
    plan = plan_login("jira", given(**CLIENT, option=("base_url=https://jira.example",)))
    assert plan.profile.provider_options == ("base_url=https://jira.example",)
    assert plan.provider is not None
    assert plan.provider.allows("https://jira.example/rest")


def test_the_keys_are_asked_for_or_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.UsageError, match="so give: --client-id TEXT --client-secret -"):
        plan_login("discogs", given())
    with pytest.raises(click.UsageError, match="so give: --client-secret -"):
        plan_login("discogs", given(client_id="id"))
    monkeypatch.setattr(Common, "asks", True)
    monkeypatch.setattr(click, "prompt", lambda question, **_: question)
    typed = plan_login("discogs", given()).credentials
    assert (typed.client_id, typed.client_secret) == ("Consumer key", "Consumer secret (not shown)")
    profiles.write("discogs", Profile(provider="discogs", client_id="id", store="file"))
    FileVault().save("discogs", {"client_secret": "kept"})
    assert plan_login("discogs", given()).credentials[:2] == ("id", "kept")
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "e")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "es")
    assert plan_login("discogs", given()).credentials[:2] == ("e", "es")
    assert plan_login("discogs", given(**CLIENT)).credentials[:2] == ("id", "secret")


def test_an_empty_key_or_secret_is_refused_unless_it_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="--client-secret is empty") as failed:
        plan_login("discogs", given(client_id="id", client_secret=""))
    assert "--empty-secrets" in failed.value.hint
    monkeypatch.setattr(Common, "asks", True)
    asked: list[str] = []
    monkeypatch.setattr(click, "prompt", lambda question, **_: asked.append(question) or "")
    with pytest.raises(CommandError, match="consumer key is empty"):
        plan_login("discogs", given())
    assert asked == ["Consumer key"]  # and no secret after it
    with pytest.raises(CommandError, match="Consumer secret is empty"):
        plan_login("discogs", given(client_id="id"))
    with pytest.raises(CommandError, match="consumer key is empty"):
        plan_login("discogs", given(client_secret="s"))
    monkeypatch.undo()
    for secret in ("", None):
        meant = given(client_id="id", client_secret=secret, empty_secrets=True)
        assert plan_login("discogs", meant).credentials.client_secret == ""


def test_an_empty_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "e")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "")
    with pytest.raises(CommandError, match="OAUTHONE_CLIENT_SECRET is empty"):
        plan_login("discogs", given())


@pytest.mark.parametrize("where", ["option", "environment", "profile", "config"])
def test_a_store_that_is_named_is_taken(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if where == "environment":
        monkeypatch.setenv("OAUTHONE_STORE", "file")
    if where == "config":
        monkeypatch.setattr(login_plan, "config", lambda: {"store": "file"})
    profile = Profile(store="file" if where == "profile" else None)
    assert choose_vault({"store": "file" if where == "option" else None}, profile).kind == "file"


def test_a_keyring_that_answers_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_plan, "has_keyring", lambda: True)
    assert choose_vault({}, Profile()).kind == "keyring"


@pytest.mark.parametrize("answer", [None, False, True])
def test_a_file_is_never_taken_in_silence(answer: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Common, "asks", answer is not None)
    monkeypatch.setattr(click, "confirm", lambda text, **_: asked.append(text) or answer)
    if answer:
        assert choose_vault({}, Profile()).kind == "file"
        assert "unencrypted in" in asked[0]
        return
    with pytest.raises(CommandError, match="No keyring answers") as failed:
        choose_vault({}, Profile())
    assert (failed.value.exit_status, "--store file" in failed.value.hint) == (8, True)


def test_an_unknown_store_is_an_error() -> None:
    with pytest.raises(CommandError, match="'cloud' is no store"):
        choose_vault({"store": "cloud"}, Profile())


def test_an_item_holds_what_belongs_together() -> None:
    plan = plan_login("discogs", given(**CLIENT))
    item = item_of(plan, {"oauth_token": "T", "oauth_token_secret": "S", "user_id": "5"})
    assert {name: value for name, value in item.items() if name != "obtained"} == {
        "client_secret": "secret",
        "token": "T",
        "token_secret": "S",
    }
