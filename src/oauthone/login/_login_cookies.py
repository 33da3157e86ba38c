"""The cookies that hold one login each."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: How many cookies of logins a browser is given, and how many characters they may hold: servers bound a request's head.
MOST_COOKIES = 5
MOST_IN_COOKIES = 3000

#: Browsers take a cookie with this beginning over TLS alone, and from no other host.
_PROTECTED = "__Host-"
#: What cookies of logins are called. Only such a name comes back in a response: frameworks refuse odd ones.
_NAME = re.compile(rf"(?:{_PROTECTED})?oauthone_login_([0-9a-f]{{40}})")


class LoginCookies:
    """A cookie for each login, so that of several responses that are on their way none undoes what another wrote.

    Args:
        received: the request's cookies.
        secure: whether only cookies that this host set over TLS count: the request came over TLS, or the session's own
            cookie is marked Secure.
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
        """What the browser sent for this login, or None.

        Args:
            identifier: the login.
            is_protected: whether to look for a cookie that only this host can have set, or for one without the prefix.
        """
        return self._received.get(_name(identifier, is_protected))

    def write(
        self, identifier: str, value: str, seconds: int, waiting: Sequence[str], is_protected: bool = False
    ) -> None:
        """Put a cookie into the response, and give up old ones, so that all together stay small.

        Args:
            identifier: the login.
            value: what the cookie holds.
            seconds: how long.
            waiting: the logins that wait in the session: their cookies are the last to be given up.
            is_protected: the callback comes over TLS, even if this request did not, as far as one can tell.
        """
        new = _name(identifier, is_protected or self._secure)
        last = {_name(one, is_protected) for one in waiting for is_protected in (True, False)}
        held = {**self._received, new: value}
        order = sorted(held, key=lambda one: (one in last, one == new))
        while len(held) > 1 and (len(held) > MOST_COOKIES or sum(map(len, held.values())) > MOST_IN_COOKIES):
            given_up = order.pop(0)
            del held[given_up]
            self._changes.append((given_up, "", 0))
        self._changes.append((new, value, seconds))

    def put_into(self, response: Any) -> Any:
        """``response``, with what was written."""
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


def _name(identifier: str, is_protected: bool) -> str:
    return f"{_PROTECTED if is_protected else ''}oauthone_login_{identifier}"
