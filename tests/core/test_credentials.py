"""The two pairs of identifier and secret: immutable values with names."""

import pytest

from oauthone import TemporaryCredentials, TokenCredentials


def test_credentials_have_the_names_of_the_rfc() -> None:
    temporary = TemporaryCredentials("t", "s", False, {"a": "1"})
    assert (temporary.token, temporary.token_secret, temporary.callback_confirmed, temporary.extra) == temporary
    assert TokenCredentials("t", "s", {"a": "1"}) == ("t", "s", {"a": "1"})


@pytest.mark.parametrize("credentials", [TemporaryCredentials("t", "s"), TokenCredentials("t", "s")])
def test_what_nobody_gave_is_empty_and_cannot_be_filled(credentials: TokenCredentials) -> None:
    assert credentials.extra == {}
    with pytest.raises(TypeError):
        credentials.extra["a"] = "1"
    with pytest.raises(AttributeError):
        credentials.token = "x"
