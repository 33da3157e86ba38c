"""How often clients make a mistake."""

from itertools import chain

from oauthone.diagnosis.likelihood import _RANKS, RAREST, rank_of
from oauthone.diagnosis.signing_mistakes import SIGNING_MISTAKES


def test_every_word_is_one_of_the_table_and_has_one_rank() -> None:
    words = [*chain.from_iterable(_RANKS.values())]
    assert len(words) == len(set(words))
    assert set(words) <= {entry.word for entry in SIGNING_MISTAKES}


def test_a_mistake_has_the_rank_of_its_word() -> None:
    assert [rank_of(word) for word in ("form-left-out", "client-secret-left-out", "query-twice")] == [0, 1, 2]
    assert rank_of("another-http-method:GET") == 2
    assert rank_of("token-secret-cut") == RAREST
