"""The log of signatures: what it shows, what it hides, and that it is silent unless somebody asks."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests

from oauthone.clients.httpx import OAuth1Client
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.compat.requests_oauthlib import OAuth1Session as CompatSession
from oauthone.testing import ProviderBox

HELD: dict[str, Any] = {"token": "t-1", "token_secret": "tok3n/s"}
SECRETS = ("cl1ent/s", "tok3n/s", "hunter2", "c0de")


def send_with_requests(url: str, form: dict[str, str], **options: Any) -> None:
    with OAuth1Session("printer", "cl1ent/s", **options) as session:
        session.post(url, data=form)


def send_with_an_auth(url: str, form: dict[str, str], **options: Any) -> None:
    requests.post(url, data=form, auth=OAuth1Auth("printer", "cl1ent/s", **options), timeout=10)


def send_with_httpx(url: str, form: dict[str, str], **options: Any) -> None:
    with OAuth1Client("printer", "cl1ent/s", **options) as client:
        client.post(url, data=form)


def send_with_compat(url: str, form: dict[str, str], token: str = "", token_secret: str = "") -> None:
    with CompatSession("printer", "cl1ent/s", token, token_secret) as session:
        session.post(url, data=form)


SENDERS = [send_with_requests, send_with_an_auth, send_with_httpx, send_with_compat]


@pytest.mark.parametrize("send", SENDERS)
def test_a_record_shows_what_was_signed_and_no_secret(
    send: Callable[..., None], box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    """The server's base string judges: but for the masked value it is the one in the record."""
    caplog.set_level(logging.DEBUG, "oauthone.signing")
    send(f"{box.origin}/photos?q=sea%20view", {"x_auth_password": "hunter2", "a": "b c"}, **HELD)
    (record,) = [one for one in caplog.records if one.name == "oauthone.signing"]
    text = record.getMessage()
    assert "signed with HMAC-SHA1 in the header; client 'printer' with a secret, token 't-1' with a secret" in text
    refused = box.requests[-1].refused
    assert refused is not None
    expected = str(refused.base_string)
    assert text.endswith(expected)
    assert "q%3Dsea%2520view" in expected
    assert "x_auth_password%3D***" in expected
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("send", SENDERS)
def test_nothing_is_logged_unless_it_is_asked_for(
    send: Callable[..., None], box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at the level DEBUG of all loggers, which shows what other libraries log."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "oauthone")
    send(box.open_url, {"a": "b"})
    assert [one for one in caplog.records if one.name == "oauthone.signing"] == []
    caplog.set_level(logging.INFO, "oauthone.signing")
    send(box.open_url, {"a": "b"})
    assert [one for one in caplog.records if one.name == "oauthone.signing"] == []


def test_a_record_tells_missing_secrets_and_white_space(caplog: pytest.LogCaptureFixture) -> None:
    """The two mistakes with secrets that one can see without knowing them."""
    caplog.set_level(logging.DEBUG, "oauthone.signing")
    for client_secret, token_secret in (("", "s\n"), ("s", "")):
        auth = OAuth1Auth("printer", client_secret, token="t", token_secret=token_secret)
        requests.Request("GET", "https://api.example/", auth=auth).prepare()
    first, second = [record.getMessage() for record in caplog.records]
    assert "client 'printer' without a secret, token 't' with a secret that has white space around it" in first
    assert "client 'printer' with a secret, token 't' without a secret" in second


def test_a_leg_hides_the_verification_code(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "oauthone.signing")
    auth = OAuth1Auth("printer", "cl1ent/s", **HELD, verifier="c0de")
    httpx_request = httpx.Request("POST", "https://api.example/")
    auth.sign(httpx_request.method, str(httpx_request.url), [], None)
    text = caplog.records[-1].getMessage()
    assert "oauth_verifier%3D***" in text
    assert [secret for secret in SECRETS if secret in text] == []
