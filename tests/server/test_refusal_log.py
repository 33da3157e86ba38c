"""The log of refusals: what a record says, what it never says, and how many there are."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.record_limit import EACH, TOTAL
from oauthone.errors import StoreError, VerificationError
from oauthone.server import (
    AsyncProvider,
    AsyncVerifier,
    Client,
    MemoryStore,
    Provider,
    Verifier,
    averify_launch,
    verify_launch,
)
from oauthone.server import _refusal_log as refusal_log
from oauthone.server._protector import AsyncResourceProtector, ResourceProtector
from oauthone.server._refusal_log import problem_of, shown_path

SECRET = "a long random secret"
URL = "https://api.example/photos"


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The clock of the limit, which starts anew."""
    made = Clock()
    limits = (refusal_log._LIMIT, refusal_log._FAILURES)
    for limit in limits:
        monkeypatch.setattr(limit, "_clock", made)
        limit.reset()
    yield made
    for limit in limits:
        limit.reset()


def store() -> MemoryStore:
    return MemoryStore([Client.create("photo-printer", SECRET)])


def protector(**options: Any) -> ResourceProtector:
    return ResourceProtector(Verifier(store(), token="optional"), **options)


def request(client_id: str = "photo-printer", secret: str = SECRET, url: str = URL, **given: Any) -> IncomingRequest:
    signed = Signer(client_id, secret).sign("GET", url, **given)
    return IncomingRequest.from_url("GET", signed.url, {"Authorization": str(signed.authorization)})


def fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name.removeprefix("oauth_"): value for name, value in vars(record).items() if name.startswith("oauth_")}


def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    records = [record for record in caplog.records if record.name == "oauthone.server"]
    caplog.clear()
    return records


def test_a_refusal_is_one_record_with_fields(caplog: pytest.LogCaptureFixture) -> None:
    protector().validate_request(request(secret="wrong", url=f"{URL}?size=original"))
    (record,) = logged(caplog)
    reason = "the signature does not match: the secrets differ, or the request changed after it was signed"
    assert record.levelname == "WARNING"
    assert fields(record) == {
        "client_id": "photo-printer",
        "problem": "signature_invalid",
        "reason": reason,
        "method": "GET",
        "path": "/photos",
        "status": 401,
    }
    assert record.getMessage() == f"refused GET /photos from client 'photo-printer': 401 signature_invalid: {reason}"


def test_an_accepted_request_is_no_record(caplog: pytest.LogCaptureFixture) -> None:
    protector().validate_request(request())
    assert logged(caplog) == []


@pytest.mark.parametrize("signature_type", ["HEADER", "QUERY", "BODY"])
def test_the_client_is_named_wherever_it_stands(signature_type: Any, caplog: pytest.LogCaptureFixture) -> None:
    signed = Signer("photo-printer", "wrong", signature_type=signature_type).sign("POST", URL)
    headers = {"Content-Type": signed.content_type, "Authorization": signed.authorization}
    sent = {name: value for name, value in headers.items() if value}
    protector().validate_request(IncomingRequest.from_url("POST", signed.url, sent, signed.body or b""))
    (record,) = logged(caplog)
    assert fields(record)["client_id"] == "photo-printer"


@pytest.mark.parametrize(
    ("method", "url", "headers", "problem"),
    [
        ("GET", URL, {}, "parameter_absent"),
        ("GET", URL, {"Authorization": "OAuth nonsense"}, "parameter_rejected"),
        ("GET", URL, {"Authorization": 'OAuth oauth_token="t"'}, "parameter_absent"),
        ("g t", "https://api.example/ä b\r\n", {"Host": "a b"}, "parameter_rejected"),
        ("GET", "nonsense", {}, "parameter_rejected"),
    ],
)
def test_a_request_that_names_no_client_has_a_record_too(
    method: str, url: str, headers: dict[str, str], problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    protector().validate_request(IncomingRequest.from_url(method, url, headers))
    (record,) = logged(caplog)
    assert (fields(record)["client_id"], fields(record)["problem"]) == (None, problem)
    assert "from an unnamed client" in record.getMessage()
    assert record.getMessage().isprintable()


def test_a_scope_and_a_body_that_is_too_long_are_refusals(caplog: pytest.LogCaptureFixture) -> None:
    protector(scope="read").validate_request(request())
    protector(max_body=1).validate_request(request().with_body(b"xx"))
    statuses = [(fields(record)["status"], fields(record)["problem"]) for record in logged(caplog)]
    assert statuses == [(403, "additional_authorization_required"), (400, "parameter_rejected")]


class Down(MemoryStore):
    """A store that fails."""

    def find_credentials(self, *asked: Any) -> Any:
        raise StoreError("the database is down")

    def find_client(self, *asked: Any) -> Any:
        raise StoreError("the database is down")


def test_a_store_that_fails_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    verifier = Verifier(Down(), token="optional")
    ResourceProtector(verifier).validate_request(request())
    (record,) = logged(caplog)
    assert record.levelname == "ERROR"
    assert (fields(record)["problem"], fields(record)["status"]) == ("store_failed", 503)
    assert fields(record)["reason"] == "the database is down"


def test_an_error_of_a_store_of_your_own_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    class Chatty(MemoryStore):
        def find_credentials(self, client_id: str, token: str | None) -> Any:
            raise StoreError("down\r\nrefused GET / from client 'x': 401 forged" + "." * 5000)

    ResourceProtector(Verifier(Chatty(), token="optional")).validate_request(request())
    (record,) = logged(caplog)
    assert record.getMessage().isprintable()
    assert fields(record)["reason"].startswith("down\\r\\nrefused")
    assert len(fields(record)["reason"]) < 1010


def test_both_kinds_of_protectors_providers_and_launches_log(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    wrong = {"secret": "wrong"}
    plain, awaited = Verifier(store(), token="none"), AsyncVerifier(store(), token="none")
    ResourceProtector(plain).validate_request(request(**wrong))
    asyncio.run(AsyncResourceProtector(awaited).validate_request(request(**wrong)))
    Provider(store()).temporary_credentials(request(**wrong, callback="oob"))
    asyncio.run(AsyncProvider(store()).token_credentials(request(**wrong, verifier="v")))
    clock.now += 1
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = Signer("photo-printer", "wrong", signature_type="BODY").sign("POST", URL, headers, b"lti_version=1")
    launch = IncomingRequest.from_url("POST", URL, headers, signed.body or b"")
    with pytest.raises(VerificationError):
        verify_launch(plain, launch)
    with pytest.raises(VerificationError):
        asyncio.run(averify_launch(awaited, launch))
    with pytest.raises(VerificationError, match="a launch is a form"):
        verify_launch(plain, request())
    problems = [(record.levelname, fields(record)["problem"]) for record in logged(caplog)]
    # The token endpoint misses a token, and the last launch is a GET.
    assert problems == [
        *[("WARNING", "signature_invalid")] * 3,
        ("WARNING", "parameter_absent"),
        *[("WARNING", "signature_invalid")] * 2,
        ("WARNING", "parameter_rejected"),
    ]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/"),
        ("/photos/2024-01/é", "/photos/2024-01/é"),
        ("/a b\r\nrefused GET /", "/a%20b\\r\\nrefused%20GET%20/"),
        ("/photos?oauth_signature=abc", "/photos…"),
        ("/photos%3Foauth_signature%3Dabc", "/photos…"),
        ("/photos%25253foauth_signature%25253dabc", "/photos…"),
        ("/photos;token=abc;v=2/d%3Dabc/e", "/photos;token=***;v=***/d%3D***/e"),
        ("/photos;token=abc?x", "/photos;token=***…"),
        ("/" + "a" * 5000, "/" + "a" * 199 + "…"),
        ("/" + "\x1b" * 5000, "/" + "\\x1b" * 199 + "…"),
        ("*", "*"),
        ("", ""),
    ],
)
def test_a_path_has_no_query_no_values_and_no_line_break(path: str, shown: str) -> None:
    assert shown_path(path) == shown


ODD = st.text(st.characters(blacklist_categories=["Cs"]), min_size=6, max_size=30).map(lambda text: f"{text}~S3cr3t")
NAMES = st.sampled_from(
    ["oauth_signature", "oauth_verifier", "oauth_token_secret", "access_token", "password", "code", "q", "é&="]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(secret=ODD, name=NAMES, place=st.integers(0, 9), escaped=st.integers(0, 3))
@example(secret="a slash/~S3cr3t", name="q", place=7, escaped=0)
def test_no_record_holds_a_secret(
    secret: str, name: str, place: int, escaped: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Secrets in each part of a request, spelt in each way; the signature of a request counts as one too."""
    refusal_log._LIMIT.reset()
    caplog.clear()
    spelt, spelt_name = secret, name
    for _ in range(escaped):
        spelt, spelt_name = quote(spelt, safe=""), quote(spelt_name, safe="")
    signed = Signer("photo-printer", secret, signature_method="PLAINTEXT" if place == 9 else "HMAC-SHA1")
    sent = signed.sign("GET", URL, verifier=secret if place == 8 else None)
    headers = {"Authorization": str(sent.authorization)}
    url, method, body = URL, "GET", b""
    if place == 0:
        headers |= {
            "Authorization": f"Bearer {spelt}",
            "X-Api-Key": spelt,
            "Cookie": spelt,
            "Forwarded": f"host={spelt}",
        }
    elif place == 1:
        headers["Authorization"] += f', {spelt_name}="{spelt}"'
    elif place == 2:
        url = f"{URL}?{spelt_name}={spelt}"
    elif place == 3:
        url = f"{URL}%3F{spelt_name}%3D{spelt}"
    elif place == 4:
        url = f"{URL};{spelt_name}={quote(spelt, safe='')}"
    elif place == 5:
        method, body = "POST", f"{spelt_name}={spelt}".encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif place == 6:
        headers |= {"X-Forwarded-Host": spelt, "X-Forwarded-Proto": spelt, "Host": spelt}
    elif place == 7:
        password = spelt if escaped else quote(spelt, safe="")  # a slash would begin the path
        url = f"https://user:{password}@api.example/photos"
    protector(explain=True, on_refusal=lambda error: None).validate_request(
        IncomingRequest.from_url(method, url, headers, body)
    )
    records = [record for record in caplog.records if record.name == "oauthone.server"]
    assert len(records) == 1
    told = "\n".join(f"{record.getMessage()} {vars(record)}" for record in records)
    assert "S3cr3t" not in told
    signature = str(sent.authorization).partition('oauth_signature="')[2].partition('"')[0]
    assert signature not in told
    assert records[0].getMessage().isprintable()


@given(client_id=st.text(min_size=1, max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_identifier_is_one_line_and_short(client_id: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever characters it has, also line breaks, escapes of terminals, and lone surrogates."""
    refusal_log._LIMIT.reset()
    caplog.clear()
    protector().validate_request(request(client_id, "wrong"))
    (record,) = (record for record in caplog.records if record.name == "oauthone.server")
    shown = fields(record)["client_id"]
    assert shown.isprintable()
    assert record.getMessage().isprintable()
    assert record.getMessage().count(" from client '") >= 1
    assert len(shown) <= 80 * len("\\U0001f600") + 1
    record.getMessage().encode("utf-8")


def test_an_identifier_cannot_end_its_quotation(caplog: pytest.LogCaptureFixture) -> None:
    protector().validate_request(request("x': 200 fine", "wrong"))
    (record,) = logged(caplog)
    assert record.getMessage().startswith("refused GET /photos from client 'x\\': 200 fine': 401 signature_invalid")


def test_an_identifier_cannot_pretend_to_be_escaped(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the end of its quotation nor a line break."""
    for sent, shown in (("x\\': 200 fine", r"'x\\\': 200 fine'"), (r"x\n", r"'x\\n'"), ("x\n", r"'x\n'")):
        protector().validate_request(request(sent, "wrong"))
        (record,) = logged(caplog)
        assert record.getMessage().startswith(f"refused GET /photos from client {shown}: 401 ")


def test_behind_a_proxy_the_record_says_what_to_set(caplog: pytest.LogCaptureFixture) -> None:
    """The stranger is not told."""
    signed = Signer("photo-printer", SECRET).sign("GET", URL)
    headers = {"Authorization": str(signed.authorization), "X-Forwarded-Host": "api.example"}
    headers["X-Forwarded-Proto"] = "https"
    arrived = IncomingRequest.from_url("GET", "http://127.0.0.1:8000/photos", headers)
    answer = protector().validate_request(arrived)
    (record,) = logged(caplog)
    assert "public_url='https://api.example'" in fields(record)["reason"]
    assert getattr(answer, "body", None) == b"oauth_problem=signature_invalid"


def flood(refuse: Any, count: int, client_id: str = "photo-printer") -> None:
    sent = request(client_id, "wrong")
    for _ in range(count):
        refuse(sent)


def test_a_client_has_so_many_records_a_second(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Also if several protectors refuse it, and if requests of other clients come in between."""
    one, other = protector(), protector()
    for _ in range(3):
        flood(one.validate_request, 60)
        flood(other.validate_request, 60)
        one.validate_request(request("other", "wrong"))
        clock.now += 0.33
    records = logged(caplog)
    clients = [fields(record)["client_id"] for record in records]
    assert (clients.count("photo-printer"), clients.count("other"), len(clients)) == (EACH, 3, EACH + 3)
    clock.now += 1
    one.validate_request(request("other", "wrong"))
    summary, record = logged(caplog)
    assert fields(summary) == {"withheld": 355}
    expected = "… 355 more refused without a record (355 from client 'photo-printer'), the last one 1 s ago"
    assert summary.getMessage() == expected
    assert fields(record)["client_id"] == "other"


def test_an_attacker_with_many_identifiers_cannot_fill_log_or_memory(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(400):
        protector().validate_request(request(f"stranger {number}", "wrong"))
    assert len(logged(caplog)) == TOTAL
    assert len(refusal_log._LIMIT._records) == TOTAL
    clock.now += 1
    protector().validate_request(IncomingRequest.from_url("GET", URL))
    summary, _ = logged(caplog)
    assert summary.getMessage() == "… 350 more refused without a record (350 from others), the last one 1 s ago"


def test_an_attacker_cannot_hide_that_the_store_fails(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """And a store that fails does not hide attacks."""
    for number in range(400):
        protector().validate_request(request(f"stranger {number}", "wrong"))
    logged(caplog)
    failing = ResourceProtector(Verifier(Down(), token="optional"))
    for number in range(20):
        failing.validate_request(request(f"client {number}"))
    assert [record.levelname for record in logged(caplog)] == ["ERROR"] * EACH
    clock.now += 1
    failing.validate_request(request())
    summary, _ = logged(caplog)
    assert (summary.levelname, fields(summary)) == ("ERROR", {"withheld": 15})
    protector().validate_request(request(secret="wrong"))
    assert [record.levelname for record in logged(caplog)] == ["WARNING"] * 2


def test_a_summary_names_the_busiest_clients(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for name, count in (("a", 9), ("b", 30), ("c", 20), ("d", 10)):
        flood(protector().validate_request, count, name)
    for _ in range(12):
        protector().validate_request(IncomingRequest.from_url("GET", URL))
    logged(caplog)
    clock.now += 2
    protector().validate_request(request("e", "wrong"))
    counts = "25 from client 'b', 15 from client 'c', 7 from an unnamed client, 9 from others"
    expected = f"… 56 more refused without a record ({counts}), the last one 2 s ago"
    assert logged(caplog)[0].getMessage() == expected


def test_a_logger_that_is_turned_off_costs_and_counts_nothing(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "oauthone.server")
    flood(protector().validate_request, 20)
    caplog.set_level("WARNING", "oauthone.server")
    clock.now += 1
    protector().validate_request(request(secret="wrong"))
    assert len(logged(caplog)) == 1


def test_results_are_counted_by_problem() -> None:
    told: list[str | None] = []
    verifying = protector(on_result=told.append)
    replayed = request()
    for one in (replayed, replayed, request(secret="wrong"), IncomingRequest.from_url("GET", URL)):
        verifying.validate_request(one)
    ResourceProtector(Verifier(Down(), token="optional"), on_result=told.append).validate_request(request())
    asyncio.run(
        AsyncResourceProtector(AsyncVerifier(store(), token="none"), on_result=told.append).validate_request(request())
    )
    assert told == [None, "nonce_used", "signature_invalid", "parameter_absent", "store_failed", None]


def test_a_providers_results_are_counted_too() -> None:
    told: list[str | None] = []
    provider = Provider(store(), on_result=told.append)
    provider.temporary_credentials(request(callback="oob"))
    provider.temporary_credentials(request(secret="wrong", callback="oob"))
    Provider(Down(), on_result=told.append).token_credentials(request(verifier="v"))
    assert told == [None, "signature_invalid", "parameter_absent"]


def test_the_word_for_a_failing_store_is_its_own() -> None:
    assert problem_of(StoreError("down")) == "store_failed"
    assert problem_of(VerificationError(401, "nonce_used", "")) == "nonce_used"


def test_a_coroutine_function_is_refused_as_a_counter() -> None:
    async def count(problem: str | None) -> None: ...

    refused: Any = count  # a coroutine function, which no type checker takes
    for made in (lambda: protector(on_result=refused), lambda: AsyncProvider(store(), on_result=refused)):
        with pytest.raises(TypeError, match="on_result is a coroutine function"):
            made()


def test_a_record_shows_without_any_configuration() -> None:
    """On the standard error of a server in which clients are loaded too, as in a provider that is a client itself."""
    code = f"""
import oauthone.clients.requests, oauthone.clients.httpx
from oauthone.server import IncomingRequest, MemoryStore, Verifier
from oauthone.server._protector import ResourceProtector
ResourceProtector(Verifier(MemoryStore())).validate_request(IncomingRequest.from_url("GET", {URL!r}))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == (
        "refused GET /photos from an unnamed client: 401 parameter_absent: the request presents no OAuth credentials\n"
    )
