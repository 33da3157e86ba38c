"""Tells whoever asks for a part of Authlib that is not here what to do."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


def absent(name: str) -> ImportError:
    """The error for ``name``, a dotted path that Authlib has and this distribution has not."""
    return ModuleNotFoundError(
        f"{name} is not here: 'authlib' is provided by oauthone-authlib, which brings the OAuth 1.0 clients only. "
        "For the rest, uninstall oauthone-authlib, install Authlib (pip install --force-reinstall Authlib), and import "
        "OAuth 1.0 from 'oauthone' instead, which can stand beside it",
        name=name,
    )


def explain() -> None:
    """EndpointResponse imports of ``authlib.…`` that nothing else answers."""
    if not any(isinstance(finder, _Explainer) for finder in sys.meta_path):
        sys.meta_path.append(_Explainer())


class _Explainer:
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.startswith("authlib."):
            raise absent(name)
        return None
