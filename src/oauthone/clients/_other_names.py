"""The names that requests-oauthlib gives to arguments, and what they are called here."""

from collections.abc import Iterable

_CALLED = {
    "client_key": "it is called client_id here",
    "resource_owner_key": "it is called token here",
    "resource_owner_secret": "it is called token_secret here",
    "callback_uri": "it is called redirect_uri here",
    "client_class": "pass a SignatureMethod object as signature_method instead",
    "decoding": "leave it out, headers are text here",
    "encoding": "leave it out, and pass text or UTF-8",
    "timestamp": "pass a function that returns the time as clock instead",
}


def refuse_other_names(kind: type, names: Iterable[str]) -> None:
    """Raise if an argument has a name of requests-oauthlib.

    Args:
        kind: the class that is called, for the error.
        names: the names of the arguments.

    Raises:
        TypeError: one has. The error says what to pass instead.
    """
    for name in names:
        if name in _CALLED:
            raise TypeError(
                f"{kind.__name__}() has no argument {name!r}: {_CALLED[name]}. To keep the names of requests-oauthlib, "
                "import from oauthone.compat.requests_oauthlib"
            )
