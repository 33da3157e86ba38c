"""Short RSA keys are accepted with a warning."""

import warnings

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from oauthone import RsaKey
from oauthone.compat._rsa_keys import lenient_key
from oauthone.errors import SecurityWarning, SigningError


def test_a_short_key_is_a_warning() -> None:
    with pytest.warns(SecurityWarning, match="1024 bits"):
        key = lenient_key(rsa.generate_private_key(65537, 1024))
    assert key is not None
    assert key.bits == 1024


def test_a_long_key_is_none() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        key = lenient_key(rsa.generate_private_key(65537, 2048))
        assert lenient_key(key) is key
        signs = lenient_key(lambda octets: octets)
    assert isinstance(key, RsaKey)
    assert signs is not None


def test_no_key_is_none() -> None:
    assert lenient_key(None) is None


def test_what_is_no_key_is_an_error() -> None:
    with pytest.raises(SigningError):
        lenient_key("not a key")
