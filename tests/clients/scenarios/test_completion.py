"""What an interpreter offers after ``session.``: the methods of the library and of the flow, and no helper of ours."""

import subprocess
import sys

import pytest

FLOW = {
    *("provider", "fetch_identity", "renew_token", "revoke_token", "check_token", "exchange_token"),
    "discover_endpoints",
    "auth",
    "create_authorization_url",
    "diagnose",
    "explain",
    "fetch_access_token",
    "fetch_request_token",
    "parse_authorization_response",
    "redirect_uri",
    "token",
}

# Python's own completion, as the Tab key calls it, beside that of a client of the library itself.
PROGRAM = """
import rlcompleter, {library}
from oauthone.clients.{client} import {name}
async def offered(made):
    completer = rlcompleter.Completer({{"session": made}})
    found, state = set(), 0
    while (word := completer.complete("session.", state)) is not None:
        found.add(word.removeprefix("session.").partition("(")[0])
        state += 1
    return found
async def main():
    ours = await offered({name}("id", "secret"))
    theirs = await offered({bare})
    print(*sorted(ours - theirs))
    print(*sorted(theirs - ours))
import asyncio
asyncio.run(main())
"""

CLIENTS = [
    ("requests", "requests", "OAuth1Session", "requests.Session()"),
    ("httpx", "httpx", "OAuth1Client", "httpx.Client()"),
    ("httpx", "httpx", "AsyncOAuth1Client", "httpx.AsyncClient()"),
    ("httpx2", "httpx2", "OAuth1Client", "httpx2.Client()"),
    ("httpx2", "httpx2", "AsyncOAuth1Client", "httpx2.AsyncClient()"),
]


@pytest.mark.parametrize(("client", "library", "name", "bare"), CLIENTS)
def test_only_the_flow_is_offered_besides_the_librarys_own_names(
    client: str, library: str, name: str, bare: str
) -> None:
    program = PROGRAM.format(client=client, library=library, name=name, bare=bare)
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=50)
    assert ran.stderr == ""
    ours, theirs = ran.stdout.splitlines()
    assert set(ours.split()) == FLOW - {"auth"}  # every library has an auth of its own
    assert theirs == ""


def test_the_client_of_aiohttp_offers_its_methods_and_the_flow() -> None:
    program = PROGRAM.format(client="aiohttp", library="aiohttp", name="AsyncOAuth1Client", bare="object()")
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=50)
    assert ran.stderr == ""
    methods = {"delete", "get", "head", "options", "patch", "post", "put", "request"}
    assert set(ran.stdout.splitlines()[0].split()) == FLOW | methods | {"close", "closed", "session"}
