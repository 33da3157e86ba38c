"""``oauthone import``."""

import json
from pathlib import Path

import pytest

from oauthone.cli import profiles
from oauthone.cli.output import Common
from oauthone.cli.vault import FileVault

from ..conftest import Run
from ..importing.test_requests_of import COLLECTION
from ..importing.test_twurlrc import FILE


@pytest.fixture
def store(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHONE_STORE", "file")


@pytest.mark.usefixtures("store")
def test_the_file_of_twurl(run: Run, tmp_path: Path) -> None:
    path = tmp_path / ".twurlrc"
    path.write_text(FILE)
    done = run("import", "twurlrc", str(path))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"✓ Imported x-alice (default), x-bot. {path} is as it was.\n"
    assert path.read_text() == FILE
    assert (profiles.names(), profiles.current()) == (["x-alice", "x-bot"], "x-alice")
    assert (FileVault().load("x-bot") or {})["token"] == "13-abc"
    assert run("import", "twurlrc", str(path)).exit_code == 0  # the same keys


@pytest.mark.usefixtures("store")
def test_a_dry_run_keeps_nothing(run: Run) -> None:
    done = run("import", "twurlrc", "-", "--dry-run", "--prefix", "my ", text=FILE)
    assert done.stderr == "Would import my-x-alice (default), my-x-bot.\n"
    assert profiles.names() == []


def test_requests_become_commands(run: Run) -> None:
    done = run("import", "curl", "-", text="curl -H 'Authorization: OAuth x' 'https://api.example/a?b=c'")
    assert done.stdout == "oauthone request GET 'https://api.example/a?b=c'\n"


def test_what_a_command_lacks_is_said(run: Run) -> None:
    """But for the signature, which the command makes anew."""
    signed = run("import", "curl", "-", text="$ curl -s -H 'Authorization: OAuth x' -d a=b https://api.example/a")
    assert (signed.stdout, signed.stderr) == ("oauthone request POST https://api.example/a --data-raw a=b\n", "")
    other = "curl -u alice:canary -b c=canary -H 'authorization: Bearer canary' https://api.example/a"
    done = run("import", "curl", "-", text=other)
    assert done.stderr.startswith("warning: left out: -u, -b, the header Authorization. ")
    assert "canary" not in done.stdout + done.stderr
    assert json.loads(run("import", "curl", "-", "--json", text=other).stdout)["left_out"][:2] == ["-u", "-b"]


def test_another_command_is_refused_in_one_sentence(run: Run) -> None:
    failed = run("import", "curl", "-", text="wget https://api.example/a")
    assert failed.stderr == "oauthone: stdin is not a curl command: it does not begin with 'curl'.\n"


@pytest.mark.usefixtures("store")
def test_a_collection_becomes_both(run: Run) -> None:
    found = json.loads(run("import", "postman", "-", "--json", text=json.dumps(COLLECTION)).stdout)
    assert found["profiles"] == ["Photos", "list-photos", "variable-host"]
    assert found["commands"][0] == "oauthone request GET 'https://api.example/photos?a=1'"
    assert profiles.read("list-photos").client_id == "ck"


@pytest.mark.usefixtures("store")
def test_variables_become_the_named_profile(run: Run) -> None:
    assert run("import", "env", "-", "-p", "ci", text="CONSUMER_KEY=a\nCONSUMER_SECRET=b\n").exit_code == 0
    assert profiles.read("ci").client_id == "a"
    other = run("import", "env", "-", "-p", "ci", text="CONSUMER_KEY=other\n")
    assert (other.exit_code, "There is a profile ci already" in other.stderr) == (2, True)
    assert profiles.read("ci").client_id == "a"


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("way", [["--force"], []], ids=["force", "agreed"])
def test_a_profile_that_exists_is_replaced_if_somebody_says_so(
    run: Run, way: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings are its owner's: they stay, and so do comments where nothing changes."""
    run("import", "env", "-", "-p", "ci", text="CONSUMER_KEY=a\nCONSUMER_SECRET=b\n")
    run("profiles", "set", "ci", "base_url=https://api.example", "realm=r", "origins=https://api.example")
    path = profiles.path_of("ci")
    path.write_text(text := path.read_text("utf-8") + "# mine\n", "utf-8")
    again = run("import", "env", "-", "-p", "ci", text="CONSUMER_KEY=a\nCONSUMER_SECRET=b\n")
    assert (again.exit_code, path.read_text("utf-8")) == (0, text)
    newer = "CONSUMER_KEY=a\nCONSUMER_SECRET=newer\n"
    refused = run("import", "env", "-", "-p", "ci", text=newer)
    assert (refused.exit_code, "--force" in refused.stderr) == (2, True)
    assert FileVault().load("ci") == {"client_secret": "b"}
    if not way:
        monkeypatch.setattr(Common, "asks", True)
        monkeypatch.setattr("click.confirm", lambda *_, **__: True)
    assert run("import", "env", "-", "-p", "ci", *way, text=newer).exit_code == 0
    assert FileVault().load("ci") == {"client_secret": "newer"}
    assert path.read_text("utf-8") == text
    other = run("import", "env", "-", "-p", "ci", *way, text="CONSUMER_KEY=other\nCONSUMER_SECRET=c\n")
    assert other.exit_code == 0
    assert profiles.read("ci")[:6] == (None, None, (), "other", "https://api.example", ("https://api.example",))


@pytest.mark.usefixtures("store")
def test_what_is_used_if_none_is_named_stays(run: Run, tmp_path: Path) -> None:
    run("import", "env", "-", "-p", "mine", text="CONSUMER_KEY=a\nCONSUMER_SECRET=b\n")
    done = run("import", "twurlrc", "-", text=FILE)
    assert done.stderr == (
        "✓ Imported x-alice, x-bot.\nmine stays the default: oauthone profiles use NAME changes that.\n"
    )
    assert profiles.current() == "mine"
    profiles.remove("mine")
    failed = run("get", "/a")
    assert (failed.exit_code, failed.stdout) == (8, "")
    assert "There are: x-alice, x-bot." in failed.stderr
    assert "oauthone profiles use NAME" in failed.stderr


@pytest.mark.usefixtures("store")
def test_a_rescued_token_comes_home(run: Run) -> None:
    kept = {"profile": "one", "token": "t", "token_secret": "s", "client_secret": "c", "settings": {"client_id": "id"}}
    assert run("import", "rescued", "-", text=json.dumps(kept)).exit_code == 0
    assert profiles.read("one").client_id == "id"
    assert FileVault().load("one") == {"client_secret": "c", "token": "t", "token_secret": "s"}
    newer = json.dumps({**kept, "token": "newer"})
    assert run("import", "rescued", "-", text=newer).exit_code == 0
    assert (FileVault().load("one") or {})["token"] == "newer"


@pytest.mark.parametrize("text", ["{}", "x", "[]"])
def test_another_file_is_refused(run: Run, text: str) -> None:
    assert run("import", "rescued", "-", text=text).exit_code == 2


def test_a_file_without_anything_of_oauth_is_said(run: Run) -> None:
    found = run("import", "har", "-", text='{"log": {"entries": []}}')
    assert (found.exit_code, "no request or credential" in found.stderr) == (2, True)


@pytest.mark.usefixtures("store")
def test_a_profile_that_cannot_sign_yet_is_a_warning(run: Run) -> None:
    done = run("import", "env", "-", text="CONSUMER_KEY=a\nCONSUMER_SECRET=\n")
    assert done.stderr.startswith("warning: default has no client_secret: oauthone login -p default\n")
    assert run("sign", "GET", "https://api.example/", "--any-origin").exit_code == 8
