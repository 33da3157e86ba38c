"""Cases that an attacker must not tell apart need the same work. The tests count the work instead of the time.

``make bench ARGS=timing`` measures the time.
"""

import hmac
import re
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import event

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.errors import VerificationError
from oauthone.server import (
    Client,
    EndpointResponse,
    IssuedToken,
    MemoryStore,
    PendingAuthorization,
    Provider,
    Verifier,
)
from oauthone.server.stores._record_codec import _public_key
from oauthone.server.stores.redis import RedisStore
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..grants import granted
from ..one_character import KEYED_CLIENT, PRIVATE
from ..services import RedisServer
from ..setting import CALLBACK, NOW, Clock, RecordingStore, Sent, signed, token_signer, with_token

SECRETS = ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"]


def is_accepted(sent: Sent) -> bool:
    """Return whether a request is accepted, over a store that allows every method with secrets."""
    client = Client.create("client", "secret", signature_methods=tuple(SECRETS))
    store = with_token(MemoryStore([client], clock=Clock()))
    try:
        Verifier(store, clock=Clock()).verify(*sent)
    except VerificationError:
        return False
    return True


def with_what_was_granted(made: Signer, answer: EndpointResponse) -> Signer:
    """Return ``made`` with the credentials of an endpoint's response."""
    given = granted(answer)
    return made.replace(token=given["oauth_token"], token_secret=given["oauth_token_secret"])


def is_exchanged(right: bool) -> bool:
    """Return whether an exchange with the right, or with another verification code succeeds."""
    provider = Provider(RecordingStore(Clock()), clock=Clock())
    made = Signer("client", "secret", clock=Clock())
    made = with_what_was_granted(
        made,
        provider.temporary_credentials(
            IncomingRequest.from_url(*signed(made, url="https://p.example/", callback=CALLBACK))
        ),
    )
    verifier = provider.approve(str(made.token), "ann").verifier
    given = verifier if right else "another"
    return (
        provider.token_credentials(
            IncomingRequest.from_url(*signed(made, url="https://p.example/", verifier=given))
        ).status
        == 200
    )


def hashed(body: bytes) -> Sent:
    """Return a request with the hash of an empty body."""
    return signed(token_signer(body_hash="always"), body=b"")._replace(body=body)


#: Requests with a right and with a wrong value in what is compared, and the number of its bytes.
VERDICTS: dict[str, tuple[Callable[[], bool], Callable[[], bool], int]] = {
    **{
        name: (
            lambda name=name: is_accepted(signed(token_signer(signature_method=name))),
            lambda name=name: is_accepted(signed(token_signer(signature_method=name, token_secret="other"))),
            length,
        )
        for name, length in zip(SECRETS, (28, 44, 88, len("secret&ts")), strict=True)
    },
    "the hash of a body": (lambda: is_accepted(hashed(b"")), lambda: is_accepted(hashed(b"{}")), 28),
    "a verification code": (lambda: is_exchanged(right=True), lambda: is_exchanged(right=False), 27),
}


@pytest.mark.parametrize(("right", "wrong", "length"), VERDICTS.values(), ids=VERDICTS.keys())
def test_secrets_are_compared_in_constant_time_only(
    monkeypatch: pytest.MonkeyPatch, right: Callable[[], bool], wrong: Callable[[], bool], length: int
) -> None:
    """Both values are bytes or both ASCII strings, and the result is that of ``hmac.compare_digest``."""
    assert right()
    assert not wrong()
    compare_digest, types = hmac.compare_digest, set[type]()

    def saying(verdict: bool) -> Callable[[Any, Any], bool]:
        def compare(one: Any, other: Any) -> bool:
            types.update((type(one), type(other)))
            return verdict if length in (len(one), len(other)) else compare_digest(one, other)

        return compare

    monkeypatch.setattr(hmac, "compare_digest", saying(True))
    assert wrong()
    monkeypatch.setattr(hmac, "compare_digest", saying(False))
    assert not right()
    assert types in ({bytes}, {str})


@pytest.fixture
def digests(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, str]]:
    """Record for each HMAC the length of its key, the length of its message, and the algorithm."""
    computed: list[tuple[int, int, str]] = []
    digest = hmac.digest

    def noted(key: bytes, message: bytes, name: str) -> bytes:
        computed.append((len(key), len(message), name))
        return digest(key, message, name)

    monkeypatch.setattr(hmac, "digest", noted)
    return computed


def provider_with_token() -> tuple[MemoryStore, Signer]:
    """Return a store, and the signer of a client with a token, with secrets as long as this package makes them."""
    store = MemoryStore([Client.create("client", "s" * 32, callbacks=(CALLBACK,))], clock=Clock())
    provider = Provider(store, clock=Clock())
    made = Signer("client", "s" * 32, clock=Clock())
    asked = signed(made, url="https://p.example/", callback=CALLBACK)
    made = with_what_was_granted(made, provider.temporary_credentials(IncomingRequest.from_url(*asked)))
    verifier = provider.approve(str(made.token), "ann").verifier
    exchange = signed(made, url="https://p.example/", verifier=verifier)
    made = with_what_was_granted(made, provider.token_credentials(IncomingRequest.from_url(*exchange)))
    return store, made


def blocks(key: int, block: int) -> int:
    """Return how many blocks of a hash it takes to shorten a key (RFC 2104); none if it fits into one."""
    return 0 if key <= block else (key + 9 + block - 1) // block


@pytest.mark.parametrize(("method", "block"), [("HMAC-SHA1", 64), ("HMAC-SHA256", 64), ("HMAC-SHA512", 128)])
def test_unknown_clients_are_checked_with_secrets_as_long_as_known_ones(
    digests: list[tuple[int, int, str]], method: str, block: int
) -> None:
    """An unknown client, an unknown token and a wrong signature need one hash each, over the same number of blocks."""
    store, made = provider_with_token()
    verifier = Verifier(store, clock=Clock())
    wrong = made.replace(signature_method=method, client_secret="other")
    token = str(made.token)
    work = set()
    for one in (wrong, wrong.replace(client_id="tneilc"), wrong.replace(token=token[::-1], token_secret="x")):
        sent = signed(one, nonce="n")
        digests.clear()
        with pytest.raises(VerificationError, match="signature_invalid"):
            verifier.verify(*sent)
        ((key, message, name),) = digests
        assert key >= 65
        work.add((blocks(key, block), message, name))
    assert len(work) == 1


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"])
def test_without_a_token_unknown_clients_are_checked_with_a_secret_too(
    digests: list[tuple[int, int, str]], method: str
) -> None:
    verifier = Verifier(MemoryStore([Client.create("client", "s" * 32)]), token="optional", clock=Clock())
    for client_id in ("client", "tneilc"):
        sent = signed(Signer(client_id, "other", signature_method=method, clock=Clock()), nonce="n")
        with pytest.raises(VerificationError, match="signature_invalid"):
            verifier.verify(*sent)
    assert [key for key, _, _ in digests] == [33, 33]
    assert len(set(digests)) == 1


@pytest.mark.parametrize("method", ["RSA-SHA1", "RSA-SHA256", "RSA-SHA512"])
@pytest.mark.parametrize("signature", ["genuine", "x", "AAAA", "Z" * 344])
def test_an_rsa_signature_is_checked_with_a_key_for_known_and_unknown_clients(
    monkeypatch: pytest.MonkeyPatch, method: str, signature: str
) -> None:
    """For a known client and token, an unknown token, and an unknown client."""
    checked: list[int] = []
    verify = RsaPublicKey.verify

    def noted(key: RsaPublicKey, *arguments: Any) -> bool:
        checked.append(key.bits)
        return verify(key, *arguments)

    monkeypatch.setattr(RsaPublicKey, "verify", noted)
    store = with_token(MemoryStore([KEYED_CLIENT], clock=Clock()), client_id="keyed")
    verifier = Verifier(store, clock=Clock())
    for client_id, token in (("keyed", "t"), ("keyed", "u"), ("nobody", "t")):
        made = Signer(client_id, signature_method=method, rsa_key=PRIVATE, token=token, clock=Clock())
        sent = signed(made, url="https://api.example/", nonce="n" + client_id + token)
        if signature != "genuine":
            ((name, value),) = sent.headers
            value = re.sub('oauth_signature="[^"]*"', f'oauth_signature="{signature}"', value)
            sent = sent._replace(headers=[(name, value)])
        elif (client_id, token) == ("keyed", "t"):
            assert verifier.verify(*sent).user == "ann"
            continue
        with pytest.raises(VerificationError, match="signature_invalid"):
            verifier.verify(*sent)
    assert checked == [2048] * 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("oauth_version=", 'oauth_version="1.0", oauth_version='),
        ('oauth_version="1.0"', 'oauth_version="1"'),
        ("HMAC-SHA1", "HMAC-MD5"),
        ("HMAC-SHA1", "RSA-SHA1"),
        ('oauth_timestamp="', 'oauth_timestamp="0'),
        (f'timestamp="{NOW}"', f'timestamp="{NOW + 301}"'),
        ("oauth_nonce=", "oauth_other="),
        ("oauth_token=", "oauth_other="),
        ("oauth_version=", 'oauth_body_hash="x", oauth_version='),
    ],
)
def test_no_signature_is_computed_before_the_cheap_checks(
    digests: list[tuple[int, int, str]], monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    verifier = Verifier(with_token(RecordingStore(Clock())), clock=Clock())
    sent = signed(token_signer())
    ((name, value),) = sent.headers
    assert old in value
    with pytest.raises(VerificationError):
        verifier.verify(*sent._replace(headers=[(name, value.replace(old, new))]))
    assert digests == []


def test_these_tests_cover_every_signature_method() -> None:
    assert {name for name in SIGNATURE_METHODS if not name.startswith("RSA")} == set(SECRETS)


class CountingFernet(Fernet):
    """Counts the decryptions."""

    def __init__(self, work: Counter[str]) -> None:
        super().__init__(Fernet.generate_key())
        self._work = work

    def decrypt(self, token: bytes | str, ttl: int | None = None) -> bytes:
        self._work["decryptions"] += 1
        return super().decrypt(token, ttl)


class Working:
    """A store and its work: queries or commands, decryptions, parsed keys."""

    def __init__(self, store: Any, work: Counter[str], commands: Callable[[], int]) -> None:
        self.store = store
        self._work = work
        self._commands = commands

    def of(self, call: Callable[[], object]) -> dict[str, int]:
        """Return the work of one call."""
        before = self._commands()
        self._work.clear()
        call()
        return {**self._work, "commands": self._commands() - before}


@pytest.fixture(params=["sqlite", "sqlite-encrypted", "redis", "redis-encrypted"])
def working(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Generator[Working, None, None]:
    """A store with a client with a secret and one with a key, a token of each, and temporary credentials."""
    work = Counter[str]()
    name, _, how = str(request.param).partition("-")
    cipher = CountingFernet(work) if how else None
    store: Any
    if name == "sqlite":
        store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", cipher=cipher, clock=Clock())
        store.create_all()
        queries: list[str] = []
        event.listen(store._engine, "before_cursor_execute", lambda *given: queries.append(given[2]))

        def commands() -> int:
            return len(queries)
    else:
        server: RedisServer = request.getfixturevalue("redis_server")
        store = RedisStore(server.url, prefix="work:", cipher=cipher, clock=Clock())
        store._redis.flushall()

        def commands() -> int:
            stats = store._redis.info("commandstats")
            return sum(one["calls"] for name, one in stats.items() if name != "cmdstat_info")

    parse = RsaPublicKey.__init__

    def parsing(key: RsaPublicKey, *arguments: Any, **options: Any) -> None:
        work["keys parsed"] += 1
        parse(key, *arguments, **options)

    store.add_client(Client.create("client", "s" * 32))
    store.add_client(KEYED_CLIENT)
    for client_id in ("client", "keyed"):
        store.save_token(IssuedToken(f"of {client_id}", "t" * 32, client_id, "ann"))
    for token in ("undecided", "decided"):
        store.save_pending(PendingAuthorization(token, "p" * 43, "client", CALLBACK, NOW + 600))
    store.approve_pending("decided", "v" * 27, "ann", {})
    monkeypatch.setattr(RsaPublicKey, "__init__", parsing)
    yield Working(store, work, commands)
    store.close()


@pytest.mark.parametrize(("client_id", "method"), [("client", "HMAC-SHA1"), ("keyed", "RSA-SHA256")])
@pytest.mark.parametrize("with_token", [True, False], ids=["token", "no token"])
def test_a_store_does_the_same_work_for_unknown_clients_as_for_known_ones(
    working: Working, client_id: str, method: str, with_token: bool
) -> None:
    """A wrong signature, an unknown token, another client's token and an unknown client."""
    verifier = Verifier(working.store, token="optional", clock=Clock())
    own, others = f"of {client_id}", f"of {'client' if client_id == 'keyed' else 'keyed'}"
    requests = [(client_id, own), (client_id, "unknown"), (client_id, others), ("nobody", own), ("nobody", "unknown")]
    if not with_token:
        requests = [(client_id, None), ("nobody", None)]
    work = []
    for claimed, token in requests * 2:
        secrets: Any = {"client_secret": "other"} if client_id == "client" else {"rsa_key": PRIVATE}
        options = {"token": token, "token_secret": token and "x", "clock": Clock()}
        made = Signer(claimed, signature_method=method, **secrets, **options)
        sent = signed(made, url="https://api.example/", nonce="n")
        ((name, value),) = sent.headers
        sent = sent._replace(headers=[(name, value.replace('oauth_nonce="n"', 'oauth_nonce="m"'))])

        def refused(sent: Sent = sent) -> None:
            with pytest.raises(VerificationError, match="signature_invalid"):
                verifier.verify(*sent)

        work.append(working.of(refused))
    again = work[len(requests) :]  # the first requests parse keys and open connections
    assert again[0]["commands"] >= 1
    assert "keys parsed" not in again[0]
    assert again == [again[0]] * len(again)


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_a_token_that_no_store_can_hold_does_not_reveal_whether_a_client_exists(working: Working, odd: str) -> None:
    find = working.store.find_credentials
    find("client", odd)
    work = [working.of(lambda client_id=client_id: find(client_id, odd)) for client_id in ("client", "nobody")]
    assert work[0] == work[1]
    assert work[0]["commands"] == 1


def test_a_store_does_the_same_work_for_unknown_records(working: Working) -> None:
    store = working.store
    for find, names in (
        (store.find_client, ("client", "keyed", "nobody")),
        (store.find_pending, ("decided", "undecided", "unknown")),
    ):
        find(names[1])
        work = [working.of(lambda find=find, name=name: find(name)) for name in names]
        assert work == [work[0]] * 3


def test_the_cache_of_parsed_keys_is_bounded() -> None:
    assert 0 < (_public_key.cache_info().maxsize or 0) <= 4096
