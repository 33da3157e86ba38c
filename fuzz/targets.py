"""One function for each parser of untrusted input. Each takes bytes and raises only for a finding.

A target catches the documented error of its parser. Any other exception is a finding, and so is a failed assertion.
"""

from contextlib import suppress
from urllib.parse import unquote_to_bytes

from core.plain_forms import encoded_pairs_plainly
from server.decoding import decoded
from server.one_character import CLIENTS, requests
from server.setting import NOW, URL, Sent, signed, token_signer, with_token

from oauthone.core.base_string import signature_base_string
from oauthone.core.body import FORM
from oauthone.core.encoding import encoded_pairs
from oauthone.core.flow import parse_callback
from oauthone.core.parameters import read_parameters
from oauthone.core.received_header import read_any_header, read_usual_header
from oauthone.core.token_response import read_token_response
from oauthone.errors import FlowError, SigningError, StoreError, TokenResponseError, VerificationError
from oauthone.server import MemoryStore, Verifier

from .limits import STRETCHED, Target


def _clock() -> float:
    return NOW


_STORE = with_token(MemoryStore(CLIENTS, clock=_clock))
_VERIFIER = Verifier(_STORE, token="optional", clock=_clock)
_IN_HEADER = token_signer()
_IN_QUERY = token_signer(signature_type="QUERY")
_IN_BODY = token_signer(signature_type="BODY")
_SIGNED = requests(200, seed=5849)
_GENUINE = [decoded(sent) for sent in _SIGNED]


def header(data: bytes) -> None:
    """The Authorization header: the fast parser agrees with the strict one on every header that it accepts."""
    text = data.decode("latin-1")
    with suppress(VerificationError):
        realm, signed, protocol = read_any_header(text)
        fast = read_usual_header(text)
        assert fast is None or fast == (realm, signature_base_string("", signed), protocol)


def query(data: bytes) -> None:
    """A query: the fast encoder and the plain encoder agree."""
    text = data.decode("latin-1")
    pairs = encoded_pairs(text)
    if len(text) < STRETCHED:  # the plain encoder is slow, and no server uses it
        assert pairs == encoded_pairs_plainly(text)
    with suppress(VerificationError):
        read_parameters(pairs)


def form(data: bytes) -> None:
    """A form: each can be signed, in each placement, and its own bytes do not change."""
    for signer in (_IN_HEADER, _IN_BODY):
        sent = signer.sign("POST", URL, {"Content-Type": FORM}, data)
        octets = sent.body if isinstance(sent.body, bytes) else sent.body.encode("latin-1")
        assert octets.startswith(data)
        sent.base_string.encode("ascii")


def url(data: bytes) -> None:
    """A URL: every signed URL is accepted, unless it contains protocol parameters itself."""
    text = _text(data)
    with suppress(SigningError):
        _IN_QUERY.sign("GET", text)
    with suppress(SigningError):
        sent = signed(_IN_HEADER, "GET", text)
        try:
            _VERIFIER.verify(*sent)
        except VerificationError:
            assert b"oauth_" in unquote_to_bytes(text.encode("utf-8", "surrogatepass")) or text.count("&") > 990
        except StoreError:
            _forget_nonces()


def response(data: bytes) -> None:
    """The response to a request for credentials: a status, a challenge and a body."""
    status = (200, 200, 200, 401, 302, 500)[data[0] % 6] if data else 200
    challenge, _, body = data[1:].rpartition(b"\n\n")
    with suppress(TokenResponseError):
        token, secret, _ = read_token_response(status, [("WWW-Authenticate", challenge.decode("latin-1"))], body)
        assert token
        assert isinstance(secret, str)


def callback(data: bytes) -> None:
    """The URL that a browser came back to."""
    with suppress(FlowError):
        assert parse_callback(_text(data), "t").token == "t"


def verification(data: bytes) -> None:
    """A whole request: every accepted request decodes to one that was signed."""
    sent = _request(data)
    try:
        _VERIFIER.verify(*sent)
    except VerificationError:
        return
    except StoreError:
        _forget_nonces()
        return
    _forget_nonces()
    assert decoded(sent) in _GENUINE


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _request(data: bytes) -> Sent:
    """Parse ``data`` as a request: a line with method and URL, header lines, an empty line, and the body."""
    head, _, body = data.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, target = first.partition(" ")
    return Sent(method, target, [(name, value) for name, _, value in (line.partition(": ") for line in lines)], body)


def _serialized(sent: Sent) -> bytes:
    """Return the bytes that `_request` parses to ``sent``."""
    lines = [f"{sent.method} {sent.url}", *(f"{name}: {value}" for name, value in sent.headers)]
    return "\n".join(lines).encode("latin-1") + b"\n\n" + sent.body


def _forget_nonces() -> None:
    _STORE._nonces._seen.clear()
    _STORE._nonces._counts.clear()


def _headers() -> list[bytes]:
    return [value.encode("latin-1") for sent in _SIGNED for name, value in sent.headers if name == "Authorization"]


TARGETS: dict[str, tuple[Target, list[bytes]]] = {
    "header": (
        header,
        [*_headers()[:20], b'OAuth realm="a\\"b", oauth_token="%C3%A9"', b"OAuth", b'oauth\toauth_x=""'],
    ),
    "query": (query, [sent.url.partition("?")[2].encode("latin-1") for sent in _SIGNED[:60]] + [b"a=%zz&&=+&b"]),
    "form": (form, [*(sent.body for sent in _SIGNED[:80] if sent.body), b"a=%FF&\xff=+"]),
    "url": (url, [sent.url.encode("latin-1") for sent in _SIGNED[:60]] + ["https://bücher.example/ü?ü=%FF#x".encode()]),
    "response": (
        response,
        [
            b"\0\n\noauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&x=%FF",
            b'\0\n\n{"oauth_token": "t", "oauth_token_secret": "s\\ud800", "x": [{"a": 1}]}',
            b'\3OAuth realm="x", oauth_problem="token_expired", oauth_problem_advice="again"\n\n<p>no</p>',
            b"\5\n\noauth_problem=signature_invalid&oauth_problem_advice=look",
        ],
    ),
    "callback": (
        callback,
        [
            b"https://app.example/back?oauth_token=t&oauth_verifier=v#_=_",
            b"oauth_token=t&oauth_verifier=%C3%A9+",
            b"/back?denied=t",
            b" 1234567 ",
            b"?oauth_problem=user_refused&oauth_token=t",
        ],
    ),
    "verification": (verification, [_serialized(sent) for sent in _SIGNED]),
}
