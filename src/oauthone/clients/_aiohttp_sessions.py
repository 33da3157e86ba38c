"""What the client for aiohttp reads of its ``ClientSession``, and the copy of it that sends a leg."""

from typing import Any

from aiohttp import ClientSession, DummyCookieJar, hdrs
from multidict import CIMultiDict
from yarl import URL


def middlewares_of(session: ClientSession, given: Any) -> Any:
    """The middlewares of a request: ``given`` with it, or those of ``session``, which have no public name."""
    return (getattr(session, "_middlewares", None) or ()) if given is None else given


def without_cookies(session: ClientSession) -> ClientSession:
    """A copy of ``session`` that shares its connections and settings, and neither sends nor stores cookies."""
    copied = object.__new__(session.__class__)
    vars(copied).update(vars(session), _cookie_jar=DummyCookieJar())
    return copied


def brings_authorization(session: ClientSession, url: str, headers: Any) -> bool:
    """Whether the caller says who asks: in a header or in the URL, which a password from a .netrc does not count as."""
    if hdrs.AUTHORIZATION in session.headers or (headers and hdrs.AUTHORIZATION in CIMultiDict(headers)):
        return True
    return "@" in url and _has_user(url)


def _has_user(url: str) -> bool:
    try:
        address = URL(url)
    except ValueError:
        return False  # aiohttp refuses it
    return address.raw_user is not None or address.raw_password is not None
