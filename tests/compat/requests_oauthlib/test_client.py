"""`Client` holds and signs as oauthlib's client does."""

from typing import Any

import oauthlib.oauth1
import pytest

from oauthone.compat.requests_oauthlib._client import Client
from oauthone.core.body import FORM
from oauthone.errors import SigningError

from .examples import FIXED

URL = "https://api.example/path?a=1"
ARGUMENTS = ("ck", "cs", "t", "ts", "https://app.example/", "HMAC-SHA256", "QUERY", "key", "v")


@pytest.mark.parametrize("as_octets", [False, True])
def test_it_has_the_attributes_of_oauthlibs_client(as_octets: bool) -> None:
    """By position, from text or bytes."""
    arguments = [text.encode() if as_octets else text for text in ARGUMENTS]
    ours, theirs = Client(*arguments, realm="r", **FIXED), oauthlib.oauth1.Client(*arguments, realm="r", **FIXED)
    key = vars(ours).pop("rsa_key")
    assert vars(theirs).pop("rsa_key") == (key.decode() if as_octets else key)
    assert vars(ours) == vars(theirs)


def test_octets_in_another_encoding() -> None:
    assert Client("é".encode("latin-1"), encoding="latin-1").client_key == "é"
    assert Client(b"ck", encoding=None).client_key == b"ck"


@pytest.mark.parametrize("decoding", [None, "utf-8"])
@pytest.mark.parametrize(
    ("method", "body", "headers"),
    [("GET", None, None), ("POST", "b=2&c=%C3%A9", {"Content-Type": FORM}), ("GET", None, {"X-A": "é"})],
)
@pytest.mark.parametrize("realm", [None, "r"])
def test_it_signs_as_oauthlibs_client(
    method: str, body: str | None, headers: dict[str, str] | None, decoding: str | None, realm: str | None
) -> None:
    options: dict[str, Any] = {"decoding": decoding, **FIXED}
    theirs = oauthlib.oauth1.Client("ck", "cs", "t", "ts", **options).sign(URL, method, body, headers, realm)
    assert Client("ck", "cs", "t", "ts", **options).sign(URL, method, body, headers, realm) == theirs


@pytest.mark.parametrize("body", ["", "b=2"])
def test_it_places_the_parameters(body: str) -> None:
    """In the query or in a form."""
    url, headers, _ = Client("ck", signature_type="QUERY").sign(URL)
    assert "&oauth_signature=" in url
    assert headers == {}
    url, headers, form = Client("ck", signature_type="BODY").sign(URL, "POST", body, {"Content-Type": FORM})
    assert url == URL
    assert headers == {"Content-Type": FORM}
    assert form.startswith(f"{body}&oauth_" if body else "oauth_")


def test_it_labels_an_empty_body() -> None:
    _, headers, body = Client("ck", signature_type="BODY").sign(URL, "POST")
    assert headers == {"Content-Type": FORM}
    assert b"oauth_signature" in body


def test_octets_in_no_encoding_are_not_shown() -> None:
    """The repr of a `UnicodeDecodeError` has all of them."""
    with pytest.raises(SigningError, match="utf-8") as raised:
        Client("ck", b"c-secret\xff")
    shown = repr(raised.value) + repr(raised.value.__cause__)
    assert "c-secret" not in shown
    assert raised.value.__suppress_context__


def test_what_cannot_be_signed_is_a_value_error() -> None:
    with pytest.raises(SigningError):
        Client("ck", signature_type="COOKIE").sign(URL)


def test_its_repr_shows_no_secret() -> None:
    shown = repr(Client("ck", "c-secret", "t", "t-secret", rsa_key="a-key", verifier="a-verifier"))
    assert "client_key=ck" in shown
    for secret in ("c-secret", "t-secret", "a-key", "a-verifier"):
        assert secret not in shown
    assert "client_secret=None" in repr(Client("ck"))
