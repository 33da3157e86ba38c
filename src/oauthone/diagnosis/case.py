"""A refused request with all the evidence about it, read once."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from oauthone.core.encoding import to_wire_string
from oauthone.core.rsa import RsaKey, RsaPublicKey
from oauthone.diagnosis.answer import NO_ANSWER, Answer
from oauthone.diagnosis.base_strings import BaseString, BaseStrings, right_base_string
from oauthone.diagnosis.key_mistakes import Identifiers, Secrets, join
from oauthone.diagnosis.mistake_search import Effort, Match, find_mistakes, search
from oauthone.diagnosis.refusals import Refusal, read_refusal
from oauthone.diagnosis.search_targets import TextTarget
from oauthone.diagnosis.sent_request import HEADER, Parameter, SentRequest
from oauthone.diagnosis.signature_targets import SigningCredentials, targets_of
from oauthone.diagnosis.signing_steps import Choice
from oauthone.diagnosis.unknown_schemes import with_likely_scheme

if TYPE_CHECKING:
    from oauthone.providers._provider import Provider

#: Two mistakes are searched for only if a request is no longer than this, in characters.
_MAX_FOR_TWO = 1 << 12
#: One is searched for only up to this length.
_MAX_FOR_ONE = 1 << 18

#: An answer may show any number of signatures: it is searched for what leads to so many of them.
_MAX_EXPECTED = 3


class Given(NamedTuple):
    """The credentials that the client was given, as the caller passed them. Its repr hides them."""

    client_id: str | None
    client_secret: str | None
    token: str | None
    token_secret: str | None
    public_key: RsaPublicKey | None
    rsa_text: str | None

    def __repr__(self) -> str:
        return "Given(…)"


class Case:
    """The evidence about a refused request.

    Args:
        request: the request.
        given: the credentials.
        answer: what the server answered.
        base_strings: the base strings that the server told by another way.
        signatures: the signatures that it said it expected. The first ones count, and those of the answer after them.
        working: requests that the server took.
        earlier: requests that were redirected to this one.
        now: the client's clock, in seconds since 1970.
        provider: the facts about the server, or None.
        thorough: whether the search for what leads to the signature that was sent, or to the server's base string, may
            take long.
    """

    def __init__(
        self,
        request: SentRequest,
        given: Given,
        answer: Answer,
        *,
        base_strings: Iterable[str],
        signatures: Iterable[str],
        working: SentRequest | None,
        earlier: Sequence[SentRequest],
        now: float,
        provider: "Provider | None" = None,
        thorough: bool = False,
    ) -> None:
        self.given = given
        self.answer = answer
        self.server_strings = [*map(to_wire_string, base_strings), *map(to_wire_string, answer.base_strings)]
        self.expected = [*signatures, *answer.signatures][:_MAX_EXPECTED]
        self.earlier = [("signed-before-redirect", other) for other in earlier]
        self.now = now
        self.provider = provider
        self._thorough = thorough
        self._effort = Effort(thorough=thorough)
        self.request = self._with_scheme(request)
        self.working = None if working is None else with_likely_scheme(working, self.explain, ())

    def __repr__(self) -> str:
        return f"Case({self.request!r}, …)"

    def _with_scheme(self, request: SentRequest) -> SentRequest:
        """Return the request with the scheme that a quick search proves, or else a thorough one."""
        found = with_likely_scheme(request, self.explain, self.server_strings)
        if found.scheme_source == "assumed" and self._thorough:
            return with_likely_scheme(request, self._explain_thoroughly, self.server_strings)
        return found

    def _explain_thoroughly(self, request: SentRequest) -> Match | None:
        return self.explain(request, Effort(thorough=True))

    @cached_property
    def refusal(self) -> Refusal | None:
        """What the words of the answer say."""
        found = read_refusal(self.answer, is_about_oauth=self.asks_for_credentials)
        if self.provider is None:
            return found
        from oauthone.diagnosis.provider_answers import with_shapes  # loads the model of the catalogue

        return with_shapes(found, self.answer, self.provider)

    @property
    def asks_for_credentials(self) -> bool:
        """Whether the request asks for temporary or token credentials. Every answer to it is about OAuth."""
        return any(self.request.protocol(name) is not None for name in ("oauth_callback", "oauth_verifier"))

    @cached_property
    def credentials(self) -> SigningCredentials:
        """What the client signs with."""
        return credentials_of(self.given)

    @property
    def can_sign(self) -> bool:
        """Whether the credentials suffice to make a signature."""
        return self.credentials.secrets is not None

    @cached_property
    def match(self) -> Match | None:
        """What leads to the signature that was sent: nothing wrong, mistakes, or None if no known mistake does."""
        return self.explain(self.request, self._effort)

    @property
    def may_search_longer(self) -> bool:
        """Whether nothing was found that leads to the signature, and a thorough search would go on."""
        return self.match is None and not self._thorough and self._effort.was_too_small

    def explain(self, request: SentRequest, effort: Effort | None = None) -> Match | None:
        """Return what leads to the signature of ``request``; None also if it covers a form that is not known."""
        if not self.can_sign or request.has_unknown_form:
            return None
        return find_mistakes(request, self.credentials, budget(request), self.earlier, effort)

    @cached_property
    def server_match(self) -> Match | None:
        """What leads from this request to the server's base string; None if nothing known does."""
        texts = BaseStrings(self.request, self.earlier)
        targets = [(Choice(None, ()), TextTarget(self.server_strings[0]))]
        effort = Effort(thorough=self._thorough)
        found = search(texts, targets, budget(self.request), effort)
        return search(texts, targets, budget(self.request), effort) if found is None and effort.grow() else found

    @cached_property
    def right_base_string(self) -> str:
        """The base string of RFC 5849."""
        return right_base_string(self.request)

    def explain_signature(self, signature: str) -> Match | None:
        """Return what leads from this request to another signature, such as the server's."""
        sent = Parameter(HEADER, ("oauth_signature", signature), "oauth_signature", signature)
        return self.explain(self.request._replace(signatures=(sent,)))

    def explain_by(self, base_string: str) -> Match | None:
        """Return the mistakes in key and spelling that lead from a base string to the signature that was sent."""
        if not self.request.signatures or not self.can_sign:
            return None
        return search(_OneText(base_string), list(targets_of(self.request, self.credentials, 2)), 2)


class _OneText:
    """A base string in which no mistake is looked for."""

    def __init__(self, text: str) -> None:
        self._text = BaseString(text, ())

    def of(self, number: int, rank: int) -> Iterable[BaseString]:
        return () if number else (self._text,)


def with_scheme(request: SentRequest, given: Given, base_strings: Iterable[str] = ()) -> SentRequest:
    """Return a request with its scheme, which the credentials or the server's base string prove if it does not tell."""
    return _bare_case(request, given, base_strings).request


def _bare_case(request: SentRequest, given: Given, base_strings: Iterable[str] = ()) -> Case:
    return Case(request, given, NO_ANSWER, base_strings=base_strings, signatures=(), working=None, earlier=(), now=0)


def signature_holds(request: SentRequest, given: Given) -> bool | None:
    """Return whether the signature of a request is the one of these credentials; None if that cannot be told."""
    if not request.signatures or request.has_unknown_form:
        return None
    case = _bare_case(request, given)
    return find_mistakes(case.request, case.credentials, 0) is not None if case.can_sign else None


def budget(request: SentRequest) -> int:
    """Return how many mistakes are searched for in a request, so that the time is bounded."""
    size = len(request.path) + sum(len(one.name) + len(one.value) for one in request.parameters)
    return 2 if size <= _MAX_FOR_TWO else 1 if size <= _MAX_FOR_ONE else 0


def credentials_of(given: Given) -> SigningCredentials:
    """Return what a client with these credentials signs with."""
    secrets = None
    if any(one is not None for one in (given.client_secret, given.token_secret, given.public_key)):
        secrets = Secrets(given.client_secret or "", given.token_secret or "", join)
    return SigningCredentials(
        secrets, Identifiers(given.client_id or "", given.token or "", given.rsa_text), given.public_key
    )


def read_rsa_key(rsa_key: Any) -> tuple[RsaPublicKey | None, str | None]:
    """Return the public half of a key, and the text of the key if it is text.

    Raises:
        SigningError: the key cannot be read.
    """
    if rsa_key is None:
        return None, None
    text = rsa_key.decode("latin-1") if isinstance(rsa_key, bytes) else rsa_key if isinstance(rsa_key, str) else None
    if isinstance(rsa_key, RsaPublicKey):
        return rsa_key, text
    key = rsa_key if isinstance(rsa_key, RsaKey) else RsaKey(rsa_key, min_bits=0)
    return key.public_key() if key.bits else None, text
