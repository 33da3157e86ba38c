"""A mistyped setting is rejected when it is passed, and never weakens a check silently."""

from typing import Any

import pytest

from oauthone.errors import ConfigurationError, SigningError
from oauthone.server import AsyncProvider, AsyncVerifier, MemoryStore, Provider, Verifier


@pytest.mark.parametrize("made", [Verifier, AsyncVerifier])
@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"token": "requird"}, "token='requird': use 'required', 'optional' or 'none'"),
        ({"token": "Required"}, "token='Required': use 'required', 'optional' or 'none'"),
        ({"token": None}, "token=None: use 'required', 'optional' or 'none'"),
        ({"token": True}, "token=True: use 'required', 'optional' or 'none'"),
        ({"body_hash": "require"}, "body_hash='require': use 'optional' or 'required'"),
        ({"hosts": "api.example"}, "hosts='api.example': use a list or tuple of strings"),
        ({"hosts": [b"api.example"]}, "hosts=[b'api.example']: use a list or tuple of strings"),
        ({"hosts": 1}, "hosts=1: use a list or tuple of strings"),
        ({"window": "300"}, "window='300': use a finite number that is not below 0"),
        ({"window": -1}, "window=-1: use a finite number that is not below 0"),
        ({"window": float("nan")}, "window=nan: use a finite number that is not below 0"),
        ({"window": float("inf")}, "window=inf: use a finite number that is not below 0"),
        ({"window": True}, "window=True: use a finite number that is not below 0"),
        ({"max_parameters": 0}, "max_parameters=0: use a finite number that is not below 1"),
        ({"max_header": -1}, "max_header=-1: use a finite number that is not below 1"),
        ({"max_form": None}, "max_form=None: use a finite number that is not below 1"),
        ({"allow_insecure_transport": "false"}, "allow_insecure_transport='false': use True or False"),
        ({"signature_methods": "HMAC-SHA1"}, "signature_methods='HMAC-SHA1': use a list or tuple of HMAC-SHA1, "),
        ({"signature_methods": ()}, "signature_methods=(): use a list or tuple of HMAC-SHA1, HMAC-SHA256, "),
    ],
    ids=repr,
)
def test_a_verifier_rejects_invalid_settings(made: Any, settings: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        made(MemoryStore(), **settings)
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize("made", [Provider, AsyncProvider])
@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"temporary_lifetime": "600"}, "temporary_lifetime='600': use a finite number that is not below 0"),
        ({"token_lifetime": float("nan")}, "token_lifetime=nan: use a finite number that is not below 0"),
        ({"token_lifetime": -1}, "token_lifetime=-1: use a finite number that is not below 0"),
        ({"max_verifier_attempts": 0}, "max_verifier_attempts=0: use a finite number that is not below 1"),
        ({"max_verifier_attempts": float("inf")}, "max_verifier_attempts=inf: use a finite number that is not below 1"),
        ({"explain": "no"}, "explain='no': use True or False"),
    ],
    ids=repr,
)
def test_a_provider_rejects_invalid_settings(made: Any, settings: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        made(MemoryStore(), **settings)
    assert str(caught.value) == complaint


def test_a_wrong_setting_is_a_value_error_and_nothing_that_signing_raises() -> None:
    assert issubclass(ConfigurationError, ValueError)
    assert not issubclass(ConfigurationError, SigningError)


def test_the_smallest_valid_settings_are_accepted() -> None:
    Verifier(MemoryStore(), window=0, max_parameters=1, max_header=1, max_form=1, hosts={"a.example"})
    Provider(MemoryStore(), temporary_lifetime=0.5, token_lifetime=0.5, max_verifier_attempts=1)
