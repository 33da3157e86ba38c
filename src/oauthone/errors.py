"""What can go wrong, and whose turn it is to mend it.

::

    OAuth1Error                      everything this package raises on purpose
    ├── SigningError                 our caller: a request, key or option that cannot be signed (also a ValueError)
    │   └── InsecureTransportError   a secret would have left over plain http
    ├── FlowError = OAuthError       the provider, or the person in front of it
    │   ├── AccessDenied             the resource owner said no
    │   ├── CallbackError            a callback that does not belong to a pending authorization
    │   └── TokenResponseError       an answer that holds no usable credentials
    ├── VerificationError            an incoming request that a server refuses
    └── StoreError                   a server's store did not answer, or is full

No message, ``repr`` or attribute of these holds a secret: no shared secret, private key, signature or verifier.
"""

__all__ = [
    "AccessDenied",
    "CallbackError",
    "FlowError",
    "InsecureTransportError",
    "OAuth1Error",
    "OAuthError",
    "SecurityWarning",
    "SigningError",
    "StoreError",
    "TokenResponseError",
    "VerificationError",
]


def missing_library(library: str, extra: str) -> ModuleNotFoundError:
    """The error for a third-party library that is not installed, naming the extra that brings it."""
    return ModuleNotFoundError(f"this needs the {library!r} package: pip install 'oauthone[{extra}]'", name=library)


class SecurityWarning(UserWarning):
    """Something that is allowed because it was asked for, but unwise."""


class OAuth1Error(Exception):
    """The root of the tree: catch it to catch everything that this package raises on purpose."""


class SigningError(OAuth1Error, ValueError):
    """A request, key or option given by our caller cannot be signed as asked."""


class InsecureTransportError(SigningError):
    """A secret would have travelled over plain http to another machine (RFC 5849 sections 2.1, 2.3, 3.4.4)."""


class FlowError(OAuth1Error):
    """The three-legged flow (RFC 5849 section 2) cannot go on.

    Attributes:
        error: a short word for programs, such as ``"token_rejected"``.
        description: a sentence for people.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description

    def __str__(self) -> str:
        return f"{self.error}: {self.description}"


OAuthError = FlowError


class AccessDenied(FlowError):
    """The resource owner refused, or the provider refused for them (RFC 5849 section 2.2)."""


class CallbackError(FlowError):
    """The callback is not the answer to a pending authorization (RFC 5849 section 2.2)."""


class TokenResponseError(FlowError):
    """The answer to a request for credentials holds none (RFC 5849 sections 2.1 and 2.3).

    Attributes:
        status: the HTTP status code of the answer.
        problem: the provider's ``oauth_problem`` (Problem Reporting extension), or None.
        advice: the provider's ``oauth_problem_advice``, or None.
        body: the beginning of the answer as text, with anything that looks like a secret masked.
    """

    def __init__(
        self,
        error: str,
        description: str,
        *,
        status: int,
        problem: str | None = None,
        advice: str | None = None,
        body: str = "",
    ) -> None:
        super().__init__(error, description)
        self.status = status
        self.problem = problem
        self.advice = advice
        self.body = body

    def __reduce__(self) -> tuple[object, ...]:
        return type(self)._restore, (self.error, self.description, self.status, self.problem, self.advice, self.body)

    @classmethod
    def _restore(
        cls, error: str, description: str, status: int, problem: str | None, advice: str | None, body: str
    ) -> "TokenResponseError":
        return cls(error, description, status=status, problem=problem, advice=advice, body=body)


class VerificationError(OAuth1Error):
    """An incoming request is refused (RFC 5849 section 3.2).

    Attributes:
        status: 400, 401 or 403.
        problem: what the client may know, in the vocabulary of the Problem Reporting extension. An unknown client, an
            unknown token and a wrong signature share one word.
        reason: what the operator may know: log it, do not send it.
        challenge: the value for the ``WWW-Authenticate`` header of a 401 answer.
        base_string: the signature base string that the server built, with secret-bearing values masked, or None
            where the request was refused before there was one.
    """

    def __init__(
        self,
        status: int,
        problem: str,
        reason: str,
        *,
        challenge: str = "OAuth",
        base_string: str | None = None,
    ) -> None:
        super().__init__(status, problem, reason)
        self.status = status
        self.problem = problem
        self.reason = reason
        self.challenge = challenge
        self.base_string = base_string

    def __str__(self) -> str:
        return f"{self.status} {self.problem}: {self.reason}"


class StoreError(OAuth1Error):
    """The store behind a server did not answer or is full: answer 503, accept nothing (RFC 5849 section 4.10)."""
