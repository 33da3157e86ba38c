"""If a store or a framework module lacks its library, the error names the extra that installs it."""

import re
import runpy
import sys
from importlib import import_module

import pytest

NEEDS = [
    ("stores.redis", "redis"),
    ("stores.sqlalchemy", "sqlalchemy"),
    ("stores._schema", "sqlalchemy"),
    ("flask", "flask"),
    ("django", "django"),
    ("starlette", "starlette"),
    ("fastapi", "starlette"),
]


@pytest.mark.parametrize(("module", "library"), NEEDS)
def test_a_missing_library_is_an_error_that_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, library: str
) -> None:
    found = import_module(f"oauthone.server.{module}").__spec__  # so the modules that it imports exist
    assert found is not None
    assert found.origin is not None
    for name in [library, *(name for name in sys.modules if name.startswith(f"{library}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match=re.escape(f'pip install "oauthone[{library}]"')):
        runpy.run_path(found.origin)
