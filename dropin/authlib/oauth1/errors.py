"""The errors of `authlib.oauth1.rfc5849.errors`."""

from authlib.oauth1.rfc5849 import errors
from authlib.oauth1.rfc5849.errors import InsecureTransportError, OAuth1Error

__all__ = ["InsecureTransportError", "OAuth1Error"]

__getattr__ = errors.__getattr__
