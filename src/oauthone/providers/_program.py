"""A program for one provider that a reader can paste: from the credentials to the first signed request."""

from collections.abc import Iterator, Mapping

from oauthone.providers._model import Endpoint, Parameter, Table
from oauthone.providers._provider import Provider

CALLBACK = "https://app.example/callback"
AGENT = "photo-printer/1.0 (https://photo-printer.example)"
#: What a program may need of the standard library.
_STANDARD = {
    "from getpass import getpass": "getpass",
    "from pathlib import Path": "Path",
    "from urllib.parse import parse_qsl": "parse_qsl",
}
_WIDTH = 84

KEY, SECRET, TOKEN, TOKEN_SECRET = "your-key", "your-secret", "your-token", "your-token-secret"


def program(provider: Provider) -> str:
    """Return the program for a provider, as its file describes it."""
    body = [*_client(provider), *_flow(provider), *_first_request(provider)]
    text = "\n".join(body)
    return "\n".join([*_imports(provider, text), "", text]) + "\n"


def steps_of(provider: Provider) -> str:
    """Return the way to a token that the program goes: the first that its file names."""
    return provider.flows[0]


def needs_rsa_key(provider: Provider) -> bool:
    """Return whether requests are signed with a key."""
    return provider.signature_methods[0].startswith("RSA-")


def _imports(provider: Provider, text: str) -> Iterator[str]:
    standard = [line for line, name in _STANDARD.items() if f"{name}(" in text]
    yield from [*standard, ""] if standard else []
    if _values(provider):
        yield "from oauthone import providers"
    yield "from oauthone.clients.requests import OAuth1Session"


def _values(provider: Provider) -> dict[str, str]:
    """Return an example of each value that the provider needs."""
    return {
        name: one.example for name, one in provider.variables.items() if not (one.derive or one.default or one.optional)
    }


def _client(provider: Provider) -> Iterator[str]:
    named = f'"{provider.id}"'
    if values := _values(provider):
        yield f'provider = providers.get("{provider.id}", {_keywords(values)})'
        named = "provider"
    if steps_of(provider) == "provider-initiated":
        yield 'posted = dict(parse_qsl(input("The form that the provider posted to your application: ")))'
        arguments = ['posted["oauth_consumer_key"]', 'posted["oauth_consumer_secret"]']
    elif needs_rsa_key(provider):
        arguments = [f'"{KEY}"', 'rsa_key=Path("key.pem").read_bytes()']
    else:
        arguments = [f'"{KEY}"', *([] if "consumer" in provider.empty_secrets else [f'"{SECRET}"'])]
    if steps_of(provider) == "static-token":
        arguments += [f'token="{TOKEN}"', f'token_secret="{TOKEN_SECRET}"']
    arguments.append(f"provider={named}")
    if needs_callback(provider):
        arguments.append(f'redirect_uri="{CALLBACK}"')
    line = f"client = OAuth1Session({', '.join(arguments)})"
    lines = ["client = OAuth1Session(", *(f"    {one}," for one in arguments), ")"]
    yield from [line] if len(line) <= _WIDTH else lines
    if provider.user_agent:
        yield f'client.headers["User-Agent"] = "{AGENT}"'


def _keywords(values: Mapping[str, str]) -> str:
    return ", ".join(f'{name}="{value}"' for name, value in values.items())


def needs_callback(provider: Provider) -> bool:
    """Return whether the program passes a callback: where the provider is not known to show a code to type in."""
    return steps_of(provider) == "three-legged" and not (provider.callback and provider.callback.oob)


def _flow(provider: Provider) -> Iterator[str]:
    steps = steps_of(provider)
    if steps == "three-legged":
        yield f"client.fetch_request_token({_required(provider.temporary_credentials)})"
        yield f'print("Open", client.create_authorization_url({_permissions(provider)}))'
        asked = "The address that the browser came back to: " if needs_callback(provider) else "The code: "
        yield f'client.parse_authorization_response(input("{asked}"))'
        yield "token = client.fetch_access_token()"
    elif steps == "provider-initiated":
        yield "client.fetch_request_token()"
        yield 'token = client.fetch_access_token(verifier=posted["oauth_verifier"])'
    elif steps == "xauth":
        yield f"token = client.fetch_access_token({_required(provider.token_credentials)})"
    elif steps == "client-credentials":
        yield f'print(client.exchange_token({_required(provider.exchange)})["access_token"])'


def _required(endpoint: Endpoint | None) -> str:
    """Return arguments for the parameters that must be there."""
    parameters: Table[Parameter] = endpoint.parameters if endpoint else Table()
    arguments = list[str]()
    for name, one in parameters.items():
        if one.required and one.default is None:
            value = f'"{one.values[0]}"' if one.values else "getpass()" if "password" in name else f'input("{name}: ")'
            arguments.append(f"{name}={value}")
    return ", ".join(arguments)


def _permissions(provider: Provider) -> str:
    """Return the argument that asks for the least permission."""
    facts = provider.authorization
    for one in (facts.parameters if facts else Table[Parameter]()).values():
        if one.means and one.values:
            return f'permissions="{one.values[0]}"'
    return ""


def _first_request(provider: Provider) -> Iterator[str]:
    if steps_of(provider) == "client-credentials":
        return
    facts = provider.identity
    if facts and (facts.id_path or facts.name_path or facts.token_fields):
        yield "print(client.fetch_identity())"
        return
    host = provider.api_base[0].replace("*.", "….")
    address = 'f"{provider.api_base[0]}/…"' if _values(provider) else f'"{host}/…"'
    yield f"print(client.get({address}).status_code)"
