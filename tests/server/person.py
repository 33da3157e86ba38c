"""A client of a provider and its resource owner, for tests of the endpoints."""

from typing import Any
from urllib.parse import parse_qs

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import StoreError
from oauthone.server import (
    EndpointResponse,
    Provider,
)

from .setting import CALLBACK, Clock, RecordingStore, signed

INITIATE, TOKEN = "https://p.example/initiate", "https://p.example/token"


class Person:
    """A client of a provider, and its resource owner."""

    def __init__(self, provider: Provider, clock: Clock, client_id: str = "client", **options: Any) -> None:
        self.provider = provider
        self.signer = Signer(client_id, "secret", clock=clock, **options)
        self.token = self.secret = ""

    def initiate(self, callback: str | None = CALLBACK, **given: Any) -> EndpointResponse:
        answer = self.provider.temporary_credentials(
            IncomingRequest.from_url(*signed(self.signer, url=INITIATE, callback=callback, **given))
        )
        if answer.status == 200:
            form = fields(answer)
            self.token, self.secret = form["oauth_token"], form["oauth_token_secret"]
        return answer

    def exchange(self, verifier: str | None, **given: Any) -> EndpointResponse:
        made = self.signer.replace(token=self.token, token_secret=self.secret)
        return self.provider.token_credentials(
            IncomingRequest.from_url(*signed(made, url=TOKEN, verifier=verifier, **given))
        )


def fields(answer: EndpointResponse) -> dict[str, str]:
    """Return the fields of an endpoint's form."""
    parsed = parse_qs(answer.body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(answer.body))
    assert all(len(values) == 1 for values in parsed.values())
    return {name: value for name, (value,) in parsed.items()}


def assert_refused(answer: EndpointResponse, status: int, problem: str, **details: str) -> None:
    assert (answer.status, fields(answer)) == (status, {"oauth_problem": problem, **details})
    assert dict(answer.headers).get("WWW-Authenticate") == ("OAuth" if status == 401 else None)
    assert_private(answer)


def assert_private(answer: EndpointResponse) -> None:
    """Assert that the response is a form that no cache may store."""
    headers = dict(answer.headers)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (headers["Cache-Control"], headers["Pragma"]) == ("no-store", "no-cache")


class Failing(RecordingStore):
    """A store whose named method does not respond."""

    failing = ""

    def __getattribute__(self, name: str) -> Any:
        if name == object.__getattribute__(self, "failing"):
            raise StoreError("no answer")
        return super().__getattribute__(name)
