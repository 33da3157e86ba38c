"""What signs a prepared request of requests or of its twin niquests, and what puts the signature into it."""

import re
from typing import Any

from oauthone.clients._auth import SigningAuth
from oauthone.core.signing import Signed

#: A URL of which either library writes every character as it stands, when it sends it. A port is a number to them.
_PLAIN = r"[\w.~!$&'()*+,;=:@/?-]*+"
_ODD_PORT = r"\w+://[^/?#]*:(?:0|[/?#]|$)"
SENT_AS_IT_STANDS = re.compile(f"(?!{_ODD_PORT}){_PLAIN}(?:%[0-9A-F]{{2}}{_PLAIN})*+", re.ASCII)


class TwinAuth(SigningAuth):
    """An auth that takes prepared requests; the auths of both libraries derive from it."""

    def signed(self, request: Any) -> Signed:
        """The signature for ``request`` as it stands."""
        return self.sign(str(request.method), str(request.url), request.headers.lower_items(), request.body)


def leave_unsigned(request: Any) -> Any:
    """An auth that does nothing."""
    return request


def put(request: Any, signed: Signed) -> None:
    """Change ``request`` to what was signed."""
    if signed.content_type is not None:
        request.headers["Content-Type"] = signed.content_type
    if signed.authorization is not None:
        request.headers["Authorization"] = signed.authorization
        return
    request.url = signed.url
    if signed.body is not request.body:
        put_body(request, signed.body)


def put_body(request: Any, body: Any, position: Any = None) -> None:
    """Give ``request`` another body; ``position`` is where the library found a file to begin."""
    request.body = body
    request.__dict__["_body_position"] = position
    request.headers.pop("Content-Length", None)
    request.prepare_content_length(body)
