"""The text of a provider's response, and its fields."""

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from oauthone.core import response_fields

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
def test_the_depth_of_json(value: Any) -> None:
    def depth(value: Any) -> int:
        if isinstance(value, str):
            return 0
        return 1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)

    assert response_fields._depth(json.dumps(value)) == depth(value)
