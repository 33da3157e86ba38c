"""The server side: verify signed requests, and be a provider of credentials."""

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
from oauthone.server._store_protocols import AsyncProviderStore, AsyncVerifierStore, ProviderStore, VerifierStore
from oauthone.server._verifier import AsyncVerifier, Verifier
from oauthone.server.stores._memory import MemoryStore

__all__ = [
    "AsyncProvider",
    "AsyncProviderStore",
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
    "Verified",
    "Verifier",
    "VerifierStore",
    "any_callback",
    "averify_launch",
    "exactly_registered",
    "first_difference",
    "verify_launch",
]
