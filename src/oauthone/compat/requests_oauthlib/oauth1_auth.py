"""`OAuth1` signs as the ``auth=`` of requests, with the arguments and the attributes of requests-oauthlib."""

from copy import copy
from functools import cached_property
from typing import Any, Self

from oauthone.clients._requests_redirects import RedirectSigner
from oauthone.clients._requests_signing import apply_signature
from oauthone.clients.requests import OAuth1Auth
from oauthone.compat.requests_oauthlib._client import Client
from oauthone.compat.requests_oauthlib._constants import (
    CONTENT_TYPE_FORM_URLENCODED,
    CONTENT_TYPE_MULTI_PART,
    SIGNATURE_HMAC,
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_HMAC_SHA256,
    SIGNATURE_HMAC_SHA512,
    SIGNATURE_PLAINTEXT,
    SIGNATURE_RSA,
    SIGNATURE_RSA_SHA1,
    SIGNATURE_RSA_SHA256,
    SIGNATURE_RSA_SHA512,
    SIGNATURE_TYPE_AUTH_HEADER,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_QUERY,
)
from oauthone.compat.requests_oauthlib._foreign_clients import sign_with_foreign_client
from oauthone.compat.requests_oauthlib._forms import is_form_for_parameters, looks_like_form
from oauthone.compat.requests_oauthlib._oauthlib import oauthlib_client_class, signs_as_oauthlib
from oauthone.compat.requests_oauthlib._octets import convert
from oauthone.compat.requests_oauthlib._signers import SignerCache, placement_of
from oauthone.core.body import body_digest, is_empty, is_form
from oauthone.core.parameters import Placement
from oauthone.core.signing_options import content_type_and_host
from oauthone.errors import missing_library

try:
    from requests.auth import AuthBase
except ModuleNotFoundError as missing:
    raise missing_library(missing.name or "requests", "requests") from missing

__all__ = [
    "CONTENT_TYPE_FORM_URLENCODED",
    "CONTENT_TYPE_MULTI_PART",
    "SIGNATURE_HMAC",
    "SIGNATURE_HMAC_SHA1",
    "SIGNATURE_HMAC_SHA256",
    "SIGNATURE_HMAC_SHA512",
    "SIGNATURE_PLAINTEXT",
    "SIGNATURE_RSA",
    "SIGNATURE_RSA_SHA1",
    "SIGNATURE_RSA_SHA256",
    "SIGNATURE_RSA_SHA512",
    "SIGNATURE_TYPE_AUTH_HEADER",
    "SIGNATURE_TYPE_BODY",
    "SIGNATURE_TYPE_QUERY",
    "OAuth1",
]


class _DefaultClientClass:
    """The class attribute ``client_class``: oauthlib's class if oauthlib is loaded, as code may compare with it.

    Its instances hold the same attributes as ours, and do not sign.
    """

    def __get__(self, auth: Any, kind: Any) -> Any:
        return oauthlib_client_class() or Client


class OAuth1(RedirectSigner, AuthBase):
    """Signs a request when it is prepared, with what ``client`` holds at that moment.

    The attributes of ``client`` may be set and deleted. A redirect is signed anew as long as each request has the
    origin of the first; a request to another origin carries no credentials.

    Args:
        client_key: the client's identifier, as text or bytes; so are the other values.
        client_secret: the client's shared secret.
        resource_owner_key: the identifier of temporary or token credentials.
        resource_owner_secret: their shared secret.
        callback_uri: sent as ``oauth_callback`` with every request.
        signature_method: a constant of oauthlib, such as ``"HMAC-SHA1"``.
        signature_type: ``"AUTH_HEADER"``, ``"QUERY"`` or ``"BODY"``, in any case.
        rsa_key: the private key for RSA methods; others ignore it.
        verifier: sent as ``oauth_verifier`` with every request.
        decoding: the encoding of the headers and forms, which become bytes; None leaves them as text.
        client_class: makes ``client``. An instance of a class that derives from oauthlib's client signs itself.
        force_include_body: add ``oauth_body_hash`` for a body with a Content-Type that is not a form.
        kwargs: further arguments of the client: ``realm``, ``encoding``, ``nonce`` and ``timestamp``.
    """

    client_class: Any = _DefaultClientClass()
    force_include_body = False
    rules = OAuth1Auth.rules

    def __init__(
        self,
        client_key: Any,
        client_secret: Any = None,
        resource_owner_key: Any = None,
        resource_owner_secret: Any = None,
        callback_uri: Any = None,
        signature_method: Any = SIGNATURE_HMAC,
        signature_type: Any = SIGNATURE_TYPE_AUTH_HEADER,
        rsa_key: Any = None,
        verifier: Any = None,
        decoding: Any = "utf-8",
        client_class: Any = None,
        force_include_body: bool = False,
        **kwargs: Any,
    ) -> None:
        make_client = client_class or self.client_class
        self.force_include_body = force_include_body
        self.client: Any = make_client(
            client_key,
            client_secret,
            resource_owner_key,
            resource_owner_secret,
            callback_uri,
            signature_method,
            signature_type.upper() if isinstance(signature_type, str) else signature_type,
            rsa_key,
            verifier,
            decoding=decoding,
            **kwargs,
        )

    @cached_property
    def _signers(self) -> SignerCache:
        """Made when it is needed: a class that derives from this one may make its client by itself."""
        return SignerCache()

    def for_redirect(self, *, has_body: bool) -> Self:
        """Return this auth, or one that puts the parameters into the header if no body can carry them."""
        placement = placement_of(self.client.signature_type)
        if placement is Placement.HEADER or (placement is Placement.BODY and has_body):
            return self
        copied = copy(self)
        copied.client.signature_type = SIGNATURE_TYPE_AUTH_HEADER
        return copied

    def sign_in_place(self, request: Any) -> tuple[str, ...]:
        """Sign ``request`` as it stands; return the encoded parameters that were added to its URL.

        Raises:
            ValueError: the request cannot be signed.
        """
        if signs_itself(self.client):
            return sign_with_foreign_client(self.client, request, include_body=self.force_include_body)
        if not hasattr(request.headers, "_store"):  # a plain dict, which somebody has put there
            request.prepare_headers(request.headers)
        # The pairs as requests stores them, which is faster than items().
        content_type, host = content_type_and_host(request.headers._store.values())
        body = request.body
        if self._sends_form(content_type, body):
            content_type = request.headers["Content-Type"] = CONTENT_TYPE_FORM_URLENCODED
        body_hash, sends_form = None, is_form(content_type)
        if self.force_include_body and content_type and not sends_form and not is_empty(body):
            body_hash = body_digest("sha1", body)
        signed = self._signers.sign(
            self.client, str(request.method), request.url, content_type, host, body, body_hash=body_hash
        )
        apply_signature(request, signed)
        convert(request, getattr(self.client, "decoding", None), with_body=sends_form or self.force_include_body)
        return signed.added_to_query

    def _sends_form(self, content_type: str | None, body: Any) -> bool:
        """Whether the body is sent as a form. With the parameters in the body, any text in a form's encoding is one."""
        if is_form(content_type):
            return True
        if placement_of(self.client.signature_type) is Placement.BODY:
            return is_form_for_parameters(body)
        return not content_type and looks_like_form(body)

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__, client=copy(self.client), _signers=copy(self._signers))
        return copied


def signs_itself(client: Any) -> bool:
    """Return whether a client signs by its own method: its class derives from ours or oauthlib's, or was changed."""
    is_ours = type(client) is Client and "sign" not in vars(client)
    return not is_ours and not signs_as_oauthlib(client)
