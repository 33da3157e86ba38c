"""Flows from end to end, for what they give out."""

from urllib.parse import parse_qs

from oauthone import Signer
from oauthone.core.request import IncomingRequest
from oauthone.server import Client, EndpointResponse, MemoryStore, Provider

from .setting import CALLBACK, CLIENT, signed

ENDPOINT = "https://p.example/"


def granted(answer: EndpointResponse) -> dict[str, str]:
    """The fields of an endpoint's answer."""
    assert answer.status == 200, answer.body
    return {name: values[0] for name, values in parse_qs(answer.body.decode("ascii")).items()}


def grants(count: int) -> list[str]:
    """Whatever ``count`` flows with a callback give out, and the code of as many without one: six texts for each."""
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
