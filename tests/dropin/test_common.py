"""``authlib.common`` and the functions of ``authlib.oauth1.rfc5849``: each returns what Authlib returned."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from authlib.common import encoding, security, urls
from authlib.common.errors import AuthlibBaseError
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.integrations.base_client import OAuthError
from authlib.oauth1 import errors, rfc5849
from authlib.oauth1.rfc5849 import parameters, signature
from authlib.oauth1.rfc5849.wrapper import OAuth1Request

from oauthone.errors import InsecureTransportError

KEYS = Path(__file__).parent.parent / "vectors/keys"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

RETURNS: list[tuple[Any, tuple[Any, ...], Any]] = [
    (encoding.base64_to_int, ("AQAB",), 65537),
    (encoding.int_to_base64, (65537,), "AQAB"),
    (encoding.int_to_base64, (0,), ""),
    (encoding.int_to_base64, (-1,), ValueError),
    (encoding.json_b64encode, ({"a": 1},), b"eyJhIjoxfQ"),
    (encoding.json_b64encode, ("x",), b"eA"),
    (urls.url_encode, ([("a", "b c"), ("é", 1)],), "a=b+c&%C3%A9=1"),
    (urls.url_decode, ("a=b+c&d=&e",), [("a", "b c"), ("d", ""), ("e", "")]),
    (urls.url_decode, ("a={",), ValueError),
    (urls.url_decode, ("a=%zz",), ValueError),
    (urls.url_decode, ("",), []),
    (urls.add_params_to_qs, ("a=1", [("b", "2")]), "a=1&b=2"),
    (urls.add_params_to_qs, ("a=1", {"b": "2"}), "a=1&b=2"),
    (urls.add_params_to_uri, ("https://x/y?a=1#f", [("b", "c d")]), "https://x/y?a=1&b=c+d#f"),
    (urls.add_params_to_uri, ("https://x/y#f=1", [("b", "c d")], True), "https://x/y#f=1&b=c+d"),
    (urls.quote, ("a/b c",), "a/b%20c"),
    (urls.quote, ("a/b c", b""), "a%2Fb%20c"),
    (urls.unquote, ("a%20b",), "a b"),
    (urls.quote_url, ("https://x/é?a=b c",), "https://x/%C3%A9?a=b%20c"),
    (urls.extract_params, ("a=1&b=2",), [("a", "1"), ("b", "2")]),
    (urls.extract_params, ({"a": 1},), [("a", "1")]),
    (urls.extract_params, ([("a", "b")],), [("a", "b")]),
    (urls.extract_params, (["a"],), None),
    (urls.extract_params, ("",), None),
    (urls.extract_params, ("{}",), None),
    (urls.extract_params, (b"a=1",), None),
    (urls.is_valid_url, ("https://x/y",), True),
    (urls.is_valid_url, ("x",), False),
    (urls.is_valid_url, ("https://x/#a", False), False),
    (urls.is_valid_url, ("https://u@x/",), False),
    (urls.is_valid_url, ("https://[",), False),
    (security.is_secure_transport, ("https://x",), True),
    (security.is_secure_transport, ("http://x",), False),
    (security.is_secure_transport, ("http://127.0.0.1",), True),
    (security.is_secure_transport, ("nonsense",), False),
    (signature.normalize_base_string_uri, ("HTTP://Ex.com:80/%7ea?b",), "http://ex.com/%7ea"),
    (signature.normalize_base_string_uri, ("nonsense",), ValueError),
    (signature.normalize_parameters, ([("b", "=%3D"), ("a", "r b"), ("a", "")],), "a=&a=r%20b&b=%3D%253D"),
    (signature.hmac_sha1_signature, ("base", "a b", None), "2Wcalb0FYXQApzIXfBBlIC06MXo="),
    (signature.plaintext_signature, ("a b", None), "a%20b&"),
    (parameters.prepare_form_encoded_body, ([("oauth_a", "b")], [("x", "y")]), "x=y&oauth_a=b"),
    (parameters.prepare_request_uri_query, ([("oauth_a", "b")], "https://x/y?z=1"), "https://x/y?z=1&oauth_a=b"),
]


@pytest.mark.parametrize(("function", "arguments", "expected"), RETURNS)
def test_a_function_returns_what_authlib_returns(function: Any, arguments: Any, expected: Any) -> None:
    if expected is ValueError:
        with pytest.raises(ValueError, match=r"."):
            function(*arguments)
    else:
        assert function(*arguments) == expected


def test_the_environment_may_allow_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    assert security.is_secure_transport("http://provider.example")


def test_a_request_taken_apart() -> None:
    """Its parameters by place, and the protocol parameters by name."""
    header = (
        'OAuth realm="R", oauth_consumer_key="k", oauth_token="t%20t", oauth_signature="s", oauth_callback="oob", '
        'oauth_signature_method="HMAC-SHA1", oauth_timestamp="1"'
    )
    request = OAuth1Request("POST", "https://x/y?z=1&z=2", "a=1&b=%C3%A9", {**FORM, "Authorization": header})

    assert (request.client_id, request.token, request.signature, request.signature_method) == (
        *("k", "t t", "s", "HMAC-SHA1"),
    )
    assert (request.timestamp, request.realm, request.signature_type, request.redirect_uri) == (
        *("1", "R", "HEADER", "oob"),
    )
    assert (request.query_params, request.body_params) == ([("z", "1"), ("z", "2")], [("a", "1"), ("b", "é")])
    assert (request.client_secret, request.token_secret, request.rsa_public_key) == (None, None, None)
    assert repr(request) == "<OAuth1Request POST of 'k'>"
    assert OAuth1Request("GET", "https://x/?oauth_consumer_key=k").signature_type == "QUERY"
    assert OAuth1Request("POST", "https://x/", "oauth_consumer_key=k", FORM).client_id == "k"
    assert OAuth1Request("GET", "https://x/", None, {"Authorization": b"Basic x"}).signature_type is None
    with pytest.raises(ValueError, match="not well-formed"):
        OAuth1Request("GET", "https://x/", None, {"Authorization": "OAuth x"})


@pytest.mark.parametrize("method", ["HMAC-SHA1", "PLAINTEXT", "RSA-SHA1"])
def test_a_signature_is_verified(method: str) -> None:
    """With the secrets or the key; neither without them nor with others."""
    key = (KEYS / "authlib-rsa.pem").read_text() if method == "RSA-SHA1" else None
    auth = rfc5849.ClientAuth("k", "s", "t", "ts", signature_method=method, rsa_key=key)
    uri, headers, body = auth.prepare("POST", "https://x/y?a=1", dict(FORM), "b=2")
    verify = getattr(signature, f"verify_{method.lower().replace('-', '_')}")
    public = (KEYS / "authlib-rsa.pub.pem").read_text()
    verdicts = []
    for secret, target in (("s", uri), ("other", uri), ("", uri), ("s", f"{uri}1")):
        request = OAuth1Request("POST", target, body, headers)
        request.client = SimpleNamespace(get_client_secret=lambda: secret, get_rsa_public_key=lambda: public)  # noqa: B023 (called in this turn)
        request.credential = SimpleNamespace(get_oauth_token_secret=lambda: "ts")
        verdicts.append(verify(request))

    by_secret = [True, False, False, method == "PLAINTEXT"]  # which covers no URL
    assert verdicts == ([True, True, True, False] if key else by_secret)


def test_errors_by_their_names() -> None:
    """Programs catch the base class, and silence the warnings of Authlib."""
    assert issubclass(OAuthError, AuthlibBaseError)
    assert errors.InsecureTransportError is InsecureTransportError
    assert issubclass(AuthlibDeprecationWarning, DeprecationWarning)
    for module, name in ((errors, "InvalidNonceError"), (rfc5849, "AuthorizationServer")):
        with pytest.raises(ImportError, match=rf"{name}.*use oauthone\.server.*install Authlib"):
            getattr(module, name)
    assert rfc5849.OAuth1Request is OAuth1Request
