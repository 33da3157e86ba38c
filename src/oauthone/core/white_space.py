"""A warning about white space around credentials, which is mostly a line break that was pasted or read from a file."""

import sys
import warnings
from collections.abc import Mapping

_NAMES = ("client_id", "client_secret", "token", "token_secret")


def warn_of_white_space(values: Mapping[str, object], owner: str = "") -> None:
    """Warn about each credential that begins or ends with white space. RFC 5849 allows it, so it is signed as it is.

    Args:
        values: the credentials, by the names of their arguments. No value is shown.
        owner: whose they are, for the text of the warning.
    """
    for name in _NAMES:
        text = values.get(name)
        if isinstance(text, str) and text != text.strip():
            warnings.warn(
                f"{name}{owner} begins or ends with white space, which counts for every signature: if it was pasted, "
                f"or read from a file, pass {name}.strip()",
                UserWarning,
                stacklevel=level_of_user(),
            )


def level_of_user() -> int:
    """Return the ``stacklevel`` of the first caller outside this package, for a warning of the caller."""
    frame, level = sys._getframe(1), 1  # pyright: ignore[reportPrivateUsage]  # inspect is slow to load
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "oauthone":
        frame, level = frame.f_back, level + 1
    return level
