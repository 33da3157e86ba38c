"""Whether a client can sign with a method, and what takes the place of credentials that are missing or unusable."""

from oauthone.core.credentials import is_key_text
from oauthone.core.rsa import dummy_key
from oauthone.core.signature import HmacMethod, PlaintextMethod, SignatureMethod
from oauthone.core.verification_types import Credentials

#: What takes the place of a secret that is missing: as long as those that a provider issues.
DUMMY_SECRET = "0" * 32

# The text of a key is not shorter than this, so shorter secrets are not searched for one.
_SHORTEST_KEY = 40
_SECRET_BASED = (HmacMethod, PlaintextMethod)


def why_unusable(method: SignatureMethod, known: Credentials) -> str | None:
    """Describe why this client cannot sign with ``method``; None if it can. The store may have returned anything."""
    if method.name not in known.signature_methods:
        return f"the client may not use {method.name}"
    if method.uses_rsa_key:
        return f"the client may not use {method.name}: it has no public key" if known.rsa_key is None else None
    # A client with a public key often has no secret, and a method of your own may sign with the secret all the same.
    if isinstance(method, _SECRET_BASED) or known.rsa_key is not None:
        if not known.client_secret:
            return f"the client may not use {method.name}: its secret is empty, so anyone could sign"
        if len(known.client_secret) >= _SHORTEST_KEY and is_key_text(known.client_secret):
            return f"the client may not use {method.name}: its secret is the text of a key, which others may know"
    return None


def dummy_credentials(method: SignatureMethod) -> Credentials:
    """Return credentials for a client that is unknown or may not use the method; they cost as much as real ones."""
    return Credentials(DUMMY_SECRET, dummy_key() if method.uses_rsa_key else None, (method.name,))
