"""The program on the page of each provider; tests/testing/scenarios/test_like_programs.py runs them all."""

import pytest

from oauthone import providers
from oauthone.providers import Provider
from oauthone.providers._catalogue import entry
from oauthone.providers._program import needs_callback, needs_rsa_key, program, steps_of


def facts_about(name: str) -> Provider:
    found = entry(name)
    assert isinstance(found, Provider)
    return found


def test_a_program_from_the_key_to_the_account() -> None:
    assert program(facts_about("flickr")) == (
        "from oauthone.clients.requests import OAuth1Session\n"
        "\n"
        'client = OAuth1Session("your-key", "your-secret", provider="flickr")\n'
        "client.fetch_request_token()\n"
        'print("Open", client.create_authorization_url(permissions="read"))\n'
        'client.parse_authorization_response(input("The code: "))\n'
        "token = client.fetch_access_token()\n"
        "print(client.fetch_identity())\n"
    )


@pytest.mark.parametrize("name", providers.names())
def test_each_program_is_python_and_short(name: str) -> None:
    text = program(facts_about(name))
    compile(text, name, "exec")
    assert max(map(len, text.splitlines())) <= 110
    assert "import *" not in text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("discogs", 'client.headers["User-Agent"] = "photo-printer/1.0 (https://photo-printer.example)"'),
        ("hatena", 'client.fetch_request_token(scope="read_public")'),
        ("tumblr", '    redirect_uri="https://app.example/callback",'),
        ("mastercard", '    rsa_key=Path("key.pem").read_bytes(),'),
        ("bricklink", '    token="your-token",'),
        ("usos", 'provider = providers.get("usos", base_url="https://usosapps.university.example")'),
        ("here", 'print(client.exchange_token()["access_token"])'),
        ("magento2", 'token = client.fetch_access_token(verifier=posted["oauth_verifier"])'),
        ("instapaper", "from getpass import getpass"),
        ("etrade", 'print(client.get("https://api.etrade.com/…").status_code)'),
        ("openmage", 'print(client.get(f"{provider.api_base[0]}/…").status_code)'),
    ],
)
def test_what_differs_from_provider_to_provider(name: str, line: str) -> None:
    assert line in program(facts_about(name)).splitlines()


def test_what_a_program_needs() -> None:
    assert steps_of(facts_about("netsuite")) == "static-token"
    assert needs_rsa_key(facts_about("mastercard"))
    assert not needs_rsa_key(facts_about("flickr"))
    assert needs_callback(facts_about("garmin"))
    assert not needs_callback(facts_about("flickr"))
    assert not needs_callback(facts_about("bricklink"))


def test_an_address_for_many_hosts() -> None:
    many = facts_about("etrade")._replace(api_base=("https://*.etrade.com",))
    assert 'client.get("https://….etrade.com/…")' in program(many)
