"""The program on the page of each provider runs at the box that is like the provider, which refuses what differs."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from oauthone import providers
from oauthone.providers import Account, Provider
from oauthone.providers._catalogue import entry
from oauthone.providers._program import CALLBACK, KEY, SECRET, TOKEN, TOKEN_SECRET, program, steps_of
from oauthone.testing import ProviderBox

from ..like_walks import CALLBACK as REGISTERED


@pytest.mark.parametrize("name", providers.names())
def test_the_program_of(
    name: str, likes: Callable[..., ProviderBox], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    facts, box = entry(name), likes(name)
    assert isinstance(facts, Provider)
    text = program(facts)
    token = box.issue_token() if f'"{TOKEN}"' in text else None
    for placeholder, value in (
        (KEY, box.client.client_id),
        (SECRET, box.client.client_secret),
        (TOKEN, token and token.token),
        (TOKEN_SECRET, token and token.token_secret),
        (CALLBACK, REGISTERED),
    ):
        text = text.replace(f'"{placeholder}"', repr(value))
    text = text.replace(f'"{facts.api_base[0]}/', f'"{box.like.api_base[0]}/')
    text = text.replace(f'provider="{name}"', "provider=like")
    monkeypatch.setattr(providers, "get", lambda *_, **__: box.like)
    monkeypatch.setattr(getpass, "getpass", lambda: "password")
    monkeypatch.chdir(tmp_path)
    if box.client.rsa_key is not None:
        Path("key.pem").write_text(box.client.rsa_key)
    printed: list[Any] = []
    namespace = {
        "like": box.like,
        "print": lambda *words: printed.append(words[-1]),
        "input": lambda asked: _typed(box, asked, printed),
    }
    exec(compile(text, f"program of {name}", "exec"), namespace)
    assert [one.refusal for one in box.requests if one.refusal] == []
    answer = printed[-1]
    if steps_of(facts) == "client-credentials":
        assert answer
    else:
        assert answer == 200 or isinstance(answer, Account)


def _typed(box: ProviderBox, asked: str, printed: list[Any]) -> str:
    """What a user answers to a question of a program."""
    if asked.startswith("The form that the provider posted"):
        posted = {
            "oauth_consumer_key": box.client.client_id,
            "oauth_consumer_secret": box.client.client_secret,
            "oauth_verifier": box.legs and box.legs.initial_verifier,
        }
        return urlencode(posted)
    return "alice" if asked.startswith("x_auth") else box.visit(printed[-1])
