"""Mistakes about parameters; `scenarios/test_careless_clients` makes most of them."""

from oauthone.diagnosis.parameter_mistakes import wrong_parameters
from oauthone.diagnosis.sent_request import read_request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def signed(word: str, url: str = "https://a/", body: str | bytes = "", **headers: str) -> list[list[tuple[str, str]]]:
    """Return the names and values that a client with this mistake signs, in each variant that differs."""
    request = read_request("POST", url, headers, body)
    right = request.parameters
    made = [change(right) for mistake, change in wrong_parameters(request) if mistake == word]
    found = [wrong for wrong in made if wrong != right]
    return [[(one.name, one.value) for one in wrong] for wrong in found]


def test_members_of_json_are_signed_as_parameters() -> None:
    body = '{"a": "x", "b": [1, 2], "c": null}'
    assert signed("json-signed-as-parameters", body=body) == [
        [("a", "x"), ("b", "[1,2]"), ("c", "null")],
        [("a", "x"), ("b", "[1, 2]"), ("c", "null")],
    ]
    for other in ("[1]", "{", "x=1", "[" * 4000):
        assert signed("json-signed-as-parameters", body=other) == []


def test_a_large_body_that_is_no_form_is_not_read() -> None:
    assert signed("body-signed-as-form", body=b"a&" * 2**19) == []
    assert signed("body-signed-as-form", body=b"a=1&b") == [[("a", "1"), ("b", "")]]


def test_arrays_are_renamed_in_several_ways() -> None:
    assert signed("arrays-renamed", "https://a/?a[]=1&a[]=2&b=3") == [
        [("a", "1"), ("a", "2"), ("b", "3")],
        [("a[]", "1"), ("a[]", "2"), ("b[]", "3")],
        [("a[0]", "1"), ("a[1]", "2"), ("b", "3")],
    ]


def test_the_numbers_of_an_array_are_left_out() -> None:
    assert [("a", "1"), ("a", "2"), ("b[c]", "3")] in signed("arrays-renamed", "https://a/?a[0]=1&a[1]=2&b[c]=3")


def test_the_fields_of_multipart_are_signed_as_those_of_a_form() -> None:
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n{}\r\n{}\r\n'
    body = part.format("a", "Content-Type: text/plain\r\n", "1 2") + part.format("b", "", "") + "--x--\r\n"
    assert signed("body-signed-as-form", body=body) == [[("a", "1 2"), ("b", "")]]
    assert signed("body-signed-as-form", body="--x--\r\n") == []


def test_a_fragment_ends_the_last_value_of_the_query() -> None:
    assert signed("fragment-signed", "https://a/?a=1&b=2#c") == [[("a", "1"), ("b", "2#c")]]
    assert signed("fragment-signed", "https://a/?&#c") == []


def test_text_in_another_character_set() -> None:
    utf_8, latin_1 = "é".encode().decode("latin-1"), "é"
    assert signed("another-charset", "https://a/?a=%C3%A9") == [
        [("a", latin_1)],
        [("a", latin_1)],
        [("a", "Ã\x83Â©"[:1] + "\x83Â©")],
    ]
    assert [("a", utf_8)] in signed("another-charset", "https://a/?a=%E9")


def test_the_query_is_repeated_at_the_end_or_where_it_stands() -> None:
    pairs = [("a", "1"), ("a", "1"), ("f", "2")]
    assert signed("query-twice", "https://a/?a=1", "f=2", **FORM) == [[pairs[0], pairs[2], pairs[1]], pairs]
    assert signed("query-twice", "https://a/", "f=2", **FORM) == []


def test_only_a_time_in_seconds_is_taken_again() -> None:
    assert len(signed("another-timestamp-signed", "https://a/?oauth_timestamp=1")) == 4
    assert signed("another-timestamp-signed", "https://a/?oauth_timestamp=x") == []


def test_the_marks_of_a_header_are_signed() -> None:
    found = signed("header-marks-signed", "https://a/?b=1", Authorization='OAuth a="x"')
    assert found == [[("a", value), ("b", "1")] for value in ('"x"', "x,", '"x",')]
