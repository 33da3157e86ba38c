"""Large texts give the result of the definition, in a few passes whatever octets they have."""

import sys
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.encoding import encoded_pairs, normalize_form, percent_decode, to_wire_string

from .plain_forms import encoded_pairs_plainly

_BLOCK = 16 * 1024
_SIGNS = [*"%%%&&==++\\u01af;~é\xff \n\r\0x25dDA", "=" * 8, "%" * 9, "%%3", "%3D", "%26", "%2b", "%41"]
_ODD_TEXT = st.lists(st.sampled_from(_SIGNS), max_size=60).map("".join)
_ALL_OCTETS = "".join(map(chr, range(256)))


@given(_ODD_TEXT, st.integers(-40, 3))
def test_a_large_form_is_read_like_a_small_one(text: str, padding: int) -> None:
    """Both ways of decoding give the result of the definition, wherever the text is cut into blocks."""
    small, large = to_wire_string(text), "a" * (_BLOCK + padding) + to_wire_string(text) + "a" * 50
    for form in (small, large, f"{large}%", f"{large}&{small}", f"{small}={large}"):
        assert encoded_pairs(form) == encoded_pairs_plainly(form)


@given(st.lists(st.tuples(_ODD_TEXT, st.integers(3 * 1024, 5 * 1024)), min_size=4, max_size=8), st.sampled_from("b+"))
def test_a_large_form_is_read_like_the_pairs_that_it_consists_of(fields: list[tuple[str, int]], filling: str) -> None:
    """It is cut between two pairs, and only parts that are not canonical are decoded."""
    text = "&".join([f"{to_wire_string(odd)}&a={filling * length}" for odd, length in fields])
    for form in (text, f"{text}&", f"&&{text}", text.replace("&a=", "&&b=1&a=")):
        assert encoded_pairs(form) == encoded_pairs_plainly(form)


@given(_ODD_TEXT, st.integers(-40, 3))
def test_a_large_text_is_decoded_as_the_standard_library_decodes_it(text: str, padding: int) -> None:
    large = ("-" * (_BLOCK + padding) + to_wire_string(text)) * 2
    assert percent_decode(large) == unquote_to_bytes(large.encode("latin-1"))


def test_a_large_form_of_every_octet_is_read_like_a_small_one() -> None:
    text = f"{_ALL_OCTETS * 80}&%c3%A9=%zz"
    assert encoded_pairs(text) == encoded_pairs_plainly(text)
    assert percent_decode(text) == unquote_to_bytes(text.encode("latin-1"))


def test_every_pair_of_octets_after_a_percent_sign_is_read_like_a_small_one() -> None:
    """Only two hexadecimal digits make an escape, and each of the 256 has its own octet."""
    text = "".join([f"%{first}{second}" for first in _ALL_OCTETS for second in _ALL_OCTETS])
    assert percent_decode(text) == unquote_to_bytes(text.encode("latin-1"))
    assert encoded_pairs(text) == encoded_pairs_plainly(text)


@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize("unit", ["%41", "%2f", "%%4", "%4", "%", "%%%"])
def test_no_cut_divides_an_escape(unit: str, shift: int) -> None:
    text = "-" * shift + unit * _BLOCK
    assert percent_decode(text) == unquote_to_bytes(text.encode("latin-1"))
    assert encoded_pairs(text) == encoded_pairs_plainly(text)


@pytest.mark.parametrize("unit", ["%41", "%", "%%4", "%\n", "=", "&", "+", "\xe9", "%zz", "\0", "%00"])
def test_large_texts_take_a_few_passes(unit: str) -> None:
    """An attacker can send as many escapes as fit into a request: no function is called for each of them."""
    text = unit * 200_000
    assert calls_of(percent_decode, text) < len(text) / 300
    assert calls_of(encoded_pairs, text) < len(text) / 80


@pytest.mark.parametrize("unit", ["%41", "%", "%%4", "=", "+", "\xe9", "\0", _ALL_OCTETS.replace("&", "")])
def test_which_octets_a_large_text_has_changes_nothing(unit: str) -> None:
    """The number of passes depends on the length alone: an attacker cannot choose slow octets."""
    size = 40 * _BLOCK
    text, letters = (unit * size)[:size], "a" * (size - 1) + "/"
    assert abs(calls_of(normalize_form, text) - calls_of(normalize_form, letters)) < 60


def calls_of(read: Callable[[str], object], text: str) -> int:
    """Return the number of function calls that reading ``text`` takes, including those in C."""
    called: list[object] = []
    sys.setprofile(lambda frame, event, argument: called.append(event) if event.endswith("call") else None)
    try:
        read(text)
    finally:
        sys.setprofile(None)
    return len(called)
