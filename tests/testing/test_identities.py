"""The clients and tokens of a box."""

from oauthone.testing import ProviderBox


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
