"""The class of Authlib's warnings about old names, for programs that silence them. None is ever raised here."""

__all__ = ["AuthlibDeprecationWarning"]


class AuthlibDeprecationWarning(DeprecationWarning):
    """An old name of Authlib was used."""
