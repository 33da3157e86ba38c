"""The clients and tokens of a box."""

import pytest

from oauthone import Signer
from oauthone.testing import BoxToken, ProviderBox
from oauthone.testing.identities import as_registered, box_clients


def test_there_is_a_client_for_each_signature_method(box: ProviderBox) -> None:
    assert list(box.clients) == [
        "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT",
    ]  # fmt: skip
    for method, client in box.clients.items():
        credentials = client.credentials()
        assert (credentials["signature_method"], credentials["client_id"]) == (method, client.client_id)
        assert (credentials["rsa_key"] is None) == (not method.startswith("RSA"))
        assert (credentials["client_secret"] is None) == method.startswith("RSA")
    assert box.client is box.clients["HMAC-SHA1"]


def test_every_box_has_its_own_secrets_and_all_share_an_rsa_key() -> None:
    """The key is slow to make, and protects nothing."""
    first, second = box_clients(""), box_clients("")

    assert first["HMAC-SHA1"].client_secret != second["HMAC-SHA1"].client_secret
    assert first["RSA-SHA1"].rsa_key == second["RSA-SHA512"].rsa_key
    assert [client.client_id for client in first.values()] == [client.client_id for client in second.values()]


@pytest.mark.parametrize("suffix", ["", " /+=&%41~é"])
def test_identifiers_and_secrets_end_in_the_suffix(suffix: str) -> None:
    for client in box_clients(suffix).values():
        assert client.client_id == f"box-{client.signature_method.lower()}{suffix}"
        assert client.client_secret == "" or client.client_secret.endswith(suffix)


def test_a_server_registers_a_client_for_its_method_alone() -> None:
    """With its public key, or with its secret, never with both."""
    for method, client in box_clients("").items():
        registered = as_registered(client)

        assert tuple(registered.signature_methods) == (method,)
        assert (registered.rsa_key is not None) == (client.rsa_key is not None) == (client.client_secret == "")
        assert (registered.client_id, registered.name) == (client.client_id, f"Photo printer ({method})")


def test_credentials_are_arguments_of_a_signer() -> None:
    for client in box_clients(" é").values():
        signed = Signer(**client.credentials()).sign("GET", "https://api.example/")
        assert client.signature_method in (signed.authorization or "")


def test_no_secret_of_a_client_or_a_token_is_shown() -> None:
    shown = repr([*box_clients("canary").values(), BoxToken("token", "canary-secret")])

    assert "PRIVATE KEY" not in shown
    assert "canary-secret" not in shown
    assert not [one for one in box_clients("").values() if one.client_secret and one.client_secret in repr(one)]
