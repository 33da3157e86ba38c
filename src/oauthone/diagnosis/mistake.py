"""`Mistake`: an entry in the table of mistakes."""

from enum import StrEnum
from typing import NamedTuple

#: The detail of a mistake in encoding that a client made in the secrets of its key too.
IN_SECRETS = "in-secrets"


class Party(StrEnum):
    """Who has to change something."""

    CLIENT = "client"
    CREDENTIALS = "credentials"
    SERVER = "server"
    NETWORK = "network"


class Mistake(NamedTuple):
    """One entry of the table.

    Attributes:
        word: the stable word, such as ``"form-left-out"``.
        description: what the client did; ``{}`` stands for a detail that belongs to the protocol.
        advice: what to do.
        party: who has to change something.
    """

    word: str
    description: str
    advice: str
    party: Party = Party.CLIENT
