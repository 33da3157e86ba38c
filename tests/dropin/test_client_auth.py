"""``authlib.oauth1.ClientAuth``: a request in parts, signed."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlparse

import pytest
import requests
from authlib.oauth1 import SIGNATURE_TYPE_BODY, SIGNATURE_TYPE_QUERY, ClientAuth
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1.rfc5849.signature import collect_parameters, verify_hmac_sha1

from dropin.record_headers import cases, prepared
from oauthone.errors import SecurityWarning
from oauthone.testing import BoxToken, ProviderBox

WEAK_KEY = (Path(__file__).parent.parent / "vectors/keys/p-rsa1024-weak-pkcs8.pem").read_text()
RECORDED = json.loads(Path(__file__).with_name("authlib_headers.json").read_text("utf-8"))
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.fixture(scope="module")
def box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


@pytest.fixture
def token(box: ProviderBox) -> BoxToken:
    return box.issue_token()


def sent(box: ProviderBox, uri: str, headers: dict[str, str], body: object, method: str = "POST") -> dict[str, object]:
    """What the box verified of a signed request, sent as it was returned."""
    answer = requests.request(method, uri, headers=headers, data=body, timeout=10)
    assert answer.status_code == 200, answer.text
    said: dict[str, object] = answer.json()
    return said


def client_auth(box: ProviderBox, token: BoxToken, **options: object) -> ClientAuth:
    return ClientAuth(box.client.client_id, box.client.client_secret, token.token, token.token_secret, **options)


def test_prepare_signs_a_form_and_keeps_its_header(box: ProviderBox, token: BoxToken) -> None:
    """The form is covered; body and content type come back as they were given."""
    uri, headers, body = client_auth(box, token).prepare("POST", box.echo_url, FORM, "a=1&b=%C3%A9")

    assert (uri, body, headers["Content-Type"]) == (box.echo_url, "a=1&b=%C3%A9", FORM["Content-Type"])
    assert sent(box, uri, headers, body)["form"] == [["a", "1"], ["b", "é"]]


@pytest.mark.parametrize("text", ["a=1&b=%C3%A9", "hello"])
def test_text_of_a_form_is_labelled(box: ProviderBox, token: BoxToken, text: str) -> None:
    """Without a Content-Type; a single name is a form too."""
    for placed in ("HEADER", "BODY"):
        uri, headers, body = client_auth(box, token, signature_type=placed).prepare("POST", box.echo_url, {}, text)

        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert sent(box, uri, headers, body)["form"][0][0] in ("a", "hello")


def test_prepare_leaves_other_bodies_alone(box: ProviderBox, token: BoxToken) -> None:
    """JSON goes out as it was given, without a body hash."""
    uri, headers, body = client_auth(box, token).prepare(
        "POST", box.echo_url, {"Content-Type": "application/json"}, b'{"a": 1}'
    )

    assert body == b'{"a": 1}'
    assert "oauth_body_hash" not in sent(box, uri, headers, body)["oauth"]


@pytest.mark.parametrize("body", [None, b"", ""])
@pytest.mark.parametrize("placed", ["HEADER", "QUERY"])
def test_a_body_that_is_not_there(box: ProviderBox, token: BoxToken, body: object, placed: str) -> None:
    """It comes back as a body without content, as programs hand on what they get."""
    auth = client_auth(box, token, signature_type=placed)
    for sign in (auth.prepare, auth.sign):
        uri, headers, returned = sign("GET", box.echo_url, None, body)

        assert returned == (b"" if body is None else body)
        assert sent(box, uri, headers, returned, "GET")["body_length"] == 0


def test_force_include_body_and_sign_add_a_body_hash(box: ProviderBox, token: BoxToken) -> None:
    """The option for ``prepare``; ``sign`` does so of itself."""
    json_type = {"Content-Type": "application/json"}
    forced = client_auth(box, token, force_include_body=True).prepare("POST", box.echo_url, json_type, b"{}")
    signed = client_auth(box, token).sign("POST", box.echo_url, json_type, b"{}")

    for uri, headers, body in (forced, signed):
        assert "oauth_body_hash" in sent(box, uri, headers, body)["oauth"]


def test_placements(box: ProviderBox, token: BoxToken) -> None:
    """In the query the URI changes, in the body the body and, where it had none, the content type."""
    uri, headers, body = client_auth(box, token, signature_type=SIGNATURE_TYPE_QUERY).prepare(
        "GET", box.echo_url, None, None
    )
    assert sent(box, uri, headers, body, "GET")["placement"] == "QUERY"

    uri, headers, body = client_auth(box, token, signature_type=SIGNATURE_TYPE_BODY).prepare(
        "POST", box.echo_url, {}, None
    )
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent(box, uri, headers, body)["placement"] == "BODY"


def test_attributes_may_change_between_signatures(box: ProviderBox, token: BoxToken) -> None:
    """Token, realm, callback and verifier are read when a request is signed."""
    auth = ClientAuth(box.client.client_id, box.client.client_secret)
    auth.token, auth.token_secret, auth.realm = token.token, token.token_secret, "Photos"
    auth.redirect_uri, auth.verifier = "oob", "v"

    uri, headers, body = auth.prepare("GET", box.echo_url, {}, None)

    said = sent(box, uri, headers, body, "GET")
    assert said["realm"] == "Photos"
    assert said["oauth"]["oauth_callback"] == "oob"
    assert said["oauth"]["oauth_verifier"] == "v"


def test_the_callers_headers_are_not_changed(box: ProviderBox, token: BoxToken) -> None:
    """A new dict comes back."""
    given = {"Accept": "*/*"}

    _, headers, _ = client_auth(box, token).prepare("GET", box.echo_url, given, None)

    assert given == {"Accept": "*/*"}
    assert headers["Accept"] == "*/*"


def test_weak_keys_and_repr() -> None:
    """A short key warns when it signs; the repr shows the client only."""
    auth = ClientAuth("key", "canary-secret", rsa_key=WEAK_KEY, signature_method="RSA-SHA1")
    with pytest.warns(SecurityWarning, match="1024 bits"):
        auth.prepare("GET", "https://api.example/", {}, None)

    assert repr(auth) == "<ClientAuth 'key'>"


class WithHandle(ClientAuth):
    """Sends another parameter, as classes for single providers do."""

    def get_oauth_params(self, nonce: str, timestamp: str) -> list[tuple[str, str]]:
        kept = [pair for pair in super().get_oauth_params(nonce, timestamp) if pair[0] != "oauth_version"]
        return [*kept, ("oauth_session_handle", "a handle")]


class WithOwnSignature(ClientAuth):
    def get_oauth_signature(self, method: str, uri: str, headers: object, body: object) -> str:
        return f"{method} {uri.partition('?')[0]}"


def test_each_method_may_be_overridden(box: ProviderBox, token: BoxToken) -> None:
    """The parameters that are signed, and how they are signed."""
    made = WithHandle(box.client.client_id, box.client.client_secret, token.token, token.token_secret)
    uri, headers, body = made.prepare("GET", f"{box.echo_url}?a=1", {}, None)
    said = sent(box, uri, headers, body, "GET")
    assert said["oauth"]["oauth_session_handle"] == "a handle"
    assert "oauth_version" not in said["oauth"]

    _, headers, _ = WithOwnSignature("c").prepare("GET", "https://api.example/?a=1", {}, None)
    assert headers["Authorization"].endswith('oauth_signature="GET%20https%3A%2F%2Fapi.example%2F"')


@given(
    st.sampled_from(["HEADER", "QUERY", "BODY"]),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=4),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=4),
    st.text(max_size=5),
    st.text(max_size=5),
)
def test_oauthlib_verifies(placement: str, query: list[Any], form: list[Any], secret: str, token: str) -> None:
    """Each request that is sent, in each placement. The standard library reads its query and form."""
    auth = ClientAuth("c", secret, token, "a token's secret", signature_type=placement, realm="a realm")
    url = f"https://api.example/a%20path?{urlencode(query)}"

    uri, headers, body = auth.prepare("POST", url, dict(FORM), urlencode(form))

    request = SimpleNamespace(http_method="POST", uri=uri.partition("?")[0], oauth_params=[], signature="")
    found = [pair for text in (urlparse(uri).query, body) for pair in parse_qsl(text, keep_blank_values=True)]
    found += collect_parameters(headers=headers, exclude_oauth_signature=False)
    request.params = [pair for pair in found if pair[0] != "oauth_signature"]
    request.signature = dict(found)["oauth_signature"]
    assert verify_hmac_sha1(request, secret, "a token's secret")


def test_the_caller_is_told_what_cannot_be_signed() -> None:
    """JSON with the parameters in the body, secrets in a query, and a placement that does not exist."""
    for options, headers in (
        ({"signature_type": "BODY"}, {"Content-Type": "application/json"}),
        ({"signature_type": "QUERY", "signature_method": "PLAINTEXT"}, {}),
        ({"signature_type": "AUTH_HEADER"}, {}),
        ({"realm": "a\nline"}, {}),
    ):
        with pytest.raises(ValueError, match=r"signature_type|realm"):
            ClientAuth("c", "s", **options).prepare("POST", "https://api.example/", headers, "{}")


@pytest.mark.parametrize(("given", "request_parts", "expected"), RECORDED["cases"])
def test_authlib_sends_the_same(given: dict[str, Any], request_parts: list[Any], expected: list[Any]) -> None:
    """What Authlib sent for the same arguments, to the letter; `record_headers` recorded it."""
    uri, headers, body = prepared(given, *request_parts)

    assert uri.replace("+", "%20") == expected[0].replace("+", "%20")
    assert headers == expected[1]
    assert read(body) == read(expected[2])


def read(form: str | None) -> list[tuple[str, str]] | None:
    """The pairs of a form: Authlib writes a plus sign for a space, and a ``=`` after a name alone."""
    return None if form is None else parse_qsl(form, keep_blank_values=True)


def test_everything_was_recorded() -> None:
    assert [case[:2] for case in RECORDED["cases"]] == json.loads(json.dumps(cases()))
