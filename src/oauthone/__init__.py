"""OAuth 1.0 (RFC 5849): sign requests, run the three-legged flow, verify signed requests."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauthone.core.credentials import TemporaryCredentials, TokenCredentials
    from oauthone.core.parameters import Placement
    from oauthone.core.rsa import RsaKey
    from oauthone.core.signature import SignatureMethod, signing_key
    from oauthone.core.signed import Signed
    from oauthone.core.signing import Signer
    from oauthone.core.signing_options import BodyHash, SignatureMethodName, SignatureType

__all__ = [
    "BodyHash",
    "Placement",
    "RsaKey",
    "SignatureMethod",
    "SignatureMethodName",
    "SignatureType",
    "Signed",
    "Signer",
    "TemporaryCredentials",
    "TokenCredentials",
    "__version__",
    "signing_key",
]

__version__ = "0.1.0"

#: The module below ``oauthone.core`` of each public name. It is loaded when a name of it is used first: a program that
#: needs only another room, such as the command, does not wait for the core.
_HOMES = {
    "BodyHash": "signing_options",
    "Placement": "parameters",
    "RsaKey": "rsa",
    "SignatureMethod": "signature",
    "SignatureMethodName": "signing_options",
    "SignatureType": "signing_options",
    "Signed": "signing",
    "Signer": "signing",
    "TemporaryCredentials": "credentials",
    "TokenCredentials": "credentials",
    "signing_key": "signature",
}

#: The names that people look for here, and the modules that have them.
_ELSEWHERE = {
    "OAuth1Session": "oauthone.clients.requests, or oauthone.clients.niquests",
    "AsyncOAuth1Session": "oauthone.clients.niquests",
    "OAuth1Client": "oauthone.clients.httpx2, or oauthone.clients.httpx",
    "AsyncOAuth1Client": "oauthone.clients.httpx2, oauthone.clients.httpx, or oauthone.clients.aiohttp",
    "OAuth1Auth": "oauthone.clients.requests, or the module of your HTTP library in oauthone.clients",
    "OAuth1Middleware": "oauthone.clients.aiohttp",
    "OAuth1": "oauthone.compat.requests_oauthlib",
    "OAuthError": "oauthone.errors",
    "OAuth": "oauthone.login.flask, oauthone.login.django, or oauthone.login.starlette",
    "Verifier": "oauthone.server",
    "Provider": "oauthone.server",
    "ProviderBox": "oauthone.testing",
}


if not TYPE_CHECKING:  # to a type checker, the module would have every name

    def _absent_name(module: str, name: str, places: dict[str, str]) -> ImportError | AttributeError:
        """Return the error of a module's ``__getattr__``: it says where a name is that the module does not have."""
        if name not in places:
            return AttributeError(f"module {module!r} has no attribute {name!r}")
        said = f"{name} is not in {module!r}: import it from {places[name]}"
        # "from oauthone import …" would replace an AttributeError by an ImportError without these words.
        is_import = sys._getframe(2).f_globals.get("__name__") == "importlib._bootstrap"
        return ImportError(said, name=module) if is_import else AttributeError(said)

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name in ("core", "errors"):  # ``import oauthone`` is enough for ``oauthone.errors``
            return import_module(f"oauthone.{name}")
        if name not in _HOMES:
            raise _absent_name("oauthone", name, _ELSEWHERE)
        found = globals()[name] = getattr(import_module(f"oauthone.core.{_HOMES[name]}"), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
