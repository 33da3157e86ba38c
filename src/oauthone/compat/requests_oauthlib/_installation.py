"""`install` puts the package where ``import requests_oauthlib`` finds it."""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from oauthone.compat.requests_oauthlib import oauth1_auth, oauth1_session

NAME = "requests_oauthlib"
#: The version of requests-oauthlib whose OAuth 1 side is here.
VERSION = "2.0.0"

_NAMES = {
    "OAuth1": oauth1_auth.OAuth1,
    "OAuth1Session": oauth1_session.OAuth1Session,
    "TokenMissing": oauth1_session.TokenMissing,
    "TokenRequestDenied": oauth1_session.TokenRequestDenied,
    "VerifierMissing": oauth1_session.VerifierMissing,
}
#: The names of an installed requests-oauthlib that stay, and the module that has each.
_OAUTH2_NAMES = {
    "OAuth2": "oauth2_auth",
    "OAuth2Session": "oauth2_session",
    "TokenUpdated": "oauth2_session",
    "compliance_fixes": "compliance_fixes",
    "oauth2_auth": "oauth2_auth",
    "oauth2_session": "oauth2_session",
}


def install() -> None:
    """Make ``import requests_oauthlib`` find this package instead of requests-oauthlib, in this process.

    The OAuth 2 names of an installed requests-oauthlib stay, and are loaded when they are used. A second call does
    nothing.

    Raises:
        RuntimeError: requests_oauthlib was imported already.
    """
    present = sys.modules.get(NAME)
    if getattr(present, "__oauthone__", False):
        return
    if early := sorted(name for name in sys.modules if name.partition(".")[0] == NAME):
        raise RuntimeError(
            f"{early[0]} was imported before install(), so other modules may hold its classes already: call install() "
            "first, at the top of the program, or run the program with python -m oauthone.compat"
        )
    found = find_spec(NAME)
    module = _module(None if found is None else list(found.submodule_search_locations or []))
    sys.modules[NAME] = module
    sys.modules[f"{NAME}.oauth1_auth"] = oauth1_auth
    sys.modules[f"{NAME}.oauth1_session"] = oauth1_session


def _module(path: list[str] | None) -> ModuleType:
    """Return the module ``requests_oauthlib``.

    Args:
        path: where the modules of an installed requests-oauthlib are; None without one.
    """
    module = ModuleType(NAME, __doc__)
    module.__spec__ = ModuleSpec(NAME, None, origin=__file__, is_package=True)
    module.__spec__.submodule_search_locations = module.__path__ = path or []
    module.__file__, module.__package__ = __file__, NAME
    vars(module).update(
        {
            **_NAMES,
            "oauth1_auth": oauth1_auth,
            "oauth1_session": oauth1_session,
            "__version__": VERSION,
            "__all__": [*_NAMES, *(_OAUTH2_NAMES if path else ())],
            "__getattr__": _oauth2_names(is_installed=bool(path)),
            "__oauthone__": True,
        }
    )
    return module


def _oauth2_names(*, is_installed: bool) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of the module: it loads the OAuth 2 part of an installed requests-oauthlib."""

    def __getattr__(name: str) -> Any:
        if name not in _OAUTH2_NAMES:
            raise AttributeError(f"module {NAME!r} has no attribute {name!r}")
        if not is_installed:
            raise ModuleNotFoundError(
                f"{NAME}.{name} is not here: {NAME!r} is oauthone.compat.requests_oauthlib, which has OAuth 1.0 only. "
                "Its OAuth 2 names need requests-oauthlib too: pip install requests-oauthlib",
                name=f"{NAME}.{name}",
            )
        return _load(name)

    return __getattr__


def _load(name: str) -> Any:
    module = import_module(f"{NAME}.{_OAUTH2_NAMES[name]}")
    return module if name == _OAUTH2_NAMES[name] else getattr(module, name)
