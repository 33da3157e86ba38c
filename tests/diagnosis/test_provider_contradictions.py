"""Lists in the sentences about a provider."""

import pytest

from oauthone.diagnosis.provider_contradictions import either


@pytest.mark.parametrize(("names", "shown"), [(("a",), "a"), (("a", "b"), "a or b"), (("a", "b", "c"), "a, b or c")])
def test_names_are_listed_as_in_a_sentence(names: tuple[str, ...], shown: str) -> None:
    assert either(names) == shown
    assert either(names, "and") == shown.replace(" or ", " and ")
