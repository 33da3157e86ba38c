"""``from oauthone import …`` of a name that is in another module says which one."""

import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

import oauthone
from oauthone import compat

PLACES = [*oauthone._ELSEWHERE.items(), *compat._ELSEWHERE.items()]


@pytest.mark.parametrize(("name", "where"), PLACES, ids=[name for name, _ in PLACES])
def test_the_name_is_in_the_modules_that_are_named(name: str, where: str) -> None:
    for module in re.findall(r"oauthone\.[\w.]*\w", where):
        if module != "oauthone.clients" and (module != "oauthone.clients.niquests" or find_spec("niquests")):
            assert hasattr(import_module(module), name), module


@pytest.mark.parametrize("name", ["OAuth1Session", "Verifier"])
def test_an_import_says_where_the_name_is(name: str) -> None:
    with pytest.raises(ImportError, match=rf"{name} is not in 'oauthone': import it from oauthone\.\w"):
        exec(f"from oauthone import {name}")
    with pytest.raises(ImportError, match="import it from oauthone"):
        exec(f"from oauthone import Signer, {name}")


@pytest.mark.parametrize("name", ["OAuth1", "OAuth1Session", "TokenRequestDenied", "install"])
def test_an_import_from_the_package_of_the_compat_modules_does_too(name: str) -> None:
    expected = rf"{name} is not in 'oauthone.compat': import it from oauthone\.compat\.requests_oauthlib"
    with pytest.raises(ImportError, match=expected):
        exec(f"from oauthone.compat import {name}")
    with pytest.raises(AttributeError, match=expected):
        getattr(compat, name)
    exec("from oauthone.compat import requests_oauthlib")
    with pytest.raises(ImportError, match="cannot import name 'Unknown'"):
        exec("from oauthone.compat import Unknown")


def test_the_public_names_are_loaded_on_first_use() -> None:
    """`import oauthone` loads no core, and is enough for each public name and for `oauthone.errors`."""
    program = "import sys, oauthone; assert 'oauthone.core' not in sys.modules; print(oauthone.errors.OAuth1Error)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)
    assert done.stdout == "<class 'oauthone.errors.OAuth1Error'>\n", done.stderr
    for name in oauthone.__all__:
        assert getattr(oauthone, name) is getattr(oauthone, name)
        assert name in dir(oauthone)


def test_an_attribute_is_an_attribute_error() -> None:
    """So ``hasattr`` and ``getattr`` with a default work."""
    with pytest.raises(AttributeError, match=r"import it from oauthone\.clients\.requests"):
        oauthone.OAuth1Session  # noqa: B018 (the access is what is tested)
    assert not hasattr(oauthone, "OAuth1Session")
    assert getattr(oauthone, "OAuth1Client", None) is None


def test_an_unknown_name_is_the_usual_error() -> None:
    with pytest.raises(ImportError, match="cannot import name 'Unknown'"):
        exec("from oauthone import Unknown")
    with pytest.raises(AttributeError, match="module 'oauthone' has no attribute 'Unknown'"):
        oauthone.Unknown  # noqa: B018 (the access is what is tested)


def test_the_last_line_of_a_program_says_it() -> None:
    program = "from oauthone import OAuth1Session"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=50)
    expected = "import it from oauthone.clients.requests, or oauthone.clients.niquests"
    assert done.stderr.splitlines()[-1] == f"ImportError: OAuth1Session is not in 'oauthone': {expected}"
