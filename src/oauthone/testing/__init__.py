"""`ProviderBox`: a strict OAuth 1.0 provider in a box, for tests, demonstrations and trying things out."""

from oauthone.testing.box import ProviderBox
from oauthone.testing.identities import BoxClient, BoxToken
from oauthone.testing.protected import Received

__all__ = ["BoxClient", "BoxToken", "ProviderBox", "Received"]
