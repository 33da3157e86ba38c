"""A server opens no URL and contacts no host that a client names."""

import subprocess
import sys

PROGRAM = """
import sys

events = []
sys.addaudithook(lambda event, arguments: events.append(event))

from oauthone import Signer
from oauthone.server import IncomingRequest, MemoryStore, Provider, Verifier, any_callback, Client
from server.grants import granted
from server.setting import signed

url = "https://127.0.0.1:1/?next=https://127.0.0.1:1/&logo_uri=http://127.0.0.1:1/logo"
client = Client.create("https://127.0.0.1:1/client", "s", name="http://127.0.0.1:1/name")
store = MemoryStore([client])
provider = Provider(store, callback_rule=any_callback)
made = Signer(client.client_id, "s", realm="http://127.0.0.1:1/realm")
def sent(**leg):
    return IncomingRequest.from_url(*signed(made, url=url, headers=names, **leg))

names = {"Host": "127.0.0.1:1", "Referer": "http://127.0.0.1:1/", "Origin": "http://127.0.0.1:1"}
given = granted(provider.temporary_credentials(sent(callback="http://127.0.0.1:1/")))
made = made.replace(token=given["oauth_token"], token_secret=given["oauth_token_secret"])
provider.pending(given["oauth_token"])
verifier = provider.approve(given["oauth_token"], "ann").verifier
given = granted(provider.token_credentials(sent(verifier=verifier)))
made = made.replace(token=given["oauth_token"], token_secret=given["oauth_token_secret"])
print(Verifier(store).verify(*signed(made, url=url, headers=names)).user)
errands = ("socket.", "subprocess.", "urllib.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")
print([event for event in events if event.startswith(errands)])
"""


def test_urls_in_a_flow_open_no_socket_and_start_no_process() -> None:
    """Callback, client, name, realm, query and headers all contain a URL, and the server opens none."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=50,
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stderr == ""
    user, events = done.stdout.splitlines()
    assert user == "ann"
    assert events == "[]"
