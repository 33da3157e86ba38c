"""An option that cannot work is rejected when it is passed: none of them leaves a path open or explains too much."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from oauthone.errors import ConfigurationError
from oauthone.server import AsyncVerifier, MemoryStore, Provider, Verifier
from oauthone.server.asgi import VerifyingMiddleware as AsgiMiddleware
from oauthone.server.django import signature_required as django_signature
from oauthone.server.django import verifying_middleware
from oauthone.server.fastapi import RequireSignature
from oauthone.server.flask import keep_body
from oauthone.server.flask import signature_required as flask_signature
from oauthone.server.starlette import SignatureBackend, SignedBodyMiddleware
from oauthone.server.wsgi import VerifyingMiddleware as WsgiMiddleware

VERIFIER, ASYNC_VERIFIER = Verifier(MemoryStore()), AsyncVerifier(MemoryStore())
NO_NUMBER = "use a whole number that is not below 0"

Made = Callable[..., Any]


def wsgi(**options: Any) -> Any:
    return WsgiMiddleware(lambda environ, start_response: [], VERIFIER, **options)


def asgi(**options: Any) -> Any:
    return AsgiMiddleware(None, ASYNC_VERIFIER, **options)  # type: ignore[arg-type]


MIDDLEWARES: list[Made] = [wsgi, asgi]
GLUES: list[Made] = [
    *MIDDLEWARES,
    lambda **options: flask_signature(VERIFIER, **options),
    lambda **options: django_signature(VERIFIER, **options),
    lambda **options: django_signature(ASYNC_VERIFIER, **options),
    lambda **options: RequireSignature(ASYNC_VERIFIER, **options),
    lambda **options: SignatureBackend(ASYNC_VERIFIER, **options),
]


@pytest.mark.parametrize("made", GLUES)
@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"explain": "false"}, "explain='false': use True or False"),
        ({"explain": None}, "explain=None: use True or False"),
        ({"max_body": "1048576"}, f"max_body='1048576': {NO_NUMBER}"),
        ({"max_body": -1}, f"max_body=-1: {NO_NUMBER}"),
        ({"max_body": 1.5}, f"max_body=1.5: {NO_NUMBER}"),
        ({"max_body": None}, f"max_body=None: {NO_NUMBER}"),
        ({"max_body": True}, f"max_body=True: {NO_NUMBER}"),
        ({"scope": ["read"]}, "scope=['read']: use a string, with a space between two words"),
        ({"scope": b"read"}, "scope=b'read': use a string, with a space between two words"),
        ({"scope": None}, "scope=None: use a string, with a space between two words"),
    ],
    ids=repr,
)
def test_the_glue_of_every_framework_refuses_an_option_of_another_kind(
    made: Made, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        made(**options)
    assert str(caught.value) == complaint


@pytest.mark.parametrize("given", ["1000", -1, None])
def test_what_only_reads_bodies_refuses_such_a_limit_too(given: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^max_body="):
        keep_body(max_body=given)
    with pytest.raises(ConfigurationError, match=r"^max_body="):
        SignedBodyMiddleware(None, verifier=ASYNC_VERIFIER, max_body=given)  # type: ignore[arg-type]


@pytest.mark.parametrize("made", MIDDLEWARES)
@pytest.mark.parametrize(
    "path",
    ["//api", "/a/../api", "/./api", "/api/*", "/%61pi", "/api?a=1", "/api#a", "/api/<id>", "/api/{id}", "/api\n"],
)
def test_a_path_that_would_protect_nothing_is_refused(made: Made, path: str) -> None:
    with pytest.raises(ConfigurationError, match="which matches no request"):
        made(paths=["/other", path])


@pytest.mark.parametrize("made", MIDDLEWARES)
def test_paths_without_a_path_are_refused(made: Made) -> None:
    with pytest.raises(ConfigurationError, match=r"paths is empty, so nothing would be protected"):
        made(paths=())


@pytest.mark.parametrize("made", MIDDLEWARES)
@pytest.mark.parametrize("path", ["/", "/api", "/api/", "/café", "/a b", "/users(1)", "/a;b=1"])
def test_an_unusual_path_may_be_protected(made: Made, path: str) -> None:
    made(paths=(path,))


async def _protects(_: Any) -> bool:
    return False


@pytest.mark.parametrize("made", MIDDLEWARES)
@pytest.mark.parametrize("protects", ["/api", 5, _protects])
def test_what_decides_about_protection_is_a_plain_function(made: Made, protects: Any) -> None:
    with pytest.raises(TypeError, match=r"^protects "):
        made(protects=protects)


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"PATHS": ["api/"]}, r"paths holds 'api/': a path begins with a slash"),
        ({"PATHS": "api/"}, r"paths holds 'api/': a path begins with a slash"),
        ({"PATHS": ()}, "paths is empty"),
        ({"PATHS": ["/api/*"]}, "which matches no request"),
        ({"PATHS": 5}, "paths=5: use a list or tuple of strings"),
        ({"EXPLAIN": "False"}, "explain='False': use True or False"),
        ({"MAX_BODY": "1000"}, f"max_body='1000': {NO_NUMBER}"),
    ],
    ids=repr,
)
def test_djangos_settings_are_checked_alike(
    chosen: dict[str, Any], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SimpleNamespace(OAUTHONE={"VERIFIER": VERIFIER, **chosen})
    monkeypatch.setattr("oauthone.server.django.settings", settings)
    with pytest.raises(ImproperlyConfigured, match=complaint):
        verifying_middleware(lambda request: None)


@pytest.mark.parametrize("made", [Verifier, AsyncVerifier])
@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"hosts": ["https://api.example"]}, r"use a list or tuple of host\[:port\]"),
        ({"hosts": ["api.example/v1"]}, r"use a list or tuple of host\[:port\]"),
        ({"hosts": [""]}, r"use a list or tuple of host\[:port\]"),
        ({"hosts": ()}, r"use a list or tuple of host\[:port\]"),
        ({"public_url": b"https://api.example"}, "public_url=b'https://api.example': use a string"),
        ({"realm": 5}, "realm=5: use a string"),
        ({"mounted_at": 5}, "mounted_at=5: use a string"),
        ({"signature_methods": 5}, "signature_methods=5: use a list or tuple of"),
    ],
    ids=repr,
)
def test_a_verifier_refuses_what_no_request_could_meet(made: Made, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        made(MemoryStore(), **options)


def test_a_clock_is_a_function() -> None:
    for made in (Verifier, Provider):
        with pytest.raises(TypeError, match="clock must be a function, not 5"):
            made(MemoryStore(), clock=5)  # type: ignore[arg-type]


def test_a_providers_verifier_is_one() -> None:
    with pytest.raises(TypeError, match="verifier must be a Verifier or an AsyncVerifier, not of type str"):
        Provider(MemoryStore(), verifier="mysite.verifier")  # type: ignore[arg-type]
