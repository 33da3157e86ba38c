"""Masking for logs: which parameters lose their values, and what stays readable."""

import copy
import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1.rfc5849.signature import normalize_parameters, signature_base_string

from oauthone.core.masking import (
    MaskedLater,
    mask_secrets,
    masked_form,
    masked_header,
    one_line,
    printable,
)


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
        "token",
        "key",
        "sig",
        "sid",
        "api-key",
        "apikey",
        "access_key",
        "auth_token",
        "x_auth_token",
        "csrf-token",
        "user%255Btoken%255D",
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
        "page_token",
        "sort_key",
        "oauth_consumer_key",
        "oauth_signature_method",
        "tokens",
        "signal",
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


@pytest.mark.parametrize("base_string", ["", "GET", "GET&u", "no base string at all"])
def test_any_text_can_be_masked(base_string: str) -> None:
    """A client may send its own base string, which may be any text."""
    assert "canary" not in mask_secrets(base_string + "&u&secret%3Dcanary")


def test_a_value_is_masked_if_its_name_is_too_long_to_be_searched() -> None:
    assert mask_secrets(f"GET&u&{'x' * 80}%3Dshown") == f"GET&u&{'x' * 80}%3Dshown"
    assert mask_secrets(f"GET&u&{'x' * 81}%3Dcanary") == f"GET&u&{'x' * 81}%3D***"


@pytest.mark.parametrize(
    "name",
    [
        "Cookie", "Set-Cookie", "Proxy-Authorization", "X-Authorization", "X-Auth", "X-Api-Key", "apikey", "Api-Key",
        "X-Auth-Token", "X-Access-Token", "X-Api-Secret", "X-CSRF-Token", "X-Shopify-Access-Token", "X-Session-Id",
        "Ocp-Apim-Subscription-Key", "X-Hub-Signature-256", "X-Password", "X-OTP", "JWT",
    ],
)  # fmt: skip
def test_a_header_that_may_be_secret_is_masked(name: str) -> None:
    assert masked_header(name, "canary") == "***"


@pytest.mark.parametrize(
    "name",
    [
        "Accept", "Content-Type", "Host", "Date", "ETag", "Keep-Alive", "WWW-Authenticate", "Authentication-Info",
        "Server",
        "Content-Length", "User-Agent", "X-Request-Id", "X-Author", "X-Keywords", "Status-Code", "X-Shipping",
    ],
)  # fmt: skip
def test_a_header_that_a_mistake_is_found_by_stays(name: str) -> None:
    assert masked_header(name, "shown") == "shown"


def test_of_the_credentials_in_a_header_those_of_oauth_stay() -> None:
    """Their signature is for the caller to mask, who may want to show it."""
    assert masked_header("authorization", 'OAuth oauth_token="t"') == 'OAuth oauth_token="t"'
    assert masked_header("Authorization", "Bearer canary") == "Bearer ***"
    assert masked_header("Authorization", "canary") == "***"


def test_an_address_in_a_header_has_its_query_masked() -> None:
    assert masked_header("Location", "https://a.example/?b=1&token=canary") == "https://a.example/?b=1&token=***"


def test_a_form_is_masked_by_the_names_that_people_read() -> None:
    assert masked_form("a=1&pass%77ord=canary&key&sig=&token=x&user%5Bkey%5D=y") == (
        "a=1&pass%77ord=***&key&sig=&token=***&user%5Bkey%5D=***"
    )
    assert masked_form(f"{'x' * 81}=canary") == f"{'x' * 81}=***"
    assert masked_form("") == ""


def test_a_base_string_is_masked_when_it_is_read() -> None:
    later = MaskedLater("GET&u&password%3Dcanary")

    assert "canary" not in repr(later)
    assert later() == "GET&u&password%3D***"


@pytest.mark.parametrize("copied", [lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy])
def test_a_base_string_that_was_not_read_is_copied_masked(copied: Callable[[Any], Any]) -> None:
    """The copy may travel to another process, or into a file."""
    assert copied(MaskedLater("GET&u&password%3Dcanary")) == "GET&u&password%3D***"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" a\t\nb ", "a b"),
        ("a\r\nb", "a b"),
        ("a\x1b[2Jb\x7f", "a [2Jb"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("a\u202eb", "a b"),
        ("é 홍", "é 홍"),
        ("", ""),
    ],
)
def test_a_text_for_a_log_has_one_line_and_no_control_characters(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("photo printer ü", "photo printer ü"),
        ("a\r\nb\x1b[2J\x00\u2028\u202e", "a\\r\\nb\\x1b[2J\\x00\\u2028\\u202e"),
        ("\ud800", "\\ud800"),
        ("0123456789", "0123456789"),
        ("0123456789a", "0123456789…"),
    ],
)
def test_a_strangers_text_is_shortened_and_its_control_characters_are_escaped(text: str, shown: str) -> None:
    assert printable(text, 10 if text.isdigit() or text.endswith("9a") else 100) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Basic YTpi", "Basic ***"),
        ("authorization", "Bearer abc def", "Bearer ***"),
        ("Authorization", "hidden", "***"),
        ("Authorization", "OAuth hidden==", "OAuth ***"),
        ("Authorization", 'OAuth oauth_token="a"', 'OAuth oauth_token="a"'),
        *((name, "hidden", "***") for name in ("Cookie", "Set-Cookie", "Proxy-Authorization", "X-Api-Key")),
        *((name, "hidden", "***") for name in ("X-CSRF-Token", "Client-Secret", "X-Auth-Key", "X-Amz-Security-Token")),
        *((name, "shown", "shown") for name in ("Accept", "WWW-Authenticate", "Content-Type")),
    ],
)
def test_headers_that_may_be_secret(name: str, value: str, shown: str) -> None:
    assert masked_header(name, value) == shown


MISTAKEN = [
    "GET&https%3A%2F%2Fa&oauth_verifier%3Dcanary%26b%3D2",
    "GET&https%3A%2F%2Fa&oauth_verifier%3dcanary%26b%3d2",
    "GET&https%3A%2F%2Fa&oauth_verifier=canary&b=2",
    "GET&https%3A%2F%2Fa&b=2&oauth_verifier=can%26canary&b=2",
    "GET&https%3A%2F%2Fa&oauth_verifier%253Dcanary%2526b%253D2",
    "GET&https%3A%2F%2Fa&oauth_verifier%3Dcan%26canary%26b%3D2",
    "GET&https%3A%2F%2Fa&oauth_callback%3Dhttps%253A%252F%252Fa%252F%253Fpassword%253Dcanary%26b%3D2",
    "GET%26https%253A%252F%252Fa%26oauth_verifier%253Dcanary%2526b%253D2",
    "GET\nhttps%3A%2F%2Fa\noauth_verifier%3Dcanary%26b%3D2",
    "GET&https%3A%2F%2Faoauth_verifier%3Dcanary%26b%3D2",
    "GET&https%3A%2F%2Fa%3Fpassword%3Dcanary&b%3D2",
    "GET&https%3A%2F%2Fa%3Ftoken%3Dcanary&b%3D2",
    "GET&https://a/?x=1&password=canary&b=2",
    "GET&https%3A%2F%2Fme%3Acanary%40a%2F&b%3D2",
    "GET&https://me:canary@a/&b=2",
]


@pytest.mark.parametrize("base_string", MISTAKEN)
def test_the_base_string_of_a_mistaken_client_is_masked(base_string: str) -> None:
    """A box shows it, and so does the inspector. What is not secret in it stays: the mistake is found by it."""
    shown = mask_secrets(base_string)
    assert "canary" not in shown
    assert re.search("b(=|%3D|%253D)2$", shown, re.IGNORECASE)
    assert "***" in shown


NAMES = st.sampled_from(["a", "b c", "pin", "oauth_token", "password"])


@given(
    st.lists(st.tuples(NAMES, st.text("a&?/@ é%", max_size=9))), st.sampled_from(["https://a/x", "http://a:8080/%7E"])
)
def test_of_a_right_base_string_the_values_of_secrets_are_masked_and_nothing_else(
    pairs: list[tuple[str, str]], uri: str
) -> None:
    joined = normalize_parameters(pairs)
    given_pairs = [pair.split("=") for pair in joined.split("&") if pair]
    hidden = "&".join(f"{name}={'*' if name in ('pin', 'password') else value}" for name, value in given_pairs)
    expected = signature_base_string("GET", uri, hidden).replace("%2A", "***")
    assert mask_secrets(signature_base_string("GET", uri, joined)) == expected


def test_a_base_string_takes_no_more_time_to_mask_than_its_length() -> None:
    for piece in ("a", "&", "%26", "=", "%3D", "%253D", "://", "%3A%2F%2Fa", "@", "?", "\n"):
        assert len(mask_secrets(f"GET&u&{piece * 50_000}")) > 0
