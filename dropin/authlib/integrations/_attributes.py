"""The attributes of Authlib's auth objects, which may be assigned to change later signatures."""

from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Self

from authlib.oauth1.rfc5849.signature import RegisteredMethod, SignatureMethods, method_and_key
from oauthone import Signer

if TYPE_CHECKING:
    from authlib.integrations._client_arguments import ClientArguments


def _option(name: str, doc: str) -> Any:
    """Return a property for an option of the signer."""

    def get(auth: "SigningAttributes") -> Any:
        return auth._options()[name]

    def put(auth: "SigningAttributes", value: Any) -> None:
        auth._change(**{name: value})

    return property(get, put, doc=doc)


class SigningAttributes(SignatureMethods):
    """The attributes of both kinds of auth: a bare one, and that of a client."""

    #: Every attribute may be assigned.
    settled: ClassVar[frozenset[str]] = frozenset()

    client_id: Any = _option("client_id", "The client's identifier.")
    client_secret: Any = _option("client_secret", "The client's shared secret.")
    signature_type: Any = _option("signature_type", "Where the parameters travel.")
    realm: Any = _option("realm", "The realm of the Authorization header, or None.")

    @property
    def signature_method(self) -> Any:
        """The name of the signature method."""
        return self._signer_now().signature_method.name

    @signature_method.setter
    def signature_method(self, signature_method: Any) -> None:
        method, key = method_and_key(signature_method, self.rsa_key)
        self._change(signature_method=method, rsa_key=key if method_uses_key(method) else None)

    @property
    def rsa_key(self) -> Any:
        """The private key: parsed, or as it was passed if a registered function signs with it."""
        method = self._signer_now().signature_method
        return method.rsa_key if isinstance(method, RegisteredMethod) else self._options()["rsa_key"]

    @rsa_key.setter
    def rsa_key(self, rsa_key: Any) -> None:
        method, key = method_and_key(self.signature_method, rsa_key)
        self._change(signature_method=method, rsa_key=key)

    @property
    def force_include_body(self) -> bool:
        """Whether ``oauth_body_hash`` is added for a body that is not a form."""
        return self._signer_now().body_hash != "never"

    @force_include_body.setter
    def force_include_body(self, force_include_body: bool) -> None:
        self._change(body_hash="auto" if force_include_body else "never")

    if TYPE_CHECKING:  # Each kind of auth has its own.

        def _signer_now(self) -> Signer: ...
        def _change(self, **options: Any) -> None: ...

    def _options(self) -> dict[str, Any]:
        return self._signer_now()._options


def method_uses_key(method: Any) -> bool:
    """Return whether the signer takes a key for this method."""
    return not isinstance(method, str) or method.startswith("RSA")


class ClientAttributes(SigningAttributes):
    """The auth of a client. Assigning to an attribute changes how the client signs its next request.

    ``redirect_uri`` and ``verifier`` belong to the client's legs; no other request carries them.
    """

    _client: "ClientArguments"

    @classmethod
    def of(cls, client: "ClientArguments") -> Self:
        """Return the view of ``client``'s auth."""
        view = cls.__new__(cls)
        view.__dict__.update(client._flow_state.auth.__dict__)
        view.__dict__["_client"] = client
        return view

    @property
    def token(self) -> Any:
        """The identifier of the temporary or token credentials, or None."""
        return self._client.token["oauth_token"]

    @token.setter
    def token(self, token: Any) -> None:
        self._client._hold(token, self.token_secret, self.verifier)
        self._see_changes()

    @property
    def token_secret(self) -> Any:
        """Their shared secret, or None."""
        return self._client.token["oauth_token_secret"]

    @token_secret.setter
    def token_secret(self, token_secret: Any) -> None:
        self._client._hold(self.token, token_secret, self.verifier)
        self._see_changes()

    @property
    def verifier(self) -> Any:
        """The verification code, or None."""
        return self._client.token["oauth_verifier"]

    @verifier.setter
    def verifier(self, verifier: Any) -> None:
        self._client._set_verifier(verifier)

    @property
    def redirect_uri(self) -> Any:
        """The callback, or None."""
        return self._client.redirect_uri

    @redirect_uri.setter
    def redirect_uri(self, redirect_uri: Any) -> None:
        self._client.redirect_uri = redirect_uri

    def __call__(self, request: Any) -> Any:
        """Sign ``request`` as the client would."""
        self._see_changes()
        return super().__call__(request)  # type: ignore[misc]  # the auth that is mixed in has it

    def _signer_now(self) -> Signer:
        return self._client._flow_state.auth.signer

    def _change(self, **options: Any) -> None:
        state = self._client._flow_state
        changed = copy(state.auth)
        changed._use(state.auth.signer.replace(**options))
        self._client._use_auth(changed)
        self._see_changes()

    def _see_changes(self) -> None:
        self.__dict__.update(self._client._flow_state.auth.__dict__)

    def __copy__(self) -> Any:
        return self._client._flow_state.auth

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _same, (self._client._flow_state.auth,)


def _same(auth: Any) -> Any:
    return auth
