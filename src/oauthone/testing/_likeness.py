"""A provider that a box is like: its facts at the origin of the box, its clients, and what is at which address."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from oauthone.core.encoding import form_decode, percent_decode
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.rsa import RsaKey
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.providers import get as get_provider
from oauthone.providers._catalogue import entry
from oauthone.providers._model import Table
from oauthone.providers._origins import is_inside
from oauthone.providers._provider import Provider
from oauthone.providers._templates import mapped, resolve
from oauthone.server import Client
from oauthone.testing.identities import BoxClient, as_registered

#: The endpoints of a provider that a signed request is sent to, in the order in which they are looked for.
ENDPOINTS = ("token_credentials", "temporary_credentials", "exchange", "renew", "revoke", "check", "identity")


class Likeness:
    """How a box is like a provider.

    Args:
        provider: the provider, or its name.
        callbacks: the callbacks that the clients have registered with it.

    Attributes:
        original: the provider at its own addresses.
        facts: the provider at those of the box, once `move` was called.
        callbacks: the registered callbacks.
        first_client: the identifier of the preferred client, once `clients` was called.
        last_used: when each token was used last, for providers whose tokens end when they are idle.
        newest: the newest timestamp for each client and token, for providers whose timestamps must not go back.
    """

    def __init__(self, provider: Provider | str, callbacks: Iterable[str]) -> None:
        self.original = self.facts = provider if isinstance(provider, Provider) else example_of(provider)
        self.callbacks = tuple(callbacks)
        self.first_client = ""
        self.last_used: dict[str, float] = {}
        self.newest: dict[tuple[str, str | None], int] = {}

    @property
    def methods(self) -> list[SignatureMethod]:
        """The signature methods that the provider accepts."""
        methods = [SIGNATURE_METHODS[name] for name in self.original.signature_methods]
        return [_Plaintext() if method.name == "PLAINTEXT" else method for method in methods]

    def clients(self, clients: Mapping[str, BoxClient]) -> dict[str, BoxClient]:
        """Return the clients that the provider would register, of those of a box, the preferred method first."""
        found: dict[str, BoxClient] = {method: clients[method] for method in self.original.signature_methods}
        self.first_client = next(iter(found.values())).client_id
        if "consumer" not in self.original.empty_secrets:
            return found
        return {method: client._replace(client_secret="") for method, client in found.items()}

    def registered(self, client: BoxClient) -> Client:
        """Return a client as the store of the box holds it. The provider may give it an empty secret."""
        if client.client_secret or client.rsa_key:
            return as_registered(client)._replace(callbacks=self.callbacks)
        methods = (client.signature_method,)
        return Client(client.client_id, signature_methods=methods, name=client.name, callbacks=self.callbacks)

    def move(self, origin: str) -> str:
        """Put the addresses of the provider below the origin of a box; return the path of the authorization page."""
        self.facts = at_origin(self.original, origin)
        page = self.facts.authorization
        return page.url.removeprefix(origin) if page else "/oauth/authorize"

    def names_at(self, request: IncomingRequest) -> list[str]:
        """Return the names of the endpoints at the address of a request: often one, or none."""
        found = [name for name in ENDPOINTS if is_at(getattr(self.facts, name), request)]
        return [*found, *(name for name in ("discovery",) if is_at(self.facts.discovery, request))]

    def is_authorization(self, request: IncomingRequest) -> bool:
        """Return whether a request is for one of the pages on which the resource owner decides."""
        page = self.facts.authorization
        if page is None:
            return False
        others = [url for url in (page.mobile_url, *page.alternatives.values()) if url]
        return any(leads_to(url, request) for url in (page.url, *others))

    def is_api(self, request: IncomingRequest) -> bool:
        """Return whether a request is for the data of the provider."""
        url = f"{request.scheme}://{request.authority}{request.path}"
        return any(
            is_inside(base, url) and f"{request.path}/".startswith(f"{urlsplit(base).path}/")
            for base in self.facts.api_base
        )


def example_of(name: str) -> Provider:
    """Return the provider of this name, with its variables filled in with their examples.

    Raises:
        ProviderRetired: the provider no longer offers OAuth 1.0.
        ConfigurationError: the provider is unknown.
    """
    known = entry(name)
    if not isinstance(known, Provider):
        return get_provider(name)  # which raises the error for it
    variables = known.variables.items()
    return resolve(known, {key: one.default or one.example for key, one in variables if not one.derive}, None)


def at_origin(provider: Provider, origin: str) -> Provider:
    """Return a provider with all its addresses below ``origin``. What its realm says stays."""

    def moved(url: str) -> str:
        _, slash, path = url.partition("://")[2].partition("/")
        return origin + slash + path

    there = mapped(provider, moved)
    return there._replace(api_base=tuple(dict.fromkeys(there.api_base)), realm=provider.realm, variants=Table())


def is_at(endpoint: object, request: IncomingRequest) -> bool:
    """Return whether a request is for an endpoint."""
    url: str | None = getattr(endpoint, "url", None)
    return url is not None and leads_to(url, request)


def leads_to(url: str, request: IncomingRequest) -> bool:
    """Return whether a request has host and path of ``url``, and all the parameters of its query.

    Servers overlook that the last slash of a path is missing.
    """
    parts, path = urlsplit(url), percent_decode(request.path).decode("latin-1")
    if parts.netloc != request.authority or (parts.path or "/") not in (path, f"{path}/"):
        return False
    sent = form_decode(request.query)
    return all(pair in sent for pair in form_decode(parts.query))


class _Plaintext(SignatureMethod):
    """PLAINTEXT for clients that have no secret, too, as with some providers. A `Verifier` refuses such clients."""

    name = "PLAINTEXT"

    def signing_function(
        self, client_secret: str, token_secret: str, rsa_key: RsaKey | None = None
    ) -> Callable[[str], str]:
        return SIGNATURE_METHODS[self.name].signing_function(client_secret, token_secret)
