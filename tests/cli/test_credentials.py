"""Credentials from options and from the environment."""

import click
import pytest

from oauthone.cli.credentials import Credentials, from_environment, from_options
from oauthone.cli.output import CommandError, Common


@pytest.fixture(autouse=True)
def in_command(context: Common) -> None:
    """Each of these tests is inside a command."""


def test_without_any_there_are_none() -> None:
    assert from_options({"method": "PLAINTEXT"}) is None
    assert from_environment({}) is None


def test_a_secret_that_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.UsageError, match="--client-secret is missing"):
        from_options({"client_id": "a"})
    monkeypatch.setattr(Common, "asks", True)
    monkeypatch.setattr(click, "prompt", lambda question, **_: f"typed {question}")
    assert from_options({"client_id": "a", "token": "t"}) == Credentials(
        "a", "typed Consumer secret (not shown)", "t", "typed Token secret (not shown)"
    )
    asked: list[str] = []
    monkeypatch.setattr(click, "prompt", lambda question, **_: asked.append(question) or "typed")
    with pytest.raises(CommandError, match="--client-id is empty"):
        from_options({"client_id": ""})
    assert asked == []


def test_the_environment_has_a_variable_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "TOKEN", "TOKEN_SECRET", "RSA_KEY_FILE", "RSA_PASSWORD"):
        monkeypatch.setenv(f"OAUTHONE_{name}", name.lower())
    assert from_environment({}) == Credentials(
        "client_id", "client_secret", "token", "token_secret", "rsa_key_file", "rsa_password"
    )


def test_half_a_set_is_an_error() -> None:
    with pytest.raises(CommandError, match="--client-id is missing"):
        from_options({"token": "t"})


def test_no_repr_has_a_secret() -> None:
    shown = repr(Credentials("id", *["canary"] * 5))
    assert "canary" not in shown


SECRETS = {
    "client_id": "OAUTHONE_CLIENT_ID", "client_secret": "OAUTHONE_CLIENT_SECRET",
    "token": "OAUTHONE_TOKEN", "token_secret": "OAUTHONE_TOKEN_SECRET",
}  # fmt: skip


@pytest.mark.parametrize("value", ["", None], ids=["empty", "missing"])
@pytest.mark.parametrize("name", SECRETS)
def test_a_credential_that_is_empty_or_missing_is_named(
    name: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that nobody set, or an empty file, would be a signature that no provider takes."""
    given = {one: one for one in SECRETS} | {name: value}
    option = f"--{name.replace('_', '-')}"
    with pytest.raises((CommandError, click.UsageError), match=f"{option} is "):
        from_options(given)
    for one, variable in SECRETS.items():
        if given[one] is not None:
            monkeypatch.setenv(variable, str(given[one]))
    with pytest.raises(CommandError, match=f"{SECRETS[name]} is ") as failed:
        from_environment({})
    assert failed.value.exit_status == 2


@pytest.mark.parametrize("value", ["", None], ids=["empty", "missing"])
def test_a_secret_is_empty_if_somebody_says_so(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"client_id": "a", "client_secret": value, "token": "t", "token_secret": value}
    expected = Credentials("a", "", "t", "")
    assert from_options({**given, "empty_secrets": True}) == expected
    assert from_options({"client_id": "a", "client_secret": value, "empty_secrets": True}) == Credentials("a", "")
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "a")
    monkeypatch.setenv("OAUTHONE_TOKEN", "t")
    assert from_environment({"empty_secrets": True}) == expected
    monkeypatch.setenv("OAUTHONE_EMPTY_SECRETS", "1")
    assert from_environment({}) == expected


def test_a_key_needs_no_secrets() -> None:
    given = {"client_id": "a", "token": "t", "rsa_key": "k"}
    assert from_options(given) == Credentials("a", token="t", rsa_key="k")
    with pytest.raises(CommandError, match="--token is missing"):
        from_options({"client_id": "a", "token_secret": "s", "rsa_key": "k"})
