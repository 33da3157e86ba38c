"""The errors for a retired and for an unknown provider: what programs can read from them."""

import copy
import pickle
from collections.abc import Callable

import pytest

from oauthone import providers
from oauthone.errors import ConfigurationError
from oauthone.providers._errors import UnknownProvider


def test_it_says_when_and_what_took_its_place() -> None:
    with pytest.raises(providers.ProviderRetired) as caught:
        providers.get("xero")
    assert str(caught.value) == "Xero retired OAuth 1.0 in 2021-03; it uses OAuth 2.0 now."
    assert (caught.value.provider, caught.value.retired, caught.value.successor) == ("xero", "2021-03", "OAuth 2.0")
    assert isinstance(caught.value, ConfigurationError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_copy_says_the_same(copied: Callable[[Exception], Exception]) -> None:
    error = providers.ProviderRetired("gone", provider="x", retired="2021", successor="y")
    again = copied(error)
    assert (type(again), str(again), vars(again)) == (providers.ProviderRetired, "gone", vars(error))


@pytest.mark.parametrize("copied", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_unknown_provider_keeps_the_names_that_resemble_it(copied: Callable[[Exception], Exception]) -> None:
    with pytest.raises(UnknownProvider) as caught:
        providers.get("flikr")
    again = copied(caught.value)
    assert (str(again), vars(again)) == (str(caught.value), {"name": "flikr", "near": ["flickr"]})
