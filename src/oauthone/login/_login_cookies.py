"""The cookies that hold one login each."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: How many cookies of logins a browser is given, and how many characters they may hold: servers bound a request's head.
MOST_COOKIES = 5
MOST_IN_COOKIES = 3000

#: How a login is named, see `identify`. Only such a name comes back in a response: frameworks refuse odd ones.
_IDENTIFIER = re.compile(r"[0-9a-f]{40}")


class LoginCookies:
    """A cookie for each login, so that of several responses that are on their way none undoes what another wrote.

    Over TLS the name's beginning makes browsers take it from this host alone.

    Args:
        received: the request's cookies.
        secure: whether the request came over TLS.
    """

    def __init__(self, received: Mapping[str, str], *, secure: bool) -> None:
        self._prefix = "__Host-oauthone_login_" if secure else "oauthone_login_"
        given = {
            name.removeprefix(self._prefix): value for name, value in received.items() if name.startswith(self._prefix)
        }
        self._received = {name: value for name, value in given.items() if _IDENTIFIER.fullmatch(name)}
        self._secure = secure
        self._changes: list[tuple[str, str, int]] = []

    def read(self, identifier: str) -> str | None:
        """What the browser sent for this login, or None."""
        return self._received.get(identifier)

    def write(self, identifier: str, value: str, seconds: int, waiting: Sequence[str]) -> None:
        """Put a cookie into the response, and give up old ones, so that all together stay small.

        Args:
            identifier: the login.
            value: what the cookie holds.
            seconds: how long.
            waiting: the logins that wait in the session: their cookies are the last to be given up.
        """
        held = {**self._received, identifier: value}
        order = sorted(held, key=lambda one: (one in waiting, one == identifier))
        while len(held) > 1 and (len(held) > MOST_COOKIES or sum(map(len, held.values())) > MOST_IN_COOKIES):
            given_up = order.pop(0)
            del held[given_up]
            self._changes.append((given_up, "", 0))
        self._changes.append((identifier, value, seconds))

    def put_into(self, response: Any) -> Any:
        """``response``, with what was written."""
        for identifier, value, seconds in self._changes:
            response.set_cookie(
                self._prefix + identifier,
                value,
                max_age=seconds,
                path="/",
                secure=self._secure,
                httponly=True,
                samesite="Lax",
            )
        return response
