"""The table of mistakes in names and values: it speaks of the client, which has to change something."""

from oauthone.diagnosis.mistake import Party
from oauthone.diagnosis.mistakes import described
from oauthone.diagnosis.value_mistakes import VALUE_MISTAKES


def test_all_are_mistakes_of_the_client() -> None:
    assert {entry.party for entry in VALUE_MISTAKES} == {Party.CLIENT}
    assert described("parameter-left-out:ext_submit") == "left ext_submit out, which it sent"
