"""For any input from a server, a request without a valid signature is rejected, and never fails."""

import asyncio
from io import BytesIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sampling import examples

from oauthone.server import AsyncVerifier, Verifier, asgi, wsgi

from ..setting import NOW, Clock, RecordingStore, signed, token_signer, with_token

OCTETS = st.text(st.characters(max_codepoint=0xFF), max_size=40)
GOOD = signed(token_signer(), "GET", "https://api.example/").headers[0][1]
AUTHORIZATION = (
    OCTETS
    | st.sampled_from(["OAuth", "Bearer x", GOOD])
    | OCTETS.map("OAuth ".__add__)
    | st.tuples(st.integers(6, len(GOOD)), OCTETS).map(lambda cut: GOOD[: cut[0]] + cut[1] + GOOD[cut[0] + 1 :])
)
CONTENT_TYPE = st.none() | OCTETS | st.just("application/x-www-form-urlencoded")
TARGET = OCTETS | OCTETS.map("/".__add__) | OCTETS.map("/?oauth_token=".__add__)
HEADERS = st.fixed_dictionaries(
    {"authorization": AUTHORIZATION},
    optional={"host": OCTETS, "content-type": CONTENT_TYPE, "oauth-base-string": OCTETS, "x-forwarded-host": OCTETS},
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "hosts": st.just(["api.example"]),
        "body_hash": st.just("required"),
        "token": st.just("optional"),
        "realm": st.just('a "b"'),
    },
)
EXPLAIN = st.booleans()
often = examples(300)


def store() -> RecordingStore:
    made = RecordingStore(Clock())
    with_token(made)
    return made


@often
@given(
    OCTETS,
    TARGET,
    HEADERS,
    st.binary(max_size=40),
    OPTIONS,
    EXPLAIN,
    st.fixed_dictionaries({}, optional={"RAW_URI": TARGET, "REQUEST_URI": TARGET, "CONTENT_LENGTH": OCTETS}),
)
def test_no_wsgi_request_without_a_valid_signature_is_accepted(
    method: str,
    target: str,
    headers: dict[str, str | None],
    body: bytes,
    options: dict[str, Any],
    explain: bool,
    more: dict[str, str],
) -> None:
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SERVER_NAME": "inner",
        "SERVER_PORT": "80",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if value is not None},
        **more,
    }
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    kept = store()
    verifier = Verifier(kept, clock=lambda: NOW, **options)
    started: list[str] = []
    application = wsgi.VerifyingMiddleware(lambda *given: [b"let in"], verifier, explain=explain)
    answer = b"".join(application(environ, lambda status, *rest: started.append(status)))
    assert started
    assert started[0][:3] in ("400", "401", "403")
    assert answer != b"let in"
    assert kept.nonce_count == 0


@often
@given(OCTETS, TARGET, st.none() | OCTETS, HEADERS, st.binary(max_size=40), OPTIONS, EXPLAIN)
def test_no_asgi_request_without_a_valid_signature_is_accepted(
    method: str,
    target: str,
    raw_path: str | None,
    headers: dict[str, str | None],
    body: bytes,
    options: dict[str, Any],
    explain: bool,
) -> None:
    path, _, query = target.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": None if raw_path is None else raw_path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "server": ("inner", 80),
        "headers": [(n.encode(), v.encode("latin-1")) for n, v in headers.items() if v is not None],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    async def application(*given: Any) -> None:
        raise AssertionError("it was let in")

    kept = store()
    verifier = AsyncVerifier(kept, clock=lambda: NOW, **options)
    asyncio.run(asgi.VerifyingMiddleware(application, verifier, explain=explain)(scope, receive, send))
    assert sent[0]["status"] in (400, 401, 403)
    assert kept.nonce_count == 0
