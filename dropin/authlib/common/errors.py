"""The base class of errors, under Authlib's name."""

from authlib._absent import module_getattr
from oauthone.errors import OAuth1Error as AuthlibBaseError

__all__ = ["AuthlibBaseError"]

__getattr__ = module_getattr(__name__, "AuthlibHTTPError", "ContinueIteration")
