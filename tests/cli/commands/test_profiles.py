"""``oauthone profiles``."""

import json
from pathlib import Path

import pytest

from oauthone.cli import profiles
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault

from ..conftest import CANARY, Run


@pytest.fixture(autouse=True)
def two(home: Path) -> None:
    profiles.write("one", Profile(provider="discogs", client_id="id", store="file", user="alice"))
    profiles.write("two", Profile(base_url="https://api.example", store="file"))
    profiles.use("one")
    FileVault().save("one", {"client_secret": CANARY, "token": "Zq7abc", "token_secret": CANARY})


@pytest.mark.parametrize("words", [["profiles"], ["profiles", "list"]])
def test_all_are_listed(run: Run, words: list[str]) -> None:
    assert run(*words).stdout == "* one  discogs  alice\n  two  https://api.example\n"
    found = json.loads(run(*words, "--json").stdout)
    assert (found["current"], found["profiles"][0]["user"]) == ("one", "alice")


def test_none_yet(run: Run) -> None:
    run("profiles", "remove", "one")
    run("profiles", "remove", "two")
    assert run("profiles").stderr == "No profile yet: oauthone login PROVIDER\n"


def test_one_is_shown_without_its_secrets(run: Run) -> None:
    shown = run("profiles", "show").stdout
    assert 'provider = "discogs"' in shown
    assert "# token_secret: ***" in shown
    assert CANARY not in shown
    assert CANARY not in run("profiles", "show", "--json").stdout
    assert f"# token_secret: {CANARY}" in run("profiles", "show", "one", "--reveal").stdout
    assert run("profiles", "show", "other").exit_code == 8


def test_another_is_used(run: Run) -> None:
    assert run("profiles", "use", "two").exit_code == 0
    assert profiles.current() == "two"
    assert run("profiles", "use", "other").exit_code == 8


def test_settings_change(run: Run) -> None:
    assert run("profiles", "set", "one", "realm=Photos", "user=").exit_code == 0
    assert profiles.read("one")[-1] is None
    assert profiles.read("one").realm == "Photos"
    run("profiles", "set", "two", "origins=https://a.example,https://b.example")
    run("profiles", "set", "two", "origins+=https://c.example")
    assert profiles.read("two").origins == ("https://a.example", "https://b.example", "https://c.example")


def test_an_origin_is_added_to_those_of_the_catalogue(run: Run) -> None:
    run("profiles", "set", "one", "origins+=https://images.example")
    assert profiles.read("one").origins == ("https://api.discogs.com", "https://images.example")
    assert run("sign", "GET", "https://images.example/a").exit_code == 0
    assert run("sign", "GET", "https://api.discogs.com/a").exit_code == 0


@pytest.mark.parametrize("change", ["realm", "nonsense=1", "realm+=x", "client_secret=x"])
def test_what_is_no_setting_is_an_error(run: Run, change: str) -> None:
    assert run("profiles", "set", "one", change).exit_code == 2


def test_one_is_renamed_with_its_secrets(run: Run) -> None:
    assert run("profiles", "rename", "one", "two").exit_code == 2
    assert run("profiles", "rename", "one", "new").exit_code == 0
    assert (profiles.names(), profiles.current()) == (["new", "two"], "new")
    assert (FileVault().load("one"), (FileVault().load("new") or {})["token"]) == (None, "Zq7abc")
    assert run("profiles", "rename", "two", "other").exit_code == 0
    assert profiles.current() == "new"


def test_one_is_removed_with_its_secrets(run: Run) -> None:
    assert run("profiles", "remove", "one").exit_code == 0
    assert (profiles.names(), FileVault().load("one")) == (["two"], None)


def test_the_path_is_printed(run: Run, home: Path) -> None:
    assert run("profiles", "path").stdout == f"{home / 'profiles' / 'one.toml'}\n"
    profiles.remove("one")
    profiles.remove("two")
    assert run("profiles", "path").exit_code == 8


@pytest.mark.parametrize("change", [f"client_secret={CANARY}", f"token_secret+={CANARY}", f"no_setting={CANARY}"])
def test_a_secret_is_not_repeated(run: Run, profile: str, change: str) -> None:
    refused = run("profiles", "set", profile, change)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert CANARY not in refused.stderr
    assert ("oauthone login -p box" in refused.stderr) is ("secret" in change)


def test_a_file_with_a_mistake_does_not_hide_the_others(run: Run, profile: str) -> None:
    profiles.write("broken", Profile())
    profiles.path_of("broken").write_text("client_id = 5\n", "utf-8")
    shown = run("profiles")
    assert (shown.exit_code, "box" in shown.stdout) == (0, True)
    assert "broken.toml: 'client_id' must be a string" in shown.stderr


@pytest.mark.parametrize("change", ["method=HMAC-MD5", "base_url=/a", "origins+=x", "store=vault"])
def test_a_setting_that_could_not_be_read_again_is_not_written(run: Run, profile: str, change: str) -> None:
    before = profiles.path_of(profile).read_text("utf-8")
    refused = run("profiles", "set", profile, change)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"oauthone: box: '{change.partition('=')[0].rstrip('+')}' must be ")
    assert profiles.path_of(profile).read_text("utf-8") == before
