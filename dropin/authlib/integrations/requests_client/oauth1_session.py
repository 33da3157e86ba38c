"""The session and the auth of `oauthone.clients.requests`, with Authlib's arguments, attributes and defaults."""

from copy import copy
from typing import Any

from requests import Session

from authlib.integrations._signing import LibraryAuth, SyncClient
from oauthone.clients import requests as oauthone_requests
from oauthone.clients._requests_bodies import set_body
from oauthone.core.signed import Signed

_SESSION_ATTRIBUTES = ("proxies", "hooks", "stream", "verify", "cert", "max_redirects", "trust_env")


class OAuth1Auth(LibraryAuth, oauthone_requests.OAuth1Auth):  # type: ignore[misc]  # see LibraryAuth
    __doc__ = LibraryAuth.__doc__

    def sign_prepared(self, request: Any) -> Signed:
        """Sign ``request`` by `prepare`, and set the other headers that a class which overrides that may add."""
        signed, headers = self.sign_request_parts(str(request.method), str(request.url), request.headers, request.body)
        request.headers.update(headers)
        if signed.authorization is not None:
            request.url = signed.url
            if signed.body is not request.body:
                set_body(request, signed.body)
        return signed


class OAuth1Session(SyncClient, oauthone_requests.OAuth1Session):  # type: ignore[misc]  # token is always a dict
    """Obtains tokens and signs every request.

    The arguments are those of `LibraryClient`; the options may also name attributes of a ``requests.Session``, such
    as ``verify``.
    """

    auth_class = OAuth1Auth
    __attrs__ = [*Session.__attrs__, "_require_verifier", "_allow_insecure_transport"]  # noqa: RUF012 (requests declares it so)

    def _init_library(self, options: dict[str, Any]) -> None:
        Session.__init__(self)
        for name, value in options.items():
            if name not in _SESSION_ATTRIBUTES:
                raise TypeError(f"OAuth1Session() got an unexpected keyword argument {name!r}")
            setattr(self, name, value)

    def prepare_request(self, request: Any) -> Any:
        """Prepare a request; an auth that overrides ``__call__`` signs it now, and others when it is sent."""
        auth = self.auth if request.auth is None else request.auth
        if not isinstance(auth, OAuth1Auth) or type(auth).__call__ is OAuth1Auth.__call__:
            return super().prepare_request(request)
        prepared: Any = Session.prepare_request(self, request)
        prepared.signing_context = self._context_class(None)  # It is signed already.
        return prepared

    def __getstate__(self) -> Any:
        """The state for a copy or pickle, with an auth of its own: later changes to one do not reach the other."""
        return {**Session.__getstate__(self), "auth": copy(self.auth)}

    def __setstate__(self, state: Any) -> None:
        Session.__setstate__(self, state)
        self.session = self
