"""`diagnose` and `explain` of each client, and the diagnosis of a leg's error, with servers that refuse."""

import asyncio
import copy
import inspect
import pickle
import subprocess
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import BaseAdapter

from oauthone import RsaKey, providers
from oauthone.clients._diagnosis import Exchange, Explanation, read_requests, sent_by_requests
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.diagnosis import Diagnosis, Evidence
from oauthone.errors import TokenResponseError
from oauthone.providers import Provider
from oauthone.providers._model import ErrorShape, Realm
from oauthone.testing import ProviderBox

from .matrix import COMBINATIONS
from .servers import ScriptedServer, Step, answer, octets

CLIENTS = [
    ("requests", "OAuth1Session"),
    ("httpx", "OAuth1Client"),
    ("httpx", "AsyncOAuth1Client"),
    ("httpx2", "OAuth1Client"),
    ("httpx2", "AsyncOAuth1Client"),
    ("aiohttp", "AsyncOAuth1Client"),
]
SECRETS = ("s3cret value", "t0ken-s3cret")
GIVEN: dict[str, Any] = {"client_id": "client", "client_secret": SECRETS[0], "token": "t", "token_secret": SECRETS[1]}
REFUSED = answer("no", 401)
USED = answer("oauth_problem=nonce_used", 401)

each_client = pytest.mark.parametrize("client", CLIENTS, ids=" ".join)


async def done(result: Any) -> Any:
    """Return what a method of either kind returns."""
    return await result if inspect.isawaitable(result) else result


def walked(client: tuple[str, str], walk: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """Run ``walk(client)`` on a new client, and close it."""

    async def main() -> Any:
        made: Any = getattr(import_module(f"oauthone.clients.{client[0]}"), client[1])(**{**GIVEN, **options})
        try:
            return await walk(made)
        finally:
            await done(made.aclose() if hasattr(made, "aclose") else made.close())

    return asyncio.run(main())


def diagnosed(
    client: tuple[str, str], url: str, method: str = "POST", evidence: dict[str, Any] | None = None, **options: Any
) -> Diagnosis:
    """Send a request with a new client, and return the diagnosis of its response."""
    passed = {name: options.pop(name) for name in ("data", "params", "auth") if name in options}

    async def walk(made: Any) -> Diagnosis:
        response = await done(made.request(method, url, **passed))
        found: Diagnosis = await done(made.diagnose(response, **(evidence or {})))
        assert await done(made.explain(response)) == found.line() or evidence
        return found

    return walked(client, walk, **options)


def judged_right(found: Diagnosis) -> bool:
    return found.verdict == "unknown" and found.explanation.startswith("The signature is right")


@pytest.fixture(scope="module")
def other_rsa_key() -> RsaKey:
    """A key that the box does not know."""
    return RsaKey(rsa.generate_private_key(65537, 2048))


@each_client
@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_the_request_is_read_as_it_went_out(
    box: ProviderBox, client: tuple[str, str], method: str, placement: str, other_rsa_key: RsaKey
) -> None:
    """With its form, in each placement: the server, which has another secret or key, tells the same base string."""
    known = box.clients[method]
    given = {**known.credentials(), "token": box.issue_token(known).token, "signature_type": placement}
    if known.rsa_key is not None:
        given["rsa_key"] = other_rsa_key
    found = diagnosed(client, f"{box.echo_url}?b=x%20y&b=a%2Bb", data={"ä": "1 +~*", "b": ""}, **given)
    assert found.mistakes == ("other-secrets",), found


@each_client
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_a_right_request_is_said_to_be_right(client: tuple[str, str], placement: str) -> None:
    with ScriptedServer(REFUSED) as server:
        found = diagnosed(client, f"{server.origin}/p?b=x%20y", data={"ä": "1 +~*"}, signature_type=placement)
        bodiless = diagnosed(client, f"{server.origin}/p", "GET", signature_type=placement.replace("BODY", "QUERY"))
    assert judged_right(found), found
    assert judged_right(bodiless), bodiless


@each_client
def test_the_words_of_the_answer_are_evidence(client: tuple[str, str]) -> None:
    """In its body, and in its header if the body is not known."""
    header = octets(b'HTTP/1.1 401 No\r\nWWW-Authenticate: OAuth oauth_problem="token_expired"\r\n\r\n')
    with ScriptedServer(USED, USED, header) as server:
        assert diagnosed(client, server.origin).mistake == "nonce-used"
        assert diagnosed(client, server.origin, "GET").mistake == "nonce-used"
        assert diagnosed(client, server.origin).mistake == "token-expired"


@each_client
def test_the_evidence_of_the_caller_is_passed_on(client: tuple[str, str]) -> None:
    working = Evidence("GET", "http://127.0.0.1/", (), b"")
    with ScriptedServer(REFUSED) as server:
        base_string = f"POST&{server.origin.replace(':', '%3A').replace('/', '%2F')}%2Fx&a%3D1"
        found = diagnosed(client, server.origin, evidence={"base_string": base_string, "working": working})
    assert found.mistake == "other-request-received"


@each_client
def test_a_search_is_thorough_on_request(client: tuple[str, str]) -> None:
    """The signature is that of another secret, so that no search finds a mistake. A quick one says that it ended."""
    name = "OAuth1Middleware" if client[0] == "aiohttp" else "OAuth1Auth"
    other = getattr(import_module(f"oauthone.clients.{client[0]}"), name)(**{**GIVEN, "client_secret": "another"})
    with ScriptedServer(REFUSED) as server:
        for thorough in (False, True):
            found = diagnosed(client, server.origin, evidence={"thorough": thorough}, auth=other)
            assert (found.verdict, "thorough=True" in found.advice) == ("unknown", not thorough)


def test_a_thorough_search_lets_an_event_loop_run() -> None:
    other_given = {**GIVEN, "client_secret": "another"}

    async def walk(made: Any) -> int:
        other: Any = import_module("oauthone.clients.aiohttp").OAuth1Middleware(**other_given)
        response = await made.get(server.origin, auth=other)
        searching = asyncio.create_task(made.diagnose(response, thorough=True))
        turns = 0
        while not searching.done():
            await asyncio.sleep(0)
            turns += 1
        assert (await searching).verdict == "unknown"
        return turns

    with ScriptedServer(REFUSED) as server:
        assert walked(("aiohttp", "AsyncOAuth1Client"), walk) > 10


def provider_at(origin: str) -> Provider:
    """Return the facts about a provider that a client keeps, but for the realm, at a server of this test."""
    facts = providers.get("schoology")
    moved = {name: getattr(facts, name)._replace(url=f"{origin}/{name}") for name in ("temporary_credentials",)}
    return facts._replace(api_base=(origin,), name="The provider", allow_http=True, **moved)


@each_client
def test_the_provider_of_a_client_is_evidence(client: tuple[str, str]) -> None:
    """What the client keeps of the facts is right; what the caller knows otherwise is said."""
    used = answer("Duplicate timestamp/nonce combination, possible replay attack. Request rejected.", 401)
    with ScriptedServer(REFUSED, REFUSED, used) as server:
        facts = provider_at(server.origin)
        found = diagnosed(client, server.origin, "GET", provider=facts)
        assert judged_right(found)
        assert "The provider" not in found.advice
        others = facts._replace(realm=Realm("account", "Another"))
        found = diagnosed(client, server.origin, "GET", {"provider": others}, provider=facts)
        assert judged_right(found)
        assert found.advice.startswith('The provider needs realm="Another" (source: https://developers.schoology.com')
        assert diagnosed(client, server.origin, "GET", provider=facts).mistake == "nonce-used"


@each_client
def test_the_provider_of_a_client_is_evidence_about_a_leg(client: tuple[str, str]) -> None:
    words = ErrorShape("body", 403, "text", ("E-77",), ("signature_method_rejected",))

    async def walk(made: Any) -> Any:
        try:
            await done(made.fetch_request_token())
        except TokenResponseError as refused:
            return refused.diagnosis

    with ScriptedServer(answer("E-77", 403)) as server:
        facts = provider_at(server.origin)._replace(error_shapes=(words,))
        found = walked(client, walk, token=None, token_secret=None, provider=facts, allow_insecure_transport=True)
    assert (found.mistake, found.proof) == ("method-refused", "the server says so: 'E-77'")


@each_client
def test_a_redirect_to_another_origin_is_evidence(client: tuple[str, str]) -> None:
    """The signature does not follow there."""
    with ScriptedServer(REFUSED) as there:
        away = answer("", 302, [("Location", f"{there.origin}/")])
        options = {} if client[0] in ("requests", "aiohttp") else {"follow_redirects": True}
        with ScriptedServer(away) as server:
            assert diagnosed(client, server.origin, "GET", **options).mistake == "signature-lost-in-redirect"


@each_client
def test_a_request_that_this_client_did_not_sign_is_said_to_be_one(client: tuple[str, str]) -> None:
    with ScriptedServer(REFUSED) as server:
        assert diagnosed(client, server.origin, "GET", auth=None).mistake == (
            None if client[0] == "requests" else "unsigned"  # requests reads None as the session's own auth
        )
        other: Any = getattr(
            import_module(f"oauthone.clients.{client[0]}"),
            "OAuth1Middleware" if client[0] == "aiohttp" else "OAuth1Auth",
        )("another", "secret")
        assert diagnosed(client, server.origin, "GET", auth=other).mistake == "other-client-id"


def test_a_body_that_was_not_read_stays_unread() -> None:
    """It can still be read. What was read is evidence."""
    with ScriptedServer(USED) as server, OAuth1Session(**GIVEN) as session:
        response = session.get(server.origin, stream=True)
        assert judged_right(session.diagnose(response))
        assert response.text == "oauth_problem=nonce_used"
        assert session.diagnose(response).mistake == "nonce-used"


def test_httpx_leaves_a_stream_alone_too() -> None:
    async def walk(client: Any) -> None:
        with client.stream("GET", server.origin) as response:
            assert judged_right(client.diagnose(response))
            assert response.read() == b"oauth_problem=nonce_used"
            assert client.diagnose(response).mistake == "nonce-used"

    with ScriptedServer(USED) as server:
        walked(("httpx", "OAuth1Client"), walk)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (USED, "nonce-used"),
        (answer("oauth_problem=nonce_used" + " " * (1 << 16), 401), None),
        (octets(b"HTTP/1.1 401 No\r\n\r\noauth_problem=nonce_used"), None),
    ],
    ids=["short", "long", "of unknown length"],
)
def test_aiohttp_reads_a_short_refusal_alone(step: Step, expected: str | None) -> None:
    async def walk(client: Any) -> None:
        async with client.get(server.origin) as response:
            assert (await client.diagnose(response)).mistake == expected
            assert (await response.text()).startswith("oauth_problem=nonce_used")
        assert (await client.diagnose(response)).mistake == "nonce-used"

    with ScriptedServer(step) as server:
        walked(("aiohttp", "AsyncOAuth1Client"), walk)


def test_a_form_that_nobody_kept_is_said_to_be_unknown() -> None:
    """The signature covers it, or contains it: neither may be called a mistake."""

    with ScriptedServer(REFUSED) as server:
        for placement in ("HEADER", "BODY"):
            auth = OAuth1Auth(**GIVEN, signature_type=placement)
            response = requests.post(server.origin, data="a=1", auth=auth, timeout=9)
            method, url, sent, _ = sent_by_requests(response)
            given = Explanation(Exchange((method, url, sent, iter(())), (401, (), "")), GIVEN)
            assert given().verdict == "unknown"
            assert "form" in given().explanation


def test_a_response_that_is_not_there_yet_is_not_waited_for() -> None:
    """niquests receives the response to a multiplexed request when one of its attributes is read."""

    class Lazy:
        lazy = True
        request = requests.Request("GET", "https://a/").prepare()

    assert read_requests(Lazy()).answer == (None, (), b"")


def test_a_response_made_by_hand_has_no_request() -> None:
    with OAuth1Session(**GIVEN) as session, pytest.raises(ValueError, match="has no request"):
        session.diagnose(requests.Response())


# --- legs -------------------------------------------------------------------------------------------------------------


def refusal(client: tuple[str, str], step: Step, **options: Any) -> TokenResponseError:
    """Return the error of a leg, after its client is closed."""
    passed = {name: options.pop(name) for name in ("data",) if name in options}

    async def walk(made: Any) -> TokenResponseError:
        with pytest.raises(TokenResponseError) as caught:
            await done(made.fetch_access_token(server.origin, "v3rifier", **passed))
        return caught.value

    with ScriptedServer(step) as server:
        return walked(client, walk, allow_insecure_transport=True, **options)


@each_client
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_the_error_of_a_leg_has_a_diagnosis(client: tuple[str, str], placement: str) -> None:
    """Made when it is read, when the client is gone."""
    assert judged_right(refusal(client, REFUSED, signature_type=placement).diagnosis)
    assert judged_right(refusal(client, REFUSED, signature_type=placement, data={"x": "1 2"}).diagnosis)
    error = refusal(client, answer("oauth_problem=verifier_invalid", 401), signature_type=placement)
    assert error.diagnosis.mistake == "verifier-refused"
    assert error.diagnosis is error.diagnosis


@each_client
def test_an_error_shows_no_secret(client: tuple[str, str]) -> None:
    """Not in what a debugger or a crash report shows of it, and not in a pickle, which contains the diagnosis."""
    error = refusal(client, USED)
    frames, trace = [], error.__traceback__
    while trace is not None:
        frames.append(repr(trace.tb_frame.f_locals)) if "oauthone" in trace.tb_frame.f_code.co_filename else None
        trace = trace.tb_next
    octets = pickle.dumps(error)
    for shown in (repr(error), str(error), repr(vars(error)), *frames, repr(octets)):
        assert not any(secret in shown for secret in (*SECRETS, "v3rifier"))
    restored = pickle.loads(octets)
    assert restored.diagnosis == error.diagnosis == copy.copy(error).diagnosis == copy.deepcopy(error).diagnosis
    assert not any(secret in repr(restored.diagnosis.as_dict()) for secret in SECRETS)


def test_without_a_reply_there_is_no_diagnosis() -> None:
    error = refusal(("requests", "OAuth1Session"), answer("x", 200, [("Content-Encoding", "br")]))
    assert error.error == "content_coding_rejected"
    assert error.diagnosis is None
    assert TokenResponseError("x", "y", status=401).diagnosis is None


def test_a_leg_through_a_mock_has_none_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test may replace the method that sends, and its response knows no request."""
    response = requests.Response()
    response.status_code, response._content = 401, b""
    monkeypatch.setattr(requests.Session, "request", lambda *_, **__: response)
    with OAuth1Session(**GIVEN) as session, pytest.raises(TokenResponseError) as caught:
        session.fetch_access_token("https://api.example/", "v")
    assert caught.value.diagnosis is None


def test_no_client_loads_the_diagnosis_before_it_is_asked_for() -> None:
    clients = ", ".join(sorted({f"oauthone.clients.{name}" for name, _ in CLIENTS}))
    program = f"import sys, {clients}; print([n for n in sys.modules if 'oauthone.diagnosis' in n])"
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=50)
    assert ran.stdout == "[]\n"


def test_a_leg_needs_no_request_in_its_response() -> None:
    """An adapter of somebody's own may leave it out."""

    class Adapter(BaseAdapter):
        def send(self, request: Any, **_: Any) -> requests.Response:
            response = requests.Response()
            response.status_code, response.raw = 401, BytesIO(b"no")
            return response

        def close(self) -> None: ...

    session = OAuth1Session(**GIVEN)
    session.mount("https://", Adapter())
    with session, pytest.raises(TokenResponseError, match="401: no") as caught:
        session.fetch_access_token("https://api.example/", "v")
    assert caught.value.diagnosis is None


def test_the_repr_of_what_explains_hides_it() -> None:
    exchange = Exchange(("GET", "https://a/", (), b""), (401, (), b""))
    assert (repr(exchange), repr(Explanation(exchange, GIVEN))) == ("Exchange(…)", "<Explanation>")
