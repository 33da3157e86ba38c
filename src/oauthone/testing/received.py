"""The requests that a box received, with the result of verification."""

from typing import TYPE_CHECKING, NamedTuple

from oauthone.core.body import is_form
from oauthone.core.encoding import form_decode, to_wire_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.verification_types import Verified
from oauthone.errors import VerificationError
from oauthone.server import Refusal
from oauthone.server.asgi import request_from_scope
from oauthone.testing.bodies import check_fields, read_body

if TYPE_CHECKING:
    from starlette.requests import Request


#: How long a body may be, in octets, and how long it may take, in seconds. A box keeps it in memory.
_LONGEST_BODY = 64 * 1024 * 1024
_SLOWEST_BODY = 300
#: How many fields a form may have: each takes a hundred times the memory of its octets when it is read.
_MOST_FIELDS = 10_000


class Received(NamedTuple):
    """A request that a box received.

    Attributes:
        request: the request.
        headers: the headers in their order, with names in lower case.
        http_version: ``"1.1"`` or ``"2"``.
        verified: the result of verification, or None.
        refusal: the reason for a refusal, or None.
        number: counts the requests of a box in the order of its responses, from 1; 0 until the box responds.
        at: when it was received, in seconds since 1970.
        status: the status of the response; None until the box responds.
        answer: the headers and the body of the response; None until the box responds.
    """

    request: IncomingRequest
    headers: tuple[tuple[str, str], ...]
    http_version: str
    verified: Verified | None = None
    refusal: Refusal | None = None
    number: int = 0
    at: float = 0
    status: int | None = None
    answer: tuple[tuple[tuple[str, str], ...], bytes] | None = None

    def __repr__(self) -> str:
        return f"Received({self.method} {self._resource}, refused={self.refused!r}, …)"

    @property
    def method(self) -> str:
        """The request method."""
        return self.request.method

    @property
    def url(self) -> str:
        """The absolute URL, for people to read; path and query are as they were received."""
        return self._resource + (f"?{self.request.query}" if self.request.query else "")

    @property
    def body(self) -> bytes:
        """The body's octets."""
        return self.request.body

    @property
    def _resource(self) -> str:
        return f"{self.request.scheme}://{self.request.authority}{self.request.path}"

    @property
    def refused(self) -> VerificationError | None:
        """The error with which the request was refused, or None."""
        return self.refusal and self.refusal.error

    @property
    def difference(self) -> str | None:
        """The mistake of the client, if its base string or its signature shows one; else None."""
        return self.refusal and self.refusal.difference

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def query(self) -> list[tuple[bytes, bytes]]:
        """Return the pairs of the query, decoded to octets."""
        return form_decode(self.request.query)

    def form(self) -> list[tuple[bytes, bytes]]:
        """Return the pairs of the form, decoded to octets; an empty list if the body is not a form."""
        return form_decode(to_wire_string(self.body)) if is_form(self.header("content-type")) else []

    def oauth_parameters(self) -> list[str]:
        """Return the names of the protocol parameters in the request, and ``authorization`` for such a header."""
        names = [name.decode("latin-1") for name, _ in (*self.query(), *self.form()) if name.startswith(b"oauth_")]
        return names + ["authorization" for key, _ in self.headers if key == "authorization"]


async def received(request: "Request") -> Received:
    """Return a request of Starlette as `Received`, with nothing decoded.

    Raises:
        HTTPException: its body is too long or too slow, or a form with too many fields.
    """
    scope = request.scope
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    body = await read_body(request, _LONGEST_BODY, _SLOWEST_BODY)
    got = Received(request_from_scope(scope).with_body(body), headers, scope["http_version"])
    if is_form(got.header("content-type")):
        check_fields(body, _MOST_FIELDS)
    return got
