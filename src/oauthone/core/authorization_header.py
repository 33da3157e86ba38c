r"""The ``Authorization`` header that a client writes (RFC 5849 section 3.5.1), with its realm.

The functions take the encoded ``"name\0value"`` strings of `encoding`, which the signature covers too: so
the parameters that are sent are those that were signed.
"""

from collections.abc import Sequence

from oauthone.core.base_string import base_string_around
from oauthone.errors import SigningError


def realm_prefix(realm: str | None) -> str:
    """Return the beginning of an ``Authorization`` header; a realm of None is omitted, ``""`` is sent empty.

    Raises:
        SigningError: the realm has a character that a header cannot carry.
    """
    if realm is None:
        return "OAuth "
    if not (realm.isascii() and realm.replace("\t", " ").isprintable()):
        raise SigningError("the realm has a control character or a non-ASCII character, which a header cannot carry")
    quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
    return f'OAuth realm="{quoted}", '


def authorization_header(prefix: str, parameters: Sequence[str]) -> str:
    """Return the value of the ``Authorization`` header (RFC 5849 section 3.5.1).

    Args:
        prefix: the return value of `realm_prefix`.
        parameters: the encoded parameters, including the signature.
    """
    listed = '", '.join(parameters).replace("\0", '="')
    return f'{prefix}{listed}"'


class HeaderTemplate:
    """The constant protocol parameters of a signer, formatted once for the header and once for the base string.

    Each signature fills in its timestamp, nonce and body hash. In a base string the protocol parameters are adjacent
    unless a parameter of the request begins with ``oauth_``: only such a name sorts between them.

    Args:
        realm: see `realm_prefix`, which checks it.
        constant: the encoded parameters that never change.
    """

    __slots__ = ("_after", "_before", "_between", "_head", "prefix")

    def __init__(self, realm: str | None, constant: Sequence[str]) -> None:
        #: The beginning of each header.
        self.prefix = realm_prefix(realm)
        self._head = authorization_header(self.prefix, [*constant, "oauth_timestamp\0"])[:-1]
        ordered = sorted([*constant, "oauth_nonce\0\1", "oauth_timestamp\0\1"])
        in_a_row = "%26".join([pair.replace("%", "%25").replace("\0", "%3D") for pair in ordered])
        self._before, self._between, self._after = in_a_row.split("\1")

    def base_string(self, start: str, parameters: str, timestamp: str, nonce: str, body_hash: str) -> str:
        """Return what `signature_base_string` returns for the request's and the protocol parameters.

        Args:
            start: the return value of `base_string_prefix`.
            parameters: the return value of `canonical_parameters`, in which no name begins with ``oauth_``.
            timestamp: unreserved characters only.
            nonce: unreserved characters only.
            body_hash: encoded; empty to omit it.
        """
        protocol = f"{self._before}{nonce}{self._between}{timestamp}{self._after}"
        if body_hash:
            protocol = f"oauth_body_hash%3D{body_hash.replace('%', '%25')}%26{protocol}"
        return base_string_around(start, parameters, protocol)

    def header(self, timestamp: str, nonce: str, body_hash: str, signature: str) -> str:
        """Return the value of the ``Authorization`` header; all arguments are encoded."""
        if body_hash:
            nonce = f'{nonce}", oauth_body_hash="{body_hash}'
        return f'{self._head}{timestamp}", oauth_nonce="{nonce}", oauth_signature="{signature}"'
