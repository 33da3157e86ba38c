from collections.abc import Callable

import pytest

from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import SignatureMethod, get_signature_method
from oauthone.core.usable_credentials import dummy_credentials, why_unusable
from oauthone.core.verification_types import Credentials

HMAC, RSA = get_signature_method("HMAC-SHA1"), get_signature_method("RSA-SHA1")
PLAINTEXT = get_signature_method("PLAINTEXT")
ALL = ("HMAC-SHA1", "PLAINTEXT", "RSA-SHA1", "OWN")
KEY_AS_SECRET = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 ann@laptop"


class Own(SignatureMethod):
    """A method of an application, of which nothing is known."""

    name = "OWN"


def public_key() -> RsaPublicKey:
    key = dummy_credentials(RSA).rsa_key
    assert key is not None
    return key


@pytest.mark.parametrize("method", [HMAC, RSA, PLAINTEXT, Own()], ids=repr)
def test_dummy_credentials_are_usable(method: SignatureMethod) -> None:
    assert why_unusable(method, dummy_credentials(method)) is None


@pytest.mark.parametrize(
    ("method", "unusable", "usable"),
    [
        (HMAC, lambda: Credentials("s", signature_methods=("PLAINTEXT",)), lambda: Credentials("s")),
        (HMAC, lambda: Credentials(""), lambda: Credentials("s")),
        (HMAC, lambda: Credentials(KEY_AS_SECRET), lambda: Credentials("no" + KEY_AS_SECRET)),
        (PLAINTEXT, lambda: Credentials("", None, ALL), lambda: Credentials("s", None, ALL)),
        (RSA, lambda: Credentials("s", None, ALL), lambda: Credentials("", public_key(), ALL)),
        (Own(), lambda: Credentials("", public_key(), ALL), lambda: Credentials("s", public_key(), ALL)),
        (Own(), lambda: Credentials(KEY_AS_SECRET, public_key(), ALL), lambda: Credentials("", None, ALL)),
    ],
    ids=["not allowed", "no secret", "a key as secret", "no secret for PLAINTEXT", "no key", "own", "own, a key"],
)
def test_credentials_are_unusable_beside_usable_ones(
    method: SignatureMethod, unusable: Callable[[], Credentials], usable: Callable[[], Credentials]
) -> None:
    assert str(why_unusable(method, unusable())).startswith(f"the client may not use {method.name}")
    assert why_unusable(method, usable()) is None
