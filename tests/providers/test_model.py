"""The typed facts cannot be changed, and can be copied."""

import copy
import pickle

import pytest

from oauthone import providers
from oauthone.providers._model import Table


def test_a_table_is_a_mapping_that_does_not_change() -> None:
    given = {"a": 1}
    table = Table(given)
    given["b"] = 2
    assert (dict(table), len(table), table["a"], repr(table)) == ({"a": 1}, 1, 1, "{'a': 1}")
    assert table == {"a": 1}
    assert Table() == {}
    with pytest.raises(TypeError):
        table["a"] = 2


def test_a_provider_does_not_change() -> None:
    provider = providers.get("flickr")
    with pytest.raises(AttributeError):
        provider.name = "other"
    assert provider.authorization is not None
    with pytest.raises(AttributeError):
        provider.authorization.url = "https://evil.example"


def test_a_provider_can_be_copied_and_pickled() -> None:
    provider = providers.get("trello")
    assert copy.deepcopy(provider) == provider
    assert pickle.loads(pickle.dumps(provider)) == provider
