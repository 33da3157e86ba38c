"""Text in the encoding of a form is that which oauthlib takes for one."""

import json
from typing import Any

import oauthlib.common
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from requests_oauthlib.oauth1_session import urldecode as their_urldecode

from oauthone.compat.requests_oauthlib import _forms
from oauthone.core.response_fields import MAX_DEPTH

CHARACTERS = "abz019AZ-._~%%%41&&==;:,/?!*'()$+ \n\té啦[]{}\"@"


@given(st.text(st.sampled_from(CHARACTERS), max_size=10) | st.text(max_size=3))
@example("")
@example("a")
@example("&&")
@example("%")
@example("a=%4")
@example("=")
@example("a=1\n")
def test_text_is_a_form_where_oauthlib_finds_parameters(text: str) -> None:
    assert _forms.looks_like_form(text) == bool(oauthlib.common.extract_params(text))


@pytest.mark.parametrize("body", [None, b"a=1", {"a": "1"}, ["a=1"], 1])
def test_what_is_not_text_is_no_form(body: Any) -> None:
    assert not _forms.looks_like_form(body)


@given(st.text(st.sampled_from(CHARACTERS), max_size=10))
@example('{"a": [1, {"b": null}]}')
@example("a=1&a=2&b")
def test_it_decodes_what_requests_oauthlib_decodes(text: str) -> None:
    try:
        expected = their_urldecode(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"\A[^%]*\Z"):
            _forms.urldecode(text)
    else:
        assert _forms.urldecode(text) == expected


def test_json_is_read_to_a_depth() -> None:
    assert _forms.urldecode("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(ValueError, match="too deep"):
        _forms.urldecode("[" * 100_000)
    assert _forms.read_fields("[" * 100_000) is None


@pytest.mark.parametrize("text", ["[1]", "1.5 ", '"text"', "<p>oauth_token", "not valid urlencoded!", "name=é&a=1"])
def test_what_has_no_token_has_no_fields(text: str) -> None:
    assert _forms.read_fields(text) is None


QUOTES = [
    "<a href='/authorize?step=1&oauth_token=t'>Try again</a>",
    "<a href='/authorize?step=1&oauth_token=t&lang=en'>Try again</a>",
    "The request was refused: page=1&oauth_token=t&oauth_verifier=v",
    '{"error": "page=1&oauth_token=t&lang=en',
    "oauth_token=t and more of a sentence",
]


@pytest.mark.parametrize("text", QUOTES)
def test_a_page_or_a_sentence_that_quotes_a_form_has_no_fields(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting value|delimiter|Unterminated"):
        their_urldecode(text)
    assert _forms.read_fields(text) is None


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a=1&b=%C3%A9&c", {"a": "1", "b": "é", "c": ""}),
        ("", {}),
        (json.dumps({"oauth_token": 1, "b": [None]}), {"oauth_token": 1, "b": [None]}),
        ("oauth_token=t&name=Zoë K", {"oauth_token": "t", "name": "Zoë K"}),
    ],
)
def test_the_fields_of_a_response(text: str, fields: dict[str, Any]) -> None:
    """A raw character in a field of the provider's own does not hide the token."""
    assert _forms.read_fields(text) == fields


@given(st.text(st.sampled_from(CHARACTERS), max_size=10))
def test_parameters_are_added_to_what_oauthlib_can_decode(text: str) -> None:
    is_decodable = oauthlib.common.extract_params(text) is not None
    assert _forms.is_form_for_parameters(text) == is_decodable
    assert _forms.is_form_for_parameters(text.encode()) == is_decodable


def test_parameters_are_added_to_an_empty_body_and_to_no_object() -> None:
    assert _forms.is_form_for_parameters(None)
    assert not _forms.is_form_for_parameters(iter(()))
