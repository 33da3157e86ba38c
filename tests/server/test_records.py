"""The records of a provider, and the consistency of a client's parts."""

from pathlib import Path

import pytest

from oauthone.core.rsa import RsaPublicKey
from oauthone.errors import ConfigurationError
from oauthone.server import Client, Credentials, IssuedToken, PendingAuthorization

KEY = RsaPublicKey((Path(__file__).parents[1] / "vectors/keys/p-rsa2048-pkcs8.pub.pem").read_bytes())


def test_a_secret_means_hmac_and_a_key_means_rsa_unless_methods_are_named() -> None:
    assert Client.create("c", "s").signature_methods == ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512")
    assert Client.create("c", rsa_key=KEY).signature_methods == ("RSA-SHA1", "RSA-SHA256", "RSA-SHA512")
    both = Client.create("c", "s", rsa_key=KEY, signature_methods=("PLAINTEXT", "RSA-SHA256"))
    assert both == Client("c", "s", KEY, ("PLAINTEXT", "RSA-SHA256"))


def test_methods_without_what_they_sign_with_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="client 'c' may use HMAC-SHA1, but has no client_secret"):
        Client.create("c")
    with pytest.raises(ConfigurationError, match="client 'c' may use RSA-SHA1, but has no rsa_key"):
        Client.create("c", "s", signature_methods=("RSA-SHA1",))
    with pytest.raises(ConfigurationError, match="may use PLAINTEXT, but has no client_secret"):
        Client.create("c", rsa_key=KEY, signature_methods=("PLAINTEXT",))


@pytest.mark.parametrize("secret", ["-----BEGIN PUBLIC KEY-----\ncanary", "ssh-rsa canary"])
def test_the_text_of_a_key_is_refused_as_a_secret(secret: str) -> None:
    """With HMAC, anyone who has the public key could sign."""
    with pytest.raises(ConfigurationError, match="pass a public key as rsa_key") as caught:
        Client.create("c", secret)
    assert "canary" not in str(caught.value)


def test_a_client_answers_for_its_tokens() -> None:
    client = Client.create("c", "s")
    assert client.credentials() == Credentials("s")
    assert client.credentials("ts", token_problem="token_expired", user="ann", extra={"a": "b"}) == Credentials(
        "s", None, client.signature_methods, "ts", "token_expired", "ann", {"a": "b"}
    )


def test_records_show_no_secret() -> None:
    shown = [
        repr(Client.create("c", "canary", name="App")),
        repr(PendingAuthorization("t", "canary", "c", None, 1, "canary", "ann")),
        repr(IssuedToken("t", "canary", "c", "ann", None, {"x": "canary"})),
    ]
    assert shown == [
        "Client(client_id='c', name='App', …)",
        "PendingAuthorization(token='t', client_id='c', …)",
        "IssuedToken(token='t', client_id='c', user='ann', …)",
    ]
