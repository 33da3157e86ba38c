"""The options of a signer and of each request: what is accepted, what is read, and what is refused."""

import io
from typing import Any, get_args

import pytest

from oauthone import BodyHash, Placement, SignatureMethodName, SignatureType, Signer
from oauthone.core.encoding import iter_pairs
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.core.signing import random_nonce, system_clock
from oauthone.core.signing_options import (
    BODY_HASH_RULES,
    as_text,
    check_options,
    content_type_and_host,
    form_to_extend,
    protocol_parameters,
    split_token,
)
from oauthone.errors import SigningError

URL = "https://api.example/path"
FORM_TYPE = "application/x-www-form-urlencoded"
JSON = {"Content-Type": "application/json"}


def options(**changes: Any) -> dict[str, Any]:
    """The options of a signer, by the names of its arguments."""
    given = {
        "client_id": "key",
        "client_secret": "canary",
        "token": None,
        "token_secret": "canary",
        "nonce": random_nonce,
        "clock": system_clock,
        "version": "1.0",
    }
    return {
        **given,
        "signature_method": "HMAC-SHA1",
        "signature_type": "HEADER",
        "rsa_key": None,
        "body_hash": "never",
        **changes,
    }


def signer(**options: Any) -> Signer:
    return Signer("key", "secret", **{"nonce": lambda: "n0nce", "clock": lambda: 1_700_000_000.9, **options})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"signature_method": "HMAC-MD5"}, "unknown signature_method 'HMAC-MD5'"),
        ({"signature_type": "COOKIE"}, "signature_type is 'COOKIE': use one of HEADER, BODY, QUERY"),
        ({"signature_type": "header"}, "signature_type is 'header'"),
        ({"signature_type": "AUTH_HEADER"}, "use one of HEADER, BODY, QUERY; AUTH_HEADER is called HEADER here"),
        ({"body_hash": "yes"}, "body_hash is 'yes': use one of 'never', 'auto', 'always'"),
        ({"body_hash": None}, "body_hash is None"),
        ({"signature_method": "PLAINTEXT", "signature_type": "QUERY"}, "use signature_type='HEADER'"),
        ({"signature_method": "RSA-SHA1"}, "pass rsa_key=…"),
        ({"rsa_key": "canary"}, "rsa_key was passed, but HMAC-SHA1 does not use it"),
        ({"rsa_key": "canary", "signature_method": "PLAINTEXT"}, "leave rsa_key out"),
        ({"realm": "a\nb"}, "non-ASCII character"),
        ({"token": 1.5}, "token is a float: pass text"),
        ({"token_secret": ["canary"]}, "token_secret is a list: pass text"),
        ({"version": 1.0}, "version is a float: pass text"),
        ({"client_secret": True}, "client_secret is a bool: pass text"),
        ({"nonce": "abc"}, "nonce is a str: pass a function"),
        ({"clock": 1_700_000_000}, "clock is a int: pass a function"),
        ({"client_id": None}, "client_id is a NoneType: pass text"),
        ({"client_id": b"\xff"}, "client_id is not UTF-8: pass text"),
        ({"client_secret": b"canary\xff"}, "client_secret is not UTF-8"),
    ],
)
def test_an_option_that_cannot_work_is_an_error_at_once(options: dict[str, Any], says: str) -> None:
    """It names the option and the solution, is also a ``ValueError``, and repeats no secret."""
    with pytest.raises(SigningError) as caught:
        Signer(**{"client_id": "key", "client_secret": "secret", **options})
    assert says in str(caught.value)
    assert "canary" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.seen_in("requests-oauthlib#11")
@pytest.mark.seen_in("oauthlib#96")
def test_text_octets_and_numbers_are_taken_alike() -> None:
    """UTF-8 throughout; None is an empty secret."""

    def header(client_id: Any, client_secret: Any, token: Any, token_secret: Any, verifier: Any) -> str | None:
        made = signer().replace(
            client_id=client_id, client_secret=client_secret, token=token, token_secret=token_secret
        )
        return made.sign("GET", URL, verifier=verifier, callback=verifier, extra={"x": verifier}).authorization

    text = header("é", "s€", "12", "ü", "345")
    assert text is not None
    assert 'oauth_consumer_key="%C3%A9"' in text
    assert text == header("é".encode(), "s€".encode(), 12, "ü".encode(), 345)
    assert text == header("é".encode(), "s€".encode(), b"12", "ü".encode(), b"345")
    assert header("k", None, "t", None, "v") == header("k", "", "t", "", "v")


@pytest.mark.parametrize(
    ("headers", "body", "what"),
    [
        (JSON, b"{}", "application/json"),
        (JSON, None, "application/json"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x", "multipart/form-data"),
        (None, b"a=1", "absent"),
        (None, "a=1", "absent"),
        (None, io.BytesIO(), "absent"),
    ],
)
def test_a_body_signature_needs_a_form(headers: Any, body: Any, what: str) -> None:
    """Any other body is an error before anything is sent, and is never replaced."""
    with pytest.raises(SigningError, match=rf"the Content-Type is {what}.*signature_type='HEADER'"):
        signer(signature_type="BODY").sign("POST", URL, headers, body)


@pytest.mark.parametrize(
    "extra",
    [
        {"oauth_nonce": "x"},
        {"oauth_timestamp": "x"},
        {"oauth_signature": "x"},
        {"oauth_signature_method": "x"},
        {"oauth_consumer_key": "x"},
        {"realm": "x"},
        {"oauth_version": "1.0"},
        {"oauth_token": "x"},
        {"oauth_callback": "x"},
        {"oauth_verifier": "x"},
        [("a", "1"), ("a", "2")],
    ],
)
def test_a_further_parameter_with_a_place_of_its_own_is_an_error(extra: Any) -> None:
    with pytest.raises(SigningError, match="which is a protocol parameter already"):
        signer(token="t").sign("GET", URL, callback="oob", verifier="v", extra=extra)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "Public.Example:443"},
        {"hOST": "public.example"},
        [("Host", "public.example")],
        [(b"host", b"public.example")],
        iter([("host", "public.example")]),
    ],
)
def test_a_host_header_supplies_the_authority(headers: Any) -> None:
    assert signer().sign("GET", URL, headers).base_string.startswith("GET&https%3A%2F%2Fpublic.example%2Fpath&")


@pytest.mark.parametrize("headers", [[(b"Content-Type", FORM_TYPE.encode())], {"CONTENT-TYPE": FORM_TYPE}])
def test_headers_are_read_in_any_case_as_text_or_octets(headers: Any) -> None:
    assert "a%3D1" in signer().sign("POST", URL, headers, b"a=1").base_string


def test_other_headers_are_not_read() -> None:
    class Unreadable:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"{name} was read")

    headers: Any = [("X-Forwarded-Host", Unreadable()), ("Date", "x"), ("Accept-Patch", Unreadable()), ("ETag", "x")]
    assert signer().sign("GET", URL, headers).base_string == signer().sign("GET", URL).base_string


def test_the_names_for_type_checkers_are_those_that_work() -> None:
    """The literal types list each built-in signature method, placement and rule for a body hash, and no other."""
    assert get_args(SignatureMethodName) == tuple(SIGNATURE_METHODS)
    names, kind = get_args(SignatureType)
    assert (sorted(get_args(names)), kind) == (sorted(Placement), Placement)
    assert get_args(BodyHash) == BODY_HASH_RULES


@pytest.mark.parametrize("wanted", ["HEADER", "QUERY", "BODY", Placement.QUERY])
def test_a_placement_is_named_or_passed(wanted: str) -> None:
    assert check_options(options(signature_type=wanted)).placement is Placement(wanted)


@pytest.mark.parametrize(("value", "text"), [("é", "é"), (b"\xc3\xa9", "é"), (0, "0"), (-5, "-5"), ("", "")])
def test_text_octets_and_whole_numbers_are_text(value: object, text: str) -> None:
    assert as_text("token", value) == text


@pytest.mark.parametrize("value", [None, True, 1.5, ["canary"], bytearray(b"canary"), b"canary\xff"])
def test_any_other_value_is_refused_without_being_shown(value: object) -> None:
    """It may be a secret, so the error has the name of the option and the type alone."""
    with pytest.raises(SigningError, match=r"^token_secret is ") as caught:
        as_text("token_secret", value)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, (None, None)),
        ({"Content-Type": "text/plain", "Host": "a.example"}, ("text/plain", "a.example")),
        ([(b"HOST", b"a.example"), (b"content-type", b"a/\xe9")], ("a/\xe9", "a.example")),
        ({"Hosts": "x", "Content-Types": "x", "Date": "x"}, (None, None)),
    ],
)
def test_two_headers_count_for_a_signature(headers: Any, found: tuple[str | None, str | None]) -> None:
    assert content_type_and_host(iter_pairs(headers)) == found


@pytest.mark.parametrize(
    ("content_type", "body", "form"),
    [
        (FORM_TYPE, "a=1", "a=1"),
        (FORM_TYPE, b"\xc3\xa9", "\xc3\xa9"),
        (FORM_TYPE, None, ""),
        (None, None, ""),
        (None, b"", ""),
    ],
)
def test_parameters_are_appended_to_a_form_or_to_nothing(content_type: str | None, body: Any, form: str) -> None:
    assert form_to_extend(content_type, body) == form


def test_parameters_that_never_change_are_encoded_once() -> None:
    """None leaves one out, but an empty one is sent."""
    checked = check_options(options(client_id="é", token="", version=None))

    assert checked.constant == [
        "oauth_consumer_key\0%C3%A9",
        "oauth_token\0",
        "oauth_signature_method\0HMAC-SHA1",
    ]


def test_checked_options_show_no_secret() -> None:
    assert repr(check_options(options())) == "CheckedOptions(method=<HmacMethod HMAC-SHA1>, placement='HEADER', …)"


def test_parameters_of_one_request_follow_those_that_never_change() -> None:
    parameters = protocol_parameters(["oauth_token\0t"], "1", "n +", "aGFzaA%3D%3D", "oob", "v", {"x": "é"})

    assert parameters == [
        "oauth_token\0t",
        "oauth_timestamp\x001",
        "oauth_nonce\0n%20%2B",
        "oauth_callback\0oob",
        "oauth_verifier\0v",
        "oauth_body_hash\0aGFzaA%3D%3D",
        "x\0%C3%A9",
    ]
    assert protocol_parameters([], "1", "n", "", None, None, ()) == ["oauth_timestamp\x001", "oauth_nonce\0n"]


TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "user_id": 1}


@pytest.mark.parametrize("secret", [None, ""])
def test_a_token_may_be_the_dict_that_a_provider_returned(secret: str | None) -> None:
    """It signs as identifier and secret do, and a signer with the same token is the same."""
    as_dict, as_text = signer(token=TOKEN, token_secret=secret), signer(token="t", token_secret="s")
    assert as_dict.sign("GET", URL, timestamp=1) == as_text.sign("GET", URL, timestamp=1)
    assert as_text.replace(token=TOKEN) is as_text
    assert as_text.replace(token={"oauth_token": "other"}).secrets == ("secret", "")
    assert TOKEN == {"oauth_token": "t", "oauth_token_secret": "s", "user_id": 1}


@pytest.mark.parametrize("token", [None, "t", b"t", 7])
def test_another_token_stays(token: Any) -> None:
    given = {"token": token, "token_secret": "s"}
    assert split_token(given) is given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"token": {}}, "without oauth_token"),
        ({"token": {"oauth_token": None}}, "without oauth_token"),
        ({"token": {"oauth_token": "t"}, "token_secret": "s"}, "leave token_secret out"),
        ({"token": TOKEN, "token_secret": "canary"}, "leave token_secret out"),
    ],
)
def test_a_dict_that_is_no_token_is_an_error(given: dict[str, Any], message: str) -> None:
    with pytest.raises(SigningError, match=message) as refused:
        signer(**given)
    assert "canary" not in str(refused.value)
