"""A warning if a second distribution owns this import package."""

import warnings
from pathlib import Path


def other_owners() -> list[str]:
    """Return the metadata folders of an Authlib that is installed in the same place as this package."""
    return sorted(folder.name for folder in Path(__file__).parent.parent.glob("[Aa]uthlib-*.dist-info"))


def warn_if_shared() -> None:
    """Warn if there is one: each has overwritten files of the other, so either may be imported."""
    owners = other_owners()
    if owners:
        warnings.warn(
            f"two distributions own the package 'authlib': oauthone-authlib and {', '.join(owners)}. Uninstall both, "
            "then install the one you want",
            RuntimeWarning,
            stacklevel=3,
        )
