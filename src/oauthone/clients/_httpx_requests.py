"""Changing the query, the form and the headers of requests of httpx and httpx2, without loading either library."""

from functools import lru_cache
from typing import Any

from oauthone.core.parameters import append_to_query
from oauthone.core.signed import Signed
from oauthone.core.urls import Origin
from oauthone.errors import SigningError


def origin_of(url: Any) -> Origin:
    """Return the origin of an ``httpx.URL`` or ``httpx2.URL`` as that library reads it."""
    host = url.raw_host.decode("ascii")
    return Origin.of(url.scheme, f"[{host}]" if ":" in host else host, url.port)


def put_query(request: Any, added: tuple[str, ...]) -> None:
    """Append the parameters ``added`` to the query of ``request``, and of its extension ``target``."""
    request.url = request.url.__class__(append_to_query(str(request.url), added))
    target = request.extensions.get("target")
    if target is not None:
        signed_target = append_to_query(target.decode("latin-1"), added).encode("latin-1")
        request.extensions = {**request.extensions, "target": signed_target}


def put_form(request: Any, signed: Signed) -> None:
    """Replace the body of ``request`` with the signed form."""
    content_type = signed.content_type or request.headers.get("Content-Type")
    made = request.__class__(request.method, request.url, content=signed.body, headers={"Content-Type": content_type})
    request.stream, request.__dict__["_content"] = made.stream, made.content
    request.headers.pop("Transfer-Encoding", None)
    request.headers["Content-Type"] = content_type
    request.headers["Content-Length"] = made.headers["Content-Length"]


@lru_cache(maxsize=8)
def single_use_stream(kind: Any) -> Any:
    """Return a subclass of the library's stream class ``kind`` that refuses to be sent twice.

    A signed form that went out again would repeat its nonce, possibly to another origin.
    """

    def once(iterate: Any) -> Any:
        def begin(stream: Any) -> Any:
            if stream.was_sent:
                raise SigningError(
                    "a redirect or a retry would send the body again, and with it a used signature: OAuth1Auth signs "
                    "the first request only. Use OAuth1Client or AsyncOAuth1Client, or signature_type='HEADER'"
                )
            stream.was_sent = True
            return iterate(stream)

        return begin

    members = {"was_sent": False, "__iter__": once(kind.__iter__), "__aiter__": once(kind.__aiter__)}
    return type("SingleUseStream", (kind,), members)
