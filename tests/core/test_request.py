"""A request as it arrives: its parts, and what is wrong with it."""

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.core.verification import verify_request
from oauthone.core.verification_types import FindCredentials

from .incoming import NOW, URL, at_once, header


def test_header_names_are_read_in_any_case() -> None:
    for name in ("authorization", "AUTHORIZATION"):
        headers = [(name, header()[0][1])]
        assert next(
            verify_request(IncomingRequest.from_url("GET", URL, headers, b""), VerificationPolicy(), NOW)
        ) == FindCredentials("client", "t")


def test_a_url_that_is_not_absolute_is_a_clean_refusal() -> None:
    for url in ("/path", "", "api.example/", "ftp://api.example/", "https://u@api.example/", "https:///x"):
        error = at_once(header(), url=url)
        assert error.status == 400
        assert error.reason.startswith("the request is malformed: ")


def test_an_incoming_request_shows_its_method_and_address_only() -> None:
    headers = [("Authorization", 'OAuth oauth_consumer_key="k", oauth_signature="CANARY"')]
    incoming = parse_request(
        IncomingRequest.from_url("GET", "https://api.example/x?password=CANARY", headers, b"CANARY"),
        VerificationPolicy(),
    )
    for shown in (repr(incoming), repr(incoming.request)):
        assert "GET api.example /x" in shown
        assert "CANARY" not in shown
