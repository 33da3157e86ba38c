"""Unknown clients and tokens are checked with stand-in secrets, which are no secret: knowing them opens nothing."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from oauthone import Signer
from oauthone.core.request import IncomingRequest
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

from .one_character import KEYED_CLIENT
from .setting import CALLBACK, NOW, Clock, signed, with_token

URL = "https://api.example/?a=1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LAUNCH = {"lti_message_type": "basic-lti-launch-request", "lti_version": "LTI-1p0", "resource_link_id": "1"}
SECRET_BASED = [name for name, method in SIGNATURE_METHODS.items() if not method.uses_rsa_key]

#: Who has no secret to sign with here: nobody, and clients for whom no secret can be right.
STRANGERS = ["nobody", "keyed", "without a secret", "for another method"]
#: A signature method and where the parameters travel; a query would show the secrets of PLAINTEXT.
WAYS = [
    (name, placement)
    for name in SECRET_BASED
    for placement in ("HEADER", "QUERY", "BODY")
    if (name, placement) != ("PLAINTEXT", "QUERY")
]


class Witness(HmacMethod):
    """Finds each signature right, and remembers the secrets that it was checked with.

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
    """Answers a client that ours refuse to take."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        found = super().find_credentials(client_id, token)
        return found._replace(client_secret="") if found and client_id == "without a secret" else found


def store() -> MemoryStore:
    """A client with a secret, those of `STRANGERS` that exist, a token, and temporary credentials."""
    client = Client.create("client", "secret", callbacks=(CALLBACK,), signature_methods=tuple(SECRET_BASED))
    made = LaxStore([client, KEYED_CLIENT, client._replace(client_id="without a secret")], clock=Clock())
    made.add_client(client._replace(client_id="for another method", signature_methods=("X-OTHER",)))
    made.save_pending(PendingAuthorization("temporary", "ps", "client", CALLBACK, NOW + 600, "v", "ann"))
    return with_token(made)


def stand_ins(client_id: str, token: str | None, name: str) -> tuple[str, str]:
    """The secrets that a verifier checks this client and this token with."""
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


DOORS = {
    "verifier": verified(Verifier, "optional"),
    "awaited verifier": verified(AsyncVerifier, "optional"),
    "verifier without tokens": verified(Verifier, "none"),
    "temporary credentials": granted("temporary_credentials"),
}


def arriving(signer: Signer, **given: Any) -> IncomingRequest:
    """The request as it arrives that ``signer`` signed."""
    body = {"headers": FORM, "body": b"b=2"} if signer.placement == "BODY" else {}
    return IncomingRequest.from_url(*signed(signer, url=URL, **body, **given))


@pytest.mark.parametrize(("name", "placement"), WAYS)
@pytest.mark.parametrize("client_id", STRANGERS)
def test_without_a_token_the_stand_in_secret_opens_no_door(name: str, client_id: str, placement: str) -> None:
    secret, token_secret = stand_ins(client_id, None, name)
    made = Signer(client_id, secret, signature_method=name, signature_type=placement, clock=Clock())
    assert token_secret == ""
    for open_door in DOORS.values():
        with pytest.raises(VerificationError) as refused:
            open_door(arriving(made, callback=CALLBACK))
        assert (refused.value.status, refused.value.problem) == (401, "signature_invalid")
    known = made.replace(client_id="client", client_secret="secret")
    assert all(open_door(arriving(known, callback=CALLBACK)) for open_door in DOORS.values())


@pytest.mark.parametrize("name", SECRET_BASED)
@pytest.mark.parametrize(
    ("client_id", "token"), [("nobody", "t"), ("nobody", "unknown"), ("client", "unknown"), ("keyed", "t")]
)
def test_with_a_token_the_stand_in_secrets_open_no_door(name: str, client_id: str, token: str) -> None:
    """Not with a client's own secret either, which it has, beside the stand-in for the token's."""
    secret, token_secret = stand_ins(client_id, token, name)
    made = Signer(client_id, secret, token=token, token_secret=token_secret, signature_method=name, clock=Clock())
    assert token_secret
    assert (secret == "secret") == (client_id == "client")
    doors = [verified(Verifier, "required"), verified(AsyncVerifier, "optional"), granted("token_credentials")]
    for open_door in doors:
        with pytest.raises(VerificationError, match="signature_invalid"):
            open_door(arriving(made, verifier="v"))
    known = made.replace(client_id="client", client_secret="secret", token_secret="ts", token="t")
    assert doors[0](arriving(known))
    assert doors[2](arriving(known.replace(token="temporary", token_secret="ps"), verifier="v"))


def test_the_stand_in_secret_launches_no_tool() -> None:
    secret, _ = stand_ins("nobody", None, "HMAC-SHA1")

    def launched(client_id: str, secret: str) -> object:
        made = Signer(client_id, secret, signature_type="BODY", clock=Clock())
        sent = signed(made, url=URL, headers=FORM, body=urlencode(LAUNCH).encode())
        return verify_launch(Verifier(store(), token="none", clock=Clock()), IncomingRequest.from_url(*sent))

    with pytest.raises(VerificationError, match="signature_invalid"):
        launched("nobody", secret)
    assert launched("client", "secret")


@pytest.mark.parametrize("client_id", STRANGERS)
@pytest.mark.parametrize("token", [None, "t", "unknown"])
@pytest.mark.parametrize("name", ["HMAC-SHA1", "PLAINTEXT"])
def test_a_stranger_is_refused_even_where_the_method_finds_the_signature_right(
    name: str, token: str | None, client_id: str
) -> None:
    """Whether a client is known is not left to the comparison of signatures."""
    assert stand_ins(client_id, token, name)
