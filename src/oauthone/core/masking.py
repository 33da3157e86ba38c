"""What must not reach a log: the values of parameters that may be secret, and line breaks that forge entries."""

import re

#: Names of parameters whose values belong in no log, encoded as they may be. Short words count where they stand alone,
#: so that ``shipping`` is no ``pin``, and a code is one that opens something: the name itself, but no ``country_code``.
SECRET_NAMES = re.compile(
    r"""
    secret|passw|passphrase|pwd|oauth_verifier|credit|api_?key
    |(?:access|refresh|id|session)_?token|session_?id
    |(?:(?<![a-z0-9])|(?<=%[0-9a-f]{2})|(?<=%25[0-9a-f]{2})) (?:jwt|t?otp|pin|session) (?![a-z0-9])
    |\A(?:.*(?:auth|authorization|access|login|verification|security|otp|one_time)[_-]?)?code\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)


# Of a name that is longer than any parameter's, nothing but its length is looked at.
_LONGEST_NAME = 80


class MaskedLater:
    """A base string that is masked when somebody reads it: most refusals are read by nobody.

    Args:
        base_string: the base string with nothing masked.
    """

    __slots__ = ("_base_string",)

    def __init__(self, base_string: str) -> None:
        self._base_string = base_string

    def __call__(self) -> str:
        """The masked base string."""
        return mask_secrets(self._base_string)

    def __repr__(self) -> str:
        return "<MaskedLater>"

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (self(),)


def mask_secrets(base_string: str) -> str:
    """``base_string`` with the values of parameters that may be secret replaced: fit for a log."""
    method, _, rest = base_string.partition("&")
    uri, _, parameters = rest.partition("&")
    pairs = [pair.partition("%3D") for pair in parameters.split("%26")]
    hidden = [
        f"{name}{joint}{'***' if len(name) > _LONGEST_NAME or SECRET_NAMES.search(name) else value}"
        for name, joint, value in pairs
    ]
    return f"{method}&{uri}&{'%26'.join(hidden)}"


def one_line(text: str) -> str:
    """``text`` without what could break a line of a log or talk to a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
