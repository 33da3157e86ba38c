"""A signed request with any one character changed is another request, and refused."""

from random import Random

import pytest

from oauthone.errors import VerificationError
from oauthone.server import Verifier

from .decoding import decoded
from .one_character import AcceptingStore, requests, variants
from .setting import NOW, Sent

SENT = requests(200, seed=5849)
VERIFIER = Verifier(AcceptingStore(), token="optional", clock=lambda: NOW)


def is_accepted(sent: Sent) -> bool:
    try:
        VERIFIER.verify(*sent)
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("first", range(0, len(SENT), 20))
def test_a_request_with_one_character_changed_left_out_or_doubled_is_refused(first: int) -> None:
    """Unless it still decodes to the same request."""
    random = Random(first)
    for sent in SENT[first : first + 20]:
        genuine = decoded(sent)
        assert genuine is not None
        assert is_accepted(sent)
        seen = [(variant, is_accepted(variant)) for variant in variants(sent, random)]
        accepted = [variant for variant, taken in seen if taken]
        assert [variant for variant in accepted if decoded(variant) != genuine] == []
        assert len(accepted) < len(seen) / 4


def test_every_octet_in_the_place_of_every_character() -> None:
    shortest = min(SENT, key=lambda sent: len(sent.url) + len(sent.body) + sum(len(value) for _, value in sent.headers))
    genuine = decoded(shortest)
    for variant in variants(shortest):
        assert not is_accepted(variant) or decoded(variant) == genuine
