"""The endpoints of a provider at which credentials are granted, renewed and revoked, as its facts describe them."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from oauthone.core.encoding import constant_time_equal
from oauthone.core.verification_types import Credentials, Verified
from oauthone.errors import VerificationError
from oauthone.providers._model import TokenLifetime
from oauthone.server import Client, IssuedToken, MemoryStore, PendingAuthorization, Verifier
from oauthone.testing._like_answers import account_fields
from oauthone.testing._like_rules import allowed_callback
from oauthone.testing._likeness import Likeness

_DAY = 86400
_TEMPORARY_LIFETIME = 600


class LegStore:
    """The credentials that sign requests to the endpoints: temporary ones, and tokens that are renewed or revoked."""

    def __init__(self, store: MemoryStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """See `oauthone.server.VerifierStore`."""
        client, pending = self._store.find_client(client_id), self._store.find_pending(token or "")
        if client is None or pending is None or pending.client_id != client_id:
            return self._store.find_credentials(client_id, token)
        expired = "token_expired" if pending.expires <= self._clock() else None
        return client.credentials(pending.token_secret, token_problem=expired, user=pending.user)

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """See `oauthone.server.VerifierStore`."""
        return self._store.use_nonce(client_id, token, timestamp, nonce)


class Legs:
    """Grants credentials as a provider does.

    Args:
        likeness: how the box is like the provider.
        store: the store of the box.
        clock: returns the seconds since 1970.
        suffix: the end of each token and secret.
        settings: further settings of the verifier.

    Attributes:
        verifier: verifies the requests to the endpoints.
        initial_verifier: the verifier of authorizations that the provider begins itself.
    """

    def __init__(
        self, likeness: Likeness, store: MemoryStore, clock: Callable[[], float], suffix: str, **settings: Any
    ) -> None:
        self.likeness = likeness
        self._store = store
        self._clock = clock
        self._suffix = suffix
        self.verifier = Verifier(LegStore(store, clock), token="optional", clock=clock, **settings)
        self.initial_verifier = secrets.token_urlsafe(20)

    def temporary_credentials(self, verified: Verified, user: str) -> dict[str, str]:
        """Grant temporary credentials; return the fields of the answer.

        Raises:
            VerificationError: the request is refused.
        """
        facts = self.likeness.facts
        if verified.token:
            raise VerificationError(400, "parameter_rejected", "this request must not have an oauth_token")
        given = verified.parameters.get("oauth_callback")
        callback = allowed_callback(facts, self._client(verified.client_id), given)
        pending = self._new_pending(verified.client_id, callback)
        if "provider-initiated" in facts.flows:
            self._store.approve_pending(pending.token, self.initial_verifier, user, {})
        fields = {"oauth_token": pending.token, "oauth_token_secret": pending.token_secret}
        revised = facts.callback is None or facts.callback.sent in (None, "temporary_credentials")
        if facts.callback_confirmed == "sent" or (facts.callback_confirmed is None and revised):
            fields["oauth_callback_confirmed"] = "true"
        return fields

    def begin(self) -> PendingAuthorization:
        """Begin an authorization of the first client on the provider's own page, without temporary credentials."""
        facts, client_id = self.likeness.facts, self.likeness.first_client
        return self._new_pending(client_id, allowed_callback(facts, self._client(client_id), None))

    def token_credentials(self, verified: Verified, given: Mapping[str, str], user: str) -> dict[str, str]:
        """Exchange what the client has for a token; return the fields of the answer.

        Args:
            verified: the verified request.
            given: the parameters in query and form.
            user: the resource owner whose password counts, if the client sends a password.

        Raises:
            VerificationError: the request is refused.
        """
        flows = self.likeness.facts.flows
        if "xauth" in flows and not verified.token:
            if given.get("x_auth_username") != user or not given.get("x_auth_password"):
                raise VerificationError(401, "permission_denied", "the name of the user or the password is wrong")
            return self._issued(verified.client_id, user)
        token = given.get("request_token") if "app-login" in flows else verified.token
        taken = self._exchanged(token or "", verified)
        return self._issued(taken.client_id, taken.user or "")

    def bearer_token(self) -> dict[str, str]:
        """Return the fields of an answer with a bearer token."""
        lifetime = self.likeness.facts.token_lifetime
        seconds = (lifetime and lifetime.seconds) or _DAY
        return {"access_token": secrets.token_urlsafe(24), "token_type": "bearer", "expires_in": str(seconds)}

    def expiry(self) -> float | None:
        """Return when a token ends that is issued now, in seconds since 1970; None if it does not end."""
        lifetime: TokenLifetime | None = self.likeness.facts.token_lifetime
        if lifetime is None or lifetime.kind not in ("fixed", "daily"):
            return None
        return self._clock() + (lifetime.seconds or _DAY)

    def note_use(self, verified: Verified, *, renews: bool = False) -> None:
        """Note that a token was used, and refuse one that was idle for too long, unless the request renews it.

        Raises:
            VerificationError: the token must be renewed.
        """
        lifetime, last_used = self.likeness.facts.token_lifetime, self.likeness.last_used
        if verified.token is None or lifetime is None or lifetime.idle_seconds is None:
            return
        now = self._clock()
        if not renews and now - last_used.setdefault(verified.token, now) > lifetime.idle_seconds:
            raise VerificationError(401, "token_expired", "the token was idle for too long: renew it")
        last_used[verified.token] = now

    def _client(self, client_id: str) -> Client:
        client = self._store.find_client(client_id)
        assert client is not None  # its signature was verified
        return client

    def _new_pending(self, client_id: str, callback: str | None) -> PendingAuthorization:
        empty = "token" in self.likeness.facts.empty_secrets
        secret = "" if empty else secrets.token_urlsafe(32) + self._suffix
        expires = self._clock() + (self.likeness.facts.request_token_lifetime or _TEMPORARY_LIFETIME)
        pending = PendingAuthorization(secrets.token_urlsafe(24) + self._suffix, secret, client_id, callback, expires)
        self._store.save_pending(pending)
        return pending

    def _exchanged(self, token: str, verified: Verified) -> PendingAuthorization:
        rule, given = self.likeness.facts.verifier, verified.parameters.get("oauth_verifier")
        pending = self._store.find_pending(token)
        if pending is None or pending.client_id != verified.client_id or pending.expires <= self._clock():
            raise VerificationError(401, "token_rejected", "no authorization is pending under this token")
        if rule in (None, "required") and not given:
            raise VerificationError(400, "parameter_absent", "oauth_verifier is missing")
        if pending.verifier is None:
            raise VerificationError(401, "permission_unknown", "the resource owner has not decided yet")
        if rule != "none" and given and not constant_time_equal(given, pending.verifier):
            raise VerificationError(401, "parameter_rejected", "oauth_verifier is wrong")
        taken = self._store.take_pending(token)
        if taken is None:
            raise VerificationError(401, "token_used", "the temporary credentials were exchanged meanwhile")
        return taken

    def _issued(self, client_id: str, user: str) -> dict[str, str]:
        expires = self.expiry()
        token, secret = secrets.token_urlsafe(24) + self._suffix, secrets.token_urlsafe(32) + self._suffix
        self._store.save_token(IssuedToken(token, secret, client_id, user, expires))
        fields = account_fields(self.likeness.facts, user, expires)
        return {"oauth_token": token, "oauth_token_secret": secret, **fields}
