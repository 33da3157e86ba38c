"""`ProviderBox`: a strict OAuth 1.0 provider in a box, for tests, demonstrations and trying things out."""

from oauthone.testing.box import ProviderBox
from oauthone.testing.faults import Faults
from oauthone.testing.identities import BoxClient, BoxToken
from oauthone.testing.received import Received

__all__ = ["BoxClient", "BoxToken", "Faults", "ProviderBox", "Received"]
