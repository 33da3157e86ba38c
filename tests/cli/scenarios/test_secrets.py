"""A canary in each secret: it is nowhere but in the store, whatever a command prints, writes or hands on."""

from collections.abc import Generator
from pathlib import Path

import pytest

from oauthone.cli import profiles
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault
from oauthone.server import Client, IssuedToken
from oauthone.testing import ProviderBox

from ..conftest import CANARY, Run


@pytest.fixture(scope="module")
def provider() -> Generator[ProviderBox, None, None]:
    with ProviderBox() as box:
        box.store.add_client(Client.create("canary", f"{CANARY}-client", signature_methods=("HMAC-SHA1", "PLAINTEXT")))
        box.store.save_token(IssuedToken("the-token", f"{CANARY}-token", "canary", "alice"))
        yield box


@pytest.fixture(params=["HMAC-SHA1", "PLAINTEXT"])
def kept(request: pytest.FixtureRequest, home: Path, provider: ProviderBox) -> str:
    """A profile whose secrets are canaries; the signature of its second method is the secrets themselves."""
    secrets = {"client_secret": f"{CANARY}-client", "token": "the-token", "token_secret": f"{CANARY}-token"}
    FileVault().save("one", secrets)
    origins = (provider.origin,)
    profiles.write(
        "one",
        Profile(
            client_id="canary", store="file", base_url=provider.origin, origins=origins, method=request.param,
            identity_url=provider.echo_url,
        ),
    )  # fmt: skip
    return str(request.param)


COMMANDS = [
    ["get", "/echo"],
    ["get", "/echo", "--explain"],
    ["get", "/echo", "--dry-run", "--explain"],
    ["post", "/echo", "-d", "a=b", "--placement", "body", "--dry-run"],
    ["get", "/echo", "--clock-offset", "-4000"],
    ["explain", "--last"],
    ["explain", "GET", "/echo"],
    ["explain", "GET", "/echo", "--base-string"],
    ["sign", "GET", "/echo"],
    ["sign", "GET", "/echo", "--as", "curl"],
    ["whoami"],
    ["profiles"],
    ["profiles", "show"],
    ["doctor", "one"],
    ["login", "-p", "two", "--client-id", "x", "--client-secret", f"{CANARY}-typed"],
    ["get", "http://127.0.0.1:9/", "--any-origin"],
    ["renew"],
    ["logout", "--keep-client"],
]


@pytest.mark.parametrize("more", [[], ["-v"], ["--json"]], ids=["", "verbose", "json"])
def test_no_command_prints_or_writes_a_secret(
    run: Run, kept: str, home: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    """Not even with the traceback of a failure."""
    monkeypatch.setenv("OAUTHONE_DEBUG", "1")
    for words in COMMANDS:
        done = run(*words, *more)
        assert CANARY not in done.stdout + done.stderr, words
        assert done.exit_code != 1, (words, done.stderr)
    found = [path for path in home.rglob("*") if path.is_file() and CANARY in path.read_text("utf-8")]
    assert [path.name for path in found] == ["credentials.json"]


def test_what_is_asked_for_by_name_is_shown(run: Run, kept: str) -> None:
    assert f"{CANARY}-token" in run("profiles", "show", "--reveal").stdout
    revealed = run("sign", "GET", "/echo", "--reveal").stdout
    assert (CANARY in revealed) is (kept == "PLAINTEXT")


@pytest.mark.parametrize(
    "words",
    [
        ("get", "/echo", CANARY),
        ("get", "/echo", "--client-id", "a", "--client-secret", f"@{CANARY}"),
        ("get", f"http://127.0.0.1:1/?token={CANARY}", "--any-origin"),
        ("post", "/echo", "-F", CANARY),
    ],
)
@pytest.mark.usefixtures("profile")
def test_a_traceback_quotes_no_word_of_the_command(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """It is to be published."""
    monkeypatch.setenv("OAUTHONE_DEBUG", "1")
    failed = run(*words)
    assert failed.exit_code in (2, 6)
    assert 'File "' in failed.stderr
    assert CANARY not in failed.output
