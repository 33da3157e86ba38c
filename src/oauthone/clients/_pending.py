"""The temporary credentials of the authorizations that a client has begun and not yet completed."""

from collections.abc import Mapping
from typing import Any, Self

from oauthone.core.credentials import TemporaryCredentials
from oauthone.errors import FlowError

_MAX_PENDING = 100


class PendingCredentials:
    """Temporary credentials and their verification codes, by token. Only the newest hundred are kept.

    Several authorizations may be pending at once. Threads may share a client, so each method that looks at several of
    them looks at a copy.
    """

    def __init__(self) -> None:
        self._credentials: dict[str, TemporaryCredentials] = {}
        self._verifiers: dict[str, str | None] = {}

    def add(self, temporary: TemporaryCredentials) -> None:
        """Keep these credentials, and drop the oldest above the limit."""
        self._credentials[temporary.token] = temporary
        for oldest in list(self._credentials)[:-_MAX_PENDING]:
            self.remove(oldest)

    def remove(self, token: str | None) -> None:
        """Drop the credentials of this token, if they are pending."""
        if token is not None:
            self._credentials.pop(token, None)
            self._verifiers.pop(token, None)

    def newest(self) -> dict[str, Any] | None:
        """The newest pending credentials as a dict, with the verification code if their callback brought one."""
        if not (pending := list(self._credentials.values())):
            return None
        verifier = self._verifiers.get(pending[-1].token)
        found = as_dict(pending[-1])
        return found if verifier is None else {**found, "oauth_verifier": verifier}

    def only(self) -> TemporaryCredentials:
        """The credentials of the one authorization that is pending.

        Raises:
            FlowError: none or several are pending.
        """
        pending = list(self._credentials.values())
        if len(pending) == 1:
            return pending[0]
        if pending:
            raise FlowError(
                "ambiguous_request_token",
                f"{len(pending)} authorizations are pending on this client: pass request_token=… to select one",
            )
        raise FlowError("missing_request_token", "no authorization is pending: call fetch_request_token() first")

    def select(
        self, request_token: str | Mapping[str, Any] | None, held: TemporaryCredentials | None
    ) -> TemporaryCredentials | None:
        """The credentials to exchange; None if there are none.

        Args:
            request_token: which ones: the dict that the provider returned, their identifier, or None for the only ones.
            held: those that the client was built with, or None.

        Raises:
            FlowError: they are not known, or several are pending.
        """
        if isinstance(request_token, Mapping) and "oauth_token_secret" in request_token:
            return TemporaryCredentials(str(request_token["oauth_token"]), str(request_token["oauth_token_secret"]))
        token = identifier(request_token)
        if token is None:
            return self.only() if self else held
        if (pending := self._credentials.get(token)) is not None:
            return pending
        if held is not None and held.token == token:
            return held
        raise FlowError(
            "unknown_request_token",
            "request_token names no authorization that is pending on this client: pass the whole dict that "
            "fetch_request_token() returned, or build the client with its token and token_secret",
        )

    def expected_by(self, token: str | None) -> TemporaryCredentials | None:
        """The credentials that a callback with this token must belong to; None if no authorization is pending.

        Raises:
            FlowError: the callback has no token, and several authorizations are pending.
        """
        pending = dict(self._credentials)
        if not pending:
            return None
        return self.only() if token is None else pending.get(token, [*pending.values()][-1])

    def set_verifier(self, token: str, verifier: str | None) -> None:
        """Keep the verification code that a callback brought for this token."""
        self._verifiers[token] = verifier

    def verifier_of(self, token: str, default: str | None = None) -> str | None:
        """The verification code for this token, or ``default``."""
        return self._verifiers.get(token, default)

    def secrets(self) -> list[str | None]:
        """Every secret and verification code, none of which an error may repeat."""
        return [*(pending.token_secret for pending in list(self._credentials.values())), *self._verifiers.values()]

    def __contains__(self, token: str) -> bool:
        return token in self._credentials

    def __bool__(self) -> bool:
        return bool(self._credentials)

    def __copy__(self) -> Self:
        copied = self.__class__()
        copied._credentials, copied._verifiers = dict(self._credentials), dict(self._verifiers)
        return copied


def as_dict(temporary: TemporaryCredentials) -> dict[str, Any]:
    """The credentials in the form of a provider's response."""
    return {"oauth_token": temporary.token, "oauth_token_secret": temporary.token_secret}


def identifier(request_token: str | Mapping[str, Any] | None) -> str | None:
    """The identifier of temporary credentials that were passed as a dict, or as the identifier itself."""
    return str(request_token["oauth_token"]) if isinstance(request_token, Mapping) else request_token
