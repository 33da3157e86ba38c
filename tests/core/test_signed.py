import pickle

from oauthone import Signed, Signer

SIGNED = Signer("key", "secret", token="token", token_secret="hush").sign("GET", "https://api.example/?a=1")


def test_what_was_signed_shows_no_signature() -> None:
    """Nor what stands in the request."""
    assert repr(SIGNED) == f"Signed(nonce={SIGNED.nonce!r}, timestamp={SIGNED.timestamp!r}, …)"


def test_what_was_signed_can_be_pickled_and_taken_apart() -> None:
    assert pickle.loads(pickle.dumps(SIGNED)) == SIGNED
    assert Signed(*SIGNED) == SIGNED
    assert SIGNED.added_to_query == ()
