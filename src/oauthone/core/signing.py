"""`Signer` signs requests with one set of credentials (RFC 5849 section 3).

It neither changes nor sends the request: it returns `Signed`, which holds the values that an adapter has to set.
"""

import os
import time
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import EllipsisType
from typing import TYPE_CHECKING, Any, cast

from oauthone.core.authorization_header import HeaderTemplate, authorization_header, realm_prefix
from oauthone.core.base_string import (
    base_string_prefix,
    canonical_parameters,
    request_parameters,
    signature_base_string,
)
from oauthone.core.body import FORM, body_digest, form_text, is_empty, is_form
from oauthone.core.encoding import encode_base64, is_alphanumeric, iter_pairs, percent_encode
from oauthone.core.parameters import Placement, append_to_form, append_to_query
from oauthone.core.signature import HmacMethod, RsaMethod, SignatureMethod
from oauthone.core.signed import Signed
from oauthone.core.signing_options import (
    BodyHash,
    Headers,
    SignatureMethodName,
    SignatureType,
    TokenArgument,
    check_options,
    content_type_and_host,
    form_to_extend,
    protocol_parameters,
    split_token,
)
from oauthone.core.urls import split_query

if TYPE_CHECKING:
    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial

_ALPHANUMERIC = bytes.maketrans(b"+/", b"Az")


def random_nonce() -> str:
    """Return a nonce of 24 letters and digits, made from 144 random bits of the operating system (section 3.3)."""
    return b2a_base64(os.urandom(18), newline=False).translate(_ALPHANUMERIC).decode("ascii")


def system_clock() -> float:
    """Return the seconds since 1970. It looks up ``time.time`` at each call, so that a test can replace it."""
    return time.time()


class Signer:
    """Signs requests with one set of credentials. It is immutable, picklable and safe to share between threads.

    Args:
        client_id: the client's identifier (``oauth_consumer_key``).
        client_secret: the client's shared secret; None or ``""`` without one, for example with ``rsa_key``.
        token: a token's identifier, or a dict with ``oauth_token`` and its secret; None omits it, ``""`` sends it.
        token_secret: its shared secret.
        signature_method: a name such as ``"HMAC-SHA256"``, or a `SignatureMethod` of your own.
        signature_type: where the protocol parameters are sent: ``"HEADER"``, ``"QUERY"`` or ``"BODY"``.
        realm: the realm of the ``Authorization`` header; None omits it, ``""`` sends it empty.
        rsa_key: the private key for RSA methods, in any form that `RsaKey` accepts.
        body_hash: ``"auto"`` adds ``oauth_body_hash`` for a non-empty body that is not a form, ``"always"`` also for an
            empty one, ``"never"`` not at all.
        version: the value of ``oauth_version``; None omits it.
        clock: returns the seconds since 1970; fractions are ignored.
        nonce: returns a nonce.

    Raises:
        SigningError: an option is invalid, such as PLAINTEXT in a query or a key that cannot sign.
    """

    __slots__ = (
        "_body_hash",
        "_clock",
        "_constant",
        "_encoded_signature",
        "_extends_form",
        "_hash_name",
        "_method",
        "_nonce",
        "_options",
        "_placement",
        "_sign",
        "_template",
    )

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token: TokenArgument = None,
        token_secret: str | None = None,
        signature_method: SignatureMethodName | SignatureMethod = "HMAC-SHA1",
        signature_type: SignatureType = "HEADER",
        realm: str | None = None,
        rsa_key: "RsaMaterial | RsaKey | None" = None,
        body_hash: BodyHash = "never",
        version: str | None = "1.0",
        clock: Callable[[], float] = system_clock,
        nonce: Callable[[], str] = random_nonce,
    ) -> None:
        given = {
            "client_id": client_id,
            "client_secret": client_secret,
            "token": token,
            "token_secret": token_secret,
            "signature_method": signature_method,
            "signature_type": signature_type,
            "realm": realm,
            "rsa_key": rsa_key,
            "body_hash": body_hash,
            "version": version,
            "clock": clock,
            "nonce": nonce,
        }
        options, method, placement, constant = check_options(split_token(given))
        self._options = options
        self._method, self._placement, self._constant = method, placement, constant
        self._hash_name = method.hash_name
        self._body_hash = body_hash
        self._clock = clock
        self._nonce = nonce
        template = HeaderTemplate(realm, constant)  # it checks the realm, for other placements too
        self._template = template if placement is Placement.HEADER else None
        self._extends_form = placement is Placement.BODY
        self._sign = method.signing_function(options["client_secret"], options["token_secret"], options["rsa_key"])
        self._encoded_signature = encode_base64 if type(method) in (HmacMethod, RsaMethod) else percent_encode

    def sign(
        self,
        method: str,
        url: str,
        headers: Headers | None = None,
        body: Any = None,
        *,
        callback: str | None = None,
        verifier: str | None = None,
        realm: str | EllipsisType | None = ...,
        extra: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        nonce: str | None = None,
        timestamp: int | str | None = None,
    ) -> Signed:
        """Sign one request (RFC 5849 section 3).

        Args:
            method: the request method.
            url: the final absolute URL, as it is sent.
            headers: the request's headers; only Host and Content-Type are read.
            body: the body as it is sent. It is read only if it is a form or a body hash covers it.
            callback: ``oauth_callback`` of a request for temporary credentials.
            verifier: ``oauth_verifier`` of a request for token credentials.
            realm: a realm for this request instead of the signer's; None omits it.
            extra: further protocol parameters, such as ``oauth_session_handle``.
            nonce: a nonce to use instead of a new one.
            timestamp: the seconds since 1970 to use instead of the clock's.

        Raises:
            SigningError: the URL is not absolute; BODY placement meets a body that is not a form; a body that has to be
                read can be read only once; or ``extra`` has a doubled or reserved name.
        """
        content_type, host = content_type_and_host(iter_pairs(headers or ()))
        return self.sign_parts(
            method,
            url,
            content_type,
            host,
            body,
            callback=callback,
            verifier=verifier,
            realm=realm,
            extra=extra,
            nonce=nonce,
            timestamp=timestamp,
        )

    def sign_parts(
        self,
        method: str,
        url: str,
        content_type: str | None,
        host: str | None,
        body: Any,
        *,
        callback: str | None = None,
        verifier: str | None = None,
        realm: str | EllipsisType | None = ...,
        extra: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        nonce: str | None = None,
        timestamp: int | str | None = None,
    ) -> Signed:
        """Like `sign`, for callers that already have the Content-Type and Host values.

        Args:
            method: the request method. `sign` documents the arguments that are not listed here.
            url: the final absolute URL, as it is sent.
            content_type: the value of the request's ``Content-Type`` header, or None.
            host: the value of its ``Host`` header; None if that equals the authority of the URL.
            body: the body as it is sent.

        Raises:
            SigningError: see `sign`.
        """
        # What `random_nonce` and a clock return has unreserved characters only.
        is_plain = nonce is None and timestamp is None and self._nonce is random_nonce
        if nonce is None:
            nonce = self._nonce()
        timestamp = str(int(self._clock())) if timestamp is None else str(timestamp)
        form = body_hash = ""
        if self._extends_form:
            form = form_to_extend(content_type, body)
        elif content_type is not None and is_form(content_type):
            form = form_text(body) if body else ""
        elif self._body_hash != "never" and (self._body_hash == "always" or not is_empty(body)):
            body_hash = percent_encode(body_digest(self._hash_name, body))
        resource, query = split_query(url)
        start = base_string_prefix(method, resource, host)
        template = self._template
        if template is not None and realm is ... and callback is None and verifier is None and not extra:
            found = canonical_parameters(query, form)
            if "oauth_" not in found and (is_plain or is_alphanumeric(nonce + timestamp)):
                # Only what the template provides for: it formats base string and header.
                base_string = template.base_string(start, found, timestamp, nonce, body_hash)
                signature = self._encoded_signature(self._sign(base_string))
                authorization = template.header(timestamp, nonce, body_hash, signature)
                values = (url, body, authorization, None, nonce, timestamp, base_string, ())
                # The constructor takes twice as long.
                return tuple.__new__(Signed, values)  # pyright: ignore[reportUnknownMemberType]
        parameters = protocol_parameters(self._constant, timestamp, nonce, body_hash, callback, verifier, extra)
        base_string = signature_base_string(start, request_parameters(query, form) + parameters)
        parameters.append(f"oauth_signature\0{self._encoded_signature(self._sign(base_string))}")
        return self._placed(url, content_type, body, form, realm, parameters, (nonce, timestamp, base_string))

    def header_without_body(self, start: str, query: str) -> str | None:
        """Return the ``Authorization`` header that `sign_parts` makes for a request without a body, but faster.

        Return None if only `sign_parts` can sign the request: with another placement, or a nonce function of your own.

        Args:
            start: the return value of `base_string_prefix` for the request.
            query: the query as it is sent.
        """
        template = self._template
        if template is None or self._nonce is not random_nonce or self._body_hash == "always":
            return None
        found = canonical_parameters(query, "")
        if "oauth_" in found:
            return None
        nonce, timestamp = random_nonce(), str(int(self._clock()))
        base_string = template.base_string(start, found, timestamp, nonce, "")
        return template.header(timestamp, nonce, "", self._encoded_signature(self._sign(base_string)))

    def _placed(
        self,
        url: str,
        content_type: str | None,
        body: Any,
        form: str,
        realm: str | EllipsisType | None,
        parameters: list[str],
        made_from: tuple[str, str, str],
    ) -> Signed:
        """Add ``parameters`` to a request where this signer places them (RFC 5849 section 3.5).

        ``made_from`` is the nonce, the timestamp and the base string.
        """
        if self._template is not None:
            prefix = self._template.prefix if realm is ... else realm_prefix(realm)
            return Signed(url, body, authorization_header(prefix, parameters), None, *made_from)
        if self._placement is Placement.QUERY:
            return Signed(append_to_query(url, parameters), body, None, None, *made_from, tuple(parameters))
        text = append_to_form(form, parameters)
        new_body = text if isinstance(body, str) and text.isascii() else text.encode("latin-1")
        return Signed(url, new_body, None, None if content_type else FORM, *made_from)

    def replace(self, **changes: Any) -> "Signer":
        """Return a signer with these constructor arguments changed, or this signer if nothing changes."""
        options = {**self._options, **split_token(changes)}
        return self if options == self._options else type(self)(**options)

    @property
    def client_id(self) -> str:
        """The client's identifier."""
        return str(self._options["client_id"])

    @property
    def token(self) -> str | None:
        """The identifier of the temporary or token credentials, or None."""
        return cast("str | None", self._options["token"])

    @property
    def realm(self) -> str | None:
        """The realm of the Authorization header, or None."""
        return cast("str | None", self._options["realm"])

    @property
    def signature_method(self) -> SignatureMethod:
        """The signature method."""
        return self._method

    @property
    def body_hash(self) -> BodyHash:
        """When ``oauth_body_hash`` is sent."""
        return cast(BodyHash, self._options["body_hash"])

    @property
    def placement(self) -> Placement:
        """Where the protocol parameters are sent."""
        return self._placement

    @property
    def secrets(self) -> tuple[str, str]:
        """The shared secrets of the client and of the token, ``""`` for none. No message may contain them."""
        return self._options["client_secret"], self._options["token_secret"]

    def __repr__(self) -> str:
        if not hasattr(self, "_placement"):
            return "<Signer, not made yet>"
        return f"<Signer {self.client_id!r} {self.signature_method.name} {self.placement.value}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), **self._options), ()
