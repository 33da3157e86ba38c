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
    assert from_environment() is None


def test_a_secret_that_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.UsageError, match="--client-secret is missing"):
        from_options({"client_id": "a"})
    monkeypatch.setattr(Common, "asks", True)
    monkeypatch.setattr(click, "prompt", lambda question, **_: f"typed {question}")
    assert from_options({"client_id": "a", "token": "t"}) == Credentials(
        "a", "typed Consumer secret", "t", "typed Token secret"
    )


def test_the_environment_has_a_variable_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "TOKEN", "TOKEN_SECRET", "RSA_KEY_FILE", "RSA_PASSWORD"):
        monkeypatch.setenv(f"OAUTHONE_{name}", name.lower())
    assert from_environment() == Credentials(
        "client_id", "client_secret", "token", "token_secret", "rsa_key_file", "rsa_password"
    )


def test_half_a_set_is_an_error() -> None:
    with pytest.raises(CommandError, match="--client-id is missing"):
        from_options({"token": "t"})


def test_no_repr_has_a_secret() -> None:
    shown = repr(Credentials("id", *["canary"] * 5))
    assert "canary" not in shown
