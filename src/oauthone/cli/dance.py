"""A login as a generator. It yields what has to happen in the world, and receives the outcome."""

from collections.abc import Generator
from typing import Any, NamedTuple

from oauthone.errors import AccessDenied, CallbackError


class Listen(NamedTuple):
    """Listen for the callback; the outcome is the callback to send: a URL, or ``oob``."""


class FetchTemporary(NamedTuple):
    """Fetch temporary credentials; the outcome is the dict of the client."""

    callback: str


class KeepPending(NamedTuple):
    """Keep temporary credentials until the login ends."""

    token: dict[str, Any]
    callback: str


class DropPending(NamedTuple):
    """Forget them."""


class Show(NamedTuple):
    """Show where to agree, and open a browser; the outcome is the URL."""

    token: dict[str, Any]
    callback: str


class AwaitAnswer(NamedTuple):
    """Wait for the browser or for a pasted text, whichever comes first; the outcome is the text.

    ``wrong`` is the number of texts so far that did not belong to this login.
    """

    wrong: int


class ReadAnswer(NamedTuple):
    """Read the text as the client does."""

    text: str


class Say(NamedTuple):
    """Say something to the person."""

    text: str


class FetchToken(NamedTuple):
    """Fetch token credentials, save them, and forget the temporary ones, uninterrupted.

    The outcome is the dict of the client.
    """


Effect = Listen | FetchTemporary | KeepPending | DropPending | Show | AwaitAnswer | ReadAnswer | Say | FetchToken
Steps = Generator[Effect, Any, dict[str, Any]]


def login() -> Steps:
    """Log in from the first leg to the saved token, which is the result."""
    temporary, callback = yield from _first_leg()
    yield Show(temporary, callback)
    yield from _answer()
    token: dict[str, Any] = yield FetchToken()
    return token


def begin() -> Steps:
    """Do what comes before the person; the result is the URL to visit."""
    temporary, callback = yield from _first_leg()
    url = yield Show(temporary, callback)
    return {"authorize_url": url}


def finish(text: str) -> Steps:
    """Do what comes after the person.

    Args:
        text: the code, or the address at which the person ended up.
    """
    yield ReadAnswer(text)
    token: dict[str, Any] = yield FetchToken()
    return token


def _first_leg() -> Generator[Effect, Any, tuple[dict[str, Any], str]]:
    callback: str = yield Listen()
    temporary: dict[str, Any] = yield FetchTemporary(callback)
    yield KeepPending(temporary, callback)
    return temporary, callback


def _answer() -> Generator[Effect, Any, None]:
    """Wait until a text belongs to this login. A refusal ends it."""
    wrong = 0
    while True:
        text: str = yield AwaitAnswer(wrong)
        try:
            yield ReadAnswer(text)
            return
        except AccessDenied:
            yield DropPending()
            raise
        except CallbackError as failure:
            wrong += 1
            yield Say(complaint(failure))


def complaint(failure: CallbackError) -> str:
    """Return what is wrong with a text that does not belong to this login."""
    if failure.error == "token_mismatch":
        return "That belongs to an older login. Use the newest tab."
    return "That holds no code and no oauth_token. Paste the whole address."
