"""Whole flows, for the credentials that they issue."""

from urllib.parse import parse_qs

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.server import Client, EndpointResponse, MemoryStore, Provider

from .setting import CALLBACK, CLIENT, signed

ENDPOINT = "https://p.example/"


def granted(answer: EndpointResponse) -> dict[str, str]:
    """Return the fields of an endpoint's response."""
    assert answer.status == 200, answer.body
    return {name: values[0] for name, values in parse_qs(answer.body.decode("ascii")).items()}


def grants(count: int) -> list[str]:
    """Return what ``count`` flows with a callback issue, and the codes of as many without one: six strings for each."""
    provider = Provider(MemoryStore([CLIENT, Client.create("bare", "secret")]))
    texts: list[str] = []
    for _ in range(count):
        made = Signer("client", "secret")
        given = granted(
            provider.temporary_credentials(IncomingRequest.from_url(*signed(made, url=ENDPOINT, callback=CALLBACK)))
        )
        made = made.replace(token=given["oauth_token"], token_secret=given["oauth_token_secret"])
        verifier = provider.approve(given["oauth_token"], "ann").verifier
        assert verifier is not None
        issued = granted(
            provider.token_credentials(IncomingRequest.from_url(*signed(made, url=ENDPOINT, verifier=verifier)))
        )
        bare = signed(Signer("bare", "secret"), url=ENDPOINT, callback="oob")
        code = provider.approve(
            granted(provider.temporary_credentials(IncomingRequest.from_url(*bare)))["oauth_token"], "ann"
        ).verifier
        assert code is not None
        texts += [given["oauth_token"], given["oauth_token_secret"], verifier, code]
        texts += [issued["oauth_token"], issued["oauth_token_secret"]]
    return texts
