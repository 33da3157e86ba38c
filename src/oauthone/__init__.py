"""OAuth 1.0 (RFC 5849): sign requests, run the three-legged flow, verify signed requests."""

from oauthone.core.credentials import TemporaryCredentials, TokenCredentials
from oauthone.core.parameters import Placement
from oauthone.core.rsa import RsaKey
from oauthone.core.signature import SignatureMethod, signing_key
from oauthone.core.signing import Signed, Signer
from oauthone.core.signing_options import BodyHash, SignatureMethodName, SignatureType

__all__ = [
    "BodyHash",
    "Placement",
    "RsaKey",
    "SignatureMethod",
    "SignatureMethodName",
    "SignatureType",
    "Signed",
    "Signer",
    "TemporaryCredentials",
    "TokenCredentials",
    "signing_key",
]
