"""The server side: verify signed requests, and be a provider of credentials."""

from oauthone.core.explanation import first_difference
from oauthone.core.request import IncomingRequest
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.verified import Credentials, Verified
from oauthone.server.answers import Answer
from oauthone.server.callbacks import CallbackRule, any_callback, exactly_registered
from oauthone.server.deciding import Decision
from oauthone.server.lti import Launch, verify_launch, verify_launch_async
from oauthone.server.protocols import AsyncProviderStore, AsyncVerifierStore, ProviderStore, VerifierStore
from oauthone.server.provider import AsyncProvider, Provider
from oauthone.server.records import Client, IssuedToken, PendingAuthorization, registered_client
from oauthone.server.refusals import Refusal
from oauthone.server.stores.memory import MemoryStore
from oauthone.server.verifier import AsyncVerifier, Verifier

__all__ = [
    "Answer",
    "AsyncProvider",
    "AsyncProviderStore",
    "AsyncVerifier",
    "AsyncVerifierStore",
    "CallbackRule",
    "Client",
    "Credentials",
    "Decision",
    "IncomingRequest",
    "IssuedToken",
    "Launch",
    "MemoryStore",
    "PendingAuthorization",
    "Provider",
    "ProviderStore",
    "Refusal",
    "RsaPublicKey",
    "Verified",
    "Verifier",
    "VerifierStore",
    "any_callback",
    "exactly_registered",
    "first_difference",
    "registered_client",
    "verify_launch",
    "verify_launch_async",
]
