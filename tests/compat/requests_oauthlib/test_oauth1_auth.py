"""`OAuth1` sends what that of requests-oauthlib sends, and no credentials to another origin."""

import copy
import io
import pickle
import runpy
import sys
from pathlib import Path
from typing import Any

import oauthlib.oauth1
import pytest
import requests
import requests_oauthlib as original
from clients.servers import ScriptedServer, answer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import assume, given
from hypothesis import strategies as st
from oauthlib.oauth1.rfc5849 import signature as oauthlib_signature

from oauthone.compat.requests_oauthlib import OAuth1
from oauthone.compat.requests_oauthlib import oauth1_auth as module
from oauthone.compat.requests_oauthlib._client import Client
from oauthone.core.body import FORM
from oauthone.errors import InsecureTransportError, SecurityWarning, SigningError
from oauthone.testing import ProviderBox

from .examples import (
    BODIES,
    CONTENT_TYPES,
    FIXED,
    METHODS,
    OPTIONS,
    URLS,
    is_utf8,
    prepare,
    refusal_reason,
    shown,
)

URL = "https://api.example/path?a=1"


def auth_for(box: ProviderBox, **options: Any) -> OAuth1:
    """Return an auth with token credentials of ``box``."""
    token = box.issue_token()
    return OAuth1(box.client.client_id, box.client.client_secret, token.token, token.token_secret, **options)


def pem(bits: int) -> str:
    key = rsa.generate_private_key(65537, bits)
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, pkcs8, plain).decode()


@pytest.fixture(scope="module")
def rsa_key() -> str:
    return pem(2048)


# --- what is sent ---------------------------------------------------------------------------------------------------


@given(METHODS, URLS, CONTENT_TYPES, BODIES, OPTIONS, st.sampled_from([None, Client]))
def test_it_sends_what_requests_oauthlib_sends(
    method: str, url: str, content_type: Any, body: Any, options: dict[str, Any], client_class: Any
) -> None:
    """Whatever the other one signs: the same URL, headers, body and signature, and the same types."""
    assume(is_utf8(url, body))
    try:
        theirs = prepare(original.OAuth1("ck é", **FIXED, **options), method, url, content_type, body)
    except ValueError:
        assume(False)
    auth = OAuth1("ck é", client_class=client_class, **FIXED, **options)
    if reason := refusal_reason(options):
        with pytest.raises(SigningError, match=reason):
            prepare(auth, method, url, content_type, body)
    else:
        assert shown(prepare(auth, method, url, content_type, body)) == shown(theirs)


@given(METHODS, URLS, CONTENT_TYPES, BODIES, OPTIONS)
def test_what_requests_oauthlib_refuses_is_signed_or_a_value_error(
    method: str, url: str, content_type: Any, body: Any, options: dict[str, Any]
) -> None:
    """If it is signed, the body that is sent is the caller's."""
    given_body = prepare(None, method, url, content_type, body).body
    try:
        prepare(original.OAuth1("ck", **options), method, url, content_type, body)
    except ValueError:
        try:
            ours = prepare(OAuth1("ck", **options), method, url, content_type, body)
        except SigningError:
            return
        sent, expected = (text.encode() if isinstance(text, str) else text or b"" for text in (ours.body, given_body))
        assert sent == expected or sent.startswith(expected)
        assert b"oauth_signature" in f"{ours.url} {ours.headers}".encode() + sent


@pytest.mark.parametrize("name", ["RSA-SHA1", "RSA-SHA256", "RSA-SHA512"])
def test_rsa_signatures_are_those_of_oauthlib(rsa_key: str, name: str) -> None:
    """Without a secret, and with the key as text or bytes."""
    options: dict[str, Any] = {"signature_method": name, "resource_owner_key": "t", **FIXED}
    theirs = prepare(original.OAuth1("ck", rsa_key=rsa_key, **options), "POST", URL, None, {"b": "2"})
    for key in (rsa_key, rsa_key.encode()):
        assert shown(prepare(OAuth1("ck", rsa_key=key, **options), "POST", URL, None, {"b": "2"})) == shown(theirs)


@pytest.mark.parametrize("placement", ["AUTH_HEADER", "QUERY", "BODY"])
def test_oauthlib_verifies_the_signature(placement: str) -> None:
    """With a random nonce and the time of the clock."""
    auth = OAuth1("ck", "cs", "t", "ts", signature_type=placement)
    sent = prepare(auth, "POST", URL, None, {"b": "é 2"})
    headers = {name: value.decode() for name, value in sent.headers.items() if isinstance(value, bytes)}
    collected = oauthlib_signature.collect_parameters(
        "a=1" if placement != "QUERY" else str(sent.url).partition("?")[2],
        sent.body.decode(),
        headers,
        exclude_oauth_signature=False,
    )
    request: Any = oauthlib.common.Request("https://api.example/path", "POST")
    request.signature = dict(collected)["oauth_signature"]
    request.params = [pair for pair in collected if pair[0] != "oauth_signature"]
    assert oauthlib_signature.verify_hmac_sha1(request, "cs", "ts")
    assert not oauthlib_signature.verify_hmac_sha1(request, "cs", "another")


def test_a_files_body_is_neither_read_nor_signed(tmp_path: Path) -> None:
    """Without a Content-Type too, where the other one reads the first line."""
    path = tmp_path / "upload"
    path.write_bytes(b"first=1\nsecond")
    with path.open("rb") as file:
        request = requests.Request("POST", URL, data=file, auth=OAuth1("ck", **FIXED)).prepare()
        assert request.body.read() == b"first=1\nsecond"
    bare = prepare(OAuth1("ck", **FIXED), "POST", URL, None, None)
    assert request.headers["Authorization"] == bare.headers["Authorization"]


def test_a_generators_body_is_not_consumed() -> None:
    parts = iter([b"a", b"b"])
    request = requests.Request("POST", URL, data=parts, auth=OAuth1("ck")).prepare()
    assert list(request.body) == [b"a", b"b"]


def test_a_form_is_recognized_in_any_case_of_its_type(box: ProviderBox) -> None:
    """The provider verifies it, and the type is rewritten as the other types of forms are."""
    content_type = "Application/X-WWW-Form-URLEncoded; charset=utf-8"
    response = requests.post(box.echo_url, "b=%C3%A9", headers={"Content-Type": content_type}, auth=auth_for(box))
    assert response.json()["form"] == [["b", "é"]]
    assert response.request.headers["Content-Type"] == FORM.encode()


def test_octets_that_are_not_utf8_are_signed_as_they_are_sent(box: ProviderBox) -> None:
    assert requests.get(f"{box.echo_url}?name=%E9", auth=auth_for(box)).ok


def test_the_content_length_is_that_of_the_signed_body() -> None:
    """In a request that is signed by hand too, so that it can be sent."""
    request = requests.Request("POST", URL, data={"a": "1"}).prepare()
    signed = OAuth1("ck", signature_type="BODY")(request)
    assert int(signed.headers["Content-Length"]) == len(signed.body) > 3


def test_a_body_hash_covers_a_file() -> None:
    """The hash is SHA-1 for each signature method, as oauthlib computes it."""
    options: dict[str, Any] = {"signature_method": "HMAC-SHA256", "force_include_body": True, **FIXED}
    theirs = prepare(original.OAuth1("ck", **options), "POST", URL, "text/xml", b"<a/>")
    ours = prepare(OAuth1("ck", **options), "POST", URL, "text/xml", io.BytesIO(b"<a/>"))
    assert ours.headers["Authorization"] == theirs.headers["Authorization"]
    assert ours.body.read() == b"<a/>"


@pytest.mark.parametrize("content_type", [None, "text/plain"])
def test_a_header_in_bytes_is_text_without_a_decoding(content_type: str | None) -> None:
    """Unless it is in another encoding."""
    headers: Any = {"X-A": b"caf\xc3\xa9", "X-B": b"caf\xe9"}
    request = requests.Request("GET", URL, headers=headers, auth=OAuth1("ck", decoding=None)).prepare()
    assert request.headers["X-A"] == "café"
    assert request.headers["X-B"] == b"caf\xe9"


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "get"])
def test_a_get_has_no_body_for_the_parameters(method: str) -> None:
    with pytest.raises(SigningError, match="has no form"):
        prepare(OAuth1("ck", signature_type="BODY"), method, URL, None, None)


@pytest.mark.parametrize(("content_type", "body"), [("application/json", "{}"), (None, "two words"), (None, b"{}")])
def test_parameters_are_not_added_to_what_is_no_form(content_type: str | None, body: Any) -> None:
    with pytest.raises(SigningError, match="needs a form body"):
        prepare(OAuth1("ck", signature_type="BODY"), "POST", URL, content_type, body)


@pytest.mark.parametrize("option", ["signature_type", "signature_method"])
@pytest.mark.parametrize("value", ["COOKIE", None])
def test_an_unknown_option_is_a_value_error_when_it_is_used(option: str, value: Any) -> None:
    auth = OAuth1("ck", **{option: value})
    with pytest.raises(SigningError, match=option):
        prepare(auth, "GET", URL, None, None)
    setattr(auth.client, option, "QUERY" if option == "signature_type" else "HMAC-SHA1")
    assert "Authorization" in prepare(auth, "GET", URL, None, None).headers or option == "signature_type"


def test_an_unknown_argument_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="consumer_key"):
        OAuth1("ck", consumer_key="ck")


PLAINTEXT, LEG = {"signature_method": "PLAINTEXT"}, {"verifier": "v"}


@pytest.mark.parametrize("options", [PLAINTEXT, LEG, {"callback_uri": "oob"}])
def test_secrets_need_https_or_the_variable_of_oauthlib(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = OAuth1("ck", "cs", **options)
    with pytest.raises(InsecureTransportError, match="OAUTHLIB_INSECURE_TRANSPORT=1"):
        prepare(auth, "POST", "http://api.example/", None, None)
    assert prepare(auth, "POST", "http://127.0.0.1/", None, None).headers["Authorization"]
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    assert prepare(auth, "POST", "http://api.example/", None, None).headers["Authorization"]


def test_hmac_needs_no_https() -> None:
    assert prepare(OAuth1("ck", "cs", "t", "ts"), "GET", "http://api.example/", None, None).headers["Authorization"]


# --- the client -----------------------------------------------------------------------------------------------------


def test_an_rsa_key_beside_hmac_is_ignored() -> None:
    """One library tries HMAC-SHA1 with the key that it has for RSA-SHA1."""
    auth = OAuth1("ck", "cs", rsa_key="not a key", **FIXED)
    without = prepare(OAuth1("ck", "cs", **FIXED), "GET", URL, None, None).headers
    assert prepare(auth, "GET", URL, None, None).headers == without


def test_a_short_rsa_key_is_a_warning() -> None:
    auth = OAuth1("ck", signature_method="RSA-SHA1", rsa_key=pem(1024), **FIXED)
    with pytest.warns(SecurityWarning, match="1024 bits"):
        assert prepare(auth, "GET", URL, None, None).headers["Authorization"]


def test_the_class_of_the_client_is_that_of_oauthlib_where_it_is_loaded() -> None:
    """Code compares them, and derives from one."""
    assert OAuth1.client_class is oauthlib.oauth1.Client
    assert isinstance(OAuth1("ck").client, oauthlib.oauth1.Client)


def test_the_class_of_the_client_is_ours_where_oauthlib_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "oauthlib.oauth1.rfc5849")
    assert OAuth1.client_class is Client
    auth = OAuth1("ck", "cs")
    assert type(auth.client) is Client
    assert prepare(auth, "GET", URL, None, None).headers["Authorization"]
    own = OAuth1("ck", "cs", client_class=type("Own", (Client,), {}))
    assert prepare(own, "GET", URL, None, None).headers["Authorization"]


def test_a_class_may_make_its_client_by_itself() -> None:
    class Auth(OAuth1):
        def __init__(self) -> None:
            self.client = Client("ck", "cs", **FIXED)

    bare = OAuth1("ck", "cs", decoding=None, **FIXED)
    assert prepare(Auth(), "GET", URL, None, None).headers == prepare(bare, "GET", URL, None, None).headers


def test_headers_may_be_a_plain_dict() -> None:
    request = prepare(None, "GET", URL, None, None)
    request.headers = {"x-a": "1", "content-type": FORM}
    signed = OAuth1("ck", **FIXED)(request)
    assert signed.headers["X-A"] == b"1"
    assert signed.headers["Content-Type"] == FORM.encode()
    assert signed.headers["Authorization"].startswith(b"OAuth ")


def test_the_module_has_the_constants() -> None:
    assert {name: getattr(module, name) for name in module.__all__ if name != "OAuth1"} == {
        name: getattr(original.oauth1_auth, name, getattr(oauthlib.oauth1, name, None))
        for name in module.__all__
        if name != "OAuth1"
    }


# --- redirects ------------------------------------------------------------------------------------------------------

PLACEMENTS = ["AUTH_HEADER", "QUERY", "BODY"]


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_same_origin_gets_a_new_signature(box: ProviderBox, placement: str, status: int) -> None:
    """With what the client holds at that moment, and in bytes."""
    auth = auth_for(box, signature_type=placement)
    url = box.redirect_url(box.redirect_url("/echo?last=1", status), status)
    response = requests.post(url, {"a": "é"}, auth=auth)
    assert response.ok, response.text
    found = [received.verified.parameters["oauth_nonce"] for received in box.requests if received.verified]
    assert len(set(found)) == 3
    in_header = placement == "QUERY" or (placement == "BODY" and status == 302) or placement == "AUTH_HEADER"
    assert isinstance(response.request.headers.get("Authorization"), bytes) is in_header


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_another_origin_gets_nothing(box: ProviderBox, placement: str, status: int) -> None:
    """Where the other one signs for it. The caller's own form is sent as requests sends it."""
    response = requests.post(
        box.redirect_url(box.other_url, status), {"a": "é"}, auth=auth_for(box, signature_type=placement)
    )
    assert response.ok
    first, other = box.requests
    assert first.verified is not None
    assert other.url == box.other_url
    assert other.oauth_parameters() == []
    assert b"oauth_" not in other.body
    assert other.body == (b"a=%C3%A9" if status in (307, 308) else b"")


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_redirect_back_from_another_origin_stays_unsigned(box: ProviderBox, placement: str, status: int) -> None:
    """The other origin has chosen that request."""
    with ScriptedServer(answer(status=status, headers=[("Location", box.open_url)])) as server:
        auth = auth_for(box, signature_type=placement)
        assert requests.post(box.redirect_url(f"{server.origin}/there", status), {"a": "é"}, auth=auth).ok
    assert b"oauth_" not in server.seen[0].octets
    assert box.requests[-1].url == box.open_url
    assert box.requests[-1].oauth_parameters() == []


class OwnClient(oauthlib.oauth1.Client):
    """Signs by itself."""


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_client_that_signs_itself_keeps_the_rule(plain_box: ProviderBox, placement: str) -> None:
    """The box has no odd characters, which oauthlib signs wrongly in a query or a form."""
    box = plain_box
    auth = auth_for(box, signature_type=placement, client_class=OwnClient)
    assert requests.post(box.redirect_url("/echo", 307), {"a": "é"}, auth=auth).ok
    assert all(received.verified is not None for received in box.requests)
    assert requests.post(box.redirect_url(box.other_url, 307), {"a": "é"}, auth=auth).ok
    assert box.requests[-1].oauth_parameters() == []
    assert b"oauth_" not in box.requests[-1].body


# --- copies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda auth: pickle.loads(pickle.dumps(auth))])
def test_copies_are_independent(copied: Any) -> None:
    auth = OAuth1("ck", "cs", **FIXED)
    before = prepare(auth, "GET", URL, None, None).headers
    other = copied(auth)
    assert prepare(other, "GET", URL, None, None).headers == before
    other.client.resource_owner_key = "t"
    assert prepare(other, "GET", URL, None, None).headers != before
    assert prepare(auth, "GET", URL, None, None).headers == before


@pytest.mark.parametrize(("name", "library"), [("oauth1_auth", "requests.auth"), ("oauth1_session", "requests")])
def test_a_missing_requests_names_the_extra(monkeypatch: pytest.MonkeyPatch, name: str, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install \"oauthone\[requests\]\""):
        runpy.run_path(str(Path(module.__file__).with_name(f"{name}.py")))
