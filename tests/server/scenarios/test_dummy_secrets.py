"""Unknown clients and tokens are checked with dummy secrets, which are public: knowing them gives access to nothing."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.signature import SIGNATURE_METHODS, HmacMethod
from oauthone.errors import VerificationError
from oauthone.server import (
    AsyncVerifier,
    Client,
    Credentials,
    MemoryStore,
    PendingAuthorization,
    Provider,
    Verifier,
    verify_launch,
)

from ..one_character import KEYED_CLIENT
from ..setting import CALLBACK, NOW, Clock, signed, with_token

URL = "https://api.example/?a=1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LAUNCH = {"lti_message_type": "basic-lti-launch-request", "lti_version": "LTI-1p0", "resource_link_id": "1"}
SECRET_BASED = [name for name, method in SIGNATURE_METHODS.items() if not method.uses_rsa_key]

#: Clients without a secret to sign with: an unknown one, and those for which no secret is valid.
UNKNOWN = ["unknown", "keyed", "without a secret", "for another method"]
#: A signature method and its placement. A query would show the secrets of PLAINTEXT.
WAYS = [
    (name, placement)
    for name in SECRET_BASED
    for placement in ("HEADER", "QUERY", "BODY")
    if (name, placement) != ("PLAINTEXT", "QUERY")
]


class Witness(HmacMethod):
    """Accepts each signature, and records the secrets that it was checked with.

    Attributes:
        secrets: those of the client and of the token, one pair for each signature.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, "sha1")
        self.secrets: list[tuple[str, str]] = []

    def verify(
        self, base_string: str, signature: str, client_secret: str, token_secret: str, rsa_key: Any = None
    ) -> bool:
        self.secrets.append((client_secret, token_secret))
        return True


class LaxStore(MemoryStore):
    """A store that returns a client which our stores reject."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        found = super().find_credentials(client_id, token)
        return found._replace(client_secret="") if found and client_id == "without a secret" else found


def store() -> MemoryStore:
    """A client with a secret, those of `UNKNOWN` that exist, a token, and temporary credentials."""
    client = Client.create("client", "secret", callbacks=(CALLBACK,), signature_methods=tuple(SECRET_BASED))
    made = LaxStore([client, KEYED_CLIENT, client._replace(client_id="without a secret")], clock=Clock())
    made.add_client(client._replace(client_id="for another method", signature_methods=("X-OTHER",)))
    made.save_pending(PendingAuthorization("temporary", "ps", "client", CALLBACK, NOW + 600, "v", "ann"))
    return with_token(made)


def dummy_secrets(client_id: str, token: str | None, name: str) -> tuple[str, str]:
    """Return the secrets with which a verifier checks this client and this token."""
    witness = Witness(name)
    sent = signed(Signer(client_id, "", token=token, signature_method=witness, clock=Clock()), url=URL)
    with pytest.raises(VerificationError, match="signature_invalid"):
        Verifier(store(), token="optional", signature_methods=[witness], clock=Clock()).verify(*sent)
    return witness.secrets[0]


def verified(kind: Any, rule: Any) -> Callable[[IncomingRequest], object]:
    def verify(request: IncomingRequest) -> object:
        found = kind(store(), token=rule, clock=Clock()).verify(request)
        return asyncio.run(found) if kind is AsyncVerifier else found

    return verify


def granted(endpoint: str) -> Callable[[IncomingRequest], object]:
    def grant(request: IncomingRequest) -> object:
        answer = getattr(Provider(store(), clock=Clock()), endpoint)(request)
        if answer.status == 401:
            raise VerificationError(401, "signature_invalid", "as answered")
        return answer

    return grant


ENTRY_POINTS = {
    "verifier": verified(Verifier, "optional"),
    "awaited verifier": verified(AsyncVerifier, "optional"),
    "verifier without tokens": verified(Verifier, "none"),
    "temporary credentials": granted("temporary_credentials"),
}


def arriving(signer: Signer, **given: Any) -> IncomingRequest:
    """Return the request of ``signer`` as it arrives."""
    body = {"headers": FORM, "body": b"b=2"} if signer.placement == "BODY" else {}
    return IncomingRequest.from_url(*signed(signer, url=URL, **body, **given))


@pytest.mark.parametrize(("name", "placement"), WAYS)
@pytest.mark.parametrize("client_id", UNKNOWN)
def test_without_a_token_the_dummy_secret_gives_no_access(name: str, client_id: str, placement: str) -> None:
    secret, token_secret = dummy_secrets(client_id, None, name)
    made = Signer(client_id, secret, signature_method=name, signature_type=placement, clock=Clock())
    assert token_secret == ""
    for accept in ENTRY_POINTS.values():
        with pytest.raises(VerificationError) as refused:
            accept(arriving(made, callback=CALLBACK))
        assert (refused.value.status, refused.value.problem) == (401, "signature_invalid")
    known = made.replace(client_id="client", client_secret="secret")
    assert all(accept(arriving(known, callback=CALLBACK)) for accept in ENTRY_POINTS.values())


@pytest.mark.parametrize("name", SECRET_BASED)
@pytest.mark.parametrize(
    ("client_id", "token"), [("unknown", "t"), ("unknown", "unknown"), ("client", "unknown"), ("keyed", "t")]
)
def test_with_a_token_the_dummy_secrets_give_no_access(name: str, client_id: str, token: str) -> None:
    """Nor does the client's own secret together with the dummy secret of the token."""
    secret, token_secret = dummy_secrets(client_id, token, name)
    made = Signer(client_id, secret, token=token, token_secret=token_secret, signature_method=name, clock=Clock())
    assert token_secret
    assert (secret == "secret") == (client_id == "client")
    entry_points = [verified(Verifier, "required"), verified(AsyncVerifier, "optional"), granted("token_credentials")]
    for accept in entry_points:
        with pytest.raises(VerificationError, match="signature_invalid"):
            accept(arriving(made, verifier="v"))
    known = made.replace(client_id="client", client_secret="secret", token_secret="ts", token="t")
    assert entry_points[0](arriving(known))
    assert entry_points[2](arriving(known.replace(token="temporary", token_secret="ps"), verifier="v"))


def test_the_dummy_secret_launches_no_tool() -> None:
    secret, _ = dummy_secrets("unknown", None, "HMAC-SHA1")

    def launched(client_id: str, secret: str) -> object:
        made = Signer(client_id, secret, signature_type="BODY", clock=Clock())
        sent = signed(made, url=URL, headers=FORM, body=urlencode(LAUNCH).encode())
        return verify_launch(Verifier(store(), token="none", clock=Clock()), IncomingRequest.from_url(*sent))

    with pytest.raises(VerificationError, match="signature_invalid"):
        launched("unknown", secret)
    assert launched("client", "secret")


@pytest.mark.parametrize("client_id", UNKNOWN)
@pytest.mark.parametrize("token", [None, "t", "unknown"])
@pytest.mark.parametrize("name", ["HMAC-SHA1", "PLAINTEXT"])
def test_an_unknown_client_is_rejected_even_if_the_method_accepts_the_signature(
    name: str, token: str | None, client_id: str
) -> None:
    """The comparison of signatures does not decide whether a client is known."""
    assert dummy_secrets(client_id, token, name)
