"""The policy of a verifier, and the errors with which it rejects requests (RFC 5849 section 3.2)."""

from collections.abc import Collection, Mapping
from copy import copy
from typing import Literal

from oauthone.core.authorization_header import realm_prefix
from oauthone.core.masking import MaskedLater
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.errors import VerificationError

TokenRule = Literal["required", "optional", "none"]
BodyHashRule = Literal["optional", "required"]


class VerificationPolicy:
    """The policy of a verifier; `oauthone.server.Verifier` documents each attribute.

    It has slots because a verification reads its attributes often, and those of a named tuple are slower to read.

    Attributes:
        public_url: scheme, authority and path prefix under which clients see the server; None if nothing stands in
            front of it.
    """

    __slots__ = (
        "allow_insecure_transport",
        "body_hash",
        "hosts",
        "max_form",
        "max_header",
        "max_parameters",
        "mounted_at",
        "public_url",
        "realm",
        "signature_methods",
        "token",
        "window",
    )

    def __init__(
        self,
        *,
        window: int = 300,
        token: TokenRule = "required",
        body_hash: BodyHashRule = "optional",
        allow_insecure_transport: bool = False,
        signature_methods: Mapping[str, SignatureMethod] = SIGNATURE_METHODS,
        hosts: Collection[str] | None = None,
        max_parameters: int = 1_000,
        max_header: int = 16 * 1024,
        max_form: int = 1024 * 1024,
        realm: str | None = None,
        mounted_at: str | None = None,
        public_url: tuple[str, str, str] | None = None,
    ) -> None:
        self.window = window
        self.token = token
        self.body_hash = body_hash
        self.allow_insecure_transport = allow_insecure_transport
        self.signature_methods = signature_methods
        self.hosts = hosts
        self.max_parameters = max_parameters
        self.max_header = max_header
        self.max_form = max_form
        self.realm = realm
        self.mounted_at = mounted_at
        self.public_url = public_url

    def with_token_rule(self, token: TokenRule) -> "VerificationPolicy":
        """Return this policy with another rule for tokens."""
        policy = copy(self)
        policy.token = token
        return policy


def parameter_absent(*names: str, hint: str = "") -> VerificationError:
    """Return the error for a request in which the parameters ``names`` are missing or empty.

    Args:
        names: the names of the parameters.
        hint: a text that the error's reason ends with, for the operator.
    """
    reason = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} missing or empty{hint}"
    return VerificationError(400, "parameter_absent", reason, details=(("oauth_parameters_absent", "&".join(names)),))


def unauthorized(problem: str, reason: str, policy: VerificationPolicy) -> VerificationError:
    """Return an error with the status 401, which carries the challenge of ``policy``."""
    return VerificationError(401, problem, reason, challenge=challenge_of(policy))


def signature_invalid(reason: str, base_string: str, policy: VerificationPolicy) -> VerificationError:
    """Return the error for a wrong signature; it masks the base string when that is read."""
    return VerificationError(
        401, "signature_invalid", reason, challenge=challenge_of(policy), base_string=MaskedLater(base_string)
    )


def challenge_of(policy: VerificationPolicy) -> str:
    """Return the value of the ``WWW-Authenticate`` header (RFC 5849 section 3.5.1)."""
    return "OAuth" if policy.realm is None else realm_prefix(policy.realm)[:-2]
