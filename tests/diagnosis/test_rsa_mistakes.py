"""The table of mistakes in RSA signatures: who has to change something."""

from oauthone.diagnosis.mistake import Party
from oauthone.diagnosis.rsa_mistakes import RSA_MISTAKES


def test_only_another_key_is_a_matter_of_credentials() -> None:
    """The others are mistakes of a program that has the right key."""
    assert [entry.word for entry in RSA_MISTAKES if entry.party is Party.CREDENTIALS] == ["another-rsa-key"]
    assert {entry.party for entry in RSA_MISTAKES} == {Party.CREDENTIALS, Party.CLIENT}
