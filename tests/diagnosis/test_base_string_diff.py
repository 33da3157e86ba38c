"""The first difference of two base strings, in words."""

import sys

import pytest

from oauthone.diagnosis.base_string_diff import first_difference

HEAD = "POST&https%3A%2F%2Fapi.example%2Fpath&"
OURS = HEAD + "a%3D1%26b%3Dx%2520y%26b%3Dz%26oauth_nonce%3Dn"


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        (OURS, None),
        ("POST&https://api.example/path&a=1&b=2", "has 4 parts joined by '&' instead of three: the parts are not"),
        (HEAD.replace("https%3A%2F%2F", "https://").replace("%2F", "/") + OURS[len(HEAD) :], "did not encode the URI"),
        (HEAD + "a=1", "did not sign b='x y', which"),
        ("POST", "has 1 parts joined by '&' instead of three"),
        (OURS.replace("POST", "GET"), "signed the method 'GET', the server received 'POST'"),
        (
            OURS.replace("https", "http"),
            "signed the URI 'http://api.example/path', the server received 'https://api.example/path'",
        ),
        (HEAD + "b%3Dx%2520y%26a%3D1%26b%3Dz%26oauth_nonce%3Dn", "sorted the parameters wrongly: 'b' is where"),
        (HEAD + "b%3Dx%2520y%26b%3Dz%26oauth_nonce%3Dn", "did not sign a='1', which the server received"),
        (OURS.replace("b%3Dz%26", ""), "did not sign b='z', which the server received"),
        (OURS + "%26c%3D1", "signed c='1', which the server did not receive"),
        (OURS + "%26my_secret%3Dcanary", "signed my_secret='***', which the server did not receive"),
        (OURS + "%26password%253Dcanary", "signed password='***', which the server did not receive"),
        (OURS + "%26x%3D1%2526password%253Dcanary", "signed x='***', which the server did not receive"),
        (
            OURS.replace("%2Fpath", "%2Fpath%3Fpassword%3Dcanary"),
            "signed the URI 'https://api.example/path' with a query, the server received 'https://api.example/path'",
        ),
        (
            OURS.replace("api.example", "me%3Acanary%40api.example").replace("path", "other"),
            "signed the URI 'https://api.example/other', the server",
        ),
        (OURS + "%26a%250A2026%2520INFO%251B%3D1", r"signed 'a\n2026 INFO\x1b'='1', which"),
        (OURS.replace("a%3D1", "a%3D2"), "signed a='2', the server received a='1'"),
        (OURS.replace("x%2520y", "u%2520%252Fy"), "signed b='u /y', the server received b='x y'"),
        (OURS.replace("x%2520y", "x%2520%2579"), "signed b='x%20%79', the server received b='x%20y'"),
        (OURS.replace("x%2520y", "x%25252520y"), "signed b='x%2520y', the server received b='x y'"),
        (OURS.replace("x%2520y", "x%2By"), "encoded the space in 'b' as '+'"),
        (OURS.replace("x%2520y", "x%20y"), "did not encode the value of 'b'"),
        (OURS.replace("x%2520y", "x%252520y"), "encoded the value of 'b' once too often"),
        (OURS.replace("%3D", "%3d"), "encoded the same parameters in another way"),
        (OURS.replace("%3A%2F", "%3a%2f"), "encoded the same URI in another way"),
    ],
)
def test_the_first_difference_is_said_in_words(theirs: str, words: str | None) -> None:
    said = first_difference(OURS, theirs)
    if words is None:
        assert said is None
    else:
        assert said is not None
        assert words in said
        assert "canary" not in said


def test_lower_case_escapes_in_a_value_are_named() -> None:
    assert first_difference(HEAD + "b%3D%252F", HEAD + "b%3D%252f") == (
        "the client wrote the percent escapes in 'b' in lower case"
    )


def test_a_long_value_is_cut() -> None:
    said = first_difference(HEAD, HEAD + "a%3D" + "x" * 1_000)
    assert said is not None
    assert len(said) < 250


def test_the_work_grows_with_the_base_strings() -> None:
    """The work is not quadratic, because the client sends one of the strings."""

    def calls(count: int) -> int:
        ours = HEAD + "%26".join(f"a{number}%3D1" for number in range(count))
        theirs = HEAD + "%26".join(f"b{number}%3D1" for number in range(count))
        seen = 0

        def count_calls(*_: object) -> None:
            nonlocal seen
            seen += 1

        sys.setprofile(count_calls)
        try:
            first_difference(ours, theirs)
        finally:
            sys.setprofile(None)
        return seen

    assert calls(2_000) < 2.5 * calls(1_000)


def test_an_encoded_uri_with_an_unencoded_parameter_is_said_to_be_that() -> None:
    """With one parameter there are three parts all the same."""
    assert first_difference(HEAD + "a%3D1", HEAD + "a=1") == (
        "the client did not encode the joined parameters in its base string"
    )
