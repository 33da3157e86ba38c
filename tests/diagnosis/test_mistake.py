"""An entry of the table."""

from oauthone.diagnosis.mistake import Mistake, Party


def test_most_mistakes_are_the_clients() -> None:
    assert Mistake("word", "did", "do").party is Party.CLIENT
    assert str(Party.NETWORK) == "network"
