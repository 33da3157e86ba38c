"""How a bare auth of requests or niquests signs the hops of redirects: with a hook that sees each response."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlparse

from oauthone.clients._origins import share_origin
from oauthone.clients._requests_retries import refuse_to_send_rest, seek
from oauthone.clients._requests_signing import TwinAuth, put_body
from oauthone.core.parameters import remove_from_query

#: Segments that urllib3 takes out of a path on its way to a proxy, and leaves there on its way to a server.
_DOTS = re.compile(r"/\.{1,2}(?:[/?#]|$)")


class Redirects(NamedTuple):
    """What a library knows about redirects.

    Attributes:
        request: its prepared request.
        signed: a prepared request whose copy stays signed, whatever a .netrc says.
        rules: what has its methods ``rebuild_method`` and ``get_redirect_target``.
        requote_uri: its function.
        as_sent: spells a URL as the library sends it.
        unrewindable: its ``UnrewindableBodyError``.
    """

    request: Callable[[], Any]
    signed: Any
    rules: Any
    requote_uri: Callable[[str], str]
    as_sent: Callable[[str], str]
    unrewindable: Any

    def target(self, response: Any) -> str:
        """The URL of the next hop as the library will put it together."""
        url = str(self.rules.get_redirect_target(response))
        if url.startswith("//"):
            url = f"{urlparse(str(response.url)).scheme}:{url}"
        target = urlparse(url)
        url = self.requote_uri(target.geturl())
        return url if target.netloc else urljoin(response.url, url)


class Unsigned(NamedTuple):
    """What a bare auth has changed of a request, as it was before."""

    url: str
    body: Any
    content_type: Any
    #: Where the library found a file's body to begin.
    position: Any

    @classmethod
    def of(cls, request: Any) -> "Unsigned":
        """What is about to be changed of ``request``."""
        return cls(
            request.url, request.body, request.headers.get("Content-Type"), request.__dict__.get("_body_position")
        )

    def restore(self, request: Any) -> None:
        """Take the signature out of ``request``."""
        request.headers.pop("Authorization", None)
        if request.body is not self.body:
            put_body(request, self.body, self.position)
        if self.content_type is None:
            request.headers.pop("Content-Type", None)
        request.url = self.url


class FollowSigned:
    """The response hook of a bare auth: it takes back its signature and signs the hop that the library will make.

    The library makes the next request of a redirect from a copy of the one it sent, so that one is changed here, and
    the response gets a copy that shows what was sent.

    Args:
        auth: signs.
        unsigned: the request that was sent, as it was before.
        redirects: the library's.
        added: what the signature put into the URL, which a server that redirects may repeat.
    """

    def __init__(self, auth: TwinAuth, unsigned: Unsigned, redirects: Redirects, added: tuple[str, ...]) -> None:
        self._auth = auth
        self._unsigned = unsigned
        self._redirects = redirects
        self._added = added
        self._has_left = False

    def __call__(self, response: Any, **_: Any) -> None:
        if not response.is_redirect:
            return
        request = response.request
        response.request = request.copy()
        keeps_body = response.status_code in (307, 308)
        hop = self._redirects.request()
        hop.method, hop.url = request.method, self._follow(response)
        self._redirects.rules.rebuild_method(hop, response)
        self._unsigned.restore(request)
        if not self._has_left:
            if keeps_body:
                refuse_to_send_rest(request.body, self._unsigned.position, self._redirects.unrewindable, response)
            self._sign_hop(request, hop, keeps_body=keeps_body)
        body = self._unsigned.body if keeps_body else None
        self._unsigned = self._unsigned._replace(url=hop.url, body=body)

    def _follow(self, response: Any) -> str:
        """The URL that ``response`` redirects to, as it will be sent.

        The library reads it from the response, which is changed where the URL repeats our parameters, or has dot
        segments that would go to a server as they stand, but not to a proxy.
        """
        target = self._redirects.target(response)
        cleaned = remove_from_query(target, self._added)
        sent = self._redirects.as_sent(cleaned)
        self._has_left = self._has_left or not share_origin(self._unsigned.url, sent)
        if not self._has_left and _DOTS.search(cleaned):
            cleaned = sent
        if cleaned != target:
            response.headers["Location"] = cleaned.encode("utf-8").decode("latin-1")
        return sent

    def _sign_hop(self, request: Any, hop: Any, *, keeps_body: bool) -> None:
        hop.headers = request.headers.copy()
        hop.body = request.body if keeps_body else None
        if keeps_body:
            seek(hop.body, self._unsigned.position)  # the library does so later; the signature may cover what is read
        else:
            hop.headers.pop("Content-Type", None)
        in_body = self._auth.travels_in_body and bool(hop.body)
        signed = (self._auth if in_body else self._auth.in_header()).signed(hop)
        if signed.content_type is not None:
            request.headers["Content-Type"] = signed.content_type
        if signed.authorization is not None:
            request.headers["Authorization"] = signed.authorization
            request.__class__ = self._redirects.signed
        else:
            put_body(request, signed.body)
