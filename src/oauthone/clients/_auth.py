"""`SigningAuth`: the part of an auth object that all HTTP libraries share."""

import logging
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Self

from oauthone.clients._other_names import refuse_other_names, refuse_positions
from oauthone.clients._read_only import ReadOnlyAttributes
from oauthone.clients._signing_log import LOG, log_signature
from oauthone.core.body import FORM, is_form, is_form_text
from oauthone.core.flow import Leg
from oauthone.core.parameters import Placement
from oauthone.core.signature import SignatureMethod
from oauthone.core.signed import Signed
from oauthone.core.signing import Signer, random_nonce, system_clock
from oauthone.core.signing_options import (
    BodyHash,
    SignatureMethodName,
    SignatureType,
    TokenArgument,
    content_type_and_host,
)
from oauthone.core.urls import require_confidential

if TYPE_CHECKING:
    from oauthone.clients._provider_rules import ProviderRules
    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial
    from oauthone.providers import Provider

#: The options that a provider chooses, and their values without one.
_USUAL = {"signature_method": "HMAC-SHA1", "signature_type": "HEADER", "body_hash": "never"}


class SigningAuth(ReadOnlyAttributes):
    """Signs requests for one set of credentials. Immutable, picklable, and safe to share between threads.

    The auth object of each HTTP library derives from it and documents the arguments.
    """

    #: Whether `for_leg` returned this auth.
    is_for_leg = False
    #: Whether the parameters travel in the body, and whether they travel in the ``Authorization`` header.
    travels_in_body: bool
    travels_in_header: bool
    _header_signer: Signer | None = None

    def __new__(cls, *positional: Any, **options: Any) -> Self:
        """Make an object for ``__init__``, which documents the arguments."""
        refuse_other_names(cls, options)
        refuse_positions(cls, len(positional))
        return super().__new__(cls)

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token: TokenArgument = None,
        token_secret: str | None = None,
        redirect_uri: str | None = None,
        verifier: str | None = None,
        signature_method: SignatureMethodName | SignatureMethod | None = None,
        signature_type: SignatureType | None = None,
        realm: str | None = None,
        rsa_key: "RsaMaterial | RsaKey | None" = None,
        body_hash: BodyHash | None = None,
        force_include_body: bool = False,
        version: str | None = "1.0",
        allow_insecure_transport: bool = False,
        clock: Callable[[], float] = system_clock,
        nonce: Callable[[], str] = random_nonce,
        provider: "str | Provider | None" = None,
    ) -> None:
        options: dict[str, Any] = {
            "client_id": client_id,
            "client_secret": client_secret,
            "token": token,
            "token_secret": token_secret,
            "signature_method": signature_method,
            "signature_type": signature_type,
            "realm": realm,
            "rsa_key": rsa_key,
            "body_hash": "auto" if force_include_body and body_hash in (None, "never") else body_hash,
            "version": version,
            "clock": clock,
            "nonce": nonce,
        }
        self._rules: ProviderRules | None = None
        if provider is not None:
            from oauthone.clients._provider_options import signing_for  # few clients need it

            self._rules, options = signing_for(provider, options)
        self._callback = redirect_uri or None
        self._verifier = verifier or None
        self._allow_insecure_transport = allow_insecure_transport
        options |= {name: usual for name, usual in _USUAL.items() if options[name] is None}
        self._use(Signer(**options))

    @property
    def provider(self) -> "Provider | None":
        """The facts about the provider that this auth was made for, or None."""
        return None if self._rules is None else self._rules.provider

    @property
    def signer(self) -> Signer:
        """The signer."""
        return self._signer

    @property
    def client_id(self) -> str:
        """The client's identifier."""
        return self._signer.client_id

    @property
    def realm(self) -> str | None:
        """The realm of the ``Authorization`` header, or None."""
        return self._signer.realm

    def given_credentials(self) -> Mapping[str, Any]:
        """Return what this auth signs with, as arguments of `oauthone.diagnosis.diagnose`."""
        options = self._signer._options  # pyright: ignore[reportPrivateUsage]  # a signer shows nothing of its key
        names = "client_id", "client_secret", "token", "token_secret", "rsa_key"
        return {**{name: options[name] for name in names}, "provider": self.provider}

    def with_token(self, token: TokenArgument, token_secret: str | None = None) -> Self:
        """Return this auth with other token credentials, or none, and without a callback or verifier.

        It is this very auth if nothing changes.
        """
        if self._rules is not None:
            from oauthone.clients._provider_rules import token_for  # loaded with the rules

            token = token_for(self._rules.provider, token)
        signer = self._signer.replace(token=token, token_secret=token_secret or "")
        if signer is self._signer and self._callback is None and self._verifier is None:
            return self
        return self._with(signer, None, None)

    def for_leg(self, leg: Leg, signature_type: str | None = None) -> Self:
        """Return the auth for one leg, which carries the leg's callback or verifier where ``signature_type`` says."""
        signer = self._signer.replace(token=leg.token, token_secret=leg.token_secret or "")
        if signature_type is not None:
            signer = signer.replace(signature_type=signature_type)
        auth = self._with(signer, leg.callback, leg.verifier)
        auth.is_for_leg = True
        return auth

    def with_signer(self, signer: Signer) -> Self:
        """Return this auth with another signer, and without a callback or verifier."""
        return self._with(signer, None, None)

    def in_header(self) -> Self:
        """Return this auth with the parameters in the header, for a redirect that dropped the body that held them."""
        return self._with(self._signer.replace(signature_type="HEADER"), self._callback, self._verifier)

    def may_sign(self, url: str) -> bool:
        """Return whether credentials may be sent to ``url``: with a provider, only to its own addresses."""
        return self._rules is None or self.is_for_leg or self._rules.allows(url)

    def require_user_agent(self, value: str | None) -> None:
        """Raise `ConfigurationError` if the provider requires a ``User-Agent`` that ``value`` is not."""
        if self._rules is not None:
            self._rules.require_user_agent(value)

    def sign(self, method: str, url: str, headers: Iterable[tuple[str, str | bytes]], body: Any) -> Signed:
        """Sign a request as it goes on the wire.

        Raises:
            SigningError: the request cannot be signed.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
            ConfigurationError: the URL is not one of the provider's.
        """
        return self.sign_parts(method, url, *content_type_and_host(headers), body)

    def sign_parts(self, method: str, url: str, content_type: str | None, host: str | None, body: Any) -> Signed:
        """Like `sign`, for callers that already have the values of Content-Type and Host.

        A form that is passed as text without a Content-Type gets one. Without it, a server would not read the form.

        Raises:
            SigningError: see `sign`.
            InsecureTransportError: see `sign`.
            ConfigurationError: see `sign`.
        """
        realm: str | EllipsisType = ...
        if self._rules is not None:
            realm = self._rules.realm_for(url, is_checked=self.is_for_leg)
        # Most URLs begin like this, and then nothing in the request needs a second look.
        if not url.startswith("https://") and self._secret_in_request is not None:
            require_confidential(url, self._secret_in_request, allow_insecure_transport=self._allow_insecure_transport)
        is_unlabelled = content_type is None and isinstance(body, str) and is_form_text(body)
        signed = self._signer.sign_parts(
            method,
            url,
            FORM if is_unlabelled else content_type,
            host,
            body,
            callback=self._callback,
            verifier=self._verifier,
            realm=realm,
        )
        if LOG.level and LOG.isEnabledFor(logging.DEBUG):
            log_signature(self._signer, signed)
        return signed._replace(content_type=FORM) if is_unlabelled else signed

    @property
    def header_signer(self) -> Signer | None:
        """The signer, if a request without a body needs nothing but a header from it; None if `sign_parts` is needed.

        A log, a provider's rules, and what must not be sent over http need a look at each request.
        """
        return None if LOG.level else self._header_signer

    def covers(self, content_type: str | None) -> bool:
        """Return whether the signature covers a body of this type, which must then be read before it is sent."""
        return self._signer.body_hash != "never" or is_form(content_type)

    def _with(self, signer: Signer, callback: str | None, verifier: str | None) -> Self:
        auth = copy(self)
        auth._callback, auth._verifier = callback, verifier
        auth._use(signer)
        return auth

    def _use(self, signer: Signer) -> None:
        """Derive from ``signer``, the callback and the verifier what is the same for each request."""
        self._signer = signer
        self.travels_in_body = signer.placement is Placement.BODY
        self.travels_in_header = signer.placement is Placement.HEADER
        #: What in each signed request must not be sent over http; None if there is nothing.
        self._secret_in_request: str | None = None
        if signer.signature_method.name == "PLAINTEXT":
            self._secret_in_request = "the secrets of PLAINTEXT"
        elif self._callback is not None or self._verifier is not None:
            self._secret_in_request = "a request for credentials"
        kind = type(self)
        steps = kind.sign_parts, kind.require_user_agent, type(signer).sign_parts
        is_derived = steps != (SigningAuth.sign_parts, SigningAuth.require_user_agent, Signer.sign_parts)
        needs_look = self._rules is not None or self._secret_in_request is not None
        self._header_signer = None if is_derived or needs_look else signer

    def __repr__(self) -> str:
        signer = getattr(self, "_signer", None)
        if signer is None:
            return f"<{type(self).__name__}, not made yet>"
        return f"<{type(self).__name__} {signer.client_id!r} {signer.signature_method.name} {signer.placement.value}>"
