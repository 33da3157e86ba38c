"""The grammars that the parts of a request are held to."""

import pytest

from oauthone.core.request_grammar import is_authority


@pytest.mark.parametrize("text", ["a.example", "A.example:80", "127.0.0.1:0", "[::1]", "[2001:db8::1]:65535", "a_b"])
def test_an_authority_is_a_host_with_or_without_a_port(text: str) -> None:
    assert is_authority(text)


@pytest.mark.parametrize(
    "text",
    ["", ":80", "a.example:", "a.example:65536", "a:b", "u@a.example", "a/b", "::1", "[::1", "a b", "é", "a" * 256],
)
def test_other_text_is_no_authority(text: str) -> None:
    """Parsers read it differently, so two of them could take it for two hosts."""
    assert not is_authority(text)
