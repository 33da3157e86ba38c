"""A verifier, an asynchronous one and the generator that a provider runs are one verification, written three times."""

import asyncio
from collections.abc import Callable
from typing import Any

from hypothesis import event, example, given
from hypothesis import strategies as st

from oauthone.core.drive import run
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.verification import verify_request
from oauthone.core.verification_types import Verified
from oauthone.errors import VerificationError
from oauthone.server import AsyncVerifier, MemoryStore, Verifier
from oauthone.server._dispatch import make_handler

from ..setting import CLIENT, NOW, Clock, Sent, signed, slow_store, token_signer, with_token

_OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "token": st.sampled_from(["required", "optional", "none"]),
        "body_hash": st.just("required"),
        "allow_insecure_transport": st.booleans(),
        "max_parameters": st.integers(1, 9),
        "max_header": st.integers(1, 400),
        "signature_methods": st.just(["HMAC-SHA1"]),
    },
)
_HOSTS: Any = st.sampled_from(
    [{}, {"public_url": "https://api.example"}, {"hosts": ["api.example"]}, {"hosts": ["other.example"]}]
)
_SIGNERS: Any = st.sampled_from(
    [
        {},
        {"realm": "R"},
        {"signature_method": "HMAC-SHA256"},
        {"signature_method": "PLAINTEXT"},
        {"signature_type": "QUERY"},
        {"signature_type": "BODY"},
        {"body_hash": "always"},
        {"token_secret": "wrong"},
        {"token": "unknown"},
        {"token": None, "token_secret": ""},
        {"clock": lambda: NOW - 400},
    ]
)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@st.composite
def requests(draw: Any) -> Sent:
    """A signed request, of which one character may have changed on its way."""
    url = draw(st.sampled_from(["https://api.example/path?a=1", "http://api.example/", "https://api.example/?b=%2f&b"]))
    headers, body = draw(st.sampled_from([({}, None), (_FORM, b"a=b+c"), ({"Content-Type": "text/plain"}, b"text")]))
    signer = draw(_SIGNERS)
    if headers is not _FORM and signer.get("signature_type") == "BODY":
        headers, body = _FORM, b"a=b"
    sent = signed(token_signer(**signer), url=url, headers=headers, body=body)
    index = draw(st.integers(0, 200))
    new = draw(st.sampled_from(["", "", "", '"', "%", "=", "&", ",", "A", " "]))
    changed = [(name, value[:index] + new + value[index + 1 :] if new else value) for name, value in sent.headers]
    return sent._replace(headers=changed)


def outcomes(verify: Callable[[Sent], Any], sent: Sent) -> list[Any]:
    """The outcome of a request and of its replay: what was verified, or the error."""
    found: list[Any] = []
    for _ in range(2):
        try:
            found.append(verify(sent))
        except VerificationError as error:
            found.append((error.status, error.problem, error.reason, error.challenge, error.details, error.base_string))
    return found


@example(signed(token_signer()), {}, {})
@given(requests(), _OPTIONS, _HOSTS)
def test_each_way_to_verify_is_the_others(sent: Sent, options: dict[str, Any], hosts: dict[str, Any]) -> None:
    options |= hosts

    def store() -> MemoryStore:
        return with_token(MemoryStore([CLIENT], clock=Clock()))

    policy = (plain := Verifier(store(), clock=Clock(), **options)).policy
    ready, slow = (AsyncVerifier(one, clock=Clock(), **options) for one in (store(), slow_store()))
    ways: list[Callable[[Sent], Any]] = [
        lambda sent: plain.verify(IncomingRequest.from_url(*sent)),
        lambda sent: asyncio.run(ready.verify(*sent)),
        lambda sent: asyncio.run(slow.verify(*sent)),
    ]
    handler = make_handler(store())
    expected = outcomes(lambda sent: run(verify_request(IncomingRequest.from_url(*sent), policy, NOW), handler), sent)
    event("accepted" if isinstance(expected[0], Verified) else "rejected")
    for verify in ways:
        assert outcomes(verify, sent) == expected
