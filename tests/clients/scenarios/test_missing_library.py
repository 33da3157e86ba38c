"""Where a client's library is missing, the error names the extra that brings it."""

import re
import runpy
import sys
from pathlib import Path

import pytest

import oauthone.clients


@pytest.mark.parametrize(
    ("client", "library"),
    [
        ("aiohttp", "aiohttp"),
        ("aiohttp", "yarl"),
        ("httpx", "httpx"),
        ("httpx2", "httpx2"),
        ("requests", "requests"),
        ("requests", "urllib3.exceptions"),
    ],
)
def test_a_missing_library_is_an_error_that_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, client: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ModuleNotFoundError, match=re.escape(f'pip install "oauthone[{client}]"')) as missing:
        runpy.run_path(str(Path(oauthone.clients.__file__).with_name(f"{client}.py")))
    assert missing.value.name == library
