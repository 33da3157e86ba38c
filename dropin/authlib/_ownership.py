"""Notices that a second distribution owns this import package."""

import warnings
from pathlib import Path


def other_owners() -> list[str]:
    """The metadata folders of an Authlib that lies in the same place as this package."""
    return sorted(folder.name for folder in Path(__file__).parent.parent.glob("[Aa]uthlib-*.dist-info"))


def warn_if_shared() -> None:
    """Warn if there is one: files of both lie in one folder, and which of them are imported is chance."""
    owners = other_owners()
    if owners:
        warnings.warn(
            f"two distributions own the package 'authlib': oauthone-authlib and {', '.join(owners)}. Uninstall both, "
            "then install the one you want",
            RuntimeWarning,
            stacklevel=3,
        )
