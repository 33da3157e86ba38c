"""`Refusal`: why a request was refused, in words, for logs and sandboxes. The public answer says less."""

import json
from collections.abc import Generator
from typing import Any, NamedTuple

from oauthone.core.explanation import first_difference, likely_mistake
from oauthone.core.signature import SignatureMethod
from oauthone.core.verification import Credentials, FindCredentials, Policy, base_string_of, take_apart
from oauthone.errors import VerificationError
from oauthone.server.answers import Answer, refusal_answer

#: The request header in which a client may say which base string it signed, to be told the first difference.
BASE_STRING_HEADER = "oauth-base-string"


class Refusal(NamedTuple):
    """Why a request was refused.

    Attributes:
        error: the refusal.
        difference: what the client did otherwise, as far as its base string or its signature tells; None where nothing
            does.
    """

    error: VerificationError
    difference: str | None

    def answer(self) -> Answer:
        """An answer that says it all, for sandboxes: to an attacker it would say too much."""
        said = {
            "problem": self.error.problem,
            "reason": self.error.reason,
            "base_string": self.error.base_string,
            "difference": self.difference,
        }
        brief = refusal_answer(self.error)
        headers = (("Content-Type", "application/json"), *brief.headers[1:])
        return Answer(brief.status, headers, json.dumps(said, indent=2).encode("ascii"))


def explain(
    refused: VerificationError,
    method: str,
    url: str,
    headers: list[tuple[str, str]],
    body: bytes,
    policy: Policy,
) -> Generator[FindCredentials, Any, Refusal]:
    """Look for what a client did otherwise whose signature does not fit. Asks for its credentials once more.

    Args:
        refused: what `oauthone.core.verification.verify_request` raised.
        method: the request method.
        url: the absolute URL as clients see it.
        headers: all headers as pairs.
        body: the body's octets.
        policy: the verifier's.
    """
    if refused.base_string is None:
        return Refusal(refused, None)
    request = take_apart(method, url, headers, body, policy)
    theirs = next((value for name, value in headers if name.lower() == BASE_STRING_HEADER), None)
    if theirs is not None:
        return Refusal(refused, first_difference(base_string_of(request), theirs) or "none: the secrets differ")
    signature_method = policy.signature_methods[request.protocol["oauth_signature_method"]]
    token = request.protocol.get("oauth_token") or None
    credentials: Credentials | None = yield FindCredentials(request.protocol["oauth_consumer_key"], token)
    if credentials is None or signature_method.uses_rsa_key:
        return Refusal(refused, None)
    return Refusal(refused, likely_mistake(request, _signing(signature_method, credentials)))


def _signing(method: SignatureMethod, credentials: Credentials) -> Any:
    def signature_of(base_string: str, with_token_secret: bool) -> str:
        token_secret = (credentials.token_secret or "") if with_token_secret else ""
        return method.signing_function(credentials.client_secret, token_secret)(base_string)

    return signature_of
