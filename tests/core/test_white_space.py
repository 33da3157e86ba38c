"""The warning about white space around credentials: it names the argument, never the value, and the user's own line."""

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oauthone import Signer
from oauthone.clients.aiohttp import OAuth1Middleware
from oauthone.clients.httpx import AsyncOAuth1Client, OAuth1Client
from oauthone.clients.httpx import OAuth1Auth as HttpxAuth
from oauthone.clients.httpx2 import OAuth1Client as Httpx2Client
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.compat.requests_oauthlib import OAuth1Session as CompatSession
from oauthone.testing import ProviderBox

CREDENTIALS = {"client_id": "id", "client_secret": "S3cr3t", "token": "token", "token_secret": "S3cr3t too"}

MADE: list[Callable[..., Any]] = [
    Signer,
    OAuth1Auth,
    OAuth1Session,
    HttpxAuth,
    OAuth1Client,
    Httpx2Client,
    AsyncOAuth1Client,
    OAuth1Middleware,
]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("space", ["\n", "\r\n", " ", "\t", "\u00a0", "\u2028"])
@pytest.mark.parametrize("name", CREDENTIALS)
@pytest.mark.parametrize("make", MADE, ids=lambda made: f"{made.__module__}.{made.__name__}")
def test_each_credential_is_named(make: Callable[..., Any], name: str, space: str) -> None:
    for value in (CREDENTIALS[name] + space, space + CREDENTIALS[name]):
        with pytest.warns(UserWarning, match=f"^{name} begins or ends with white space") as caught:
            make(**{**CREDENTIALS, name: value})
        assert len(caught) == 1
        assert "S3cr3t" not in str(caught[0].message)
        assert caught[0].filename == __file__


@pytest.mark.parametrize("make", MADE, ids=lambda made: f"{made.__module__}.{made.__name__}")
def test_white_space_inside_and_missing_credentials_are_quiet(make: Callable[..., Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make(**{name: f"a {value}" for name, value in CREDENTIALS.items()})
        make("id")
        make("id", None, token="", token_secret="")


def test_code_written_for_requests_oauthlib_is_warned_at_its_first_request() -> None:
    with ProviderBox() as box, CompatSession("key", client_secret="secret\n") as session:
        with pytest.warns(UserWarning, match="^client_secret begins or ends"):
            session.get(box.echo_url)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            session.get(box.echo_url)


def test_a_dict_of_token_credentials_is_read() -> None:
    with pytest.warns(UserWarning, match="^token_secret begins or ends"):
        Signer("id", "secret", token={"oauth_token": "t", "oauth_token_secret": "ts\n"})


def test_the_white_space_is_signed() -> None:
    """RFC 5849 allows it."""
    signed = [
        Signer("id", secret, nonce=lambda: "n", clock=lambda: 1).sign("GET", "https://api.example/").authorization
        for secret in ("secret", "secret\n")
    ]
    assert signed[0] != signed[1]


def test_a_program_that_reads_its_secret_from_a_file_is_warned(tmp_path: Path) -> None:
    """As a person meets it: a file with a line break at its end, a script, and a 401 that nothing explains."""
    with ProviderBox() as box:
        (tmp_path / "secret.txt").write_text(box.client.client_secret + "\n")
        (tmp_path / "program.py").write_text(
            "from oauthone.clients.requests import OAuth1Session\n"
            f"client = OAuth1Session({box.client.client_id!r}, open('secret.txt').read())\n"
            f"print(client.get({box.two_legged_url!r}).status_code)\n"
        )
        ran = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == "401\n"
    assert "program.py:2: UserWarning: client_secret begins or ends with white space" in ran.stderr
    assert "pass client_secret.strip()" in ran.stderr
    assert box.client.client_secret not in ran.stderr
