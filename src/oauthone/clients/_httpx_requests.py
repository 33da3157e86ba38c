"""What signing reads of a request of httpx or httpx2, and what it changes in a copy."""

from functools import lru_cache
from typing import Any

from oauthone.core.parameters import append_to_query
from oauthone.core.signing import Signed
from oauthone.core.urls import Origin
from oauthone.errors import SigningError


def origin_of(url: Any) -> Origin:
    """The origin of an ``httpx.URL`` or ``httpx2.URL`` as that library reads it."""
    host = url.raw_host.decode("ascii")
    return Origin.of(url.scheme, f"[{host}]" if ":" in host else host, url.port)


def class_of(thing: Any) -> Any:
    """The class of what is the library's, whichever of the two it is."""
    kind: Any = thing.__class__
    return kind


def copy_request(request: Any) -> Any:
    """A copy that shares everything but its headers."""
    copied: Any = object.__new__(class_of(request))
    copied.__dict__.update(request.__dict__)
    copied.headers = class_of(request.headers)(request.headers)
    return copied


def wire_url(request: Any) -> str:
    target = request.extensions.get("target")
    if target is None:
        return str(request.url)
    if not target.startswith(b"/"):
        raise SigningError("the request's target is not a path: a signature covers the URL of one resource")
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{target.decode('latin-1')}"


def put_query(request: Any, added: tuple[str, ...]) -> None:
    request.url = class_of(request.url)(append_to_query(str(request.url), added))
    target = request.extensions.get("target")
    if target is not None:
        signed_target = append_to_query(target.decode("latin-1"), added).encode("latin-1")
        request.extensions = {**request.extensions, "target": signed_target}


def put_form(request: Any, signed: Signed) -> None:
    content_type = signed.content_type or request.headers.get("Content-Type")
    made = class_of(request)(request.method, request.url, content=signed.body, headers={"Content-Type": content_type})
    request.stream, request.__dict__["_content"] = made.stream, made.content
    request.headers.pop("Transfer-Encoding", None)
    request.headers["Content-Type"] = content_type
    request.headers["Content-Length"] = made.headers["Content-Length"]


def has_body(request: Any) -> bool:
    """Whether anything is sent after the headers."""
    return not is_read(request) or bool(request.content)


def is_read(request: Any) -> bool:
    return "_content" in request.__dict__


def authorization_of(request: Any) -> str | None:
    value: str | None = request.headers.get("Authorization")
    return value


def copy_header(request: Any, other: Any, name: str) -> None:
    """Give ``request`` the header of this name that ``other`` has, or none."""
    request.headers.pop(name, None)
    if name in other.headers:
        request.headers[name] = other.headers[name]


@lru_cache(maxsize=8)
def single_use_stream(kind: Any) -> Any:
    """The kind of stream that lets a form with protocol parameters out once, made from the library's ``kind``."""

    def once(iterate: Any) -> Any:
        def begin(stream: Any) -> Any:
            if stream.sent_once:
                raise SigningError(
                    "a redirect or a retry sends the body again, and with it a signature that was used: OAuth1Auth "
                    "alone signs the first request only. Use OAuth1Client or AsyncOAuth1Client, or signature_type="
                    "'HEADER'"
                )
            stream.sent_once = True
            return iterate(stream)

        return begin

    members = {"sent_once": False, "__iter__": once(kind.__iter__), "__aiter__": once(kind.__aiter__)}
    return type("SentOnce", (kind,), members)
