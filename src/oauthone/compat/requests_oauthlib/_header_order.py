"""The order in which oauthlib writes the parameters of an ``Authorization`` header; tests compare whole headers."""

_NAMES = (
    "oauth_nonce",
    "oauth_timestamp",
    "oauth_version",
    "oauth_signature_method",
    "oauth_consumer_key",
    "oauth_token",
    "oauth_callback",
    "oauth_verifier",
    "oauth_body_hash",
    "oauth_signature",
)
_RANKS = {name: rank for rank, name in enumerate(_NAMES)}
_FIRST = 'oauth_consumer_key="'


def in_oauthlib_order(header: str) -> str:
    """Return an ``Authorization`` header of `Signer` with its parameters in the order of oauthlib."""
    # The last one: the realm before it may end with the name, but the values after it are encoded.
    begin = header.rindex(_FIRST)
    parameters = sorted(header[begin:].split(", "), key=_rank)
    return header[:begin] + ", ".join(parameters)


def _rank(parameter: str) -> int:
    return _RANKS[parameter.partition("=")[0]]
