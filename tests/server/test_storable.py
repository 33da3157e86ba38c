"""Which strings a store can hold: every one without NUL and lone surrogates."""

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.server._storable import is_storable, refuse_unstorable

ODD = ["\0", "a\0b", "\ud800", "b\udfff"]


@given(st.text())
def test_a_string_is_storable_if_utf8_encodes_it_and_it_has_no_nul(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        assert not is_storable(text)
    else:
        assert is_storable(text) == ("\0" not in text)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize(
    "holder",
    [
        lambda odd: ("a", odd),
        lambda odd: ["a", ("b", odd)],
        lambda odd: {"name": odd},
        lambda odd: {odd: "value"},
        lambda odd: MappingProxyType({"name": ["a", odd]}),
    ],
    ids=["a tuple", "a tuple in a list", "a value", "a name", "a read-only mapping"],
)
def test_one_such_string_makes_its_container_unstorable(holder: Any, odd: str) -> None:
    assert is_storable(holder("fine"))
    assert not is_storable(holder(odd))


@pytest.mark.parametrize("value", [None, 7, True, b"\0", 1.5], ids=repr)
def test_a_value_that_is_not_text_is_storable(value: object) -> None:
    assert is_storable(value)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_the_error_names_the_field_and_does_not_quote_it(odd: str) -> None:
    refuse_unstorable(client_id="fine", user=None)
    with pytest.raises(
        ValueError, match=r"\Auser cannot be stored: remove NUL and lone surrogates from it\Z"
    ) as caught:
        refuse_unstorable(client_id="fine", user=f"canary{odd}")
    assert "canary" not in repr(caught.value)
