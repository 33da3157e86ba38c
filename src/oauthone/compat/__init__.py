"""Existing code runs: modules with the names of other OAuth 1.0 libraries, which sign with this package.

``python -m oauthone.compat PROGRAM`` runs a program, unchanged, with `oauthone.compat.requests_oauthlib` in the place
of requests-oauthlib.
"""

from typing import TYPE_CHECKING, NoReturn

#: The names that people look for here, and the module that has them.
_ELSEWHERE = dict.fromkeys(
    ("OAuth1", "OAuth1Session", "TokenMissing", "TokenRequestDenied", "VerifierMissing", "install"),
    "oauthone.compat.requests_oauthlib",
)


if not TYPE_CHECKING:  # pragma: no branch - to a type checker, the module would have every name
    from oauthone import _absent_name

    def __getattr__(name: str) -> NoReturn:
        raise _absent_name("oauthone.compat", name, _ELSEWHERE)
