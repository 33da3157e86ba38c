"""What belongs to one browser: its session, and the cookies that hold one login each."""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Protocol

#: The key of the session under which pending logins are kept.
SESSION_KEY = "_oauthone"

#: How many login cookies a browser gets, and how many characters they may hold: servers limit a request's headers.
MAX_LOGIN_COOKIES = 5
MAX_LOGIN_COOKIE_CHARS = 3000

#: A browser accepts a cookie with this prefix only over TLS, and only from the host that it belongs to.
_PROTECTED = "__Host-"
#: The names of login cookies. Only such a name is sent back in a response, because frameworks reject odd names.
_NAME = re.compile(rf"(?:{_PROTECTED})?oauthone_login_([0-9a-f]{{40}})")


class BrowserSession(Protocol):
    """Storage that belongs to one browser. In asynchronous applications, each method may be a coroutine function."""

    def read(self) -> Any:
        """Return the value that was written last, or None."""
        ...

    def write(self, value: list[list[Any]], at_once: bool) -> Any:
        """Store ``value``, which can be written as JSON.

        Args:
            value: the value to store.
            at_once: save it now, so that it lasts even if the view fails afterwards.
        """
        ...

    def is_empty(self) -> Any:
        """Whether the browser came without any session data."""
        ...


class LoginCookies:
    """One cookie for each login, so that two responses sent at the same time do not overwrite each other's login.

    Args:
        received: the request's cookies.
        secure: accept only cookies that this host set over TLS. Pass True if the request came over TLS, or if the
            session's own cookie is marked Secure.
    """

    def __init__(self, received: Mapping[str, str], *, secure: bool) -> None:
        self._secure = secure
        self._received = {
            name: value
            for name, value in received.items()
            if _NAME.fullmatch(name) and (name.startswith(_PROTECTED) or not secure)
        }
        self._changes: list[tuple[str, str, int]] = []

    def read(self, identifier: str, is_protected: bool) -> str | None:
        """Return the cookie that the browser sent for this login, or None.

        Args:
            identifier: identifies the login.
            is_protected: look for a cookie that only this host can have set, or else for one without the prefix.
        """
        return self._received.get(_cookie_name(identifier, is_protected))

    def write(
        self, identifier: str, value: str, seconds: int, waiting: Sequence[str], is_protected: bool = False
    ) -> None:
        """Set a cookie in the response, and delete old ones, so that all of them together stay small.

        Args:
            identifier: identifies the login.
            value: the cookie's value.
            seconds: how long the browser keeps the cookie.
            waiting: the logins that are pending in the session: their cookies are deleted last.
            is_protected: the callback arrives over TLS, even if this request seems not to.
        """
        new = _cookie_name(identifier, is_protected or self._secure)
        last = {_cookie_name(one, is_protected) for one in waiting for is_protected in (True, False)}
        held = {**self._received, new: value}
        order = sorted(held, key=lambda name: (name in last, name == new))
        while len(held) > 1 and (
            len(held) > MAX_LOGIN_COOKIES or sum(map(len, held.values())) > MAX_LOGIN_COOKIE_CHARS
        ):
            deleted = order.pop(0)
            del held[deleted]
            self._changes.append((deleted, "", 0))
        self._changes.append((new, value, seconds))

    def add_to(self, response: Any) -> Any:
        """Set the cookies on ``response`` and return it."""
        for name, value, seconds in self._changes:
            response.set_cookie(
                name,
                value,
                max_age=seconds,
                path="/",
                secure=name.startswith(_PROTECTED),
                httponly=True,
                samesite="Lax",
            )
        return response


class MappingSession:
    """A browser's session that is a mutable mapping, such as the sessions of Flask and Starlette, or a dict.

    Args:
        mapping: the session.
        received_cookies: the request's cookies; None if no response can carry login cookies.
        secure: see `LoginCookies`.
    """

    def __init__(
        self,
        mapping: MutableMapping[str, Any],
        received_cookies: Mapping[str, str] | None = None,
        *,
        secure: bool = False,
    ) -> None:
        self._mapping = mapping
        self.cookies = None if received_cookies is None else LoginCookies(received_cookies, secure=secure)

    def add_cookies_to(self, response: Any) -> Any:
        """Set the cookies of logins that began on ``response`` and return it."""
        return response if self.cookies is None else self.cookies.add_to(response)

    def read(self) -> Any:
        """See `BrowserSession`."""
        return self._mapping.get(SESSION_KEY)

    def write(self, value: list[list[Any]], at_once: bool) -> None:
        """See `BrowserSession`."""
        self._mapping[SESSION_KEY] = value

    def is_empty(self) -> bool:
        """See `BrowserSession`."""
        return not self._mapping


def _cookie_name(identifier: str, is_protected: bool) -> str:
    return f"{_PROTECTED if is_protected else ''}oauthone_login_{identifier}"
