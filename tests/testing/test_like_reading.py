"""How a provider reads a request that a strict one refuses, or verifies otherwise."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from oauthone.clients.requests import OAuth1Auth
from oauthone.core.incoming_request import IncomingRequest
from oauthone.testing import ProviderBox
from oauthone.testing._like_reading import as_read
from oauthone.testing._likeness import example_of

from .like_walks import AGENT, CALLBACK, leg, send

Likes = Callable[..., ProviderBox]


@pytest.mark.parametrize(("name", "accepted"), [("flickr", True), ("tumblr", False)])
@pytest.mark.parametrize("place", ["params", "data"])
def test_a_callback_beside_the_header(likes: Likes, name: str, accepted: bool, place: str) -> None:
    box = likes(name)
    endpoint = box.like.temporary_credentials
    assert endpoint is not None
    auth = OAuth1Auth(**box.client.credentials())
    with requests.Session() as session:
        session.trust_env = False
        given: dict[str, Any] = {place: {"oauth_callback": CALLBACK, "other": "a b"}}
        answer = session.post(endpoint.url, auth=auth, **given)
    assert (answer.status_code == 200) is accepted, answer.text


def test_a_form_without_a_type(likes: Likes) -> None:
    """A program sends the form without saying that it is one."""
    for name, accepted in (("launchpad", True), ("fatsecret", False)):
        box = likes(name)
        endpoint = box.like.temporary_credentials
        assert endpoint is not None
        client = box.client
        auth = OAuth1Auth(**client.credentials(), signature_type="BODY", redirect_uri=CALLBACK)
        form = requests.Request("POST", endpoint.url, auth=auth).prepare().body
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(endpoint.url, data=form)
        assert (answer.status_code == 200) is accepted, box.requests[-1].refusal


def test_the_text_of_an_upload_is_signed(likes: Likes) -> None:
    """A program signs the request as a form first, and sends the same header with the upload."""
    for name, accepted in (("flickr", True), ("tumblr", False)):
        box = likes(name)
        token = box.issue_token()
        auth = OAuth1Auth(**box.client.credentials(), token=token.token, token_secret=token.token_secret)
        url, text = f"{box.origin}/services/upload/", {"title": "é & x=y +1", "tags": ""}
        header = requests.Request("POST", url, data=text, auth=auth).prepare().headers["Authorization"]
        with requests.Session() as session:
            session.trust_env = False
            files = {"photo": ("photo.png", b"\x89PNG\r\n\x00")}
            answer = session.post(url, data=text, files=files, headers={"Authorization": header})
        assert (answer.status_code == 200) is accepted, answer.text


def test_a_form_that_is_hashed(likes: Likes) -> None:
    box = likes("mastercard")
    url, body = f"{box.origin}/x", "a=1&b=2"
    hashed = OAuth1Auth(**box.client.credentials(), body_hash="always")
    header = requests.Request("POST", url, data=body, auth=hashed, headers={"Content-Type": "text/plain"}).prepare()
    sent = {"Authorization": header.headers["Authorization"], "Content-Type": "application/x-www-form-urlencoded"}
    with requests.Session() as session:
        session.trust_env = False
        assert session.post(url, data=body, headers=sent).status_code == 200
        assert session.post(url, data=body + "&c=3", headers=sent).status_code == 401
    assert send(box, url, method="POST", form={"a": "1"}).status_code == 400


def test_a_request_without_anything_to_change() -> None:
    flickr = example_of("flickr")
    url = "https://www.flickr.com/x?a=1"
    for request in (
        IncomingRequest.from_url("GET", url),
        IncomingRequest.from_url("GET", url, {"Authorization": 'OAuth oauth_token="a"'}),
        IncomingRequest.from_url("GET", f"{url} ", {"Authorization": 'OAuth oauth_token="a"'}),
    ):
        assert as_read(flickr, request) is request
        assert as_read(example_of("tumblr"), request) is request


def test_a_multipart_form_with_other_things() -> None:
    """Parts without a name or without text count as empty, as they cannot be signed."""
    head = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": 'OAuth oauth_token="a"'}
    body = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
    request = IncomingRequest.from_url("POST", "https://up.flickr.com/x", head, body)
    assert as_read(example_of("flickr"), request).body == b"a=1"
    nothing = IncomingRequest.from_url("POST", "https://up.flickr.com/x", head, b"")
    assert as_read(example_of("flickr"), nothing).has_form


def test_a_scope_in_the_query(likes: Likes) -> None:
    box = likes("hatena")
    endpoint = box.like.temporary_credentials
    assert endpoint is not None
    sent = send(box, f"{endpoint.url}?scope=read_public", method="POST", redirect_uri=CALLBACK, agent=AGENT)
    assert sent.status_code == 200
    assert leg(box, "temporary_credentials", redirect_uri=CALLBACK).status_code == 200


@pytest.mark.parametrize("body", [b"oauth_a=\xff&a=\xff", b"oauth_a=1&a=\xc3\xa9", b"a=\xff", b"oauth_a"])
def test_octets_beyond_ascii_in_a_form_are_refused_without_an_error_of_the_box(likes: Likes, body: bytes) -> None:
    box = likes("discogs")
    headers = {"Authorization": 'OAuth oauth_token="a"', "Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(f"{box.origin}/x", body, headers=headers).status_code in (400, 401)


def test_a_multipart_form_in_many_others_is_read_to_its_end() -> None:
    """A parser that reads them one in another ends with an error."""
    nested = b"".join(b"--b\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % number for number in range(5_000))
    head = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": 'OAuth oauth_token="a"'}
    request = IncomingRequest.from_url("POST", "https://up.flickr.com/x", head, nested)
    assert as_read(example_of("flickr"), request).body == b""
