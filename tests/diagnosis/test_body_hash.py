"""The mistake in an ``oauth_body_hash``; `test_refused_signature` makes each of them."""

from base64 import b64encode
from hashlib import sha1, sha256

from oauthone.diagnosis.body_hash import body_hash_mistake


def test_the_right_hash_and_the_mistakes() -> None:
    assert body_hash_mistake(b64encode(sha1(b"{}").digest()).decode(), "sha1", b"{}") is None
    assert body_hash_mistake(None, "sha1", b"{}") is None
    assert body_hash_mistake(sha1(b"{}").hexdigest(), "sha1", b"{}") == "body-hash-in-hexadecimal"
    other = b64encode(sha256(b"{}").digest()).decode()
    assert body_hash_mistake(other, "sha1", b"{}") == "body-hash-of-other-algorithm:SHA256"
