"""A request as its provider reads it."""

from typing import Any

import pytest

from oauthone import Signer, providers
from oauthone.diagnosis import diagnose
from oauthone.diagnosis.provider_requests import as_read, endpoint_of, variant_of
from oauthone.diagnosis.sent_request import SentRequest, read_request
from oauthone.testing._likeness import example_of

FORM = "application/x-www-form-urlencoded"
CREDENTIALS: dict[str, Any] = {"client_id": "c", "client_secret": "s", "token": "t", "token_secret": "u"}
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nA b\r\n'
    b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n\xff\xd8\r\n--b--\r\n'
)


def sent(url: str, **options: Any) -> SentRequest:
    signed = Signer(**{**CREDENTIALS, **options}).sign("GET", url)
    return read_request("GET", url, {"Authorization": signed.authorization})


@pytest.mark.parametrize(
    ("name", "url", "place"),
    [
        ("flickr", "https://www.flickr.com/services/oauth/request_token", "temporary_credentials"),
        ("flickr", "http://WWW.flickr.com:80/services/oauth/request_token?a=b", "temporary_credentials"),
        ("flickr", "https://api.flickr.com/services/rest", None),
        ("x", "https://api.twitter.com/oauth/request_token", "temporary_credentials"),
        ("launchpad", "https://staging.launchpad.net/+request-token", "temporary_credentials"),
        ("flickr", "https://www.flickr.com/services/oauth/request_token/", None),
        ("wikimedia", "https://meta.wikimedia.org/w/index.php?title=Special:OAuth/initiate", "temporary_credentials"),
        ("wikimedia", "https://meta.wikimedia.org/w/index.php?title=Special%3AOAuth%2Ftoken", "token_credentials"),
        ("wikimedia", "https://meta.wikimedia.org/w/index.php?title=Main_Page", None),
    ],
)
def test_the_endpoint_is_told_by_its_address(name: str, url: str, place: str | None) -> None:
    found = endpoint_of(example_of(name), sent(url))
    assert (found and found[0]) == place


def test_a_token_tells_endpoints_with_the_same_address_apart() -> None:
    evernote = providers.get("evernote")
    url = "https://www.evernote.com/oauth"
    assert (endpoint_of(evernote, sent(url)) or "")[0] == "token_credentials"
    assert (endpoint_of(evernote, sent(url, token=None, token_secret=None)) or "")[0] == "temporary_credentials"


def test_the_texts_of_a_multipart_form_are_signed_where_the_provider_signs_them() -> None:
    content_type = {"Content-Type": "multipart/form-data; boundary=b"}
    url = "https://up.flickr.com/services/upload/"
    signed = Signer(**CREDENTIALS).sign("POST", url, {"Content-Type": FORM}, "title=A%20b")
    request = {"headers": {**content_type, "Authorization": signed.authorization}, "body": MULTIPART}
    assert diagnose("POST", url, **request, **CREDENTIALS).mistake == "body-signed-as-form"
    assert diagnose("POST", url, **request, **CREDENTIALS, provider="flickr").verdict == "unknown"
    plain = Signer(**CREDENTIALS).sign("POST", url, content_type, MULTIPART)
    request["headers"] = {**content_type, "Authorization": plain.authorization}
    assert diagnose("POST", url, **request, **CREDENTIALS).verdict == "unknown"
    assert diagnose("POST", url, **request, **CREDENTIALS, provider="flickr").mistake == "form-left-out"


def test_a_body_without_a_type_is_a_form_where_the_provider_reads_it_so() -> None:
    url = "https://launchpad.net/+request-token"
    options = {"client_id": "c", "client_secret": ""}
    form = "oauth_consumer_key=c&oauth_signature=%26&oauth_signature_method=PLAINTEXT"
    read = read_request("POST", url, {}, form)
    launchpad = providers.get("launchpad")
    assert not read.has_form
    assert as_read(launchpad, read).has_form
    assert as_read(launchpad, read).protocol("oauth_consumer_key") == "c"
    assert diagnose("POST", url, {}, form, **options, provider=launchpad).verdict == "unknown"
    without_body = read_request("POST", url, {}, "")
    assert as_read(launchpad, without_body) is without_body


def test_a_form_with_a_digest_is_no_form_where_each_request_has_a_digest() -> None:
    mastercard = providers.get("mastercard")
    headers = {"Content-Type": FORM, "Authorization": 'OAuth oauth_body_hash="x"'}
    read = read_request("POST", "https://api.mastercard.com/x?q=1", headers, "a=b")
    assert [one.name for one in as_read(mastercard, read).parameters] == ["oauth_body_hash", "q"]
    without = read_request("POST", "https://api.mastercard.com/x?q=1", {"Content-Type": FORM}, "a=b")
    assert as_read(mastercard, without) is without


def test_other_requests_are_read_as_everywhere() -> None:
    read = read_request("POST", "https://api.tumblr.com/v2/x?q=1", {"Content-Type": FORM}, "a=b")
    assert as_read(providers.get("tumblr"), read) is read


def test_parameters_in_two_places_are_no_mistake_where_the_provider_takes_them() -> None:
    url = "https://api.x.com/oauth/request_token?oauth_callback=oob"
    headers = {"Authorization": Signer(client_id="c", client_secret="s").sign("POST", url).authorization or ""}
    sent = ("POST", url, headers)
    assert diagnose(*sent, client_id="c", client_secret="s").mistake == "two-placements"
    assert diagnose(*sent, client_id="c", client_secret="s", provider="x").verdict == "unknown"
    assert diagnose(*sent, client_id="c", client_secret="s", provider="trello").mistake == "two-placements"


@pytest.mark.parametrize(
    ("name", "url", "variant"),
    [
        ("mastercard", "https://sandbox.api.mastercard.com/x", "sandbox"),
        ("trademe", "https://api.tmsandbox.co.nz/v1/x", "sandbox"),
        ("trademe", "https://api.trademe.co.nz/v1/x", None),
        ("flickr", "https://api.flickr.com/x", None),
    ],
)
def test_the_variant_is_told_by_its_address(name: str, url: str, variant: str | None) -> None:
    assert variant_of(example_of(name), url) == variant
