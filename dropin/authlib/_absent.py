"""Imports of the parts of Authlib that are not here: an error that says what to do."""

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NoReturn

#: What ``authlib.oauth1`` and ``authlib.oauth1.rfc5849`` have for servers.
SERVER_PARTS = (
    "AuthorizationServer",
    "ClientMixin",
    "ResourceProtector",
    "TemporaryCredential",
    "TemporaryCredentialMixin",
    "TokenCredentialMixin",
)


def absent(name: str) -> ImportError:
    """Return the error for ``name``, a dotted path that Authlib has and this distribution does not have."""
    server = "For a server of OAuth 1.0, use oauthone.server. " if "oauth1" in name else ""
    return ModuleNotFoundError(
        f"{name} is not here: 'authlib' is provided by oauthone-authlib, which brings the OAuth 1.0 clients only. "
        f"{server}For the rest, uninstall oauthone-authlib, install Authlib (pip install --force-reinstall Authlib), "
        "and import OAuth 1.0 from 'oauthone' instead, which can stand beside it",
        name=name,
    )


def module_getattr(module: str, *names: str) -> Callable[[str], NoReturn]:
    """Return the ``__getattr__`` of ``module``, which raises `absent` for these names of Authlib."""

    def __getattr__(name: str) -> NoReturn:
        if name in names:
            raise absent(f"{module}.{name}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return __getattr__


def explain() -> None:
    """Raise `absent` for imports of ``authlib.…`` that no other finder serves."""
    if not any(isinstance(finder, _Explainer) for finder in sys.meta_path):
        sys.meta_path.append(_Explainer())


class _Explainer:
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.startswith("authlib."):
            raise absent(name)
        return None
