"""What a signature covers of a body: a form's parameters, a digest, or nothing."""

import base64
import hashlib
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.body import FORM, body_digest, form_text, is_empty, is_form, is_form_text
from oauthone.errors import SigningError


@pytest.mark.parametrize(
    "text", ["text=hello", "a=1&b=", "a&b=1", "a=%C3%A9+b&c=x/y:z", "a=b=c", "status=$5!&x=~*'()@"]
)
def test_text_that_is_a_form_by_its_characters(text: str) -> None:
    assert is_form_text(text)


@pytest.mark.parametrize(
    "text", ["", "hello", '{"a": "b=c"}', "<a b='c'/>", "a=1\nb=2", "a=100%", "=1", "a = 1", "a=\u00e9"]
)
def test_text_that_is_none(text: str) -> None:
    assert not is_form_text(text)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1))
def test_what_the_standard_library_encodes_is_a_form(pairs: list[tuple[str, str]]) -> None:
    for quoting in (quote_plus, quote):
        assert is_form_text(urlencode(pairs, quote_via=quoting, errors="replace"))


@pytest.mark.seen_in("rdio/api#11")
@pytest.mark.seen_in("jersey#3185")
@pytest.mark.seen_in("requests-oauth#32")
@pytest.mark.parametrize(
    ("content_type", "says_form"),
    [
        (FORM, True),
        ("application/x-www-form-urlencoded; charset=utf-8", True),
        ("Application/X-WWW-Form-Urlencoded", True),
        (" application/x-www-form-urlencoded ;charset=UTF-8", True),
        ("application/json", False),
        ("multipart/form-data; boundary=application/x-www-form-urlencoded", False),
        ("application/x-www-form-urlencoded2", False),
        ("", False),
        (None, False),
    ],
)
def test_the_media_type_alone_makes_a_form(content_type: str | None, says_form: bool) -> None:
    """It is compared without regard to case and parameters."""
    assert is_form(content_type) is says_form


class Unseekable(io.BytesIO):
    """A pipe, which can be read but not rewound."""

    def seekable(self) -> bool:
        return False


class OldFile:
    """A file-like object without ``seekable``."""

    def __init__(self, content: bytes) -> None:
        self.inner = io.BytesIO(content)
        self.read, self.seek, self.tell = self.inner.read, self.inner.seek, self.inner.tell


def generator() -> Iterator[bytes]:
    yield b"a=1"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a=1", "a=1"),
        (b"a=\xff", "a=\xff"),
        (bytearray(b"a=1"), "a=1"),
        (memoryview(b"a=1"), "a=1"),
        ("a=é", "a=\xc3\xa9"),
        (io.BytesIO(b"a=1"), "a=1"),
        (io.StringIO("a=é"), "a=\xc3\xa9"),
        (OldFile(b"a=1"), "a=1"),
    ],
)
def test_a_form_is_read_as_octets(body: Any, text: str) -> None:
    assert form_text(body) == text


def test_a_form_in_a_file_is_read_from_where_it_stands_and_rewound_there() -> None:
    file = io.BytesIO(b"skipped&a=1")
    file.seek(8)
    assert form_text(file) == "a=1"
    assert file.tell() == 8


@pytest.mark.parametrize("body", [generator(), Unseekable(b"a=1"), 5, {"a": "1"}])
def test_a_form_that_can_be_read_only_once_is_refused(body: Any) -> None:
    with pytest.raises(SigningError, match="pass it as str or bytes, or set another Content-Type"):
        form_text(body)


HELLO = "Lve95gjOVATpfV8EL5X4nxwjKHE="


@pytest.mark.seen_in("authlib#329")
@pytest.mark.seen_in("oauth-1.0a#43")
@pytest.mark.seen_in("oauth-1.0a#57")
@pytest.mark.seen_in("oauth-1.0a#65")
@pytest.mark.seen_in("request#2792")
@pytest.mark.seen_in("axios-oauth#32")
@pytest.mark.seen_in("basiclti-java#3")
@pytest.mark.seen_in("basiclti-java#20")
@pytest.mark.seen_in("edx#13454")
@pytest.mark.parametrize(
    "body",
    [
        "Hello World!",
        b"Hello World!",
        bytearray(b"Hello World!"),
        memoryview(b"Hello World!"),
        io.BytesIO(b"Hello World!"),
        io.StringIO("Hello World!"),
        OldFile(b"Hello World!"),
    ],
)
def test_a_body_hash_is_the_base64_of_the_plain_digest(body: Any) -> None:
    """It covers exactly the bytes that are sent, from any kind of object."""
    assert body_digest("sha1", body) == HELLO


@pytest.mark.seen_in("oauth1-signer-java#5")
@pytest.mark.parametrize("hash_name", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("body", [None, "", b""])
def test_an_empty_body_has_a_hash_too(hash_name: str, body: Any) -> None:
    wanted = base64.b64encode(hashlib.new(hash_name).digest()).decode()
    assert body_digest(hash_name, body) == wanted


def test_text_is_hashed_as_utf_8() -> None:
    assert body_digest("sha256", "é") == body_digest("sha256", "é".encode()) == body_digest("sha256", io.StringIO("é"))


def test_a_large_file_is_hashed_in_pieces_and_rewound() -> None:
    class Counted(io.BytesIO):
        longest = 0

        def read(self, size: int | None = -1) -> bytes:
            octets = super().read(size)
            self.longest = max(self.longest, len(octets))
            return octets

    content = b"x" * 300_000
    file = Counted(content)
    file.seek(10)
    assert body_digest("sha1", file) == body_digest("sha1", content[10:])
    assert file.tell() == 10
    assert 0 < file.longest <= 1 << 16


@pytest.mark.parametrize("body", [generator(), Unseekable(b"x")])
def test_a_body_that_can_be_read_only_once_has_no_hash(body: Any) -> None:
    with pytest.raises(SigningError, match=r"pass bytes or a file that can seek, or .*body_hash='never'"):
        body_digest("sha1", body)


@pytest.mark.parametrize("body", [None, "", b"", bytearray(), memoryview(b"")])
def test_what_is_empty(body: Any) -> None:
    assert is_empty(body)


@pytest.mark.parametrize("body", ["x", b"x", io.BytesIO(), generator(), 0])
def test_what_may_not_be_empty(body: Any) -> None:
    assert not is_empty(body)
