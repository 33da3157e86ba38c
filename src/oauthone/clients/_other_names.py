"""The names and the order that requests-oauthlib gives to arguments, and what they are called here."""

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


_KEEP_ALL = "import from oauthone.compat.requests_oauthlib"


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
                f"{_KEEP_ALL}"
            )


def refuse_positions(kind: type, count: int) -> None:
    """Raise if more arguments than client_id and client_secret are passed by position.

    A class with a constructor of its own may have another order.

    Args:
        kind: the class that is called, for the error.
        count: how many are passed by position.

    Raises:
        TypeError: there are more than two. The error says what to pass instead.
    """
    definer = next(base for base in kind.__mro__ if "__init__" in vars(base))
    if count > 2 and definer.__module__.startswith("oauthone.clients."):
        raise TypeError(
            f"{kind.__name__}() takes only client_id and client_secret by position: pass the others by name, as in "
            f"token=…, token_secret=…. To keep the order of requests-oauthlib, {_KEEP_ALL}"
        )
