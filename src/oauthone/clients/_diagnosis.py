"""`diagnose` and `explain` of every client, and what they read of a response, without loading a library.

Nothing is received for them: a body that was not read stays unread. The room `oauthone.diagnosis` is loaded only when a
diagnosis is made.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from oauthone.core.flow import Reply

if TYPE_CHECKING:
    from oauthone.diagnosis import Diagnosis

#: What a request carried on the wire: method, URL, headers, body. A body that is not known is an `UnknownBody`.
Sent = tuple[Any, Any, Any, Any]


class UnknownBody:
    """A body that went out and that nobody has kept."""


class Exchange(NamedTuple):
    """A request as it went out, and what was answered.

    Attributes:
        sent: the request.
        answer: status, headers and body of the response.
        history: the requests that were redirected to it.
    """

    sent: Sent
    answer: tuple[Any, Any, Any]
    history: tuple[Sent, ...] = ()

    def __repr__(self) -> str:
        return "Exchange(…)"


def sent_by_requests(response: Any) -> Sent:
    """Return the request that a response of requests or niquests answers.

    Raises:
        ValueError: the response was made by hand, without a request.
    """
    request = response.request
    if request is None:
        raise ValueError("this response has no request: pass one that a session returned")
    body = request.body
    return request.method, request.url, list(request.headers.items()), _known(b"" if body is None else body)


def sent_in_leg(response: Any) -> Sent | None:
    """Return the request of a leg; None if an adapter or a mock made the response without it."""
    return None if response.request is None else sent_by_requests(response)


def read_requests(response: Any) -> Exchange:
    """Return the exchange of a response of requests or niquests."""
    sent = sent_by_requests(response)
    if getattr(response, "lazy", False):  # niquests has not received it yet
        return Exchange(sent, (None, (), b""))
    content: Any = getattr(response, "_content", None)
    answer = (response.status_code, list(response.headers.items()), content or b"")
    return Exchange(sent, answer, tuple(map(sent_by_requests, response.history)))


def sent_by_httpx(response: Any) -> Sent:
    """Return the request that a response of httpx or httpx2 answers."""
    request = response.request
    return request.method, str(request.url), request.headers.multi_items(), _stored(request, "_content", UnknownBody())


def read_httpx(response: Any) -> Exchange:
    """Return the exchange of a response of httpx or httpx2."""
    answer = (response.status_code, response.headers.multi_items(), _stored(response, "_content", b""))
    return Exchange(sent_by_httpx(response), answer, tuple(map(sent_by_httpx, response.history)))


def sent_by_aiohttp(response: Any) -> Sent:
    """Return the request that a response of aiohttp answers. Its body is known if the signature covers it."""
    info = response.request_info
    headers = list(info.headers.items())
    body = _stored(response, SIGNED_BODY)
    if body is None:
        names = {name.lower(): value for name, value in headers}
        body = b"" if "transfer-encoding" not in names and names.get("content-length", "0") == "0" else None
    return info.method, str(info.url), headers, _known(body)


#: The attribute of a response of aiohttp with the body that was signed.
SIGNED_BODY = "_oauthone_signed_body"


def read_aiohttp(response: Any) -> Exchange:
    """Return the exchange of a response of aiohttp."""
    answer = (response.status, list(response.headers.items()), _stored(response, "_body") or b"")
    return Exchange(sent_by_aiohttp(response), answer, tuple(map(sent_by_aiohttp, response.history)))


_OCTETS_OR_TEXT: Any = (bytes, bytearray, memoryview, str)


def _known(body: Any) -> Any:
    return body if isinstance(body, _OCTETS_OR_TEXT) else UnknownBody()


def _stored(holder: Any, name: str, default: Any = None) -> Any:
    """Return an attribute that the library has set already, without a property that would receive it."""
    return holder.__dict__.get(name, default)


class Explanation:
    """The diagnosis of an exchange, made when somebody asks for it. Its repr hides what it is made of.

    A pickle contains the diagnosis and no credentials.

    Args:
        exchange: the request and its answer.
        credentials: what the client was given, as arguments of `oauthone.diagnosis.diagnose`.
    """

    __slots__ = ("_credentials", "_exchange")

    def __init__(self, exchange: Exchange, credentials: Mapping[str, Any]) -> None:
        self._exchange = exchange
        self._credentials = credentials

    def __call__(self, **evidence: Any) -> "Diagnosis":
        """Return the diagnosis.

        Args:
            evidence: further arguments of `oauthone.diagnosis.diagnose`.
        """
        from oauthone.diagnosis import diagnose

        sent, answer, history = self._exchange
        method, url, headers, body = sent
        known: dict[str, Any] = {**self._credentials, "answer": answer, "history": history, **evidence}
        return diagnose(method, url, headers, body, **known)

    def __repr__(self) -> str:
        return "<Explanation>"

    def __reduce__(self) -> Any:
        return _made, (self(),)


def _made(diagnosis: "Diagnosis") -> "Diagnosis":
    return diagnosis


def keep(replied: list[Explanation], credentials_of: Callable[[], Mapping[str, Any]], reply: Reply) -> Reply:
    """Keep what explains the reply to a leg that was signed with what ``credentials_of`` returns; return the reply."""
    if reply.sent is not None:
        exchange = Exchange(reply.sent, (reply.status, reply.headers, reply.body))
        replied[:] = [Explanation(exchange, credentials_of())]
    return reply


def explain_by(replied: list[Explanation], refused: Exception) -> None:
    """Let the ``diagnosis`` of an error be that of the reply that was kept."""
    vars(refused)["_diagnosis"] = replied[0] if replied else None


class Diagnosing:
    """What the diagnoses of all clients share. A client says how it reads a response, and what it signs with."""

    #: Reads a response of the library.
    _read_exchange: ClassVar[Any]

    def _given_credentials(self) -> Mapping[str, Any]:
        """Return what this client signs with, as arguments of `oauthone.diagnosis.diagnose`."""
        client: Any = self
        credentials: Mapping[str, Any] = client._flow_state.auth.given_credentials()
        return credentials

    def _explanation(self, response: Any) -> Explanation:
        exchange: Exchange = self._read_exchange(response)
        return Explanation(exchange, self._given_credentials())


class DiagnosisMethods(Diagnosing):
    """`diagnose` and `explain` of the clients whose responses know all about their request."""

    _read_exchange = staticmethod(read_requests)

    def diagnose(self, response: Any, *, thorough: bool = False, **evidence: Any) -> "Diagnosis":
        """Say why a server refused a request of this client, and what proves it.

        Nothing is sent or received. The body of the answer is evidence if it was read before.

        Args:
            response: the response of this client's library.
            thorough: whether to look longer for two mistakes. An event loop waits for it: run it in a thread there.
            evidence: what else is known: ``base_string`` and ``expected_signature`` of the server, a ``working``
                request as an `oauthone.diagnosis.Evidence`, the time ``now``, or another ``provider`` than that of the
                client.

        Returns:
            The diagnosis, which contains no secret.
        """
        return self._explanation(response)(thorough=thorough, **evidence)

    def explain(self, response: Any) -> str:
        """Return why a server refused a request of this client, in one line; see `diagnose`."""
        return self.diagnose(response).line()


class AwaitedDiagnosisMethods(Diagnosing):
    """`DiagnosisMethods` for aiohttp, awaited."""

    _read_exchange = staticmethod(read_aiohttp)

    async def _send_probe(self, auth: Any, url: str) -> Any:
        """Send a GET that ``auth`` signs, without cookies and redirects."""
        client: Any = self
        alone = client._leg_client()
        try:
            async with alone.get(url, auth=auth, allow_redirects=False) as response:
                return response
        finally:
            alone.session.detach()

    async def diagnose(self, response: Any, *, thorough: bool = False, **evidence: Any) -> "Diagnosis":
        """See `oauthone.clients.requests.OAuth1Session.diagnose`; awaited. A thorough search runs in a thread.

        A short body of an answer that was not read yet is read, and can still be read afterwards.
        """
        import asyncio  # aiohttp has loaded it, and the other clients do without

        await read_short_body(response)
        explain = partial(self._explanation(response), thorough=thorough, **evidence)
        return await asyncio.to_thread(explain) if thorough else explain()

    async def explain(self, response: Any) -> str:
        """Return why a server refused a request of this client, in one line; awaited."""
        return (await self.diagnose(response)).line()


#: A longer body is evidence only if the program has read it.
_SHORT = 64 * 1024


async def read_short_body(response: Any) -> None:
    """Let aiohttp read and keep the body of a refusal, if its length is known and short."""
    can_be_read = response.status >= 400 and response.content.exception() is None
    if can_be_read and (response.content_length or _SHORT + 1) <= _SHORT:
        await response.read()
