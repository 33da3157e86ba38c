"""What is signed and what is not, and which texts hold a request."""

import pytest

from oauthone import Signer
from oauthone.cli.explaining import anatomy_of, refuses_oauth
from oauthone.diagnosis.sent_request import read_request

URL = "https://api.example/photos?size=1&size=2#part"


def signed(**options: object) -> list[tuple[str, str]]:
    made = Signer("id", "secret", token="t", token_secret="s").sign("POST", URL, timestamp=1000, **options)  # type: ignore[arg-type]
    return [("Authorization", str(made.authorization))]


def test_a_request_is_taken_apart() -> None:
    headers = [*signed(), ("Content-Type", "application/json")]
    found = anatomy_of(read_request("POST", URL, headers, b"{}"), now=1010)
    assert found.signed == ["method", "scheme", "host", "path", "query (2)", "oauth_ parameters (6)"]
    assert found.not_signed == ["body (application/json, 2 bytes)", "fragment", "other headers"]
    assert found.not_checked == ["nonce", "timestamp"]
    assert found.base_string.startswith("POST&https%3A%2F%2Fapi.example%2Fphotos&oauth_consumer_key%3Did")
    assert found.lines()[0].startswith("  base string   POST & https://api.example/photos & oauth_consumer_key=id")


def test_a_form_and_a_body_hash_are_signed() -> None:
    form = read_request("POST", URL, [("Content-Type", "application/x-www-form-urlencoded")], b"a=b&c=d")
    assert "form (2)" in anatomy_of(form).signed
    hashed = read_request("POST", URL, [("Authorization", 'OAuth oauth_body_hash="x"')], b"{}")
    assert "body, by its hash" in anatomy_of(hashed).signed
    assert not any("body" in one for one in anatomy_of(hashed).not_signed)


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (0, "timestamp"),
        (300, "timestamp"),
        (301, "timestamp: 5 minutes old, so a server would refuse it by now"),
        (-400, "timestamp: 6 minutes ahead, so a server would refuse it by now"),
        (3 * 86400, "timestamp: 3 days old, so a server would refuse it by now"),
        (3 * 3600, "timestamp: 3 hours old, so a server would refuse it by now"),
    ],
)
def test_the_age_of_a_timestamp_is_said(apart: int, said: str) -> None:
    assert anatomy_of(read_request("POST", URL, signed()), now=1000 + apart).not_checked == ["nonce", said]


def test_a_request_without_a_timestamp_has_no_age() -> None:
    assert anatomy_of(read_request("GET", URL)).not_checked == ["nonce"]
    endless = [("Authorization", f'OAuth oauth_timestamp="{"9" * 5000}"')]
    assert anatomy_of(read_request("GET", URL, endless)).not_checked == ["nonce"]


def test_secrets_in_a_base_string_are_masked() -> None:
    found = anatomy_of(read_request("GET", "https://api.example/?password=hunter2"))
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    ("answer", "is_about"),
    [
        ((401, [], b""), True),
        ((403, [], b"forbidden"), True),
        ((400, [("WWW-Authenticate", 'OAuth realm="a"')], b""), True),
        ((400, [("WWW-Authenticate", 'Bearer realm="a"')], b""), False),
        ((404, [("WWW-Authenticate", "OAuth")], b""), True),
        ((400, [], b"oauth_problem=parameter_absent&oauth_parameters_absent=oauth_token"), True),
        ((404, [], b'{"oauth_problem": "token_rejected"}'), True),
        ((400, [], b"Invalid signature"), True),
        ((400, [], b"Duplicate timestamp/nonce combination, possible replay attack."), True),
        ((400, [], b"OAuth: missing required parameter"), True),
        ((400, [], b"Missing required parameter: q"), False),
        ((400, [], b"Bad timestamp: 2026"), False),
        ((400, [], b"Bad request"), False),
        ((404, [], b"No such photo, and an unknown token is none"), False),
        ((422, [], b'{"error": "invalid signature of the letter"}'), False),
        ((429, [], b"Rate limit of the consumer key"), False),
        ((200, [], b"oauth_problem=signature_invalid"), False),
        ((302, [("WWW-Authenticate", "OAuth")], b""), False),
        ((503, [], b"oauth_problem=signature_invalid"), False),
    ],
)
def test_a_refusal_that_is_about_oauth(answer: tuple[int, list[tuple[str, str]], bytes], is_about: bool) -> None:
    assert refuses_oauth(*answer) is is_about
