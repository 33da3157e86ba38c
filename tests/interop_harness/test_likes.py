"""Each library that runs at its provider is listed, names a provider, and its box answers at the provider's hosts."""

from pathlib import Path

import pytest

from interop import libraries, likes
from interop.likes.run import LikeRow
from interop.table import likes as table_of

FOLDER = Path(likes.__file__).parent
LISTED = (*likes.OF_LIBRARIES, *likes.OWN)


def test_every_module_is_listed_once() -> None:
    modules = {path.stem for path in FOLDER.glob("[a-z]*.py")} - {"provider", "run"}
    assert set(likes.OWN) == modules
    assert set(likes.OF_LIBRARIES) <= {*libraries.NAMES, *libraries.FURTHER}
    assert {*likes.NAMES, *likes.FURTHER} == set(LISTED)
    assert {*likes.EXPECTED, *likes.READ_BY_MODULE} <= set(LISTED)


@pytest.mark.parametrize("name", LISTED)
def test_a_library_has_a_provider(name: str) -> None:
    module, provider = likes.load(name)
    assert module.DISTRIBUTION
    assert module.CALLS
    assert provider.api_base
    assert callable(module.walk)


def test_a_row_tells_the_provider() -> None:
    row = LikeRow("library 1.0", "flickr", "login", 3, [])
    assert table_of([row]).splitlines()[-1] == "| library 1.0 | `flickr` | login | 3 |"
