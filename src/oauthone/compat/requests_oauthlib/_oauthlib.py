"""What oauthlib says, if it is loaded: its client class, registered signature methods, functions that tests replace.

Nothing here loads oauthlib.
"""

import sys
from collections.abc import Callable
from typing import Any

from oauthone.core.rsa import RsaKey
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.core.signing import random_nonce

#: The methods of oauthlib's client that sign. A test, or code that changes what is signed, may replace them.
_METHODS = frozenset(("sign", "get_oauth_signature", "get_oauth_params", "_render"))


def oauthlib_client_class() -> Any:
    """Return oauthlib's own client class, or None."""
    return getattr(sys.modules.get("oauthlib.oauth1.rfc5849"), "Client", None)


def signs_as_oauthlib(client: Any) -> bool:
    """Return whether ``client`` is an instance of oauthlib's own class, none of whose methods was replaced."""
    kind = oauthlib_client_class()
    if kind is None or client.__class__ is not kind or not _METHODS.isdisjoint(client.__dict__):
        return False
    own = sys.modules[kind.__module__].__dict__
    return all(getattr(getattr(kind, name), "__globals__", None) is own for name in _METHODS)


def signature_method_of(client: Any) -> Any:
    """Return the signature method of a client: a name, or a method that was registered with oauthlib's client class."""
    name: Any = getattr(client, "signature_method", None)
    if name in SIGNATURE_METHODS:
        return name
    registered: dict[Any, Any] = getattr(oauthlib_client_class(), "SIGNATURE_METHODS", {})
    return _RegisteredMethod(name, registered[name], client) if name in registered else name


class _RegisteredMethod(SignatureMethod):
    """A signature method that code has registered with oauthlib's client class."""

    def __init__(self, name: str, function: Callable[[str, Any], str], client: Any) -> None:
        self.name = name
        self._function = function
        self._client = client

    def signing_function(
        self, client_secret: str, token_secret: str, rsa_key: "RsaKey | None" = None
    ) -> Callable[[str], str]:
        return lambda base_string: self._function(base_string, self._client)


def new_nonce() -> str:
    """Return a nonce: a random one, or that of a test that has replaced oauthlib's function."""
    replaced = _replaced("generate_nonce")
    return random_nonce() if replaced is None else str(replaced())


def nonce_of(client: Any) -> str | None:
    """Return the nonce that a client holds, which may be a number; None if each request has a new one."""
    nonce = getattr(client, "nonce", None)
    return None if nonce is None else str(nonce)


def timestamp_of(client: Any) -> Any:
    """Return the timestamp of a client, or of a test that replaced oauthlib's function; None for the clock's."""
    timestamp = getattr(client, "timestamp", None)
    if timestamp is None and (replaced := _replaced("generate_timestamp")) is not None:
        return replaced()
    return timestamp


def _replaced(name: str) -> Any:
    """Return oauthlib's function of this name if it was replaced, or None."""
    module = sys.modules.get("oauthlib.oauth1.rfc5849")
    if module is None:
        return None
    function = getattr(module, name, None)
    return None if function is getattr(sys.modules.get("oauthlib.common"), name, None) else function
