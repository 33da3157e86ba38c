"""The exceptions raised by oauthone, grouped by who has to act.

::

    OAuth1Error                      every error that this package raises on purpose
    ├── SigningError                 your code: a request, key or option that cannot be signed (also a ValueError)
    │   └── InsecureTransportError   a secret would have been sent over plain http
    ├── ConfigurationError           your code: a setting of a server, store or login registry (also a ValueError)
    ├── FlowError = OAuthError       the provider, or the resource owner
    │   ├── AccessDenied             the resource owner denied access
    │   ├── CallbackError            a callback that does not belong to a pending authorization
    │   │   └── LoginError           "log in with …": a login cannot start or finish in this browser's session
    │   │       ├── SessionMissing   the application has no session, or no secret to encrypt with
    │   │       ├── LoginLost        the session with the login did not come back, mostly because of a lost cookie
    │   │       ├── WrongHost        the login started at one host name and finished at another
    │   │       ├── UnknownLogin     this browser started other logins, but not this one
    │   │       │   └── OtherBrowser another browser started it
    │   │       ├── LoginExpired     the callback came too late
    │   │       └── CallbackReused   the callback came twice: a reload, or the back button
    │   └── TokenResponseError       a response without usable credentials
    ├── VerificationError            a server refuses a request
    │   └── LaunchError              an LTI form with a valid signature that is not an accepted launch
    └── StoreError                   a server's store, or the cache of a login, failed or is full

No message, ``repr`` or attribute of these holds a secret: no shared secret, private key, signature or verifier.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

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
    """The error for a third-party library that is not installed. It names the extra that installs it.

    Args:
        library: the name of the library.
        extra: the name of the extra.
    """
    return ModuleNotFoundError(f'this needs the {library!r} package: pip install "oauthone[{extra}]"', name=library)


class SecurityWarning(UserWarning):
    """A warning about an option that is allowed, but unsafe."""


class OAuth1Error(Exception):
    """The base class: catch it to catch every error that this package raises on purpose."""


class SigningError(OAuth1Error, ValueError):
    """A request cannot be signed with the key and options that were passed."""


class ConfigurationError(OAuth1Error, ValueError):
    """A setting of a server, a store or a login registry cannot work. Almost all are raised while setting it up."""


class InsecureTransportError(SigningError):
    """A secret would have been sent over plain http to another machine (RFC 5849 sections 2.1, 2.3, 3.4.4)."""


class FlowError(OAuth1Error):
    """The three-legged flow (RFC 5849 section 2) cannot continue.

    A class that derives from this one may set attributes for all its errors.

    Attributes:
        error: a short word for programs, such as ``"token_rejected"``.
        description: a sentence for people.
        uri: a web page about the error, or None.
    """

    error: str = "oauth_error"
    description: str = ""
    uri: str | None = None

    def __init__(self, error: str | None = None, description: str | None = None, uri: str | None = None) -> None:
        self.error = self.error if error is None else error
        self.description = self.description if description is None else description
        self.uri = self.uri if uri is None else uri
        super().__init__(self.error, self.description)

    def __str__(self) -> str:
        return f"{self.error}: {self.description}"


OAuthError = FlowError


class AccessDenied(FlowError):
    """The resource owner denied access, or the provider did so for them (RFC 5849 section 2.2)."""


class CallbackError(FlowError):
    """The callback does not belong to a pending authorization (RFC 5849 section 2.2)."""


class LoginError(CallbackError):
    """A login cannot start or finish in this browser's session. Each subclass names the cause and the remedy.

    The user did nothing wrong: show a page with a button that starts the login again.
    """


class SessionMissing(LoginError):
    """The application has no session to keep a login in, or no secret to encrypt it with."""


class LoginLost(LoginError):
    """The browser came back without the session in which the login started, or the pending login is gone."""


class WrongHost(LoginError):
    """The session does not hold the login, which started at another host name than that of the callback."""


class UnknownLogin(LoginError):
    """The token in the callback was not issued to this browser."""


class OtherBrowser(UnknownLogin):
    """The token in the callback was issued to another browser."""


class LoginExpired(LoginError):
    """The browser came back after the login had expired."""


class CallbackReused(LoginError):
    """The browser came back with a token that was used or refused before."""


class TokenResponseError(FlowError):
    """The response to a request for credentials holds no usable ones (RFC 5849 sections 2.1 and 2.3).

    Attributes:
        status: the HTTP status code of the response.
        problem: the provider's ``oauth_problem`` (Problem Reporting extension), or None.
        advice: the provider's ``oauth_problem_advice``, or None.
        body: the start of the response as text, with everything that looks like a secret masked.
    """

    _diagnosis: Any = None

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
        self.status, self.problem, self.advice, self.body = status, problem, advice, body

    def __reduce__(self) -> tuple[object, ...]:
        restore = partial(type(self), status=self.status, problem=self.problem, advice=self.advice, body=self.body)
        return restore, (self.error, self.description), self._diagnosis and {"_diagnosis": self._diagnosis}

    @property
    def diagnosis(self) -> Any:
        """Why the provider refused, as an `oauthone.diagnosis.Diagnosis`; None if it is not known what was sent."""
        self._diagnosis = self._diagnosis() if callable(self._diagnosis) else self._diagnosis
        return self._diagnosis


class VerificationError(OAuth1Error):
    """A server refuses an incoming request (RFC 5849 section 3.2).

    Attributes:
        status: 400, 401 or 403.
        problem: the reason for the client, in the vocabulary of the Problem Reporting extension. An unknown client,
            an unknown token and a wrong signature share one word.
        reason: the reason for the operator: log it, and do not send it.
        challenge: the value for the ``WWW-Authenticate`` header of a 401 response.
        base_string: the signature base string that the server built, with secret values masked; None if the request
            was refused before the server built one.
        details: further fields of that extension, as pairs: the accepted timestamps or versions, or the names of
            missing parameters. They may be sent to the client.
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
        self.status, self.problem, self.reason = status, problem, reason
        self.challenge, self.details = challenge, details
        self._base_string = base_string

    @property
    def base_string(self) -> str | None:
        """The signature base string that the server built, masked; see the attributes above."""
        if callable(self._base_string):
            self._base_string = self._base_string()
        return self._base_string

    def __str__(self) -> str:
        return f"{self.status} {self.problem}: {self.reason}"


class LaunchError(VerificationError):
    """An LTI form with a valid signature that is not an accepted launch.

    Attributes:
        return_url: the URL to which the platform wants the person sent back, with the reason added; None if it sends
            no URL, or one that a browser should not be sent to.
    """

    return_url: str | None = None


class StoreError(OAuth1Error):
    """The store of a server, or the cache of a login, failed or is full: accept nothing, and respond with 503.

    RFC 5849 section 4.10.
    """
