"""A lenient reading of a request does not change what its signature covers."""

import pytest

from interop.leniency import FORM, parameters_anywhere, with_content_type, with_form
from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import Client, MemoryStore, Verifier

EXTRA = "oauth_callback=https%3A%2F%2Fapp.example%2F%3Fa%2520b%3Dc&oauth_more=x+y"


def signed_request(query: str, body: str) -> IncomingRequest:
    """A request with a signature that covers ``oauth_`` parameters in query or form, as some clients send it."""
    headers = [("content-type", FORM)] if body else []
    signed = Signer("client", "secret").sign("POST", f"https://api.example/?{query}", dict(headers), body)
    headers.append(("authorization", str(signed.authorization)))
    return IncomingRequest("POST", "https", "api.example", "/", query, headers, body.encode())


def accepted(request: IncomingRequest) -> bool:
    store = MemoryStore([Client.create("client", "secret", signature_methods=("HMAC-SHA1",))])
    try:
        Verifier(store, token="optional").verify(request)
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize(("query", "body"), [(EXTRA, ""), (f"a=b&{EXTRA}", ""), ("", EXTRA), ("x=1", f"c=d&{EXTRA}")])
def test_protocol_parameters_are_read_wherever_they_are(query: str, body: str) -> None:
    """A strict verifier refuses them there, and verifies the same signature once they are in the header."""
    request = signed_request(query, body)

    assert not accepted(request)
    assert accepted(parameters_anywhere(request))
    changed = request.query.replace("a%2520b", "other"), request.body.replace(b"a%2520b", b"other")
    forged = IncomingRequest("POST", "https", "api.example", "/", changed[0], request.headers, changed[1])
    assert not accepted(parameters_anywhere(forged))


def test_an_unsigned_request_stays() -> None:
    request = IncomingRequest("GET", "https", "api.example", "/", EXTRA, [], b"")
    assert parameters_anywhere(request) is request


def test_a_form_or_a_content_type_takes_the_place_of_the_other() -> None:
    request = IncomingRequest("POST", "https", "api.example", "/", "a=b", [("content-type", "x y")], b"z")
    assert with_content_type(request, "application/json").content_type == "application/json"
    form = with_form(request, "c=d")
    assert (form.content_type, form.body, form.query) == (FORM, b"c=d", "a=b")
