"""The order in which oauthlib writes the parameters of a signature; tests and servers may compare whole requests."""

from oauthone.core.signed import Signed

_NAMES = (
    "oauth_nonce",
    "oauth_timestamp",
    "oauth_version",
    "oauth_signature_method",
    "oauth_consumer_key",
    "oauth_token",
    "oauth_callback",
    "oauth_verifier",
    "oauth_body_hash",
    "oauth_signature",
)
_RANKS = {name: rank for rank, name in enumerate(_NAMES)}
_FIRST_IN_HEADER, _FIRST_IN_FORM = 'oauth_consumer_key="', "oauth_consumer_key="


def in_oauthlib_order(signed: Signed) -> Signed:
    """Return what a `Signer` signed, with the parameters in the order of oauthlib, wherever they are."""
    if signed.authorization is not None:
        header = _reordered(signed.authorization, _FIRST_IN_HEADER, ", ")
        return Signed(signed.url, signed.body, header, *signed[3:])
    if signed.added_to_query:
        resource, hash_sign, fragment = signed.url.partition("#")
        url = _reordered(resource, _FIRST_IN_FORM, "&") + hash_sign + fragment
        return Signed(url, *signed[1:])
    return Signed(signed.url, _form_in_order(signed.body), *signed[2:])


def _form_in_order(body: str | bytes) -> str | bytes:
    if isinstance(body, bytes):
        return _reordered(body.decode("latin-1"), _FIRST_IN_FORM, "&").encode("latin-1")
    return _reordered(body, _FIRST_IN_FORM, "&")


def _reordered(text: str, first: str, separator: str) -> str:
    """Return a text whose end, from the last ``first`` on, is a list of parameters. Their values are encoded.

    What stands before them may contain that name, too: a realm, or a parameter of the request.
    """
    begin = text.rindex(first)
    return text[:begin] + separator.join(sorted(text[begin:].split(separator), key=_rank))


def _rank(parameter: str) -> int:
    return _RANKS[parameter.partition("=")[0]]
