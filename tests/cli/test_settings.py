"""What a command signs with: precedence, and credentials that never mix."""

from pathlib import Path
from typing import Any

import pytest

from oauthone.cli import profiles, settings
from oauthone.cli.credentials import Credentials
from oauthone.cli.output import CommandError, Common
from oauthone.cli.profiles import Profile
from oauthone.cli.settings import resolve, signer_arguments
from oauthone.cli.vault import FileVault
from oauthone.testing import ProviderBox

from .conftest import keep_profile

GIVEN = {"client_id": "a", "client_secret": "b"}


@pytest.fixture(autouse=True)
def in_command(context: Common) -> None:
    """Each of these tests is inside a command."""


def test_without_credentials_the_way_to_some_is_named() -> None:
    with pytest.raises(CommandError, match="no credentials") as failed:
        resolve({})
    assert (failed.value.exit_status, failed.value.hint) == (8, "Begin with: oauthone login PROVIDER")


def test_an_option_beats_the_environment_and_that_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_profile("one")
    assert resolve({}).credentials == Credentials("id of one", "ps", "pt", "pts")
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "e")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "es")
    assert resolve({}).credentials == Credentials("e", "es")
    assert resolve(GIVEN).credentials == Credentials("a", "b")


def test_a_profile_that_the_option_names_beats_the_environment(
    context: Common, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """That of ``OAUTHONE_PROFILE`` and the current one do not: they are no options."""
    keep_profile("one", base_url="https://one.example", origins=("https://one.example",))
    monkeypatch.setenv("OAUTHONE_BASE_URL", "https://api.example")
    context.profile = "one"
    assert resolve({}).described == "profile one"
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "e")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "es")
    found = resolve({})
    assert (found.owner, found.credentials.client_id, found.base_url) == ("one", "id of one", "https://one.example")
    left = "OAUTHONE_CLIENT_ID, OAUTHONE_CLIENT_SECRET, OAUTHONE_BASE_URL are left aside: the profile 'one' has its own"
    assert capsys.readouterr().err == f"{left} credentials.\n"
    context.profile = None
    monkeypatch.setenv("OAUTHONE_PROFILE", "one")
    found = resolve({})
    assert (found.name, found.owner, found.credentials.client_id) == ("one", None, "e")
    assert found.described == "credentials from the environment"
    context.profile = "one"
    assert resolve(GIVEN).described == "credentials from the options"
    assert capsys.readouterr().err.count("left aside") == 0


def test_credentials_are_never_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One option, or one variable, and the rest does not come from elsewhere."""
    keep_profile("one")
    with pytest.raises(CommandError, match="--client-id is missing") as mixed:
        resolve({"client_secret": "b"})
    assert mixed.value.exit_status == 2
    monkeypatch.setenv("OAUTHONE_TOKEN", "t")
    with pytest.raises(CommandError, match="OAUTHONE_CLIENT_ID is missing"):
        resolve({})
    assert resolve(GIVEN).credentials.token is None


def test_a_key_needs_no_secret() -> None:
    assert resolve({"client_id": "a", "rsa_key": "k"}).options["signature_method"] == "RSA-SHA1"


def test_which_profile_is_used(context: Common, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Option, environment, ``config.toml``, ``current``, the only one."""
    keep_profile("one")
    assert resolve({}).name == "one"
    keep_profile("two")
    keep_profile("three")
    keep_profile("four")
    profiles.use("two")
    assert resolve({}).name == "two"
    (home / "config.toml").write_text('profile = "three"\n')
    assert resolve({}).name == "three"
    monkeypatch.setenv("OAUTHONE_PROFILE", "four")
    assert resolve({}).name == "four"
    context.profile = "one"
    assert resolve({}).name == "one"


def test_other_credentials_take_no_profile_unless_it_is_named(context: Common) -> None:
    keep_profile("one", base_url="https://api.example", origins=("https://api.example",))
    assert resolve(GIVEN)[:2] == (None, Profile())
    assert resolve(GIVEN).origins is None
    context.profile = "one"
    assert resolve(GIVEN).base_url == "https://api.example"


def test_a_profile_without_an_identifier_is_an_error() -> None:
    profiles.write("one", Profile(store="file"))
    with pytest.raises(CommandError, match="has no client_id"):
        resolve({})


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (None, "is logged out"),
        ({"token": "t", "token_secret": "s"}, "has no client_secret"),
        ({"client_secret": "c", "token": "t"}, "has no token_secret"),
        ({"client_secret": "c", "logged_out": True}, "is logged out"),
    ],
)
def test_a_profile_whose_secrets_are_gone_is_an_error(item: dict[str, Any] | None, said: str) -> None:
    keep_profile("one")
    FileVault().delete("one")
    if item:
        FileVault().save("one", item)
    with pytest.raises(CommandError, match=said) as failed:
        resolve({})
    assert (failed.value.exit_status, failed.value.hint) == (8, "Log in again: oauthone login -p one")


def test_credentials_of_the_environment_have_a_base_there(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_profile("one", base_url="https://one.example")
    monkeypatch.setenv("OAUTHONE_BASE_URL", "https://api.example")
    assert resolve({}).base_url == "https://one.example"
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "e")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "es")
    assert resolve({}).base_url == "https://api.example"


def test_a_secret_that_was_kept_empty_is_one() -> None:
    keep_profile("one")
    FileVault().save("one", {"client_secret": "", "token": "t", "token_secret": ""})
    assert resolve({}).credentials == Credentials("id of one", "", "t", "")


def test_the_catalogue_is_the_last_resort() -> None:
    keep_profile("one", provider="discogs")
    found = resolve({})
    assert (found.base_url, found.options["signature_method"]) == ("https://api.discogs.com", "HMAC-SHA1")
    keep_profile(
        "one", provider="discogs", method="PLAINTEXT", base_url="https://other.example", realm="r", body_hash="auto"
    )
    found = resolve({"placement": "query"})
    assert found.options == {
        "signature_method": "PLAINTEXT", "signature_type": "QUERY", "realm": "r", "body_hash": "auto",
    }  # fmt: skip
    assert resolve({"method": "HMAC-SHA256"}).options["signature_method"] == "HMAC-SHA256"


@pytest.mark.parametrize("name", ["netsuite", "mastercard", "wikimedia", "flickr", "trello"])
def test_the_quirks_of_a_provider_become_options(name: str) -> None:
    provider = settings.get_provider(name, **({"account": "TSTDRV1"} if name == "netsuite" else {}))
    found = settings.signing_arguments({}, Profile(), provider, Credentials("a", "b"))
    assert found["signature_method"] in provider.signature_methods or name == "mastercard"
    assert ("version" in found) is not provider.send_version
    assert (found["body_hash"] == "never") is (provider.body_hash is None)


def test_a_provider_that_ends_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    found = settings.provider_of(Profile(provider="netsuite", provider_options=("account=TSTDRV1",)))
    assert found is not None
    assert found.status == "retiring"
    assert "warning: NetSuite" in capsys.readouterr().err


def test_a_key_is_read_from_its_file(box: ProviderBox, tmp_path: Path) -> None:
    client = box.clients["RSA-SHA256"]
    (tmp_path / "key.pem").write_text(str(client.rsa_key))
    found = signer_arguments(resolve({"client_id": "a", "rsa_key": str(tmp_path / "key.pem"), "method": "RSA-SHA256"}))
    assert found["rsa_key"].bits == 2048
    assert found["client_id"] == "a"
    with pytest.raises(FileNotFoundError):
        signer_arguments(resolve({"client_id": "a", "rsa_key": "/not/there"}))
