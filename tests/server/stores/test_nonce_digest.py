"""How stores shorten nonces: two uses share a digest only if all four values are equal."""

import re

from hypothesis import given
from hypothesis import strategies as st

from oauthone.errors import StoreError
from oauthone.server.stores._nonce_digest import nonce_digest, nonce_too_old_error, oldest_kept

USES = st.tuples(
    st.text("a:1", max_size=3), st.none() | st.text("a:1", max_size=3), st.integers(0, 20), st.text("a:1", max_size=3)
)


@given(USES, USES)
def test_only_equal_uses_have_the_same_digest(
    one: tuple[str, str | None, int, str], other: tuple[str, str | None, int, str]
) -> None:
    """No separator can be forged: neither by moving a character to the next value, nor by an empty token for None."""
    assert (nonce_digest(*one) == nonce_digest(*other)) == (one == other)


def test_a_character_that_moves_to_the_next_value_changes_the_digest() -> None:
    uses = [("ab", "c", 1, "n"), ("a", "bc", 1, "n"), ("abc", "", 1, "n"), ("abc", None, 1, "n"), ("ab", "c", 1, "1:n")]
    assert len({nonce_digest(*use) for use in uses}) == len(uses)


@given(st.text(), st.text())
def test_a_digest_has_32_characters_whatever_the_nonce(client_id: str, nonce: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", nonce_digest(client_id, None, 0, nonce))


def test_a_nonce_is_kept_a_minute_longer_than_the_window() -> None:
    """Clocks of the machines that share a store may differ by that minute."""
    assert oldest_kept(300, 1_000_000.0) == 1_000_000 - 360


def test_the_error_for_a_forgotten_nonce_names_the_window() -> None:
    error = nonce_too_old_error(300)
    assert isinstance(error, StoreError)
    assert "the store keeps them for 300 s" in str(error)
