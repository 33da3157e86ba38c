"""Which folder holds what: settings, secrets, and what only matters for a while."""

import os
from pathlib import Path

from oauthone.errors import missing_library


def settings_folder() -> Path:
    """Return the folder of ``config.toml``, the profiles, and the name of the current one."""
    return _folder("user_config_dir", "")


def secrets_folder() -> Path:
    """Return the folder of ``credentials.json`` and of rescued tokens."""
    return _folder("user_data_dir", "")


def state_folder() -> Path:
    """Return the folder of locks, and of the last refused request."""
    return _folder("user_state_dir", "state")


def _folder(kind: str, inside: str) -> Path:
    home = os.environ.get("OAUTHONE_HOME")
    if home:
        return home_path(home) / inside
    try:
        import platformdirs
    except ModuleNotFoundError as missing:
        raise missing_library("platformdirs", "cli") from missing
    # On Windows this is the local folder: a roaming one would travel with secrets to other machines.
    return Path(str(getattr(platformdirs, kind)("oauthone", appauthor=False)))


def home_path(text: str) -> Path:
    """Return the path of a file that a person names; ``~`` begins it as in a shell."""
    return Path(os.path.expanduser(text))


def shown(path: Path) -> str:
    """Return a path for people: below the home folder it begins with ``~``."""
    try:
        return f"~{os.sep}{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
