"""What a provider answers: credentials in its format, rejections in its shape, and the account as it describes it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest

from oauthone.errors import VerificationError
from oauthone.providers._model import Endpoint, ErrorShape, Identity, TokenLifetime
from oauthone.server import EndpointResponse
from oauthone.testing import ProviderBox
from oauthone.testing._like_answers import account_fields, credentials, rejection
from oauthone.testing._likeness import example_of

from .like_walks import CALLBACK, fields, leg, send, token_credentials

Likes = Callable[..., ProviderBox]
TEXT = "text/plain; charset=utf-8"
FIELDS = {"oauth_token": "a&b=<c>é", "oauth_token_secret": "s"}


def content_type(answer: EndpointResponse) -> str:
    return dict(answer.headers)["Content-Type"]


def endpoint(*formats: Any, content_type: str | None = None) -> Endpoint:
    return Endpoint("https://api.example/token", ("POST",), response_format=formats, content_type=content_type)


def test_the_formats_of_credentials() -> None:
    form = credentials(endpoint("form"), None, FIELDS)
    assert dict(parse_qsl(form.body.decode())) == FIELDS
    assert json.loads(credentials(endpoint("json"), None, FIELDS).body) == FIELDS
    xml = credentials(endpoint("xml", "json"), "*/*", FIELDS)
    assert {one.tag: one.text for one in ElementTree.fromstring(xml.body)} == FIELDS
    assert content_type(xml).startswith("text/xml")
    assert json.loads(credentials(endpoint("form", "json"), "application/json", FIELDS).body) == FIELDS
    assert (
        content_type(credentials(endpoint("form", "json"), "text/html", FIELDS)) == "application/x-www-form-urlencoded"
    )


def test_credentials_of_another_type() -> None:
    """Some providers call a form a page."""
    page = credentials(endpoint("form", content_type="text/html"), None, FIELDS)
    assert content_type(page) == "text/html"
    assert dict(page.headers)["Cache-Control"] == "no-store"
    assert dict(parse_qsl(page.body.decode())) == FIELDS


ERROR = VerificationError(401, "nonce_used", "why", base_string="GET&x&y")


@pytest.mark.parametrize(
    ("shape", "status", "kind", "text"),
    [
        (ErrorShape("body", 400, "form"), 400, "application/x-www-form-urlencoded", "oauth_problem=nonce_used"),
        (ErrorShape("body", None, "text", ("Wrong",)), 401, TEXT, "Wrong"),
        (ErrorShape("body", None, "text"), 401, TEXT, "nonce_used"),
        (ErrorShape("body", 401, "text", ("Wrong", "nonce_used: no")), 401, TEXT, "nonce_used: no"),
        (ErrorShape("body", 200, "xml", ("4",)), 200, "text/xml; charset=utf-8", "<Error><code>4</code></Error>"),
        (ErrorShape("body", 401, "text", example="{problem}: {base_string}"), 401, TEXT, "nonce_used: GET&x&y"),
        (ErrorShape("status", 403), 403, TEXT, ""),
    ],
)  # fmt: skip
def test_the_shapes_of_rejections(shape: ErrorShape, status: int, kind: str, text: str) -> None:
    answer = rejection(example_of("flickr")._replace(error_shapes=(shape,)), ERROR, "api")
    assert (answer.status, content_type(answer), answer.body.decode()) == (status, kind, text)


def test_a_rejection_as_json_or_html() -> None:
    facts = example_of("flickr")
    said = rejection(facts._replace(error_shapes=(ErrorShape("body", 401, "json", ("message",)),)), ERROR, "api")
    assert json.loads(said.body) == {"error": "nonce_used", "message": "message"}
    page = rejection(facts._replace(error_shapes=(ErrorShape("body", 401, "html"),)), ERROR, "api").body.decode()
    assert page.startswith("<!doctype html>")
    assert "oauth_problem=nonce_used" in page


def test_a_rejection_in_the_challenge() -> None:
    jira = example_of("jira")
    shape = ErrorShape("www-authenticate", 401, "header")
    told = dict(rejection(jira._replace(error_shapes=(shape,)), ERROR, "api").headers)["WWW-Authenticate"]
    assert told == 'OAuth oauth_problem="nonce_used"'
    netsuite = example_of("netsuite")._replace(error_shapes=(shape,))
    told = dict(rejection(netsuite, ERROR, "api").headers)["WWW-Authenticate"]
    assert told == 'OAuth realm="1234567_SB1", oauth_problem="nonce_used"'


def test_which_shape_is_for_which_problem() -> None:
    general = ErrorShape("body", 400, "text", ("general",))
    of_nonces = ErrorShape("body", 409, "text", ("nonce",), problems=("nonce_used",))
    of_api = ErrorShape("body", 500, "text", ("api",), at=("api",))
    facts = example_of("flickr")._replace(error_shapes=(of_api, of_nonces, general))
    other = VerificationError(401, "signature_invalid", "why")
    assert rejection(facts, ERROR, "credentials").status == 409
    assert rejection(facts, other, "credentials").status == 400
    assert rejection(facts, other, "api").status == 500
    # Without a shape that fits, it is that of the Problem Reporting extension.
    unknown = rejection(facts._replace(error_shapes=(of_nonces,)), other, "api")
    assert (unknown.status, unknown.body) == (401, b"oauth_problem=signature_invalid")


def test_what_the_token_response_says_besides() -> None:
    assert account_fields(example_of("discogs"), "alice", None) == {}
    flickr = account_fields(example_of("flickr"), "alice", None)
    assert (flickr["user_nsid"], flickr["username"]) == ("id-of-alice", "alice")
    hatena = example_of("hatena")._replace(identity=None)
    assert account_fields(hatena, "alice", None)["url_name"] == "box-url_name"
    assert account_fields(example_of("evernote"), "alice", 5.5)["edam_expires"] == "5500"
    assert account_fields(example_of("jira"), "alice", 5.5)["oauth_expires_in"] == "157680000"
    seconds = TokenLifetime("fixed", field="until", unit="seconds")
    assert account_fields(example_of("flickr")._replace(token_lifetime=seconds), "alice", 5.5)["until"] == "5"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("flickr", {"user": {"id": "id-of-alice", "username": {"_content": "alice"}}}),
        ("instapaper", [{"user_id": "id-of-alice", "username": "alice"}]),
        ("tumblr", {"response": {"user": {"name": "alice"}}}),
        ("launchpad", {"name": "alice"}),
    ],
)
def test_the_account_as_json(likes: Likes, name: str, expected: object) -> None:
    box = likes(name)
    identity = box.like.identity
    assert identity is not None
    assert identity.url is not None
    told = send(box, identity.url, method=identity.method[0], token=box.issue_token())
    assert told.json() == expected


def test_the_account_as_xml(likes: Likes) -> None:
    box = likes("tripit")
    told = send(box, f"{box.origin}/v1/get/profile", token=box.issue_token())
    profile = ElementTree.fromstring(told.text).find("Profile")
    assert profile is not None
    assert (profile.get("ref"), profile.findtext("screen_name")) == ("id-of-alice", "alice")


def test_the_account_as_a_signed_token(likes: Likes) -> None:
    """Its signature is checked with the standard library; it repeats the nonce of the request."""
    box = likes("mediawiki")
    assert box.like.identity is not None
    assert box.like.identity.url is not None
    told = send(box, box.like.identity.url, token=box.issue_token(), nonce=lambda: "my-nonce").text
    head, claims, signature = told.split(".")
    right = hmac.digest(box.client.client_secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256)
    assert base64.urlsafe_b64encode(right).rstrip(b"=").decode() == signature
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (said["iss"], said["aud"], said["nonce"]) == (box.origin, box.client.client_id, "my-nonce")
    assert (said["sub"], said["username"]) == ("id-of-alice", "alice")
    assert said["iat"] <= box.clock() < said["exp"]


def test_identity_behind_a_redirect(likes: Likes) -> None:
    box = likes("schoology")
    token = box.issue_token()
    answer = send(box, f"{box.origin}/v1/users/me", token=token)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{box.origin}/v1/users/id-of-alice")
    account = {"id": "id-of-alice", "name_display": "alice"}
    assert send(box, answer.headers["location"], token=token).json() == account


def test_an_account_without_known_paths(with_facts: Callable[..., ProviderBox]) -> None:
    box = with_facts("discogs", identity=Identity(url="https://api.discogs.com/oauth/identity"))
    assert send(box, f"{box.origin}/oauth/identity", token=box.issue_token()).json() == {}


@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("mediawiki", 200, "Error: signature_invalid"),
        ("plurk", 400, "40104:incorrect signature"),
        ("etrade", 401, "oauth_problem=signature_invalid"),
        ("x", 401, "Could not authenticate you"),
        ("discogs", 401, "oauth_problem=signature_invalid"),
    ],
)
def test_a_wrong_secret(likes: Likes, name: str, status: int, told: str) -> None:
    box = likes(name)
    answer = leg(box, "temporary_credentials", redirect_uri=CALLBACK, client_secret="wrong")
    assert answer.status_code == status
    assert told in answer.text
    assert fields(leg(box, "temporary_credentials", redirect_uri=CALLBACK))["oauth_token"]


def test_credentials_as_xml_over_the_wire(likes: Likes) -> None:
    assert token_credentials(likes("cardmarket"))["oauth_token_secret"]
