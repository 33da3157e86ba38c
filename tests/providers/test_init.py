"""The public names, which are loaded on first use."""

import pytest

from oauthone import providers
from oauthone.providers._errors import ProviderRetired
from oauthone.providers._provider import Provider


def test_the_classes_are_those_that_get_uses() -> None:
    assert isinstance(providers.get("flickr"), providers.Provider)
    assert (providers.Provider, providers.ProviderRetired) == (Provider, ProviderRetired)
    for name in providers.__all__:
        assert getattr(providers, name)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'oauthone\.providers' has no attribute 'Nothing'"):
        _ = providers.Nothing
