"""The two pairs of identifier and secret: immutable values with names. A secret is never the text of a key."""

import pytest

from oauthone import TemporaryCredentials, TokenCredentials
from oauthone.core.credentials import refuse_key_as_secret
from oauthone.errors import ConfigurationError


def test_credentials_have_the_names_of_the_rfc() -> None:
    temporary = TemporaryCredentials("t", "s", False, {"a": "1"})
    assert (temporary.token, temporary.token_secret, temporary.callback_confirmed, temporary.extra) == temporary
    assert TokenCredentials("t", "s", {"a": "1"}) == ("t", "s", {"a": "1"})


@pytest.mark.parametrize("credentials", [TemporaryCredentials("t", "s"), TokenCredentials("t", "s")])
def test_what_nobody_gave_is_empty_and_cannot_be_filled(credentials: TokenCredentials) -> None:
    assert credentials.extra == {}
    with pytest.raises(TypeError):
        credentials.extra["a"] = "1"
    with pytest.raises(AttributeError):
        credentials.token = "x"


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN PUBLIC KEY-----\nx",
        "-----BEGIN PUBLIC KEY-----\\nx",
        "---- BEGIN SSH2 PUBLIC KEY ----\nx",
        "  ssh-rsa AAAA",
        "ecdsa-sha2-nistp256 AAAA",
        "sk-ssh-ed25519@openssh.com AAAA",
        "x\n-----BEGIN CERTIFICATE-----",
    ],
)
def test_the_text_of_a_key_is_no_secret(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="pass a public key as rsa_key"):
        refuse_key_as_secret(secret)
    refuse_key_as_secret("secret")
    refuse_key_as_secret("my ssh-rsa secret")
