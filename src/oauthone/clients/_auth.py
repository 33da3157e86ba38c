"""What the auth objects of all HTTP libraries share: a signer, where it may be used, and the values of one leg."""

import time
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, Self, TypedDict

from oauthone.core.body import is_form
from oauthone.core.flow import Leg
from oauthone.core.parameters import Placement
from oauthone.core.rsa import RsaKey
from oauthone.core.rsa_loading import RsaMaterial
from oauthone.core.signature import SignatureMethod
from oauthone.core.signing import Signed, Signer, random_nonce
from oauthone.core.signing_options import BodyHash, content_type_and_host
from oauthone.core.urls import require_confidential


class SigningOptions(TypedDict, total=False):
    """The options of `SigningAuth` that a client passes on to it."""

    signature_method: str | SignatureMethod
    signature_type: str
    realm: str | None
    rsa_key: "RsaMaterial | RsaKey | None"
    body_hash: BodyHash
    force_include_body: bool
    version: str | None
    clock: Callable[[], float]
    nonce: Callable[[], str]


def refuse_unknown_options(client: str, options: SigningOptions) -> None:
    """Raise if ``options`` holds what `SigningOptions` does not: a misspelt word is never swallowed.

    Raises:
        TypeError: it does.
    """
    for name in options:
        if name not in SigningOptions.__annotations__:
            raise TypeError(f"{client}() got an unexpected keyword argument {name!r}")


class SigningAuth:
    """Signs requests for one set of credentials. Immutable, shareable, picklable.

    The auth object of each HTTP library derives from it and documents the arguments.
    """

    #: Whether `for_leg` made it.
    is_for_leg = False
    #: Whether the parameters travel in the body.
    travels_in_body: bool

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token: str | None = None,
        token_secret: str | None = None,
        signature_method: str | SignatureMethod = "HMAC-SHA1",
        signature_type: str = "HEADER",
        realm: str | None = None,
        rsa_key: "RsaMaterial | RsaKey | None" = None,
        body_hash: BodyHash = "never",
        force_include_body: bool = False,
        version: str | None = "1.0",
        allow_insecure_transport: bool = False,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = random_nonce,
    ) -> None:
        self._use(
            Signer(
                client_id,
                client_secret,
                token=token,
                token_secret=token_secret,
                signature_method=signature_method,
                signature_type=signature_type,
                realm=realm,
                rsa_key=rsa_key,
                body_hash="auto" if force_include_body and body_hash == "never" else body_hash,
                version=version,
                clock=clock,
                nonce=nonce,
            )
        )
        self._callback: str | None = None
        self._verifier: str | None = None
        self.allow_insecure_transport = allow_insecure_transport

    @property
    def signer(self) -> Signer:
        """What signs."""
        return self._signer

    @property
    def client_id(self) -> str:
        """The client's identifier."""
        return self._signer.client_id

    @property
    def realm(self) -> str | None:
        """The realm of the ``Authorization`` header, or None."""
        return self._signer.realm

    def with_token(self, token: str | None, token_secret: str | None) -> Self:
        """The same auth with other token credentials, or none."""
        return self._with(self._signer.replace(token=token, token_secret=token_secret))

    def for_leg(self, leg: Leg) -> Self:
        """The auth for one request of the flow: it alone carries the callback and the verifier."""
        auth = self.with_token(leg.token, leg.token_secret)
        auth._callback, auth._verifier = leg.callback, leg.verifier
        auth.is_for_leg = True
        return auth

    def in_header(self) -> Self:
        """The same auth with the parameters in the header: for a redirect that dropped the body they travelled in."""
        return self._with(self._signer.replace(signature_type="HEADER"))

    def sign(self, method: str, url: str, headers: Iterable[tuple[str, str | bytes]], body: Any) -> Signed:
        """Sign a request as it goes on the wire.

        Raises:
            SigningError: it cannot be signed.
            InsecureTransportError: PLAINTEXT over http.
        """
        return self.sign_parts(method, url, *content_type_and_host(headers), body)

    def sign_parts(self, method: str, url: str, content_type: str | None, host: str | None, body: Any) -> Signed:
        """What `sign` does, where the two headers that count are at hand.

        Raises:
            SigningError: see `sign`.
            InsecureTransportError: see `sign`.
        """
        if self._is_plaintext:
            require_confidential(
                url, "the secrets of PLAINTEXT", allow_insecure_transport=self.allow_insecure_transport
            )
        return self._signer.sign_parts(
            method, url, content_type, host, body, callback=self._callback, verifier=self._verifier
        )

    def covers(self, content_type: str | None) -> bool:
        """Whether the signature covers a body of this type, so that it has to be read before it is sent."""
        return self._signer.body_hash != "never" or is_form(content_type)

    def _with(self, signer: Signer) -> Self:
        auth = copy(self)
        auth._use(signer)
        return auth

    def _use(self, signer: Signer) -> None:
        self._signer = signer
        self.travels_in_body = signer.placement is Placement.BODY
        self._is_plaintext = signer.signature_method.name == "PLAINTEXT"

    def __repr__(self) -> str:
        signer = self._signer
        return f"<{type(self).__name__} {signer.client_id!r} {signer.signature_method.name} {signer.placement.value}>"
