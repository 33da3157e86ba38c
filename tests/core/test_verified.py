"""The effects of verification, the credentials that answer them, and its result."""

from oauthone import Placement
from oauthone.core.verification_types import Credentials, Verified

KNOWN = Credentials("secret", token_secret="token-secret", user="ann", extra={"scope": "read"})


def test_credentials_and_results_show_no_secret() -> None:
    assert repr(KNOWN) == "Credentials(signature_methods=('HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512'), user='ann', …)"
    verified = Verified("client", "t", "ann", {"oauth_verifier": "canary"}, None, Placement.HEADER, KNOWN)
    assert repr(verified) == "Verified(client_id='client', token='t', user='ann', …)"
