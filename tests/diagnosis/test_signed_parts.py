"""The steps to a base string, as another library takes them; what is masked, and what is not signed."""

import pytest
from oauthlib.oauth1.rfc5849 import signature

from oauthone.diagnosis.sent_request import read_request
from oauthone.diagnosis.signed_parts import SignedParts, signed_parts

FORM = ("Content-Type", "application/x-www-form-urlencoded")
HEADER = 'OAuth realm="R", oauth_consumer_key="k", oauth_nonce="a%2Fb", oauth_signature="x%3D"'


def parts_of(method: str, url: str, *headers: tuple[str, str], body: object = b"", reveal: bool = False) -> SignedParts:
    return signed_parts(read_request(method, url, headers, body), reveal=reveal)


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("get", "http://Photos.Example:80/a%20b?size=big&a=2&a=1&c%40=&b5=%3D%253D", ""),
        ("POST", "https://api.example:8443?q=sea+view", "z=1&a3=2+q&%C3%A9=%C3%BC"),
    ],
)
def test_the_steps_are_those_of_another_library(method: str, url: str, body: str) -> None:
    headers = {"Authorization": HEADER, FORM[0]: FORM[1]}
    parts = parts_of(method, url, *headers.items(), body=body)

    collected = signature.collect_parameters(url.partition("?")[2], body, headers)
    assert parts.base_string == signature.signature_base_string(
        method, signature.base_string_uri(url), signature.normalize_parameters(collected)
    )
    assert parts.uri == signature.base_string_uri(url)
    assert "&".join(one.encoded for one in parts.ordered) == signature.normalize_parameters(collected)
    assert sorted((one.name, one.value) for one in parts.collected) == sorted(collected)
    assert parts.method == method.upper()


def test_each_parameter_says_where_it_stands() -> None:
    parts = parts_of("POST", "https://a.example/?b=1", ("Authorization", HEADER), FORM, body="a=2")
    assert [(one.place, one.name) for one in parts.collected] == [
        ("header", "oauth_consumer_key"), ("header", "oauth_nonce"), ("query", "b"), ("form", "a"),
    ]  # fmt: skip
    assert [one.name for one in parts.ordered] == ["a", "b", "oauth_consumer_key", "oauth_nonce"]


def test_a_value_that_may_be_secret_is_masked_unless_asked_for() -> None:
    request = ("POST", "https://a.example/?password=p%C3%A4ss&pass=1")
    masked, revealed = parts_of(*request), parts_of(*request, reveal=True)

    assert [one.value for one in masked.collected] == ["***", "1"]
    assert "p%C3%A4ss" not in str(masked.as_dict())
    assert revealed.collected[0] == ("query", "password", "päss", "password=p%C3%A4ss")
    assert "p%25C3%25A4ss" in revealed.base_string


def test_what_changes_of_the_address_is_said() -> None:
    parts = parts_of("GET", "HTTP://A.Example:80/?q=1#top")
    assert parts.uri == "http://a.example/"
    assert [note.partition(" is ")[0] for note in parts.uri_notes] == [
        "the host", "the default port", "the query", "the fragment",
    ]  # fmt: skip
    assert parts_of("GET", "https://a.example:8443/").uri_notes == ()
    assert parts_of("GET", "https://proxy.example/", ("Host", "a.example")).uri_notes == (
        "the host is that of the header Host, a.example",
    )


def test_what_no_signature_covers_is_said() -> None:
    json = (("Content-Type", "application/json"), ("Accept", "*/*"), ("Authorization", HEADER))
    parts = parts_of("POST", "https://a.example/", *json, body=b"{}")
    assert parts.not_signed == ("the body (application/json, 2 bytes)", "the realm", "the headers Accept")
    hashed = parts_of("POST", "https://a.example/?oauth_body_hash=x", body=b"{}")
    assert hashed.not_signed == ("the body (no Content-Type, 2 bytes) except by oauth_body_hash",)
    assert parts_of("POST", "https://a.example/", body=...).not_signed == ("a body, if there is one",)
    assert parts_of("POST", "https://a.example/", FORM, body=b"a=1").not_signed == ()


def test_it_becomes_json_of_lists_and_objects() -> None:
    said = parts_of("GET", "https://a.example/?q=1").as_dict()
    assert said["ordered"] == [{"place": "query", "name": "q", "value": "1", "encoded": "q=1"}]
    assert (said["uri_notes"], said["not_signed"]) == (
        ["the query is not part of the URI: its parameters are collected below"],
        [],
    )
