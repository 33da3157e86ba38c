"""The signature methods (RFC 5849 section 3.4): HMAC, PLAINTEXT, and RSA with the computation of `rsa`.

A method makes a signing function from the secrets once, and then signs with it. It verifies in constant time. To add a
method, pass an instance of your own subclass to `Signer` as ``signature_method``.
"""

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from oauthone.core.encoding import constant_time_equal, percent_encode
from oauthone.errors import SigningError

if TYPE_CHECKING:
    from oauthone.core.rsa import RsaKey, RsaPublicKey


class SignatureMethod:
    """One value of ``oauth_signature_method``. Subclass it to add a method.

    Attributes:
        name: the value on the wire.
        hash_name: the ``hashlib`` name of the method's hash, which body hashes use too.
        uses_rsa_key: whether it signs with ``rsa_key`` instead of the two secrets.
    """

    name = ""
    hash_name = "sha1"
    uses_rsa_key = False

    def signing_function(
        self, client_secret: str, token_secret: str, rsa_key: "RsaKey | None" = None
    ) -> Callable[[str], str]:
        """Return a function that takes a signature base string and returns ``oauth_signature``.

        Args:
            client_secret: the shared secret of the client credentials, not encoded.
            token_secret: the shared secret of the temporary or token credentials, or ``""``.
            rsa_key: the client's private key, for methods that use one.

        Raises:
            SigningError: the method cannot use a secret or the key.
        """
        raise NotImplementedError

    def verify(
        self,
        base_string: str,
        signature: str,
        client_secret: str,
        token_secret: str,
        rsa_key: "RsaPublicKey | None" = None,
    ) -> bool:
        """Return whether ``signature`` is right, in constant time (RFC 5849 section 3.2).

        Signatures are compared as text and base64 is not decoded, so a signature has only one valid spelling.
        """
        expected = self.signing_function(client_secret, token_secret)(base_string)
        return constant_time_equal(expected, signature)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'name', 'without a name')}>"


class HmacMethod(SignatureMethod):
    """HMAC over the base string, keyed with both secrets (RFC 5849 section 3.4.2)."""

    def __init__(self, name: str, hash_name: str) -> None:
        self.name = name
        self.hash_name = hash_name

    def signing_function(
        self, client_secret: str, token_secret: str, rsa_key: "RsaKey | None" = None
    ) -> Callable[[str], str]:
        inner, outer = self._keyed_hashes(client_secret, token_secret)
        new_inner, new_outer = inner.copy, outer.copy

        def sign(base_string: str) -> str:
            digest, mac = new_inner(), new_outer()
            digest.update(base_string.encode("ascii"))
            mac.update(digest.digest())
            return b2a_base64(mac.digest(), newline=False).decode("ascii")

        return sign

    def verify(
        self,
        base_string: str,
        signature: str,
        client_secret: str,
        token_secret: str,
        rsa_key: "RsaPublicKey | None" = None,
    ) -> bool:
        # Each verification has another key, so one call is faster here than hashes that have read it.
        key = signing_key(client_secret, token_secret).encode("ascii").ljust(_SHORTEST_KEY, b"\0")
        try:
            mac = hmac.digest(key, base_string.encode("ascii"), self.hash_name)
        except ValueError:  # the plain way has an error that says what is forbidden
            return super().verify(base_string, signature, client_secret, token_secret)
        return constant_time_equal(b2a_base64(mac, newline=False).decode("ascii"), signature)

    def _keyed_hashes(self, client_secret: str, token_secret: str) -> tuple[Any, Any]:
        """Return the two hashes of an HMAC (RFC 2104) with the key already read.

        A signer copies them for each signature.

        Raises:
            SigningError: the crypto policy of this build of OpenSSL forbids the hash, or no HMAC can be made of it.
        """
        try:
            empty = _empty_hash(self.hash_name)
        except SigningError:  # which is a ValueError too
            raise
        except ValueError as refused:
            raise SigningError(
                f"{self.name} is not available: this Python's crypto policy forbids {self.hash_name.upper()}. "
                "Use another signature_method that the provider accepts, or change the policy"
            ) from refused
        new_hash, block_size = empty.copy, empty.block_size
        inner, outer = new_hash(), new_hash()
        key = signing_key(client_secret, token_secret).encode("ascii")
        if len(key) > block_size:
            shortened = new_hash()
            shortened.update(key)
            key = shortened.digest()
        key = key.ljust(block_size, b"\0")
        inner.update(key.translate(_INNER))
        outer.update(key.translate(_OUTER))
        return inner, outer

    def __reduce__(self) -> tuple[object, ...]:
        return HmacMethod, (self.name, self.hash_name)


#: Crypto policies forbid shorter keys. A key that is filled up with NULs is the same for an HMAC (RFC 2104 section 2).
_SHORTEST_KEY = 16

#: The octets of a key, each combined with the constant of RFC 2104 for the inner and for the outer hash.
_INNER = bytes([octet ^ 0x36 for octet in range(256)])
_OUTER = bytes([octet ^ 0x5C for octet in range(256)])


@lru_cache(maxsize=16)
def _empty_hash(hash_name: str) -> Any:
    """Return a hash that has read nothing.

    Raises:
        ValueError: the crypto policy forbids it.
        SigningError: it has no digest of a fixed length, as an HMAC needs.
    """
    empty = hashlib.new(hash_name)
    if not empty.digest_size:
        raise SigningError(
            f"{hash_name} has no digest of a fixed length, so no HMAC can be made of it: use another hash"
        )
    return empty


class PlaintextMethod(SignatureMethod):
    """The two secrets themselves, for use over TLS only (RFC 5849 section 3.4.4)."""

    name = "PLAINTEXT"

    def signing_function(
        self, client_secret: str, token_secret: str, rsa_key: "RsaKey | None" = None
    ) -> Callable[[str], str]:
        key = signing_key(client_secret, token_secret)
        return lambda base_string: key


class RsaMethod(SignatureMethod):
    """RSASSA-PKCS1-v1_5 over the base string with the client's key (RFC 5849 section 3.4.3)."""

    uses_rsa_key = True

    def __init__(self, name: str, hash_name: str) -> None:
        self.name = name
        self.hash_name = hash_name

    def signing_function(
        self, client_secret: str, token_secret: str, rsa_key: "RsaKey | None" = None
    ) -> Callable[[str], str]:
        if rsa_key is None:
            raise SigningError(f"{self.name} signs with the client's private key: pass rsa_key=…")
        return rsa_key.signing_function(self.hash_name)

    def verify(
        self,
        base_string: str,
        signature: str,
        client_secret: str,
        token_secret: str,
        rsa_key: "RsaPublicKey | None" = None,
    ) -> bool:
        return rsa_key is not None and rsa_key.verify(base_string, signature, self.hash_name)

    def __reduce__(self) -> tuple[object, ...]:
        return RsaMethod, (self.name, self.hash_name)


SIGNATURE_METHODS: dict[str, SignatureMethod] = {
    method.name: method
    for method in (
        HmacMethod("HMAC-SHA1", "sha1"),
        HmacMethod("HMAC-SHA256", "sha256"),
        HmacMethod("HMAC-SHA512", "sha512"),
        RsaMethod("RSA-SHA1", "sha1"),
        RsaMethod("RSA-SHA256", "sha256"),
        RsaMethod("RSA-SHA512", "sha512"),
        PlaintextMethod(),
    )
}


def get_signature_method(wanted: "str | SignatureMethod") -> SignatureMethod:
    """Return the method with the name ``wanted``, or ``wanted`` itself if it is a method.

    Raises:
        SigningError: no built-in method has that name.
    """
    if isinstance(wanted, SignatureMethod):
        return wanted
    found = SIGNATURE_METHODS.get(wanted)
    if found is None:
        close = [name for name in SIGNATURE_METHODS if name.startswith(str(wanted).upper().replace("_", "-"))]
        raise SigningError(
            f"unknown signature_method {wanted!r}: use one of {', '.join(close or SIGNATURE_METHODS)}, "
            "or pass an instance of your own SignatureMethod"
        )
    return found


def signing_key(client_secret: str, token_secret: str) -> str:
    """Return both secrets, encoded and joined by ``&``, even if one is empty (RFC 5849 section 3.4.2).

    Args:
        client_secret: the shared secret of the client credentials.
        token_secret: the shared secret of the temporary or token credentials, or ``""``.
    """
    return f"{percent_encode(client_secret)}&{percent_encode(token_secret)}"
