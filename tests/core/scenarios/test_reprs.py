"""A half-made object has a ``repr``: a traceback that shows locals must not fail because of it, and hide the error."""

import copy
from typing import Any

import pytest

from oauthone import RsaKey, Signer
from oauthone.clients._auth import SigningAuth
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import HmacMethod, SignatureMethod
from oauthone.errors import SigningError


@pytest.mark.parametrize("kind", [Signer, SigningAuth, RsaKey, RsaPublicKey, SignatureMethod, HmacMethod])
def test_half_made_objects_have_a_repr(kind: Any) -> None:
    assert kind.__name__ in repr(object.__new__(kind))


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Signer, {"client_id": "c", "signature_type": "NOWHERE"}),
        (Signer, {"client_id": "c", "signature_method": "PLAINTEXT", "signature_type": "QUERY"}),
        (SigningAuth, {"client_id": "c", "signature_method": "NONE"}),
        (RsaKey, {"material": "no key"}),
    ],
)
def test_the_error_of_a_constructor_is_not_hidden_by_the_repr_of_what_it_makes(kind: Any, arguments: Any) -> None:
    """As a traceback shows it, with every local of every frame."""
    with pytest.raises(SigningError) as caught:
        kind(**arguments)
    for entry in caught.traceback:
        assert all(repr(value) for value in dict(entry.frame.f_locals).values())


def test_what_is_made_shows_what_it_is() -> None:
    assert repr(Signer("c", "canary")) == "<Signer 'c' HMAC-SHA1 HEADER>"
    assert repr(copy.copy(SigningAuth("c", "canary"))) == "<SigningAuth 'c' HMAC-SHA1 HEADER>"
