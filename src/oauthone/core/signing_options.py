"""Checks of the arguments of `Signer` and of ``sign``, and the protocol parameters made from them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

from oauthone.core.body import form_text, is_empty, is_form
from oauthone.core.encoding import encode_values, encoded_pair, iter_pairs, percent_encode
from oauthone.core.parameters import Placement
from oauthone.core.signature import SignatureMethod, get_signature_method
from oauthone.core.white_space import warn_of_white_space
from oauthone.errors import SigningError

if TYPE_CHECKING:
    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str | bytes]] | Iterable[tuple[bytes, bytes]]

#: The names of the built-in signature methods, as ``oauth_signature_method`` spells them.
SignatureMethodName: TypeAlias = Literal[
    "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"
]

#: Where the protocol parameters travel (RFC 5849 section 3.5): a name, or a `Placement`.
SignatureType: TypeAlias = Literal["HEADER", "QUERY", "BODY"] | Placement

#: When ``oauth_body_hash`` is added: never, for a non-empty body that is not a form, or for every body but a form.
BodyHash: TypeAlias = Literal["never", "auto", "always"]

#: A token: its identifier, or a dict with ``oauth_token`` and ``oauth_token_secret``, as a provider returned it.
TokenArgument: TypeAlias = str | Mapping[str, Any] | None

BODY_HASH_RULES = ("never", "auto", "always")

_RESERVED = frozenset(
    ("oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_signature_method", "oauth_timestamp", "realm")
)


class CheckedOptions(NamedTuple):
    """The options of a signer, and what depends on them alone.

    Attributes:
        values: the options, with identifiers and secrets as text and the RSA key parsed.
        method: the signature method.
        placement: where the protocol parameters travel.
        constant: the encoded protocol parameters that are the same for every request.
    """

    values: dict[str, Any]
    method: SignatureMethod
    placement: Placement
    constant: list[str]

    def __repr__(self) -> str:
        return f"CheckedOptions(method={self.method!r}, placement={self.placement.value!r}, …)"


def check_options(options: dict[str, Any]) -> CheckedOptions:
    """Check the options of a signer.

    Args:
        options: the options, by the names of the signer's arguments.

    Raises:
        SigningError: an option is invalid.
    """
    method = get_signature_method(options["signature_method"])
    rule, token, version = options["body_hash"], options["token"], options["version"]
    if rule not in BODY_HASH_RULES:
        raise SigningError(f"body_hash is {rule!r}: use one of {', '.join(map(repr, BODY_HASH_RULES))}")
    _require_functions(options)
    values = {
        **options,
        "client_id": as_text("client_id", options["client_id"]),
        "client_secret": as_text("client_secret", options["client_secret"] or ""),
        "token": None if token is None else as_text("token", token),
        "token_secret": as_text("token_secret", options["token_secret"] or ""),
        "version": None if version is None else as_text("version", version),
        "rsa_key": _parse_rsa_key(method, options["rsa_key"]),
    }
    placement = _parse_placement(options["signature_type"], method)
    warn_of_white_space(values)
    return CheckedOptions(values, method, placement, _constant_parameters(values, method))


def _require_functions(options: Mapping[str, Any]) -> None:
    for name in ("nonce", "clock"):
        if not callable(options[name]):
            raise SigningError(
                f"{name} is a {type(options[name]).__name__}: pass a function, which each request calls. "
                "For one request, pass values to Signer.sign(…, nonce=…, timestamp=…)"
            )


def split_token(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a signer with the identifier and the secret of a token that is a dict.

    Args:
        options: the options, by the names of the signer's arguments.

    Raises:
        SigningError: the dict has no ``oauth_token``, or a ``token_secret`` was passed beside it.
    """
    token = options.get("token")
    if not isinstance(token, Mapping):
        return options
    held = cast("Mapping[str, Any]", token)
    if held.get("oauth_token") is None:
        raise SigningError("token is a dict without oauth_token: pass the dict that fetch_access_token() returned")
    if options.get("token_secret"):
        raise SigningError("token is a dict, which holds the secret too: leave token_secret out")
    return {**options, "token": held["oauth_token"], "token_secret": held.get("oauth_token_secret")}


def _parse_placement(wanted: str, method: SignatureMethod) -> Placement:
    try:
        placement = Placement(wanted)
    except ValueError:
        hint = "; AUTH_HEADER is called HEADER here" if str(wanted).upper() == "AUTH_HEADER" else ""
        raise SigningError(f"signature_type is {wanted!r}: use one of {', '.join(Placement)}{hint}") from None
    if placement is Placement.QUERY and method.name == "PLAINTEXT":
        raise SigningError("PLAINTEXT in a query would put the secrets into URLs: use signature_type='HEADER'")
    return placement


def _constant_parameters(options: Mapping[str, Any], method: SignatureMethod) -> list[str]:
    named = (
        ("oauth_consumer_key", options["client_id"]),
        ("oauth_token", options["token"]),
        ("oauth_signature_method", method.name),
        ("oauth_version", options["version"]),
    )
    return encode_values([(name, value) for name, value in named if value is not None])


def _parse_rsa_key(method: SignatureMethod, material: "RsaMaterial | RsaKey | None") -> "RsaKey | None":
    if material is None:
        return None
    if method.name.startswith("HMAC") or method.name == "PLAINTEXT":
        raise SigningError(
            f"rsa_key was passed, but {method.name} does not use it: pass signature_method='RSA-SHA1' "
            "(or another RSA method), or leave rsa_key out"
        )
    from oauthone.core.rsa import RsaKey  # few clients need it

    return material if isinstance(material, RsaKey) else RsaKey(material)


def as_text(name: str, value: object) -> str:
    """Return ``value`` as text; it may be a ``str``, UTF-8 octets or a whole number.

    Raises:
        SigningError: it is something else. The error contains ``name`` but not the value.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise SigningError(f"{name} is not UTF-8: pass text") from None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise SigningError(f"{name} is a {type(value).__name__}: pass text")


def content_type_and_host(headers: Iterable[tuple[Any, Any]]) -> tuple[str | None, str | None]:
    """Return the values of the Content-Type and the Host header; None for one that is absent."""
    content_type = host = None
    for name, value in headers:
        if len(name) == 12 or len(name) == 4:
            lowered = (str(name, "latin-1") if isinstance(name, bytes) else name).lower()
            if lowered == "content-type":
                content_type = str(value, "latin-1") if isinstance(value, bytes) else value
            elif lowered == "host":
                host = str(value, "latin-1") if isinstance(value, bytes) else value
    return content_type, host


def form_to_extend(content_type: str | None, body: Any) -> str:
    """Return the wire string of a form body to which the protocol parameters are appended.

    Raises:
        SigningError: the body is not a form.
    """
    if is_form(content_type) or (content_type is None and is_empty(body)):
        return form_text(body) if body else ""
    raise SigningError(
        f"signature_type='BODY' needs a form body, but the Content-Type is {content_type or 'absent'}: "
        "sign this request with signature_type='HEADER'"
    )


def protocol_parameters(
    constant: list[str],
    timestamp: str,
    nonce: str,
    body_hash: str,
    callback: str | None,
    verifier: str | None,
    extra: Mapping[str, str] | Iterable[tuple[str, str]],
) -> list[str]:
    """Encode the protocol parameters of one request (RFC 5849 section 3.1), apart from the signature.

    Args:
        constant: the parameters that are the same for every request.
        timestamp: the number of seconds since 1970.
        nonce: the nonce.
        body_hash: encoded; empty to leave it out.
        callback: ``oauth_callback``; None to leave it out.
        verifier: ``oauth_verifier``; None to leave it out.
        extra: further protocol parameters.

    Raises:
        SigningError: a value that is not text, or a name in ``extra`` that is reserved or used twice.
    """
    named = [("oauth_timestamp", timestamp), ("oauth_nonce", nonce)]
    if callback is not None:
        named.append(("oauth_callback", as_text("callback", callback)))
    if verifier is not None:
        named.append(("oauth_verifier", as_text("verifier", verifier)))
    parameters = [*constant, *encode_values(named)]
    if body_hash:
        parameters.append(f"oauth_body_hash\0{body_hash}")
    if extra:
        parameters += _encoded_extra(extra, parameters)
    return parameters


def _encoded_extra(extra: Mapping[str, str] | Iterable[tuple[str, str]], present: list[str]) -> list[str]:
    taken = {pair.partition("\0")[0] for pair in present}
    pairs: list[str] = []
    for name, value in iter_pairs(extra):
        encoded = percent_encode(name)
        if name in _RESERVED or encoded in taken:
            raise SigningError(f"extra has {name!r}, which is a protocol parameter already: leave it out")
        taken.add(encoded)
        pairs.append(encoded_pair(name, as_text(name, value)))
    return pairs
