"""Published advisories about other OAuth and signature libraries, as tests of this server, named by their ids."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from server.setting import CALLBACK, CLIENT, Clock, RecordingStore, Sent, signed, token_signer, with_token

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.rsa import RsaKey
from oauthone.errors import ConfigurationError, VerificationError
from oauthone.server import Client, MemoryStore, Provider, Verifier
from oauthone.server._authorization import new_verifier


def refusal(store: Any, sent: Sent, **settings: Any) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        Verifier(store, clock=Clock(), **settings).verify(*sent)
    return caught.value


def rsa_pair() -> tuple[RsaKey, bytes]:
    """Return a key, and its public key as PEM."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = rsa.generate_private_key(65537, 2048)
    return RsaKey(key), key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_oauth_net_2009_1_the_callback_is_fixed_before_the_resource_owner_decides() -> None:
    """Session fixation: the attacker who started the flow does not receive the code of another person's browser."""
    clock = Clock()
    provider = Provider(RecordingStore(clock, CLIENT), clock=clock)
    signer = Signer("client", "secret", clock=clock)
    answer = provider.temporary_credentials(
        IncomingRequest.from_url(*signed(signer, url="https://p.example/", callback=CALLBACK))
    )
    assert b"oauth_callback_confirmed=true" in answer.body
    token, secret = (part.split("=")[1] for part in answer.body.decode().split("&")[:2])
    redirect = str(provider.approve(token, "ann").redirect)
    assert redirect.startswith(f"{CALLBACK}&oauth_token={token}&oauth_verifier=")
    signer = signer.replace(token=token, token_secret=secret)
    assert provider.token_credentials(IncomingRequest.from_url(*signed(signer, url="https://p.example/"))).status == 400


def test_cve_2013_4346_a_verifier_cannot_do_without_nonces() -> None:
    """A second copy of a request is rejected, and no setting turns that off."""
    with pytest.raises(TypeError):
        Verifier()
    store, sent = with_token(RecordingStore(Clock())), signed(token_signer())
    assert Verifier(store, clock=Clock()).verify(*sent).user == "ann"
    assert refusal(store, sent).problem == "nonce_used"


@pytest.mark.parametrize("make", [lambda: new_verifier(typed=False), lambda: secrets.token_urlsafe(24)])
def test_cve_2013_4347_what_must_not_be_guessed_comes_from_the_system(make: Callable[[], str]) -> None:
    made = {make() for _ in range(10_000)}
    assert len(made) == 10_000
    assert min(map(len, made)) >= 27


def test_cve_2024_37568_no_public_key_is_an_hmac_secret() -> None:
    """The server rejects it at registration, and when a request names an HMAC method."""
    key, pem = rsa_pair()
    with pytest.raises(ConfigurationError, match="is the text of a key"):
        Client.create("client", pem.decode())
    store = MemoryStore([Client.create("client", rsa_key=key.public_key())], clock=Clock())
    for method in ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"):
        for secret in (pem.decode(), ""):
            forged = signed(Signer("client", secret, signature_method=method, clock=Clock()))
            error = refusal(store, forged, token="optional")
            assert (error.status, error.reason) == (401, f"the client may not use {method}")


@pytest.mark.parametrize("method", ["none", "None", "NONE", "", "HMAC-MD5", "hmac-sha1", "RSA-NONE"])
def test_cve_2026_28802_and_28498_an_unknown_method_fails_before_any_secret_is_touched(method: str) -> None:
    store = with_token(RecordingStore(Clock()))
    store.calls.clear()
    sent = signed(token_signer())
    ((name, value),) = sent.headers
    for signature in ("", "x"):
        header = value.replace("HMAC-SHA1", method)
        header = f'{header.partition("oauth_signature=")[0]}oauth_signature="{signature}"'
        assert refusal(store, sent._replace(headers=[(name, header)])).status == 400
    assert store.calls == []


def test_cve_2006_4339_a_signature_whose_padding_does_not_fill_the_block_is_refused() -> None:
    """With a public exponent of 3, a cube root forges the beginning of a block. So the whole block has to match."""
    import base64
    import hashlib

    from cryptography.hazmat.primitives.asymmetric import rsa

    from oauthone.core.rsa import RsaPublicKey

    public = rsa.generate_private_key(3, 2048).public_key()
    prefix = bytes.fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(b"text").digest()
    block = int.from_bytes((b"\x00\x01\xff\x00" + prefix).ljust(256, b"\0"), "big")
    low, high = 0, 1 << 700
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < block else (low, middle)
    assert (low**3).to_bytes(256, "big").startswith(b"\x00\x01\xff\x00" + prefix)
    signature = base64.b64encode(low.to_bytes(256, "big")).decode()
    assert not RsaPublicKey(public).verify("text", signature, "sha1")


@pytest.mark.parametrize(
    "url",
    ["https://" + "a" * 50_000 + ":" * 5_000 + "/", "https://[" + ":" * 60_000 + "/", "https://x/" + "%" * 60_000],
)
def test_cve_2022_36087_no_url_takes_long_to_read(url: str) -> None:
    """Parsing is linear. A pattern that backtracks would reach the time limit of this suite."""
    sent = signed(token_signer())._replace(url=url)
    assert refusal(with_token(RecordingStore(Clock())), sent).status in (400, 401)
