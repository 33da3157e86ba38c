"""The page on which a resource owner decides, at the address and with the parameters of the provider."""

from collections.abc import Mapping
from urllib.parse import urlencode

from oauthone.core.encoding import encoded_pair
from oauthone.core.parameters import append_to_query
from oauthone.errors import VerificationError, missing_library
from oauthone.providers._model import Authorization
from oauthone.providers._provider import Provider
from oauthone.server import PendingAuthorization
from oauthone.testing import consent
from oauthone.testing._like_legs import Legs
from oauthone.testing._like_reading import chosen
from oauthone.testing._like_rules import allowed_callback, check_parameters, refused
from oauthone.testing._state import BoxState
from oauthone.testing.received import Received

try:
    from starlette.requests import Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing


async def authorize(state: BoxState, legs: Legs, request: Request, got: Received) -> Response:
    """Answer as the provider's authorization page.

    Args:
        state: the state of the box.
        legs: what grants the credentials.
        request: the request.
        got: the same request, as the box records it.
    """
    facts = legs.likeness.facts
    assert facts.authorization is not None  # otherwise nothing leads here
    try:
        pending = _pending(state, legs, facts.authorization, got)
    except VerificationError as error:
        state.record(got)
        return consent.message_page(
            "Nothing to decide here", f"{error.reason[:1].upper()}{error.reason[1:]}.", error.status
        )
    query = urlencode({"oauth_token": pending.token}).encode("ascii")
    response = await consent.authorize(state, Request({**request.scope, "query_string": query}, request.receive), got)
    decided = state.store.find_pending(pending.token)
    if "location" in response.headers:
        told = _told(facts, pending, decided)
        location = append_to_query(pending.callback or "", [encoded_pair(*pair) for pair in told])
        response.headers["location"] = state.faults.apply_to_redirect(location, pending.token)
    elif decided is not None and decided.verifier is not None and facts.verifier == "none":
        return consent.message_page("Approved", "Go back to the application.")
    return response


def _pending(state: BoxState, legs: Legs, page: Authorization, got: Received) -> PendingAuthorization:
    """Return the authorization that a browser brings, with the callback that it brings."""
    given = dict(chosen(got))
    if got.method == "POST":  # from the page itself
        return _known(state, given.get("oauth_token"))
    facts = legs.likeness.facts
    check_parameters(page.parameters, chosen(got))
    if facts.temporary_credentials is None:
        return legs.begin()
    token_name = page.rename.get("oauth_token", "oauth_token")
    pending = _known(state, given.get(token_name))
    key_name = page.rename.get("oauth_consumer_key", "oauth_consumer_key")
    if page.send_consumer_key and given.get(key_name) != pending.client_id:
        raise refused(f"the parameter {key_name} is not the consumer key of this token")
    client = state.store.find_client(pending.client_id)
    if (callback := given.get("oauth_callback")) and client and (facts.callback is None or _on_page(facts)):
        pending = pending._replace(callback=allowed_callback(facts, client, callback))
        state.store.save_pending(pending)
    return pending


def _on_page(facts: Provider) -> bool:
    return facts.callback is not None and facts.callback.sent in (None, "authorization")


def _known(state: BoxState, token: str | None) -> PendingAuthorization:
    pending = state.store.find_pending(token or "")
    if pending is None:
        raise VerificationError(400, "token_rejected", "no authorization is pending under this token")
    return pending


def _told(
    facts: Provider, pending: PendingAuthorization, decided: PendingAuthorization | None
) -> list[tuple[str, str]]:
    """Return what the callback tells the client. The temporary credentials of a refused one are gone."""
    names: Mapping[str, str] = facts.callback.parameters if facts.callback else {}
    token = [(names.get("oauth_token", "oauth_token"), pending.token)]
    if decided is not None:
        return token if facts.verifier == "none" else [*token, ("oauth_verifier", decided.verifier or "")]
    refusal = facts.callback.refusal if facts.callback else None
    if refusal is None:
        return [*token, ("oauth_problem", "user_refused")]
    name, _, value = refusal.partition("=")
    return [(name, value.replace("<token>", pending.token))] if name else token
