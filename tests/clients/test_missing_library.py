"""Where a client's library is missing, the error names the extra that brings it."""

import re
import runpy
import sys

import pytest

import oauthone.clients.requests


@pytest.mark.parametrize("library", ["requests", "urllib3.exceptions"])
def test_what_is_missing_and_how_to_get_it(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ModuleNotFoundError, match=re.escape("pip install 'oauthone[requests]'")) as missing:
        runpy.run_path(oauthone.clients.requests.__file__)
    assert missing.value.name == library
