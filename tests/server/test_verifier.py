"""`Verifier` over a store: the order of the checks, what is stored when, and the settings of a server."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.policy import VerificationPolicy
from oauthone.core.signature import SignatureMethod
from oauthone.errors import ConfigurationError, StoreError, VerificationError
from oauthone.server import (
    AsyncProvider,
    AsyncVerifier,
    Client,
    Credentials,
    IssuedToken,
    MemoryStore,
    Provider,
    Verified,
    Verifier,
)

from .setting import (
    CLIENT,
    NOW,
    URL,
    Clock,
    RecordingStore,
    Sent,
    signed,
    slow_store,
    token_signer,
    with_token,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> RecordingStore:
    made = RecordingStore(clock)
    with_token(made)
    made.calls.clear()
    return made


def verify(store: Any, clock: Clock, sent: Sent, **options: Any) -> Verified:
    return Verifier(store, clock=clock, **options).verify(*sent)


def refusal(store: Any, clock: Clock, sent: Sent, **options: Any) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        verify(store, clock, sent, **options)
    return caught.value


def changed(sent: Sent, old: str, new: str) -> Sent:
    """Return ``sent`` with a changed Authorization header."""
    ((name, value),) = sent.headers
    assert old in value
    return sent._replace(headers=[(name, value.replace(old, new))])


def test_a_good_request_is_looked_up_once_and_noted_once(store: RecordingStore, clock: Clock) -> None:
    verified = verify(store, clock, signed(token_signer()))
    assert (verified.client_id, verified.token, verified.user) == ("client", "t", "ann")
    assert store.calls == ["find_credentials", "use_nonce"]


@pytest.mark.seen_in("python-oauth2#160")
def test_a_replay_is_refused(store: RecordingStore, clock: Clock) -> None:
    sent = signed(token_signer())
    verify(store, clock, sent)
    error = refusal(store, clock, sent)
    assert (error.status, error.problem) == (401, "nonce_used")


@pytest.mark.parametrize(
    ("old", "new", "calls"),
    [
        ('oauth_version="1.0"', 'oauth_version="2.0"', []),
        ("oauth_nonce", "oauth_x", []),
        ("HMAC-SHA1", "HMAC-MD5", []),
        (f'timestamp="{NOW}"', f'timestamp="{NOW - 301}"', []),
        (f'timestamp="{NOW}"', f'timestamp="{NOW + 301}"', []),
        ("oauth_nonce=", 'oauth_nonce="", oauth_nonce=', []),
        ("OAuth ", "Basic ", []),
        ('oauth_consumer_key="client"', 'oauth_consumer_key="nobody"', ["find_credentials"]),
        ('oauth_token="t"', 'oauth_token="u"', ["find_credentials"]),
        ("HMAC-SHA1", "HMAC-SHA256", ["find_credentials"]),
        ("HMAC-SHA1", "RSA-SHA1", ["find_credentials"]),
        ("oauth_version=", 'oauth_body_hash="x", oauth_version=', ["find_credentials"]),
        ('oauth_signature="', 'oauth_signature="A', ["find_credentials"]),
    ],
)
def test_cheap_checks_come_before_expensive_ones(
    store: RecordingStore, clock: Clock, old: str, new: str, calls: list[str]
) -> None:
    """A check without a look-up comes first, and no rejected request writes anything."""
    refusal(store, clock, changed(signed(token_signer()), old, new))
    assert store.calls == calls


def test_an_expired_or_revoked_token_is_rejected_after_its_signature_and_before_the_nonce(
    store: RecordingStore, clock: Clock
) -> None:
    with_token(store, expires=NOW)
    store.calls.clear()
    assert refusal(store, clock, signed(token_signer())).problem == "token_expired"
    assert refusal(store, clock, signed(token_signer(token_secret="wrong"))).problem == "signature_invalid"
    store.revoke_token("t")
    assert refusal(store, clock, signed(token_signer())).problem == "token_revoked"
    assert store.writes() == []


def test_a_forged_request_does_not_use_up_the_nonce_of_the_genuine_one(store: RecordingStore, clock: Clock) -> None:
    genuine = signed(token_signer())
    for _ in range(100):
        refusal(store, clock, changed(genuine, 'oauth_signature="', 'oauth_signature="A'))
    assert store.nonce_count == 0
    assert verify(store, clock, genuine).user == "ann"
    assert store.nonce_count == 1


def test_unknown_client_unknown_token_and_wrong_signature_get_the_same_error(
    store: RecordingStore, clock: Clock
) -> None:
    sent = signed(token_signer())
    errors = [
        refusal(store, clock, changed(sent, '="client"', '="nobody"'), realm="R"),
        refusal(store, clock, changed(sent, '="t"', '="unknown"'), realm="R"),
        refusal(store, clock, changed(sent, 'oauth_signature="', 'oauth_signature="A'), realm="R"),
    ]
    assert {(error.status, error.problem, error.challenge) for error in errors} == {
        (401, "signature_invalid", 'OAuth realm="R"')
    }


def test_a_token_of_another_client_is_an_unknown_token(clock: Clock) -> None:
    store = RecordingStore(clock, CLIENT, Client.create("other", "secret"))
    with_token(store)
    sent = signed(token_signer().replace(client_id="other"))
    assert refusal(store, clock, sent).reason == "the token is unknown, or was issued to another client"


@pytest.mark.parametrize("headers", [dict, list, lambda pairs: {name.upper(): value for name, value in pairs}, iter])
def test_headers_are_a_mapping_or_pairs_in_any_case(store: RecordingStore, clock: Clock, headers: Any) -> None:
    method, url, pairs, body = signed(token_signer())
    assert Verifier(store, clock=clock).verify(method, url, headers(pairs), body).user == "ann"
    assert Verifier(store, clock=clock).verify(*signed(token_signer())[:3]).user == "ann"


@pytest.mark.parametrize(
    "options", [{}, {"realm": "R"}, {"signature_type": "QUERY"}, {"signature_type": "BODY"}], ids=str
)
@pytest.mark.parametrize("text", ["%41", "%2541", "a%2Bb+c", "%"])
def test_encoded_values_are_decoded_once(clock: Clock, options: dict[str, Any], text: str) -> None:
    """In every placement, the client, the token, the nonce and the verifier come out as they were."""
    store = RecordingStore(clock, CLIENT._replace(client_id=text))
    with_token(store, token=text, client_id=text)
    made = token_signer(token=text, nonce=lambda: text, **options).replace(client_id=text)
    verified = verify(store, clock, signed(made, verifier=text))
    assert (verified.client_id, verified.token) == (text, text)
    assert {verified.parameters[f"oauth_{name}"] for name in ("consumer_key", "token", "nonce", "verifier")} == {text}
    assert not store.use_nonce(text, text, NOW, text)


@pytest.mark.seen_in("oauthlib#58")
def test_a_token_is_required_by_default(store: RecordingStore, clock: Clock) -> None:
    sent = signed(token_signer(token=None, token_secret=None))
    assert refusal(store, clock, sent).reason == "oauth_token is missing or empty"
    verified = verify(store, clock, sent, token="optional")
    assert (verified.client_id, verified.token, verified.user) == ("client", None, None)
    assert verify(store, clock, signed(token_signer()), token="optional").token == "t"
    assert refusal(store, clock, signed(token_signer()), token="none").problem == "parameter_rejected"
    assert verify(store, clock, signed(token_signer(token=None, token_secret=None)), token="none").token is None


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"])
@pytest.mark.parametrize("token", [None, ""])
def test_a_client_identifier_alone_gives_no_access(clock: Clock, method: str, token: str | None) -> None:
    """Even if tokens are optional, a client without one needs its own secret."""
    store = RecordingStore(clock, CLIENT._replace(signature_methods=(method,)))
    bare = Signer("client", "", token=token, token_secret=token, signature_method=method, clock=clock)
    assert refusal(store, clock, signed(bare)).problem == "parameter_absent"
    for rule in ("optional", "none"):
        assert refusal(store, clock, signed(bare), token=rule).problem == "signature_invalid"
        assert verify(store, clock, signed(bare.replace(client_secret="secret")), token=rule).user is None


@pytest.mark.parametrize("secret", ["", "secret"])
def test_a_token_without_its_secret_gives_no_access(store: RecordingStore, clock: Clock, secret: str) -> None:
    """An unknown token, and a token whose secret did not sign."""
    for token in ("t", "u", "", "\0"):
        made = Signer("client", secret, token=token, token_secret="", clock=clock)
        assert refusal(store, clock, signed(made)).status in (400, 401)
    assert store.writes() == []


def test_a_removed_client_and_a_revoked_token_give_no_access(clock: Clock) -> None:
    store = RecordingStore(clock, CLIENT, Client.create("other", "secret"))
    with_token(store)
    store.save_token(IssuedToken("u", "us", "other"))
    other = Signer("other", "secret", token="u", token_secret="us", clock=clock)
    assert verify(store, clock, signed(token_signer()))
    store.revoke_token("t")
    assert refusal(store, clock, signed(token_signer())).problem == "token_revoked"
    assert verify(store, clock, signed(other))
    store.remove_client("other")
    assert refusal(store, clock, signed(other)).problem == "signature_invalid"


def test_a_client_at_its_nonce_limit_does_not_block_others(clock: Clock) -> None:
    store = RecordingStore(clock, CLIENT, Client.create("other", "secret"), max_nonces=3)
    verifier = Verifier(store, token="optional", clock=clock)
    greedy, other = (Signer(name, "secret", clock=clock) for name in ("client", "other"))
    sent = signed(greedy)
    verifier.verify(*sent)
    for _ in range(2):
        verifier.verify(*signed(greedy))
    for _ in range(3):
        with pytest.raises(StoreError):
            verifier.verify(*signed(greedy))
        assert verifier.verify(*signed(other)).client_id == "other"
    with pytest.raises(VerificationError, match="nonce_used"):
        verifier.verify(*sent)


class Yes(dict[str, str]):
    """An environment in which every variable is set."""

    def __missing__(self, name: str) -> str:
        return "1"

    def __contains__(self, name: object) -> bool:
        return True

    def get(self, name: str, default: Any = None) -> Any:
        return "1"


def test_no_environment_variable_allows_plaintext_over_http(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RecordingStore(clock, CLIENT._replace(signature_methods=("HMAC-SHA1", "PLAINTEXT")))
    with_token(store)
    plain, url = token_signer(signature_method="PLAINTEXT"), "http://api.example/"
    monkeypatch.setattr("os.environ", Yes())
    error = refusal(store, clock, signed(plain, url=url))
    assert (error.status, error.problem) == (403, "permission_denied")
    provider = Provider(store, clock=clock)
    for endpoint in (provider.temporary_credentials, provider.token_credentials):
        sent = signed(token_signer(token=None, token_secret=None), url=url, callback="oob")
        assert endpoint(IncomingRequest.from_url(*sent)).status == 403
    sent = signed(token_signer())
    assert verify(store, clock, sent)
    assert refusal(store, clock, sent).problem == "nonce_used"


def test_plaintext_over_http_is_forbidden_unless_allowed_by_name(clock: Clock) -> None:
    store = RecordingStore(clock, Client.create("client", "secret", signature_methods=("PLAINTEXT",)))
    with_token(store)
    made = token_signer(signature_method="PLAINTEXT")
    error = refusal(store, clock, signed(made, url="http://api.example/"))
    assert (error.status, error.problem) == (403, "permission_denied")
    assert verify(store, clock, signed(made, url="http://api.example/"), allow_insecure_transport=True)
    assert verify(store, clock, signed(made, url="HTTPS://api.example/"))


def test_plaintext_needs_neither_nonce_nor_timestamp(clock: Clock) -> None:
    """RFC 5849 section 3.1."""
    store = with_token(RecordingStore(clock, CLIENT._replace(signature_methods=("PLAINTEXT",))))
    header = 'OAuth oauth_consumer_key="client", oauth_token="t", oauth_signature_method="PLAINTEXT", oauth_signature='
    for signature, accepted in (("secret%26ts", True), ("secret%26tz", False)):
        sent = Sent("GET", "https://api.example/", [("Authorization", f'{header}"{signature}"')])
        for verify_it in (
            lambda sent=sent: Verifier(store, clock=clock).verify(*sent),
            lambda sent=sent: asyncio.run(AsyncVerifier(store, clock=clock).verify(*sent)),
        ):
            if accepted:
                assert verify_it().user == "ann"
            else:
                with pytest.raises(VerificationError, match="signature_invalid"):
                    verify_it()
    assert "use_nonce" not in store.calls


def test_hmac_over_http_needs_no_option(store: RecordingStore, clock: Clock) -> None:
    assert verify(store, clock, signed(token_signer(), url="http://api.example/"))


@pytest.mark.seen_in("ltiauthenticator#1")
@pytest.mark.seen_in("ltiauthenticator#4")
@pytest.mark.seen_in("ims-lti#55")
@pytest.mark.seen_in("edx#5016")
@pytest.mark.seen_in("marsha#129")
@pytest.mark.seen_in("illumidesk#510")
@pytest.mark.seen_in("INGInious#641")
@pytest.mark.parametrize(
    ("public_url", "signed_url", "seen_url"),
    [
        ("https://api.example", "https://api.example/p?a=1", "http://10.0.0.1:8000/p?a=1"),
        ("https://api.example/", "https://api.example/p", "http://10.0.0.1:8000/p"),
        ("https://api.example:8443", "https://api.example:8443/?", "http://10.0.0.1/?"),
        ("https://api.example/v1/", "https://api.example/v1/p%2f;x?a=%7e", "http://10.0.0.1/p%2f;x?a=%7e"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]/", "http://backend"),
    ],
)
def test_behind_a_proxy_the_public_url_counts(
    store: RecordingStore, clock: Clock, public_url: str, signed_url: str, seen_url: str
) -> None:
    """It replaces the Host header, and every header that a proxy or a client may have added."""
    sent = signed(token_signer(), url=signed_url)
    headers = [
        *sent.headers,
        ("Host", "10.0.0.1:8000"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "ftp"),
    ]
    arrived = sent._replace(url=seen_url, headers=headers)
    assert verify(store, clock, arrived, public_url=public_url).user == "ann"
    again = signed(token_signer(), url=signed_url)._replace(url=seen_url)
    assert refusal(store, clock, again).problem == "signature_invalid"


def test_without_a_public_url_the_host_header_counts_and_forwarded_ones_do_not(
    store: RecordingStore, clock: Clock
) -> None:
    sent = signed(token_signer(), url="https://api.example/p")._replace(url="https://10.0.0.1/p")
    assert verify(store, clock, sent._replace(headers=[*sent.headers, ("Host", "API.example:443")]))
    sent = signed(token_signer(), url="https://api.example/p")._replace(url="https://10.0.0.1/p")
    assert refusal(store, clock, sent._replace(headers=[*sent.headers, ("X-Forwarded-Host", "api.example")]))


def test_plaintext_behind_a_proxy_is_judged_by_the_public_url(clock: Clock) -> None:
    store = RecordingStore(clock, Client.create("client", "secret", signature_methods=("PLAINTEXT",)))
    with_token(store)
    sent = signed(token_signer(signature_method="PLAINTEXT"))._replace(url="http://10.0.0.1/path?a=1")
    assert verify(store, clock, sent, public_url="https://api.example")
    assert refusal(store, clock, sent, public_url="http://api.example").status == 403


@pytest.mark.parametrize("url", ["", "/path", "*", "http:///x"])
def test_a_relative_url_is_rejected(store: RecordingStore, clock: Clock, url: str) -> None:
    sent = signed(token_signer())._replace(url=url)
    for options in ({}, {"public_url": "https://api.example"}):
        error = refusal(store, clock, sent, **options)
        assert (error.status, error.reason) == (
            400,
            "the request is malformed: its URL is not an absolute http or https URL",
        )


def test_other_hosts_are_refused_where_the_server_names_its_own(store: RecordingStore, clock: Clock) -> None:
    sent = signed(token_signer())
    for host in ("evil.example", "", "api.example.", "u@api.example", "api.example:8443"):
        error = refusal(store, clock, sent._replace(headers=[*sent.headers, ("Host", host)]), hosts=["API.example"])
        assert (error.status, error.problem) == (400, "parameter_rejected")
    assert store.calls == []
    sent = sent._replace(headers=[*sent.headers, ("Host", "Api.Example")])
    assert verify(store, clock, sent, hosts=["API.example"])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"public_url": "https://a.example", "hosts": ["a.example"]}, "public_url fixes the host: leave hosts out"),
        ({"public_url": "a.example"}, "public_url is scheme, host and at most a path"),
        ({"public_url": "https://a.example/?x"}, "public_url is scheme, host and at most a path"),
        ({"public_url": "https://a.example/#x"}, "public_url is scheme, host and at most a path"),
        ({"public_url": "https://u@a.example"}, "public_url is scheme, host and at most a path"),
        ({"signature_methods": ["HMAC-MD5"]}, "unknown signature_method 'HMAC-MD5'"),
        ({"realm": "a\r\nb"}, "a header cannot carry"),
    ],
)
def test_an_option_that_cannot_work_is_an_error_at_once(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Verifier(MemoryStore(), **options)
    assert says in str(caught.value)


class Lacking:
    """A store with credentials but without nonces."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        return CLIENT.credentials()


class Passing:
    """A store that passes every call on to another."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class OfVerifiers:
    """A store with the methods that a verifier calls, and no others."""

    def find_credentials(self, client_id: str, token: str | None) -> None:
        return None

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        return False


def test_a_store_without_use_nonce_is_a_type_error(clock: Clock) -> None:
    for kind in (Verifier, AsyncVerifier, Provider, AsyncProvider):
        for store, name in ((Lacking(), "use_nonce"), (None, "find_credentials"), (object(), "find_credentials")):
            with pytest.raises(TypeError, match=rf"cannot be used as a store: it has no {name}\(\) method"):
                kind(store)
    for made in (Provider, AsyncProvider):
        with pytest.raises(TypeError, match=r"cannot be used as a store: it has no find_client\(\) method"):
            made(OfVerifiers())
    Verifier(OfVerifiers())
    assert verify(Passing(with_token(MemoryStore([CLIENT], clock=clock))), clock, signed(token_signer())).user == "ann"


def test_a_misspelt_option_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        Verifier(MemoryStore(), windwo=1)


def test_a_server_chooses_its_methods(store: RecordingStore, clock: Clock) -> None:
    """If the SHA-1 methods are left out, SHA-1 is forbidden. The client's own list applies too."""
    methods = ["HMAC-SHA256", "RSA-SHA256"]
    error = refusal(store, clock, signed(token_signer()), signature_methods=methods)
    assert (error.status, error.problem) == (400, "signature_method_rejected")
    assert store.calls == []
    assert verify(store, clock, signed(token_signer(signature_method="HMAC-SHA256")), signature_methods=methods)


def test_a_server_can_require_a_body_hash(store: RecordingStore, clock: Clock) -> None:
    headers = {"Content-Type": "application/json"}
    hashing = token_signer(body_hash="auto")
    assert verify(store, clock, signed(hashing, headers=headers, body=b"{}"), body_hash="required")
    error = refusal(store, clock, signed(token_signer(), headers=headers, body=b"{}"), body_hash="required")
    assert (error.status, error.problem) == (400, "parameter_absent")
    tampered = signed(hashing, headers=headers, body=b"{}")._replace(body=b"[]")
    assert refusal(store, clock, tampered).problem == "signature_invalid"


def test_the_limits_of_a_request_can_be_set(store: RecordingStore, clock: Clock) -> None:
    sent = signed(token_signer(), url="https://api.example/?a&b&c&d&e&f&g&h")
    assert refusal(store, clock, sent, max_parameters=7).reason == "there are more than 7 parameters"
    assert refusal(store, clock, sent, max_header=50).reason == "the Authorization header is too long"
    assert refusal(store, clock, sent, max_form=14).reason == "the query is longer than 14 octets"
    assert store.calls == []
    assert verify(store, clock, sent, max_parameters=8, max_header=400, max_form=15)


def test_the_limits_are_those_of_the_core_unless_they_are_set() -> None:
    policies = Verifier(MemoryStore()).policy, VerificationPolicy()
    assert len({tuple(str(getattr(policy, name)) for name in policy.__slots__) for policy in policies}) == 1


def test_the_window_can_be_set(clock: Clock) -> None:
    store = RecordingStore(clock, CLIENT, window=10)
    with_token(store)
    assert refusal(store, clock, signed(token_signer(), timestamp=NOW - 11), window=10).problem == "timestamp_refused"
    assert refusal(store, clock, signed(token_signer(), timestamp=NOW + 11), window=10).problem == "timestamp_refused"
    assert verify(store, clock, signed(token_signer(), timestamp=NOW - 10), window=10)


def test_a_store_with_too_short_a_window_accepts_no_replay(clock: Clock) -> None:
    store = RecordingStore(clock, CLIENT, window=10)
    with_token(store)
    sent = signed(token_signer())
    assert verify(store, clock, sent, window=300)
    clock.now = NOW + 11
    with pytest.raises(StoreError, match="give MemoryStore the verifier's window"):
        verify(store, clock, sent, window=300)


def test_no_request_is_accepted_if_the_store_fails(clock: Clock) -> None:
    store = RecordingStore(clock, CLIENT, max_nonces=1)
    with_token(store)
    assert verify(store, clock, signed(token_signer()))
    with pytest.raises(StoreError):
        verify(store, clock, signed(token_signer()))


def test_a_request_without_credentials_is_a_401_with_a_challenge(store: RecordingStore, clock: Clock) -> None:
    error = refusal(store, clock, Sent("GET", URL, []), realm='Photos "x"')
    assert (error.status, error.problem, error.challenge) == (401, "parameter_absent", 'OAuth realm="Photos \\"x\\""')
    assert refusal(store, clock, Sent("GET", URL, [])).challenge == "OAuth"


def test_the_clock_is_read_for_every_request(store: RecordingStore, clock: Clock) -> None:
    verifier = Verifier(store, clock=clock)
    assert verifier.verify(*signed(token_signer()))
    clock.now = NOW + 301
    with pytest.raises(VerificationError, match="the client's clock is wrong, or the request is old"):
        verifier.verify(*signed(token_signer()))
    assert verifier.verify(*signed(token_signer(clock=clock)))


def test_without_a_clock_a_verifier_uses_the_system_time() -> None:
    store = MemoryStore([CLIENT])
    with_token(store)
    assert Verifier(store).verify(*signed(Signer("client", "secret", token="t", token_secret="ts"))).user == "ann"


@pytest.mark.parametrize("host", ["api.example", "API.example", "api.example:443"])
def test_a_served_host_may_come_with_its_default_port(host: str) -> None:
    verifier = Verifier(MemoryStore([Client.create("k", "s")]), token="optional", hosts=["API.example"])
    request = Signer("k", "s").sign("GET", "https://api.example/")
    headers = {"Host": host, "Authorization": str(request.authorization)}

    assert verifier.verify("GET", "https://api.example/", headers).client_id == "k"


@pytest.mark.seen_in("oauthlib#415")
def test_a_request_is_verified_once(any_store: Any) -> None:
    verifier, sent = AsyncVerifier(any_store, clock=Clock()), signed(token_signer())

    async def verify() -> str:
        try:
            return str((await verifier.verify(*sent)).user)
        except VerificationError as refused:
            return refused.problem

    async def at_once() -> list[str]:
        return await asyncio.gather(*[verify() for _ in range(32)])

    assert Counter(asyncio.run(at_once())) == {"ann": 1, "nonce_used": 31}


def test_settings_and_refusals_are_those_of_the_verifier(any_store: Any) -> None:
    verifier = AsyncVerifier(any_store, clock=Clock(), realm="R", token="none")
    with pytest.raises(VerificationError, match="parameter_rejected"):
        asyncio.run(verifier.verify(*signed(token_signer())))
    with pytest.raises(TypeError, match="widow"):
        AsyncVerifier(any_store, widow=3)


def test_a_cancelled_verification_leaves_nothing_half_done() -> None:
    """If it is cancelled before the nonce was used, the request can be sent again."""
    store = slow_store()
    verifier, sent = AsyncVerifier(store, clock=Clock()), signed(token_signer())

    async def cancel_then_verify() -> str | None:
        task = asyncio.ensure_future(verifier.verify(*sent))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (await verifier.verify(*sent)).user

    assert asyncio.run(cancel_then_verify()) == "ann"


def test_a_signature_is_valid_only_if_its_method_returns_true() -> None:
    """A custom method that returns a coroutine or a match object would otherwise accept any signature."""

    class Careless(SignatureMethod):
        name = "X-CARELESS"

        def signing_function(self, client_secret: str, token_secret: str, rsa_key: Any = None) -> Any:
            return lambda base_string: "x"

        def verify(self, *given: Any) -> Any:
            return "no"

    method = Careless()
    client = CLIENT._replace(signature_methods=("X-CARELESS",))
    verifier = Verifier(MemoryStore([client], clock=Clock()), signature_methods=[method], token="none", clock=Clock())
    with pytest.raises(VerificationError) as caught:
        verifier.verify(*signed(Signer("client", "secret", signature_method=method, clock=Clock())))
    assert caught.value.problem == "signature_invalid"
