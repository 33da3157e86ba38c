"""How a client percent-encodes names, values and the parts of a base string, rightly or wrongly."""

from collections.abc import Callable
from typing import NamedTuple

from oauthone.diagnosis.signing_steps import same


class Encoding(NamedTuple):
    """How a client encodes. Each function respells text that is encoded rightly.

    Attributes:
        name: how it writes the name of a parameter.
        value: how it writes the value of a parameter.
        part: how it writes the parts of the base string.
        key: how it writes the secrets in its key, if it has one encoder for all.
        spares_protocol: whether it encodes the protocol parameters rightly.
        is_rare: whether its mistake is usually made in another way.
    """

    name: Callable[[str], str]
    value: Callable[[str], str]
    part: Callable[[str], str]
    key: Callable[[str], str] = same
    spares_protocol: bool = False
    is_rare: bool = False


class EncodedOnce(dict[str, str]):
    """The texts that an encoder has encoded."""

    def __init__(self, encoder: Callable[[str], str]) -> None:
        self._encoder = encoder

    def __missing__(self, text: str) -> str:
        encoded = self[text] = self._encoder(text)
        return encoded


RIGHT_ENCODING = Encoding(same, same, same)
