"""`OAuth1Request`: a request taken apart, as a signing function sees it."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from authlib.common.urls import extract_params
from authlib.oauth1.constants import SIGNATURE_TYPE_BODY, SIGNATURE_TYPE_HEADER, SIGNATURE_TYPE_QUERY
from authlib.oauth1.rfc5849.util import escape_name
from oauthone.core.body import form_text, is_form, is_form_text
from oauthone.core.encoding import decode_for_display, encoded_pairs, percent_encode, to_wire_string
from oauthone.core.received_header import OAUTH_SCHEME, parse_authorization_header
from oauthone.core.signing_options import content_type_and_host
from oauthone.core.urls import split_query
from oauthone.errors import VerificationError

Pairs = list[tuple[str, str]]


class OAuth1Request:
    """A request with the parameters of its query, its form and its Authorization header.

    Args:
        method: the request method.
        uri: the absolute URL.
        body: the body, which is read if it is a form.
        headers: the headers.

    Attributes:
        client: has ``get_client_secret()`` and ``get_rsa_public_key()``; code that verifies sets it.
        credential: has ``get_oauth_token_secret()``; code that verifies sets it.
        host: the value of the Host header, or None.
        auth_params: the parameters of the Authorization header, decoded.
        encoded_params: all parameters, encoded as in a base string.
        realm: the realm of the Authorization header, or None.

    Raises:
        ValueError: the Authorization header is malformed.
    """

    def __init__(self, method: str, uri: str, body: Any = None, headers: Mapping[str, Any] | None = None) -> None:
        self.method, self.uri, self.body = method, uri, body
        self.headers: Mapping[str, Any] = {} if headers is None else headers
        self.client: Any = None
        self.credential: Any = None
        self.user: Any = None
        content_type, self.host = content_type_and_host(self.headers.items())
        self.query = split_query(uri)[1]
        self._in_query = encoded_pairs(to_wire_string(self.query))
        self._in_form = encoded_pairs(_form(content_type, body))
        self.realm, self.auth_params = _read_authorization(self.headers)
        in_header = [f"{escape_name(name)}\0{percent_encode(value)}" for name, value in self.auth_params]
        self.encoded_params = [*self._in_query, *self._in_form, *in_header]

    @cached_property
    def query_params(self) -> Pairs:
        """The parameters of the query, decoded."""
        return _decoded(self._in_query)

    @cached_property
    def body_params(self) -> Pairs:
        """The parameters of the form, decoded."""
        return _decoded(self._in_form)

    @cached_property
    def params(self) -> Pairs:
        """All parameters, decoded."""
        return [*self.query_params, *self.body_params, *self.auth_params]

    @cached_property
    def signature_type(self) -> str | None:
        """Where the protocol parameters travel, or None."""
        places = (
            (SIGNATURE_TYPE_HEADER, self.auth_params),
            (SIGNATURE_TYPE_BODY, self.body_params),
            (SIGNATURE_TYPE_QUERY, self.query_params),
        )
        return next((place for place, pairs in places if "oauth_consumer_key" in dict(pairs)), None)

    @cached_property
    def oauth_params(self) -> dict[str, str]:
        """The protocol parameters by name."""
        by_place = {SIGNATURE_TYPE_QUERY: self.query_params, SIGNATURE_TYPE_BODY: self.body_params}
        pairs = by_place.get(self.signature_type or "", self.auth_params)
        return {name: value for name, value in pairs if name.startswith("oauth_")}

    @property
    def client_id(self) -> str | None:
        """The client's identifier."""
        return self.oauth_params.get("oauth_consumer_key")

    @property
    def client_secret(self) -> Any:
        """The secret of ``client``, or None."""
        return self.client and self.client.get_client_secret()

    @property
    def rsa_public_key(self) -> Any:
        """The public key of ``client``, or None."""
        return self.client and self.client.get_rsa_public_key()

    @property
    def token(self) -> str | None:
        """The identifier of the temporary or token credentials."""
        return self.oauth_params.get("oauth_token")

    @property
    def token_secret(self) -> Any:
        """The secret of ``credential``, or None."""
        return self.credential and self.credential.get_oauth_token_secret()

    @property
    def redirect_uri(self) -> str | None:
        """The value of ``oauth_callback``."""
        return self.oauth_params.get("oauth_callback")

    @property
    def timestamp(self) -> str | None:
        """The value of ``oauth_timestamp``."""
        return self.oauth_params.get("oauth_timestamp")

    @property
    def signature_method(self) -> str | None:
        """The name of the signature method."""
        return self.oauth_params.get("oauth_signature_method")

    @property
    def signature(self) -> str | None:
        """The signature."""
        return self.oauth_params.get("oauth_signature")

    def __repr__(self) -> str:
        return f"<OAuth1Request {self.method} of {self.client_id!r}>"


def _form(content_type: str | None, body: Any) -> str:
    """Return a form body as a wire string; ``""`` for any other body."""
    return form_text(body) if body and (is_form(content_type) or is_unlabelled_form(content_type, body)) else ""


def is_unlabelled_form(content_type: str | None, body: Any) -> bool:
    """Return whether a body without a Content-Type is sent as a form: text in its encoding, of one name or more."""
    if content_type is not None or not isinstance(body, str):
        return False
    return is_form_text(body) or bool(extract_params(body))


def _decoded(pairs: Iterable[str]) -> Pairs:
    named = [pair.split("\0") for pair in pairs]
    return [(decode_for_display(name), decode_for_display(value)) for name, value in named]


def _read_authorization(headers: Mapping[str, Any]) -> tuple[str | None, Pairs]:
    """Return the realm and the parameters of the Authorization header, if it has the scheme OAuth."""
    value = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    text = str(value, "latin-1") if isinstance(value, bytes) else value
    if not OAUTH_SCHEME.match(text):
        return None, []
    try:
        return parse_authorization_header(text)
    except VerificationError as malformed:
        raise ValueError(malformed.reason) from None
