"""The exceptions raised by oauthone, grouped by who has to act.

::

    OAuth1Error                      everything this package raises on purpose
    ├── SigningError                 our caller: a request, key or option that cannot be signed (also a ValueError)
    │   └── InsecureTransportError   a secret would have left over plain http
    ├── ConfigurationError           our caller: a setting of a server, a store or a login registry (also a ValueError)
    ├── FlowError = OAuthError       the provider, or the person in front of it
    │   ├── AccessDenied             the resource owner said no
    │   ├── CallbackError            a callback that does not belong to a pending authorization
    │   │   └── LoginError           "log in with …": this browser's session cannot begin or finish the login
    │   │       ├── SessionMissing   the application keeps no session, or has no secret to encrypt with
    │   │       ├── LoginLost        the session, with the login in it, did not come back: mostly a lost cookie
    │   │       ├── WrongHost        the login began at one host name and ends at another
    │   │       ├── UnknownLogin     this browser began other logins, but not this one
    │   │       │   └── OtherBrowser another browser did
    │   │       ├── LoginExpired     it came back too late
    │   │       └── CallbackReused   it came back twice: a reload, the back button
    │   └── TokenResponseError       an answer that holds no usable credentials
    ├── VerificationError            an incoming request that a server refuses
    │   └── LaunchError              an LTI form whose signature holds, but which is no launch to take
    └── StoreError                   a server's store, or the cache of a login, did not answer, or is full

No message, ``repr`` or attribute of these holds a secret: no shared secret, private key, signature or verifier.
"""

from collections.abc import Callable

__all__ = [
    "AccessDenied",
    "CallbackError",
    "CallbackReused",
    "ConfigurationError",
    "FlowError",
    "InsecureTransportError",
    "LaunchError",
    "LoginError",
    "LoginExpired",
    "LoginLost",
    "OAuth1Error",
    "OAuthError",
    "OtherBrowser",
    "SecurityWarning",
    "SessionMissing",
    "SigningError",
    "StoreError",
    "TokenResponseError",
    "UnknownLogin",
    "VerificationError",
    "WrongHost",
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


class ConfigurationError(OAuth1Error, ValueError):
    """A setting of a server, a store or a login registry cannot work. Raised during setup wherever possible."""


class InsecureTransportError(SigningError):
    """A secret would have travelled over plain http to another machine (RFC 5849 sections 2.1, 2.3, 3.4.4)."""


class FlowError(OAuth1Error):
    """The three-legged flow (RFC 5849 section 2) cannot go on.

    Attributes:
        error: a short word for programs, such as ``"token_rejected"``.
        description: a sentence for people.
    """

    def __init__(self, error: str = "oauth_error", description: str = "") -> None:
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


class LoginError(CallbackError):
    """A login cannot begin or end in this browser's session. Each kind says the cause and the cure.

    No kind is a fault of the person's: show a page with a button that begins again.
    """


class SessionMissing(LoginError):
    """There is no session to keep a login in, or no secret to encrypt it with: the application is to be set up."""


class LoginLost(LoginError):
    """The browser came back without the session in which the login began, or what the session points to is gone."""


class WrongHost(LoginError):
    """The session does not hold the login, which began at another host name than the one that the callback came to."""


class UnknownLogin(LoginError):
    """The callback's token was not given out to this browser."""


class OtherBrowser(UnknownLogin):
    """The callback's token was given out to another browser."""


class LoginExpired(LoginError):
    """The browser came back too late."""


class CallbackReused(LoginError):
    """The browser came back with a token that was used, or refused, before."""


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
        details: what that extension says beside the problem, as pairs: the timestamps or versions that would be taken,
            or the names of what is missing. The client may know them too.
    """

    def __init__(
        self,
        status: int,
        problem: str,
        reason: str,
        *,
        challenge: str = "OAuth",
        base_string: str | Callable[[], str] | None = None,
        details: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(status, problem, reason)
        self.status = status
        self.problem = problem
        self.reason = reason
        self.challenge = challenge
        self._base_string = base_string
        self.details = details

    @property
    def base_string(self) -> str | None:
        """The signature base string that the server built, masked; see the attributes above."""
        if callable(self._base_string):
            self._base_string = self._base_string()
        return self._base_string

    def __str__(self) -> str:
        return f"{self.status} {self.problem}: {self.reason}"


class LaunchError(VerificationError):
    """An LTI form whose signature holds, but which is no launch to take.

    Attributes:
        return_url: where the platform wants the person back, the reason added for it to show; None where it says no
            address, or none that a browser should be sent to.
    """

    return_url: str | None = None


class StoreError(OAuth1Error):
    """The store behind a server, or the cache of a login, did not answer or is full: answer 503, accept nothing.

    RFC 5849 section 4.10.
    """
