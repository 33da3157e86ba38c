"""What a client made of its base string: the base string itself, or a signature of one of the three kinds.

An attacker may not learn how much of a forged signature is right, so no comparison stops where two of them differ. The
digests of HMAC are looked up by their hash, which depends on all of their octets.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

from oauthone.diagnosis.hmac_signers import MACS, HmacSigner, Respell, Signer, respelled
from oauthone.diagnosis.key_mistakes import Secrets
from oauthone.diagnosis.rsa_paddings import read_padding, was_opened
from oauthone.diagnosis.signing_steps import AnyChoice, Choice, Step, same

#: Choices that together lead to a target.
Chosen: TypeAlias = tuple[AnyChoice[Any], ...]


class Target(Protocol):
    """What a client made of its base string.

    Attributes:
        reads_text: whether it depends on the base string at all.
    """

    reads_text: bool

    def tries(self, number: int, rank: int) -> int:
        """Return how many signatures `matches` computes of a base string."""
        ...

    def matches(self, text: str, number: int, rank: int) -> Iterable[Chosen]:
        """Return how the base string ``text`` leads to the target.

        Args:
            text: the base string.
            number: how many mistakes are made with it. One more may follow, in the spelling of the signature.
            rank: how rarely they are made.
        """
        ...


class TextTarget:
    """A base string that a client or a server made."""

    reads_text = True

    def __init__(self, text: str) -> None:
        self._text = text

    def tries(self, number: int, rank: int) -> int:
        return not number

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        if text == self._text:
            yield ()


class HmacTarget:
    """A signature with a symmetric key, by HMAC or by what a client takes for it.

    Args:
        keys: the choices of a key.
        hash_names: the choices of a hash.
        signatures: the octets that were sent, by the mistakes in their spelling.
    """

    reads_text = True

    def __init__(
        self, keys: Step[Secrets, bytes], hash_names: Sequence[Choice[str]], signatures: Sequence[Choice[bytes]]
    ) -> None:
        self._keys, self._hash_names = keys, hash_names
        self._sent: dict[bytes, list[Choice[bytes]]] = {}
        for sent in signatures:
            self._sent.setdefault(sent.value, []).append(sent)
        self._signers: dict[tuple[int, int, Respell], list[Signer]] = {}

    def tries(self, number: int, rank: int) -> int:
        return len(self._of(number, rank, same))

    def matches(self, text: str, number: int, rank: int, respell_key: Respell = same) -> Sequence[Chosen]:
        """Return how the base string ``text`` leads to the signature.

        Args:
            text: the base string.
            number: how many mistakes are made with it. One more may follow, in the spelling of the signature.
            rank: how rarely they are made.
            respell_key: what respells the keys. Those that it leaves as they are do not count.
        """
        octets, sent_as = text.encode("latin-1"), self._sent.get
        signers = self._of(number, rank, respell_key)
        return [(*signer.way, sent) for signer in signers for sent in sent_as(signer.sign(octets), ())]

    def _of(self, number: int, rank: int, respell_key: Respell) -> list[Signer]:
        found = self._signers.get((number, rank, respell_key))
        if found is None:
            found = self._signers[number, rank, respell_key] = [
                (Signer if mac.number else HmacSigner)(mac, key, name, octets)
                for mac in MACS
                for name in self._hash_names
                if mac.number + name.number <= number and mac.rank + name.rank <= rank
                for key in self._keys.of(number - mac.number - name.number, rank - mac.rank - name.rank)
                if (octets := respelled(key.value, respell_key)) is not None
            ]
        return found


_ANOTHER_KEY = Choice(None, ("another-rsa-key",))


class RsaTarget:
    """A signature with an RSA key, which the public half of the key opens.

    Args:
        opened: what was signed, with its padding, by the mistakes in the signature's spelling.
        hash_names: the choices of a hash.
        is_whole: whether the signature is as long as one of some key, so that one which this key does not open was
            made with another.
    """

    reads_text = True

    def __init__(
        self, opened: Sequence[Choice[bytes]], hash_names: Sequence[Choice[str]], *, is_whole: bool = True
    ) -> None:
        self._paddings = [
            (signed, name, padding)
            for signed in opened
            for name in hash_names
            for padding in read_padding(signed.value, name.value)
        ]
        self._other_key = is_whole and not any(was_opened(signed.value) for signed in opened)

    def tries(self, number: int, rank: int) -> int:
        return len(self._paddings) + 1 if number < 2 else 0

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        if self._other_key and (number, rank) == (1, _ANOTHER_KEY.rank):
            yield (_ANOTHER_KEY,)
        octets = text.encode("latin-1")
        for signed, name, padding in self._paddings:
            way = Choice(None, padding.way)
            is_tried = (name.number + way.number, name.rank + way.rank) == (number, rank)
            if is_tried and padding.holds(hashlib.new(name.value, octets).digest()):
                yield name, way, signed


class PlaintextTarget:
    """The key itself as the signature, whatever the base string is.

    Args:
        keys: the choices of a key.
        signatures: the text that was sent, by the mistakes in its spelling.
    """

    reads_text = False

    def __init__(self, keys: Step[Secrets, bytes], signatures: Sequence[Choice[bytes]]) -> None:
        self._keys = keys
        self._signatures = signatures

    def tries(self, number: int, rank: int) -> int:
        return 1

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        for key in self._keys.of(number, rank):
            for sent in self._signatures:
                if hmac.compare_digest(key.value, sent.value):
                    yield key, sent


class MethodTarget:
    """A signature of a method that the server added, which its own function verifies.

    Args:
        verify: a function that takes a base string and the two secrets.
        secrets: the choices of the secrets.
    """

    reads_text = True

    def __init__(self, verify: Callable[[str, str, str], bool], secrets: Step[Secrets, Secrets]) -> None:
        self._verify = verify
        self._secrets = secrets

    def tries(self, number: int, rank: int) -> int:
        return 1 if number > 1 else len([*self._secrets.of(number, rank)])

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        for choice in self._secrets.of(number, rank):
            if self._verify(text, choice.value.client, choice.value.token):
                yield (choice,)
