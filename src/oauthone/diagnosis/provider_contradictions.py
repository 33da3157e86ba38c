"""What in a request contradicts a fact about its provider, as the checks of all facts say it."""

from collections.abc import Iterable
from typing import NamedTuple

from oauthone.diagnosis.case import Case
from oauthone.diagnosis.sent_request import SentRequest
from oauthone.providers._model import Endpoint
from oauthone.providers._provider import Provider


class Contradiction(NamedTuple):
    """What in a request contradicts a fact.

    Attributes:
        fact: the attribute of `oauthone.providers.Provider`.
        said: what the provider does, as a sentence without its subject.
        words: the mistakes that an answer may name for it.
        is_example: whether the fact only says what the provider's examples have. Another request may be taken as well,
            so it is advice only where the answer names it.
    """

    fact: str
    said: str
    words: tuple[str, ...]
    is_example: bool = False


class Sent(NamedTuple):
    """A request, its provider, and where it was sent to: ``place`` is an endpoint's name, or ``"api_base"``."""

    case: Case
    request: SentRequest
    provider: Provider
    place: str
    endpoint: Endpoint | None

    def names(self) -> set[str]:
        return {one.name for one in self.request.parameters}

    @property
    def signs_with_rsa(self) -> bool:
        return (self.request.protocol("oauth_signature_method") or "").startswith("RSA-")


def either(names: Iterable[str], last: str = "or") -> str:
    """Return names as a list in a sentence."""
    *others, one = names
    return f"{', '.join(others)} {last} {one}" if others else one
