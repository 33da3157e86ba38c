"""`Signed`: what a `oauthone.Signer` returns for one request."""

from typing import Any, NamedTuple


class Signed(NamedTuple):
    """The parts of a request that a signature changes, and the values that it was made from.

    Send ``url`` and ``body``. If the signature did not change one of them, it is the object that was passed in.
    """

    url: str
    body: Any
    #: The value for the ``Authorization`` header; None if the parameters are in the query or the body.
    authorization: str | None
    #: The value for the ``Content-Type`` header if BODY placement filled an empty body; otherwise None: do not set it.
    content_type: str | None
    nonce: str
    timestamp: str
    base_string: str
    #: The encoded parameters that QUERY placement added to the URL, for `remove_from_query` after a redirect.
    added_to_query: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Signed(nonce={self.nonce!r}, timestamp={self.timestamp!r}, …)"
