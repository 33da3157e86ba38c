"""The table of mistakes, one for servers and clients, and the sentences that are made of it."""

from collections.abc import Sequence

from oauthone.diagnosis.mistake import IN_SECRETS, Mistake
from oauthone.diagnosis.protocol_mistakes import PROTOCOL_MISTAKES
from oauthone.diagnosis.rsa_mistakes import RSA_MISTAKES
from oauthone.diagnosis.signing_mistakes import SIGNING_MISTAKES
from oauthone.diagnosis.signing_steps import Mistakes
from oauthone.diagnosis.value_mistakes import VALUE_MISTAKES

_TABLES = (*SIGNING_MISTAKES, *VALUE_MISTAKES, *RSA_MISTAKES, *PROTOCOL_MISTAKES)
#: Each mistake by its stable word.
MISTAKES = {entry.word: entry for entry in _TABLES}


def entry_of(found: str) -> Mistake:
    """Return the entry of a mistake that was found, such as ``"parameter-unsigned:oauth_token"``."""
    return MISTAKES[found.partition(":")[0]]


def described(found: str) -> str:
    """Return what the client did, with the detail that was found."""
    word, _, detail = found.partition(":")
    description = MISTAKES[word].description
    return f"{description}, in the secrets of the key too" if detail == IN_SECRETS else description.format(detail)


#: How many ways are described that cannot be told apart.
_WAYS_SHOWN = 3


def described_ways(ways: Sequence[Mistakes]) -> str:
    """Return what the client did. Ways that lead to the same signature are all named, the likelier first."""
    shown = [list(map(described, way)) for way in ways[:_WAYS_SHOWN]]
    shared = [text for text in shown[0] if len(shown) > 1 and all(text in way and len(way) > 1 for way in shown)][:1]
    rest = [", and ".join([text for text in way if text not in shared]) for way in shown]
    listed = f"did one of these: {'; '.join(rest[:-1])}; or {rest[-1]}" if len(rest) > 2 else ", or ".join(rest)
    return ", and ".join([*shared, listed])
