"""Masking for logs: which parameters lose their values, and what stays readable."""

import pytest

from oauthone.core.masking import mask_secrets


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "refreshToken",
        "id_token",
        "jwt",
        "JWT",
        "otp",
        "totp",
        "pin",
        "user_pin",
        "pin-2",
        "user%255Bpin%255D",
        "session",
        "session_key",
        "session_id",
        "PHPSESSIONID",
        "code",
        "Code",
        "auth_code",
        "authorizationCode",
        "security-code",
        "x_auth_password",
        "passphrase",
    ],
)
def test_masking_hides_what_opens_something(name: str) -> None:
    assert mask_secrets(f"GET&u&a%3D1%26{name}%3Dcanary%26z%3D2") == f"GET&u&a%3D1%26{name}%3D***%26z%3D2"


@pytest.mark.parametrize(
    "name",
    [
        "count",
        "q",
        "oauth_token",
        "oauth_nonce",
        "shipping",
        "opinion",
        "pinned",
        "postcode",
        "country_code",
        "zip_code",
        "code_of_conduct",
        "sessions",
        "hotpot",
        "encode",
    ],
)
def test_masking_leaves_what_a_mistake_is_found_by(name: str) -> None:
    shown = f"GET&u&a%3D1%26{name}%3Dcode%26z%3Dpin"
    assert mask_secrets(shown) == shown


def test_masking_hides_values_whose_names_sound_secret_and_nothing_else() -> None:
    assert mask_secrets("GET&u&a%3D1%26b%3D2") == "GET&u&a%3D1%26b%3D2"
    assert mask_secrets("GET&u&") == "GET&u&"
    assert mask_secrets("GET&u&a%3Dpassword%26apiKey%3Dx%26client_secret%3Dy%3Dz") == (
        "GET&u&a%3Dpassword%26apiKey%3D***%26client_secret%3D***"
    )
