"""Programs to copy, with the addresses and the credentials of a box."""

import shlex
from typing import NamedTuple

from oauthone.core.signing import Signer
from oauthone.testing.box import ProviderBox
from oauthone.testing.identities import BoxClient, BoxToken

_MASK = "***"

_REQUEST = """\
{imports}from oauthone.clients.requests import OAuth1Session

with OAuth1Session({arguments}
) as client:
    response = client.get({url!r}, params={{"q": "sea view"}}{trust})
    print(response.status_code, response.text)
"""
_LOGIN = """\
{imports}from oauthone.clients.requests import OAuth1Session

with OAuth1Session({arguments}
) as client:
    client.fetch_request_token({request_token_url!r}{trust})
    print("Visit", client.create_authorization_url({authorize_url!r}))
    client.parse_authorization_response(input("The code that the page shows: "))
    client.fetch_access_token({access_token_url!r}{trust})
    print(client.get({url!r}{trust}).json()["user"])
"""


class Program(NamedTuple):
    """A text to copy.

    Attributes:
        title: what it does.
        text: the text itself.
    """

    title: str
    text: str


def programs(
    box: ProviderBox, client: BoxClient, token: BoxToken | None, key_file: str | None = None, *, reveal: bool = False
) -> list[Program]:
    """Return the programs for a client.

    Args:
        box: the box.
        client: one of its clients.
        token: token credentials that were issued to the client, or None.
        key_file: the file with the client's private key, if it has one.
        reveal: whether the secrets stand in them; otherwise they are masked.
    """
    if not reveal:
        client = client._replace(client_secret=client.client_secret and _MASK)
        token = token and token._replace(token_secret=_MASK)
    lines = _arguments(client, token, key_file)
    own = _arguments(client, None, key_file)
    trust = "" if box.ca_file is None else f", verify={box.ca_file!r}"
    url = box.echo_url if token else box.two_legged_url
    urls = {name: getattr(box, name) for name in ("request_token_url", "authorize_url", "access_token_url")}
    more = {"imports": "from pathlib import Path\n\n" if client.rsa_key else "", "trust": trust}
    made = [
        Program("A signed request in Python", _REQUEST.format(arguments=lines, url=url, **more)),
        Program("A login in Python", _LOGIN.format(arguments=own, url=box.echo_url, **urls, **more)),
        Program("The credentials as environment variables", environment(client, token, key_file, box.origin)),
    ]
    if reveal:
        made.append(Program("A signed request with curl, good once, for five minutes", signed_curl(box, client, token)))
    return made


def environment(client: BoxClient, token: BoxToken | None, key_file: str | None, origin: str) -> str:
    """Return the credentials as lines for a shell, which hands them to the programs that it starts.

    Args:
        client: the client.
        token: its token, or None.
        key_file: the file with the client's private key, if it has one.
        origin: the beginning of URLs that the command `oauthone` is given as paths.
    """
    values = {"OAUTHONE_CLIENT_ID": client.client_id}
    if client.rsa_key is None:
        values["OAUTHONE_CLIENT_SECRET"] = client.client_secret
    elif key_file is not None:
        values["OAUTHONE_RSA_KEY_FILE"] = key_file
    if token is not None:
        values |= {"OAUTHONE_TOKEN": token.token, "OAUTHONE_TOKEN_SECRET": token.token_secret}
    values["OAUTHONE_BASE_URL"] = origin
    return "".join(
        f"export {name}={value if value == _MASK else shlex.quote(value)}\n" for name, value in values.items()
    )


def login_command(box: ProviderBox) -> str:
    """Return the command that logs in to the box as a provider that no catalogue knows."""
    urls = (
        *("--request-token-url", box.request_token_url, "--authorize-url", box.authorize_url),
        *("--access-token-url", box.access_token_url, "--base-url", box.origin),
    )
    return shlex.join(["oauthone", "login", "-p", "box", *urls])


def signed_curl(box: ProviderBox, client: BoxClient, token: BoxToken | None = None) -> str:
    """Return a curl command with a request that was signed now."""
    url = f"{box.two_legged_url if token is None else box.echo_url}?q=sea%20view"
    more = {} if token is None else token._asdict()
    signed = Signer(**client.credentials(), **more).sign("GET", url)
    trust = [] if box.ca_file is None else ["--cacert", box.ca_file]
    return shlex.join(["curl", *trust, "-H", f"Authorization: {signed.authorization}", url])


def _arguments(client: BoxClient, token: BoxToken | None, key_file: str | None) -> str:
    given = {"client_id": repr(client.client_id)}
    if client.rsa_key is None:
        given["client_secret"] = repr(client.client_secret)
    else:
        given["rsa_key"] = f"Path({key_file or 'key.pem'!r}).read_text()"
    if token is not None:
        given |= {name: repr(value) for name, value in token._asdict().items()}
    if client.signature_method != "HMAC-SHA1":
        given["signature_method"] = repr(client.signature_method)
    return "".join(f"\n    {name}={value}," for name, value in given.items())
