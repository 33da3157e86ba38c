"""Decoding a text layer by layer, as the search for known secrets needs it."""

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.text_layers import Layer, layer_of, layers_of, text_of, unescaped


def test_wrapped_base64_is_read_as_one() -> None:
    wrapped = base64.encodebytes(b"x" * 50 + b"secret-canary" + b"y" * 50).decode()
    masked = KnownSecrets(["secret-canary"]).without_values(wrapped)
    kept = base64.b64decode(masked.partition("***")[0].replace("\n", "") + "===")
    assert set(kept) <= {ord("x")}


@pytest.mark.parametrize("escape", ["\\u{63}", "\\U00000063", "%u0063", "\\x63", "&#99;", "&#x63;"])
def test_escapes_of_programs_are_decoded(escape: str) -> None:
    assert KnownSecrets(["canary"]).without_values(f"<{escape}anary>") == "<***>"
    assert KnownSecrets(["canary"]).without_values("\\u{110000}canary\\U00110000") == "\\u{110000}***\\U00110000"


def test_layers_have_an_end() -> None:
    """Four layers of escapes are decoded. People do not read deeper ones either."""
    spelt = "%63anary"
    for _ in range(3):
        spelt = quote(spelt)
    known = KnownSecrets(["canary"])
    assert known.without_values(spelt) == "***"
    assert known.without_values(quote(spelt)) == quote(spelt)


@pytest.mark.parametrize("form", ["&#{0}", "&#x{0:x}", "&#0000000{0}", "&#X000{0:X};"])
def test_references_of_html_are_decoded_in_each_form(form: str) -> None:
    spelt = "".join(form.format(ord(sign)) for sign in "kd94hf93é")
    assert KnownSecrets(["kd94hf93é"]).without_values(f"<{spelt}>") == "<***>"


def origin_of(text: str, layer: Layer, part: str) -> str:
    """Return the part of ``text`` from which ``part`` of ``layer`` was decoded."""
    begin = layer.text.index(part)
    return text[layer.begins[begin] : layer.ends[begin + len(part) - 1]]


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("<key>", "key"),
        ("<%6B%65%79>", "%6B%65%79"),
        ("<k%2565y>", "k%2565y"),
        ("<\\x6b\\u0065y>", "\\x6b\\u0065y"),
        ("<&#107;&#x65;y>", "&#107;&#x65;y"),
        ("<k\u200bey>", "k\u200bey"),
        ("<k\r\n  ey>", "k\r\n  ey"),
        ("<6b:65:79:21>", "6b:65:79"),
        ("<k=65y>", "k=65y"),
        ("<k=6=\r\n5=65y>k=\r\ney", "k=\r\ney"),
    ],
)
def test_each_layer_knows_which_part_of_the_text_it_was_decoded_from(text: str, origin: str) -> None:
    """So the encoded form is masked, and the text around it stays."""
    found = {origin_of(text, layer, "key") for layer in layers_of(text) if "key" in layer.text}

    assert origin in found


@pytest.mark.parametrize(
    "spelt",
    [base64.b64encode(b"a key!"), base64.urlsafe_b64encode(b"\xff\xfe key"), b"X" + base64.b64encode(b"a key!")],
)
def test_base64_is_decoded_wherever_it_begins(spelt: bytes) -> None:
    text = f"<{spelt.decode()}>"

    assert "key" not in text
    assert any("key" in layer.text for layer in layers_of(text))


SIGNS = st.sampled_from([*"%&#;\\xu04aF/+=-_: \n\0é<", "%25", "&amp;", "\\u00e9", "aGVsbG8="])


@given(st.lists(SIGNS, max_size=30).map("".join))
@example("&#1114112;")
@example("%C3%A9%FF")
def test_places_in_a_layer_are_places_in_the_text_in_the_same_order(text: str) -> None:
    """For any text, each character has a part that is not empty, and no part begins before its predecessor."""
    for layer in layers_of(text):
        assert len(layer.text) == len(layer.begins) == len(layer.ends)
        assert all(0 <= begin < end <= len(text) for begin, end in zip(layer.begins, layer.ends, strict=True))
        assert list(layer.begins) == sorted(layer.begins)


def test_a_text_without_escapes_has_one_layer() -> None:
    assert [layer.text for layer in unescaped(layer_of("a key"))] == ["a key"]
    assert [layer.text for layer in unescaped(layer_of("%2541"))] == ["%2541", "%41", "A"]


@pytest.mark.parametrize(
    ("octets", "text"), [(b"\xc3\xa9", "é"), (b"\xe9", "é"), (b"\xc3\xa9\xe9", "éé"), (b"a\x80", "a\x80"), (b"", "")]
)
def test_octets_are_read_as_utf_8_and_the_others_as_latin_1(octets: bytes, text: str) -> None:
    assert text_of(octets) == text


@given(st.text("key =%2563&#x;\\u00\n+/Z9éĀ", max_size=60), st.integers(0, 12))
@example(base64.b64encode(b"a canary").decode(), 8)
@example(base64.b64encode(b"a canary").decode(), 9)
@example(b"a canary".hex(), 8)
@example(b"a canary".hex(":"), 9)
def test_no_layer_is_left_out_that_could_hold_what_is_looked_for(text: str, shortest: int) -> None:
    """Whatever is decoded within it: what is looked for is not longer than its run."""
    every = [layer for layer in layers_of(text) if len(layer.text) >= shortest]
    assert [layer for layer in layers_of(text, shortest) if len(layer.text) >= shortest] == every


@pytest.mark.parametrize("spell", [lambda octets: base64.b64encode(octets).decode(), bytes.hex])
def test_a_secret_that_is_all_of_a_run_is_found(spell: Callable[[bytes], str]) -> None:
    """The longer one of two is not the measure."""
    for known in (KnownSecrets(["canary"]), KnownSecrets(["canary", "a much longer secret"])):
        assert known.without_values(f"<{spell(b'canary')}>") == "<***>"
    assert KnownSecrets().without_values(f"<{spell(b'canary')}>") == f"<{spell(b'canary')}>"
