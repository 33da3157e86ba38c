"""Signed answers about the account (JWT), made by another library and by hand."""

import base64
import hashlib
import hmac
import json
from traceback import walk_tb
from typing import Any

import pytest

from oauthone.errors import FlowError
from oauthone.providers._identity_token import read_identity_token

#: The example of jwt.io, a page that many programs are tried with.
EXAMPLE = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)
NOW = 1_800_000_000
ASKED = "https://wiki.example/w/index.php?title=Special:OAuth/identify"
CLAIMS = {"iss": "https://wiki.example", "aud": "key", "nonce": "n1", "iat": NOW, "exp": NOW + 100, "sub": 7}


def part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(claims: Any, key: str = "secret", header: Any = None, digest: Any = hashlib.sha256) -> str:
    head = f"{part(json.dumps(header or {'alg': 'HS256'}).encode())}.{part(json.dumps(claims).encode())}"
    return f"{head}.{part(hmac.new(key.encode(), head.encode(), digest).digest())}"


def read(text: str, **changes: Any) -> dict[str, Any]:
    given = {"key": "secret", "audience": "key", "nonce": "n1", "asked": ASKED, "now": NOW, **changes}
    return read_identity_token(text, **given)


def test_an_answer_that_proves_itself() -> None:
    assert read(token(CLAIMS)) == CLAIMS
    assert read(f" {token(CLAIMS)}\n") == CLAIMS
    assert read(token({"iss": "//wiki.example", "aud": "key", "nonce": "n1"}))["aud"] == "key"


def test_the_signature_of_another_library() -> None:
    """The example has the right signature, but is for nobody."""
    with pytest.raises(FlowError, match="is for another client"):
        read(EXAMPLE, key="your-256-bit-secret")
    with pytest.raises(FlowError, match="has a wrong signature"):
        read(EXAMPLE, key="another-256-bit-secret")


@pytest.mark.parametrize("text", [token(CLAIMS, key="other"), token({**CLAIMS, "aud": "other"}), "a.b", ""])
def test_a_traceback_does_not_show_the_key(text: str) -> None:
    with pytest.raises(FlowError) as caught:
        read(text, key="canary")
    ours = [frame for frame, _ in walk_tb(caught.value.__traceback__) if "/src/oauthone/" in frame.f_code.co_filename]
    assert ours
    assert "canary" not in repr([frame.f_locals for frame in ours])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (token(CLAIMS, key="other"), "has a wrong signature"),
        (token(CLAIMS)[:-2], "has a wrong signature"),
        (token(CLAIMS)[:-1] + "*", "has a wrong signature"),
        (token(CLAIMS).rpartition(".")[0] + ".", "has a wrong signature"),
        (token(CLAIMS, header={"alg": "none"}), "is no identity token signed with HS256"),
        (token(CLAIMS, header={"alg": "HS512"}, digest=hashlib.sha512), "is no identity token signed with HS256"),
        (token([1]), "is no identity token$"),
        (token({**CLAIMS, "aud": "other"}), "is for another client"),
        (token({**CLAIMS, "aud": ["key"]}), "is for another client"),
        (token({**CLAIMS, "nonce": "n2"}), "answers another request"),
        (token({name: value for name, value in CLAIMS.items() if name != "nonce"}), "answers another request"),
        (token({**CLAIMS, "iss": "https://evil.example"}), "was issued by another host"),
        (token({**CLAIMS, "iss": "https://wiki.example.evil.example"}), "was issued by another host"),
        (token({**CLAIMS, "iss": None}), "was issued by another host"),
        (token({**CLAIMS, "exp": NOW - 301}), "is not valid at this time"),
        (token({**CLAIMS, "iat": NOW + 301}), "is not valid at this time"),
        (token({**CLAIMS, "iat": "soon"}), "is not valid at this time"),
        (token({**CLAIMS, "exp": True}), "is not valid at this time"),
        ("Error: no", "is no identity token$"),
        ('{"error": "mwoauth-invalid"}', "is no identity token$"),
        ("", "is no identity token$"),
        (part(b"\xff") + ".e30.AA", "is no identity token$"),
    ],
)
def test_an_answer_that_does_not(text: str, message: str) -> None:
    with pytest.raises(FlowError, match=message):
        read(text)


def test_a_difference_of_clocks() -> None:
    assert read(token({**CLAIMS, "exp": NOW - 299, "iat": NOW + 299}))


def test_without_a_secret_or_a_nonce_nothing_is_proved() -> None:
    """An empty key would accept what anybody has signed, and an absent nonce the answer to another request."""
    with pytest.raises(FlowError, match="signed with HS256 and the client's secret"):
        read(token(CLAIMS, key=""), key="")
    with pytest.raises(FlowError, match="answers another request"):
        read(token({**CLAIMS, "nonce": None}), nonce=None)
