"""Mistakes about ``oauth_body_hash``, the digest of a body that is not a form."""

from binascii import a2b_base64, b2a_base64

from oauthone.core.body import body_digest

_HASHES = ("sha1", "sha256", "sha512")


def body_hash_mistake(given: str | None, hash_name: str, body: bytes) -> str | None:
    """Return the mistake in an ``oauth_body_hash``.

    Args:
        given: the value that was sent; None if there was none.
        hash_name: the ``hashlib`` name of the signature method's hash.
        body: the body that was sent.

    Returns:
        The mistake, as `oauthone.diagnosis.mistakes` names it; None if the hash is right or absent.
    """
    right = body_digest(hash_name, body)
    if given is None or given == right:
        return None
    digits = a2b_base64(right).hex()
    if given.lower() == digits or given == b2a_base64(digits.encode("ascii"), newline=False).decode("ascii"):
        return "body-hash-in-hexadecimal"
    if given == body_digest(hash_name, b""):
        return "empty-body-hashed"
    for name in _HASHES:
        if given == body_digest(name, body):
            return f"body-hash-of-other-algorithm:{name.upper()}"
    return "other-body-hashed"
