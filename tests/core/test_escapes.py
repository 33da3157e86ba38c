"""The escapes of section 3.6 and the patterns of canonical text, judged by the standard library."""

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest

from oauthone.core.escapes import CANONICAL_FORM, CANONICAL_TEXT, ESCAPES


def test_each_octet_is_written_as_the_standard_library_writes_it() -> None:
    assert list(ESCAPES) == [quote_from_bytes(bytes([octet]), safe="") for octet in range(256)]


def test_canonical_text_is_what_stays_the_same_when_it_is_decoded_and_encoded() -> None:
    """Tried with each octet, alone and as an escape in both cases, and with what only begins like an escape."""
    octets = [chr(octet) for octet in range(256)]
    escapes = [f"%{octet:02X}" for octet in range(256)] + [f"%{octet:02x}" for octet in range(256)]
    for text in ("", *octets, *escapes, "%4", "%", "%%41", "%2", "%zz", "a%2Fb", "a%2fb", "a%41b"):
        again = quote_from_bytes(unquote_to_bytes(text.encode("latin-1")), safe="")
        assert (re.fullmatch(CANONICAL_TEXT, text) is not None) == (again == text), text


@pytest.mark.parametrize("form", ["a=1", "=", "a=1&b=%2F", "a=&a="])
def test_a_canonical_form_has_an_equals_sign_in_each_pair(form: str) -> None:
    assert re.fullmatch(CANONICAL_FORM, form)


@pytest.mark.parametrize("form", ["", "a", "a=1&", "&a=1", "a=1&&b=2", "a=1=2", "a=+", "a=%2f"])
def test_other_forms_are_not_canonical(form: str) -> None:
    assert re.fullmatch(CANONICAL_FORM, form) is None
