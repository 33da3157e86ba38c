"""No output, exception or log of a server contains a secret, and a response reveals nothing to an attacker."""

import logging
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server import Client, EndpointResponse, MemoryStore, Provider, Verifier
from oauthone.server._protector import ResourceProtector
from oauthone.server.stores.redis import RedisStore
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ..grants import ENDPOINT, granted
from ..services import RedisServer
from ..setting import CALLBACK, Sent, signed

CANARY = "canary-S3CR3T"


class Watched:
    """A provider and a verifier over a store, with their output, and the secrets that it must not contain."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.shown: list[str] = []
        self.hidden = {CANARY}
        self.provider = Provider(store, on_refusal=self.tell, clock=time.time)
        self.verifier = Verifier(store, clock=time.time)
        self.made = Signer("client", CANARY, clock=time.time)
        self.show(store, self.provider, self.verifier, self.verifier.policy)

    def show(self, *values: object) -> None:
        self.shown += [f"{value!r} {value}" for value in values]

    def tell(self, error: BaseException) -> None:
        """Format an error as a log would: with its parts, and with its causes."""
        self.show(error, vars(error), error.args)
        self.shown += traceback.format_exception(error)

    def sent(self, made: Signer, **given: Any) -> Sent:
        sent = signed(made, url=ENDPOINT, **given)
        for _, value in sent.headers:
            signature = value.partition('oauth_signature="')[2].partition('"')[0]
            self.hidden |= {signature.removesuffix("%3D"), unquote(signature)} if signature else set()
        return sent

    def ask(self, endpoint: Callable[..., EndpointResponse], made: Signer, **given: Any) -> EndpointResponse:
        answer = endpoint(IncomingRequest.from_url(*self.sent(made, **given)))
        self.show(answer, *([answer.headers, answer.body] if answer.status != 200 else []))
        return answer

    def decide(self, decide: Callable[[], Any]) -> Any:
        try:
            decided = decide()
        except OAuth1Error as refused:
            return self.tell(refused)
        self.show(decided)
        return decided

    def verify(self, made: Signer, **given: Any) -> None:
        method, url, headers, body = self.sent(made, **given)
        self.decide(lambda: self.verifier.verify(method, url, headers, body))
        protector = ResourceProtector(self.verifier, explain=True, on_refusal=self.tell)
        request = IncomingRequest.from_url(method, url, headers, body)
        outcome = self.decide(lambda: protector.validate_request(request))
        self.show(request, *([outcome.headers, outcome.body.decode()] if isinstance(outcome, EndpointResponse) else []))

    def walk(self) -> None:
        """Run the whole flow, with all its errors."""
        provider, made = self.provider, self.made
        self.ask(provider.temporary_credentials, made)
        self.ask(provider.temporary_credentials, made, callback="javascript:alert(1)")
        self.ask(provider.temporary_credentials, made.replace(client_secret=CANARY * 2), callback=CALLBACK)
        answer = self.ask(provider.temporary_credentials, made, callback=CALLBACK)
        made = self.with_what_was_granted(answer)
        token = str(made.token)
        self.decide(lambda: provider.pending(token))
        self.ask(provider.token_credentials, made, verifier=CANARY)
        decision = self.decide(lambda: provider.approve(token, "ann", {"scope": "read"}))
        self.hidden.add(decision.verifier)
        self.show(self.store.find_client("client"), self.store.find_pending(token))
        for decide in (provider.pending, provider.deny, lambda token: provider.approve(token, "bob")):
            self.decide(lambda decide=decide: decide(token))
        self.ask(provider.token_credentials, made, verifier=CANARY)
        self.ask(provider.token_credentials, made.replace(token_secret=CANARY), verifier=decision.verifier)
        answer = self.ask(provider.token_credentials, made, verifier=decision.verifier)
        self.ask(provider.token_credentials, made, verifier=decision.verifier)
        made = self.with_what_was_granted(answer)
        self.verify(made)
        self.verify(made, extra={"oauth_client_secret": CANARY, "oauth_verifier": decision.verifier})
        self.verify(made.replace(token_secret=CANARY), extra={"oauth_client_secret": CANARY}, verifier=CANARY)
        self.verify(made, nonce="n")
        self.verify(made, nonce="n")
        self.verify(made, timestamp=1)
        self.store.revoke_token(made.token)
        self.verify(made)
        self.show(self.store.find_credentials("client", made.token))

    def with_what_was_granted(self, answer: EndpointResponse) -> Signer:
        fields = granted(answer)
        self.hidden.add(fields["oauth_token_secret"])
        return self.made.replace(token=fields["oauth_token"], token_secret=fields["oauth_token_secret"])


@pytest.fixture(params=["memory", "sqlite", "redis"])
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Stores of each kind. The debug logs of SQLAlchemy and redis-py are not ours, and are off by default."""
    if request.param == "memory":
        store: Any = MemoryStore(clock=time.time)
    elif request.param == "sqlite":
        store = SQLAlchemyStore(f"sqlite:///{tmp_path / 'store.db'}", clock=time.time)
        store.create_all()
    else:
        server: RedisServer = request.getfixturevalue("redis_server")
        store = RedisStore(server.url, prefix="secrets:", clock=time.time)
        store._redis.flushall()
    store.add_client(Client.create("client", CANARY, callbacks=(CALLBACK,)))
    yield Watched(store)
    if request.param != "memory":
        store.close()


def test_no_output_exception_or_log_of_a_server_holds_a_secret(
    watched: Watched, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Shared secrets, codes and signatures; in every log at DEBUG, on both outputs, and in return values."""
    caplog.set_level(logging.DEBUG)
    watched.walk()
    logged = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    told = "\n".join([*watched.shown, *logged, *map(str, capfd.readouterr())])
    assert len(watched.hidden) > 20
    assert len(watched.shown) > 50
    assert [hidden for hidden in watched.hidden if hidden in told] == []
    assert {record.name for record in caplog.records if record.name.startswith("oauthone")} == {"oauthone.server"}


def test_a_store_that_fails_during_a_flow_shows_no_secret(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise StoreError("down")

    for name in ("save_token", "take_pending", "count_verifier_attempt", "use_nonce", "find_pending"):
        answer = watched.ask(watched.provider.temporary_credentials, watched.made, callback=CALLBACK)
        made = watched.with_what_was_granted(answer)
        decision = watched.provider.approve(str(made.token), "ann")
        watched.hidden.add(str(decision.verifier))
        with monkeypatch.context() as failing:
            failing.setattr(watched.store, name, fail)
            assert watched.ask(watched.provider.token_credentials, made, verifier=decision.verifier).status == 503
    told = "\n".join(watched.shown)
    assert "StoreError: down" in told
    assert [hidden for hidden in watched.hidden if hidden in told] == []


WRONG: dict[str, Callable[[Signer], Signer]] = {
    "client": lambda made: made.replace(client_id="tneilc"),
    "client secret": lambda made: made.replace(client_secret="other"),
    "token": lambda made: made.replace(token="unknown"),
    "token secret": lambda made: made.replace(token_secret="other"),
    "all": lambda made: Signer("nobody", "x", token="y", token_secret="z", clock=time.time),
}


def test_a_response_does_not_reveal_whether_client_token_or_signature_is_wrong(watched: Watched) -> None:
    """The responses of verifier and endpoints are equal, byte for byte. The operator gets the reason."""
    told: list[OAuth1Error] = []
    provider = Provider(watched.store, on_refusal=told.append, clock=time.time)
    made = watched.with_what_was_granted(
        provider.temporary_credentials(IncomingRequest.from_url(*watched.sent(watched.made, callback=CALLBACK)))
    )
    verifier = provider.approve(str(made.token), "ann").verifier
    at_resources = watched.with_what_was_granted(
        provider.token_credentials(IncomingRequest.from_url(*watched.sent(made, verifier=verifier))),
    )
    temporary = provider.temporary_credentials(IncomingRequest.from_url(*watched.sent(watched.made, callback=CALLBACK)))
    made = watched.with_what_was_granted(temporary)
    protector = ResourceProtector(watched.verifier, on_refusal=told.append)
    answers = set()
    for change in WRONG.values():
        answers.add(provider.token_credentials(IncomingRequest.from_url(*watched.sent(change(made), verifier="v"))))
        method, url, headers, body = watched.sent(change(at_resources))
        answers.add(protector.validate_request(IncomingRequest.from_url(method, url, headers, body)))
    (answer,) = answers
    assert answer.body == b"oauth_problem=signature_invalid"
    assert dict(answer.headers)["WWW-Authenticate"] == "OAuth"
    assert len({error.reason for error in told if isinstance(error, VerificationError)}) == 3
