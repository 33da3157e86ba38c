"""What a pickle of a signed request holds instead of its auth: a cache of responses must not contain a secret."""

from typing import Any, NamedTuple, Self

from oauthone.errors import SigningError


class PickledAuth(NamedTuple):
    """Stands for the auth that a request had before it was pickled.

    Attributes:
        client_id: the client's identifier.
        token: the token's identifier, or None.
        is_for_leg: whether it signed a leg of the flow.
    """

    client_id: str
    token: str | None
    is_for_leg: bool

    @classmethod
    def of(cls, auth: Any) -> Self:
        """What stands for ``auth``, which is an auth or stands for one."""
        return cls(auth.client_id, auth.token if isinstance(auth, cls) else auth.signer.token, auth.is_for_leg)

    def find(self, auth: Any) -> Any:
        """Return ``auth``, that of the session which sends the request, if it has the same client and token.

        Raises:
            SigningError: it has not, so it would sign in another name.
        """
        signer = getattr(auth, "signer", None)
        if signer is None or self != self.of(auth):
            raise SigningError(
                f"this request was unpickled, and a pickle contains no secrets: to sign it for client "
                f"{self.client_id!r} and token {self.token!r}, send it with a session of these, or prepare it again"
            )
        return auth
