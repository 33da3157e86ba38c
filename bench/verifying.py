"""Verification of a signed request by servers whose store knows one client and accepts every nonce."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from authlib.oauth1 import ResourceProtector
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

from oauthone.server import Verifier

from . import cases, floor
from .accepting_store import AcceptingStore, rsa_pair
from .candidates import fastest
from .check import check
from .measure import Effort, compare
from .report import OVER, TIMES, Goal, Row

TITLE = "verify: with a store that accepts every nonce; ratio: times as fast as Authlib's ResourceProtector"

_Verify = Callable[[dict[str, str]], bool]
#: Newer interpreters make the peers faster by more than our code.
_HMAC = Goal(TIMES, 6, 7) if sys.version_info < (3, 12) else Goal(TIMES, 5)
_OVER_FLOOR = Goal(OVER, 1.6)


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for each kind of request; for HMAC another one, for the time over that of the floor."""
    yield from _rows(cases.GET_3, "HMAC-SHA1", _HMAC, effort, _OVER_FLOOR)
    yield from _rows(cases.FORM_10, "HMAC-SHA1", _HMAC, effort, _OVER_FLOOR)
    yield from _rows(cases.GET_3, "RSA-SHA1", Goal(TIMES, 3.5), effort)


def _rows(case: cases.Case, method: str, goal: Goal, effort: Effort, over_floor: Goal | None = None) -> Iterator[Row]:
    private, public = rsa_pair()
    signature = fastest(case, method, private if method.startswith("RSA") else None)()
    check(case, signature, load_pem_public_key(public.encode()))
    headers = {**case.headers, "Authorization": signature}
    verifiers = {
        "ours": _ours(case),
        "Authlib": _authlib(case),
        "oauthlib": _oauthlib(case),
        "floor": _floor(case),
    }
    note = _drop_unable(verifiers, headers)
    _check(verifiers, headers)
    samples = compare({name: _bound(verify, headers) for name, verify in verifiers.items()}, effort)
    work, ratio = f"{case.name}, {method}", samples.ratio("Authlib", "ours")
    yield Row(work, "µs", samples.medians(), ratio, goal, note, samples)
    if over_floor is not None:
        yield Row(f"{work}, over the floor", "µs", {}, samples.ratio("ours", "floor"), over_floor)


def _bound(verify: _Verify, headers: dict[str, str]) -> Callable[[], bool]:
    return lambda: verify(headers)


def _drop_unable(verifiers: dict[str, _Verify], headers: dict[str, str]) -> str:
    """Leave out oauthlib for RSA if PyJWT is missing: its plain installation does not include it."""
    try:
        verifiers["oauthlib"](headers)
    except ImportError as missing:
        del verifiers["oauthlib"]
        return f"oauthlib left out: {missing}"
    return ""


def _check(verifiers: dict[str, _Verify], headers: dict[str, str]) -> None:
    """Check that every verifier accepts the request, and rejects it with another nonce."""
    forged = headers | {"Authorization": headers["Authorization"].replace('oauth_nonce="', 'oauth_nonce="0')}
    for name, verify in verifiers.items():
        assert verify(headers), f"{name} rejects a correctly signed request"
        try:
            accepted = verify(forged)
        except Exception:
            accepted = False
        assert not accepted, f"{name} accepts a forged request"


def _ours(case: cases.Case) -> _Verify:
    verifier, body = Verifier(AcceptingStore()), case.octets

    def verify(headers: dict[str, str]) -> bool:
        return verifier.verify(case.method, case.url, headers, body) is not None

    return verify


def _floor(case: cases.Case) -> _Verify:
    keys = {(cases.CLIENT_ID, cases.TOKEN): (cases.CLIENT_SECRET, cases.TOKEN_SECRET, _public_key())}
    verify = floor.verifier(lambda client_id, token: keys[client_id, token], lambda *_: True)
    return lambda headers: verify(case.method, case.url, headers, case.body)


def _public_key() -> Any:
    return load_pem_public_key(rsa_pair()[1].encode())


class _AuthlibClient:
    def get_client_secret(self) -> str:
        return cases.CLIENT_SECRET

    def get_rsa_public_key(self) -> str:
        return rsa_pair()[1]


class _AuthlibToken:
    def get_oauth_token_secret(self) -> str:
        return cases.TOKEN_SECRET


class _AuthlibProtector(ResourceProtector):
    SUPPORTED_SIGNATURE_METHODS = ("HMAC-SHA1", "RSA-SHA1")

    def __init__(self) -> None:
        self.clients = {cases.CLIENT_ID: _AuthlibClient()}
        self.tokens = {(cases.CLIENT_ID, cases.TOKEN): _AuthlibToken()}

    def get_client_by_id(self, client_id: str) -> _AuthlibClient | None:
        return self.clients.get(client_id)

    def get_token_credential(self, request: Any) -> _AuthlibToken | None:
        return self.tokens.get((request.client_id, request.token))

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False


def _authlib(case: cases.Case) -> _Verify:
    protector = _AuthlibProtector()

    def verify(headers: dict[str, str]) -> bool:
        protector.validate_request(case.method, case.url, case.body, headers)
        return True

    return verify


class _OauthlibValidator(RequestValidator):
    client_key_length = access_token_length = nonce_length = (1, 100)
    dummy_client = dummy_access_token = "dummy"
    safe_characters = RequestValidator().safe_characters | {"-"}

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return cases.CLIENT_SECRET

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return cases.TOKEN_SECRET

    def get_rsa_key(self, client_key: str, request: Any) -> str:
        return rsa_pair()[1]

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == cases.CLIENT_ID

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token == cases.TOKEN

    def validate_realms(self, *arguments: Any, **options: Any) -> bool:
        return True

    def validate_timestamp_and_nonce(self, *arguments: Any, **options: Any) -> bool:
        return True


def _oauthlib(case: cases.Case) -> _Verify:
    endpoint = ResourceEndpoint(_OauthlibValidator())

    def verify(headers: dict[str, str]) -> bool:
        valid, _ = endpoint.validate_protected_resource_request(case.url, case.method, case.body, headers)
        return bool(valid)

    return verify
