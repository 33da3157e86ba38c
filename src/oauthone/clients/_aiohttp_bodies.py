"""The body of an aiohttp request: what a signature reads of it, and what it changes in the request."""

import asyncio
from typing import TYPE_CHECKING, Any, cast

from aiohttp import ClientPayloadError, MultipartWriter, hdrs
from aiohttp.client_reqrep import ClientRequest
from aiohttp.payload import BytesPayload, IOBasePayload
from yarl import URL

from oauthone.clients._aiohttp_urls import http_scheme, wire_url
from oauthone.clients._auth import SigningAuth
from oauthone.core.base_string import prefix_from_split_url
from oauthone.core.body import is_form
from oauthone.core.parameters import append_to_query
from oauthone.core.signed import Signed
from oauthone.errors import SigningError

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter


def refuse_consumed(payload: Any) -> None:
    """Refuse to send what is left of a body that was sent before: the signature would cover less than was meant.

    Raises:
        ClientPayloadError: the body was sent before, and can be read only once.
    """
    if getattr(payload, "consumed", False):
        raise ClientPayloadError(
            f"the request is not sent again: its body ({type(payload).__name__}) can be read only once. "
            "Pass bytes or a seekable file, or allow_redirects=False"
        )


async def signed_body(auth: SigningAuth, request: ClientRequest) -> Any:
    """Return what the signature covers of the body: octets, a file, or an object that can be read only once.

    Raises:
        SigningError: a body hash would cover a body that aiohttp compresses later.
    """
    payload, content_type = request.body, request.headers.get(hdrs.CONTENT_TYPE)
    if not (auth.travels_in_body or auth.covers(content_type)):
        return None
    if request.compress and not is_form(content_type):
        raise SigningError(
            "oauth_body_hash covers the body that is sent, but compress= changes it later: pass a body that is "
            "compressed already, or sign without a body hash (body_hash='never')"
        )
    if isinstance(payload, IOBasePayload):
        return await _file(auth, request, payload)
    if isinstance(payload, MultipartWriter) and not auth.travels_in_body:
        return await _buffer_multipart(request, payload)
    return vars(payload)["_value"] if isinstance(payload, BytesPayload) else payload


async def _file(auth: SigningAuth, request: ClientRequest, payload: IOBasePayload) -> Any:
    """Return a file, rewound to its start, or its octets if the parameters are added to them."""
    file, start = vars(payload)["_value"], vars(payload).get("_start_position")
    if start is not None:
        file.seek(start)
    if not auth.travels_in_body:
        return file
    octets = await asyncio.to_thread(file.read)
    octets = octets.encode() if isinstance(octets, str) else octets
    await request.update_body(BytesPayload(octets, content_type=payload.content_type))
    return octets


async def _buffer_multipart(request: ClientRequest, payload: MultipartWriter) -> bytes:
    """Return the octets of a multipart body, and send them in its place, since it can be written only once."""
    octets = bytearray()

    class _Octets:
        async def write(self, chunk: bytes) -> None:
            octets.extend(chunk)

    await payload.write(cast("AbstractStreamWriter", _Octets()))
    await request.update_body(BytesPayload(bytes(octets), content_type=payload.content_type))
    return bytes(octets)


def sign_request(auth: SigningAuth, request: ClientRequest, body: Any) -> Signed:
    """Return what signing changes in ``request``, which this does not change.

    Args:
        auth: signs.
        request: the request as it is sent.
        body: the return value of `signed_body`, or None for a request without a body.

    Raises:
        SigningError: see `SigningAuth.sign_parts`.
        InsecureTransportError: see `SigningAuth.sign_parts`.
        ConfigurationError: see `SigningAuth.sign_parts`.
    """
    headers = request.headers
    content_type, host = headers.get(hdrs.CONTENT_TYPE), headers.get(hdrs.HOST)
    return auth.sign_parts(request.method, wire_url(request.url), content_type, host, body)


def authorization_without_body(auth: SigningAuth, request: ClientRequest) -> str | None:
    """Return the ``Authorization`` header of a request without a body; None if only `sign_request` can make it."""
    signer, host, url = auth.header_signer, request.headers.get(hdrs.HOST), request.url
    target = url.raw_path_qs
    if signer is None or not host or "#" in target:
        return None
    path, _, query = target.partition("?")
    start = prefix_from_split_url(request.method, http_scheme(url.scheme), host, path)
    return signer.header_without_body(start, query)


async def apply_to_request(request: ClientRequest, signed: Signed, body: Any) -> None:
    """Replace the body or the URL of ``request`` by the signed one."""
    request.headers.pop(hdrs.AUTHORIZATION, None)
    if signed.body is not body:
        if signed.content_type is not None:
            request.headers[hdrs.CONTENT_TYPE] = signed.content_type
        await request.update_body(BytesPayload(signed.body, content_type=request.headers[hdrs.CONTENT_TYPE]))
    else:
        request.url = URL(append_to_query(str(request.url), signed.added_to_query), encoded=True)
