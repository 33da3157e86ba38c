"""The text of a provider's response, and its fields."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone.core import response_fields
from oauthone.core.response_fields import MAX_DEPTH, lenient_text, read_body, read_text

JSON_SIGNS = st.text(st.sampled_from('"\\[]{}:,a1\n'), max_size=40)


@given(JSON_SIGNS)
@example('{"' + '\\"' * 20)
@example('{"' + '\\"' * 20 + "\\")
def test_no_quote_is_tried_in_vain(text: str) -> None:
    """Each is part of a match: a failed match would read the rest of the response for nothing."""
    covered = [found.span() for found in response_fields._BRACKET.finditer(text)]
    for place, sign in enumerate(text):
        assert sign != '"' or any(begin <= place < end for begin, end in covered) or text[place - 1] == "\\"
    starts = [place for place, sign in enumerate(text) if sign == '"' and not any(b <= place < e for b, e in covered)]
    assert starts == []


@given(st.recursive(JSON_SIGNS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(JSON_SIGNS, inner)))
def test_the_depth_of_json_is_that_of_the_parsed_value(value: Any) -> None:
    def depth(value: Any) -> int:
        if isinstance(value, str):
            return 0
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)

    assert response_fields.depth_of_json(json.dumps(value)) == depth(value)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"a=1&b=x+y%26&c", [("a", "1"), ("b", "x y&"), ("c", "")]),
        (b" \n a=1 \n", [("a", "1")]),
        (b"\xef\xbb\xbfa=1", [("a", "1")]),
        (b"&&a=1&", [("a", "1")]),
        (b"a=1&a=2", [("a", "1"), ("a", "2")]),
        (b"a=%E9&b=\xe9", [("a", "é"), ("b", "é")]),
        (b"", []),
        (b'{"a": 1, "b": {"c": [true]}}', [("a", 1), ("b", {"c": [True]})]),
        (b'{"a": 1, "a": 2}', [("a", 1), ("a", 2)]),
        (b"{broken", []),
        (b"[1]", [("[1]", "")]),
    ],
)
def test_a_body_is_read_as_json_or_as_a_form(body: bytes, fields: list[tuple[str, Any]]) -> None:
    """A doubled name is kept: the caller decides what it means."""
    assert read_body(body)[1] == fields


@pytest.mark.parametrize("name", ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"])
def test_a_protocol_value_has_to_decode_cleanly(name: str) -> None:
    """Another field is read as Latin-1 if it is not UTF-8, but a credential is not guessed."""
    assert read_body(f"{name}=%E9&x=%E9".encode())[1] == [(name, None), ("x", "é")]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_json_is_read_in_each_encoding_of_unicode(coding: str) -> None:
    text, fields = read_body('{"a": "é"}'.encode(coding))

    assert text == '{"a": "é"}'
    assert fields == [("a", "é")]


def test_json_is_read_up_to_a_depth() -> None:
    """Deeper JSON has no fields, and raises no ``RecursionError``."""
    for depth, names in ((MAX_DEPTH - 1, ["a"]), (MAX_DEPTH, [])):
        body = b'{"a": ' + b"[" * depth + b"]" * depth + b"}"
        assert [name for name, _ in read_body(body)[1]] == names


def test_the_text_of_a_response_can_be_searched_by_people() -> None:
    """Without a byte order mark, white space around it, or the zeros of another encoding."""
    assert read_body("<p>No</p>".encode("utf-16-le"))[0] == "<p>No</p>"
    assert read_body(b" \xef\xbb\xbfno \n")[0] == "no"
    assert read_body(b"\xff")[0] == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("text", ['{"a": "***"}', "a=***&b=x", "***", ""])
def test_a_masked_text_has_its_fields_still(text: str) -> None:
    assert read_text(text) == read_body(text.encode())[1]


@pytest.mark.parametrize(
    ("text", "decoded"),
    [("plain", "plain"), ("a%20b", "a b"), ("%C3%A9", "é"), ("%E9", "é"), ("%", "%"), ("\xe9", "é")],
)
def test_text_is_decoded_once_as_utf_8_or_else_as_latin_1(text: str, decoded: str) -> None:
    assert lenient_text(text) == decoded
    assert lenient_text("%2541") == "%41"
