"""The page on which a resource owner approves or denies (RFC 5849 section 2.2), in plain HTML without scripts."""

import hmac
import json
import secrets
from html import escape
from urllib.parse import urlsplit

from oauthone.core.encoding import constant_time_equal
from oauthone.errors import VerificationError, missing_library
from oauthone.server import Client, Decision, PendingAuthorization
from oauthone.testing._state import BoxState
from oauthone.testing.plain_page import HEADERS, plain_page
from oauthone.testing.received import Received

try:
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, RedirectResponse, Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

#: The name of the cookie. Over TLS its prefix makes browsers accept it from this host only.
_COOKIE, _COOKIE_OVER_TLS = "oauthone_box", "__Host-oauthone_box"
_DECISIONS = ("approve", "deny")


async def authorize(state: BoxState, request: Request, got: Received) -> Response:
    """The authorization endpoint: a page for people, or with ``ProviderBox(decision=…)`` an immediate decision."""
    state.record(got)
    token = request.query_params.get("oauth_token", "")
    try:
        if state.decision is not None:
            return _decide(state, token, state.decision)
        if request.method == "POST":
            return _handle_post(state, request, got)
        return _decision_page(state, request, token)
    except VerificationError as refused:
        return plain_page("Nothing to decide here", f"<p>{escape(refused.reason.capitalize())}.</p>", refused.status)


async def landing(state: BoxState, request: Request, got: Received) -> Response:
    """A callback page for applications without pages."""
    state.record(got)
    refused = "oauth_problem" in request.query_params
    return plain_page(
        "Back at the application",
        f"<p>You {'refused' if refused else 'approved'}. You can close this page and return to the terminal.</p>",
    )


def _decision_page(state: BoxState, request: Request, token: str) -> Response:
    """Show the page with the two buttons. It has no effect on the authorization."""
    pending, client = state.provider.pending(token)
    session = _session(state, request) or secrets.token_urlsafe(24)
    page = plain_page(
        f"Allow {client.name} to use your account?",
        _decision_form(state, pending, client, session),
        form_target=pending.callback and _shown_origin(pending.callback),
    )
    secure = state.uses_tls
    name = _COOKIE_OVER_TLS if secure else _COOKIE
    signed = f"{session}.{_session_mac(state, session)}"
    page.set_cookie(name, signed, httponly=True, samesite="lax", secure=secure, path="/")
    return page


def _session(state: BoxState, request: Request) -> str | None:
    """Return the session of this browser; None if the cookie is missing or forged."""
    value = request.cookies.get(_COOKIE_OVER_TLS if state.uses_tls else _COOKIE, "")
    session, _, mac = value.partition(".")
    return session if constant_time_equal(mac, _session_mac(state, session)) else None


def _decision_form(state: BoxState, pending: PendingAuthorization, client: Client, session: str) -> str:
    then = (
        "You will be shown a code to type into the application."
        if pending.callback is None
        else f"You will be sent back to {escape(_shown_origin(pending.callback))}."
    )
    buttons = "".join(
        f'<button{" class=yes" if decision == "approve" else ""} name="decision" '
        f'value="{decision}.{_proof(state, session, pending.token, decision)}">{decision.capitalize()}</button>'
        for decision in _DECISIONS
    )
    return (
        f"<p><strong>{escape(client.name)}</strong> asks for access to what belongs to you at this provider.</p>"
        f"<dl><dt>Application</dt><dd>{escape(client.name)}</dd>"
        f"<dt>Access</dt><dd>Read and write</dd>"
        f"<dt>Signed in as</dt><dd>{escape(state.user)}</dd></dl>"
        f'<p class="quiet">{then} Approve only if you started this yourself.</p>'
        f'<form method="post" action="{escape(state.authorization_action)}">'
        f'<input type="hidden" name="oauth_token" value="{escape(pending.token)}">{buttons}</form>'
    )


def _handle_post(state: BoxState, request: Request, got: Received) -> Response:
    """Apply the decision if it was sent from the page that this browser was shown."""
    form = {name: value.decode("utf-8", "replace") for name, value in got.form()}
    token, given = form.get(b"oauth_token", ""), form.get(b"decision", "")
    decision, _, proof = given.partition(".")
    session = _session(state, request)
    if (
        decision not in _DECISIONS
        or session is None
        or not constant_time_equal(proof, _proof(state, session, token, decision))
    ):
        return plain_page(
            "This did not come from our page",
            "<p>The decision was not sent from the page that this browser was shown, so it does not count. "
            "Go back to the application and start again.</p>",
            403,
        )
    return _decide(state, token, decision)


def _decide(state: BoxState, token: str, decision: str) -> Response:
    outcome: Decision = (
        state.provider.approve(token, state.user) if decision == "approve" else state.provider.deny(token)
    )
    if outcome.redirect is not None:
        return RedirectResponse(state.faults.apply_to_redirect(outcome.redirect, token), 302, dict(HEADERS))
    if outcome.verifier is not None:
        return plain_page(
            "Approved",
            "<p>Type this code into the application:</p>"
            f"<output>{escape(outcome.verifier)}</output>"
            '<p class="quiet">It works once, for the next ten minutes.</p>',
        )
    return plain_page("Refused", "<p>The application gets no access. You can close this page.</p>")


def _proof(state: BoxState, session: str, token: str, decision: str) -> str:
    """Return the value that proves that a decision was sent from the page that this browser was shown."""
    return _mac(state, "decision", session, token, decision)


def _session_mac(state: BoxState, session: str) -> str:
    """Return the value that proves that this box issued a session."""
    return _mac(state, "cookie", session)


def _mac(state: BoxState, *parts: str) -> str:
    message = json.dumps(parts).encode("ascii")
    return hmac.new(state.page_key, message, "sha256").hexdigest()


def message_page(title: str, message: str, status: int = 200) -> HTMLResponse:
    """Return a page that tells a person something."""
    return plain_page(title, f"<p>{escape(message)}</p>", status)


def _shown_origin(callback: str) -> str:
    parts = urlsplit(callback)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
