"""The server side: verify signed requests, and be a provider of credentials."""

# Where to find:
# - what all frameworks do before a view is called: _protector; the check of signature and nonce: core.verification
# - the Host check: core.parsed_request; the host that a proxy forwards: public_url in _verifier
# - which callbacks a client may use: _callbacks, _redirect_targets
# - the three endpoints: _credential_endpoints, _authorization
# - revocation: TokenManagement in _store_protocols, and each store
# - what a rejected request is told: _responses, _refusals

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.verification_types import Credentials, Verified
from oauthone.diagnosis.base_string_diff import first_difference
from oauthone.server._authorization import Decision
from oauthone.server._callbacks import CallbackRule, any_callback, exactly_registered
from oauthone.server._lti import Launch, averify_launch, verify_launch
from oauthone.server._protector import ProtectorOptions
from oauthone.server._provider import AsyncProvider, Provider
from oauthone.server._records import Client, IssuedToken, PendingAuthorization
from oauthone.server._refusals import Refusal
from oauthone.server._responses import EndpointResponse
from oauthone.server._store_protocols import (
    AsyncProviderStore,
    AsyncStoreHealth,
    AsyncTokenManagement,
    AsyncVerifierStore,
    ProviderStore,
    StoreHealth,
    TokenManagement,
    VerifierStore,
)
from oauthone.server._verifier import AsyncVerifier, Verifier
from oauthone.server.stores._memory import MemoryStore

__all__ = [
    "AsyncProvider",
    "AsyncProviderStore",
    "AsyncStoreHealth",
    "AsyncTokenManagement",
    "AsyncVerifier",
    "AsyncVerifierStore",
    "CallbackRule",
    "Client",
    "Credentials",
    "Decision",
    "EndpointResponse",
    "IncomingRequest",
    "IssuedToken",
    "Launch",
    "MemoryStore",
    "PendingAuthorization",
    "ProtectorOptions",
    "Provider",
    "ProviderStore",
    "Refusal",
    "RsaPublicKey",
    "StoreHealth",
    "TokenManagement",
    "Verified",
    "Verifier",
    "VerifierStore",
    "any_callback",
    "averify_launch",
    "exactly_registered",
    "first_difference",
    "verify_launch",
]
