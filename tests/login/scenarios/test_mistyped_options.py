"""An option of another type is rejected when a provider is registered, not at its first login."""

from typing import Any

import pytest

from oauthone.errors import ConfigurationError
from oauthone.login import OAuth

OPTIONS = {"client_id": "c", "request_token_url": "https://provider.example/request"}


@pytest.mark.parametrize("option", ["request_token_params", "access_token_params", "authorize_params", "client_kwargs"])
@pytest.mark.parametrize("value", ["pa55word", [("pa55word", "b")], 5])
def test_what_has_names_is_a_mapping(option: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{option} of 'p' must be a dict, not of type ") as caught:
        OAuth().register("p", **OPTIONS, **{option: value})
    assert "pa55word" not in str(caught.value)


def test_what_finds_tokens_is_a_function() -> None:
    with pytest.raises(TypeError, match="fetch_token of 'p' must be a function, not of type str"):
        OAuth().register("p", **OPTIONS, fetch_token="find")  # type: ignore[arg-type]
