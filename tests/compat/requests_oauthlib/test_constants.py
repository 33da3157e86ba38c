"""The constants are those of oauthlib and requests-oauthlib."""

import oauthlib.oauth1
import requests_oauthlib.oauth1_auth

from oauthone.compat.requests_oauthlib import _constants


def test_each_constant_is_the_original() -> None:
    names = [name for name in vars(_constants) if name.isupper()]
    assert len(names) == 14
    for name in names:
        original = getattr(oauthlib.oauth1, name, None) or getattr(requests_oauthlib.oauth1_auth, name)
        assert getattr(_constants, name) == original


def test_no_constant_of_oauthlib_is_missing() -> None:
    names = {name for name in vars(oauthlib.oauth1) if name.startswith("SIGNATURE_")}
    assert names <= set(vars(_constants))
