"""Walks over a box that is like a provider, with options that are computed from the facts about it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from oauthone.clients.requests import OAuth1Auth
from oauthone.providers import Provider
from oauthone.testing import BoxToken, ProviderBox

CALLBACK = "https://app.example/callback?page=1"
AGENT = "PhotoPrinter/1.0 (https://app.example)"

#: What each parameter that a provider requires may be.
_EXAMPLES = {"x_auth_username": "alice", "x_auth_password": "password"}


def send(
    box: ProviderBox,
    url: str,
    *,
    method: str = "GET",
    placement: str | None = None,
    token: BoxToken | None = None,
    form: Mapping[str, str] | None = None,
    agent: str = AGENT,
    empty_token: bool = True,
    **options: Any,
) -> requests.Response:
    """Send one signed request, as the facts of the box have it unless an option says otherwise."""
    facts = box.like
    placement = placement or facts.placement[0]
    realm = facts.realm and (url.partition("?")[0] if facts.realm.kind == "request-url" else facts.realm.value)
    given: dict[str, Any] = {
        "signature_type": placement.upper(),
        "realm": realm if placement == "header" else None,
        "version": "1.0" if facts.send_version else None,
        "body_hash": facts.body_hash.when if facts.body_hash else "never",
        "token": token.token if token else ("" if facts.empty_token_parameter and empty_token else None),
        "token_secret": token and token.token_secret,
    }
    auth = OAuth1Auth(**{**box.client.credentials(), **given, **options})
    with requests.Session() as session:
        session.trust_env = False
        headers = {"User-Agent": agent, "Accept": "*/*"}
        return session.request(method, url, data=form, headers=headers, auth=auth, allow_redirects=False)


def needed(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return a value for each parameter that must be there."""
    return {
        name: one.default or next(iter(one.values), _EXAMPLES.get(name, "value"))
        for name, one in parameters.items()
        if one.required
    }


def leg(box: ProviderBox, name: str, token: BoxToken | None = None, **options: Any) -> requests.Response:
    """Send a request to the endpoint of this name."""
    endpoint = getattr(box.like, name)
    form = {**needed(endpoint.parameters), **options.pop("form", {})} or None
    given = {"method": endpoint.method[0], "placement": endpoint.placement[0], **options}
    if form and given["method"] == "GET":
        return send(box, f"{endpoint.url}?{urlencode(form)}", token=token, **given)
    return send(box, endpoint.url, token=token, form=form, **given)


def fields(response: requests.Response) -> dict[str, str]:
    """Return the fields of an answer with credentials."""
    assert response.status_code == 200, response.text
    text = response.text
    if text.startswith("{"):
        return dict(json.loads(text))
    if text.startswith("<"):
        from xml.etree import ElementTree

        return {one.tag: one.text or "" for one in ElementTree.fromstring(text)}
    return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))


def token_of(response: requests.Response) -> BoxToken:
    """Return the token in an answer with credentials."""
    found = fields(response)
    return BoxToken(found["oauth_token"], found["oauth_token_secret"])


def temporary(box: ProviderBox, **options: Any) -> BoxToken:
    """Get temporary credentials."""
    sent = box.like.callback and box.like.callback.sent
    options.setdefault("redirect_uri", CALLBACK if sent in (None, "temporary_credentials") else None)
    return token_of(leg(box, "temporary_credentials", **options))


def authorization_url(box: ProviderBox, token: BoxToken, **parameters: str) -> str:
    """Return the URL of the page on which the resource owner decides."""
    page = box.like.authorization
    assert page is not None
    named = {"oauth_token": token.token}
    if page.send_consumer_key:
        named["oauth_consumer_key"] = box.client.client_id
    if box.like.callback and box.like.callback.sent == "authorization":
        parameters = {"oauth_callback": CALLBACK, **parameters}
    query = {page.rename.get(name, name): value for name, value in named.items()}
    return f"{page.url}{'&' if '?' in page.url else '?'}{urlencode({**query, **parameters})}"


def came_back(box: ProviderBox, url: str) -> dict[str, str]:
    """Open the page; return what the callback says."""
    location = box.visit(url)
    assert location.startswith(CALLBACK), location
    return {
        name: value for name, value in parse_qsl(urlsplit(location).query, keep_blank_values=True) if name != "page"
    }


def token_credentials(box: ProviderBox) -> dict[str, str]:
    """Walk the flow of the provider to its end; return the fields of its last answer."""
    facts: Provider = box.like
    if facts.temporary_credentials is None:
        if facts.authorization is None:
            return fields(leg(box, "token_credentials"))
        back = came_back(box, facts.authorization.url)
        return fields(leg(box, "token_credentials", form={"request_token": back["request_token"]}))
    pending = temporary(box)
    if facts.authorization is None:
        assert box.legs is not None
        return fields(leg(box, "token_credentials", pending, verifier=box.legs.initial_verifier))
    back = came_back(box, authorization_url(box, pending))
    assert back["oauth_token"] == pending.token
    return fields(leg(box, "token_credentials", pending, verifier=back.get("oauth_verifier")))
