"""One leg of the flow in a session of requests or niquests: no redirect is followed, no endless answer read.

The answer is read before any hook of the session sees it, and no more of it than is needed: a hook that reads it, or
raises for its status, finds the same body as the leg.
"""

from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from oauthone.clients._auth import SigningAuth
from oauthone.clients._legs import CHUNK, IDENTITY, LEG_TIMEOUT, aread, is_success, read, refuse_own_options, total_time
from oauthone.clients._requests_deadlines import Deadline
from oauthone.clients._requests_retries import Errors
from oauthone.core.flow import Leg, Reply

_TOO_LATE = "the provider did not answer completely within the time limit of a request for credentials"


def walk(session: Any, errors: Errors, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """Ask the provider with a session.

    Args:
        session: the session.
        errors: the library's exceptions.
        auth: signs the leg.
        leg: what is sent.
        options: what the library takes.

    Raises:
        TypeError: an option that the leg decides itself.
        TokenResponseError: the answer is in a content coding that is not read.
        Exception: the library's own, where there is no answer or no time left.
    """
    replies: list[Reply] = []

    def keep(response: Any, **_: Any) -> None:
        is_read = _is_read(response)
        chunks = _undecoded(response).iter_content(CHUNK)
        try:
            replies.append(read(leg, response.status_code, response.headers.items(), chunks, is_read))
        finally:
            response.raw.close()
        _show_to_hooks(response, replies[-1])

    settings = _settings(session, auth, options, keep)
    with Deadline(total_time(settings["timeout"])) as deadline:
        try:
            _alone(session).request(leg.method, leg.url, **settings)
        except errors.request as failure:
            if deadline.has_passed:
                raise errors.read_timeout(_TOO_LATE, request=failure.request) from failure
            if not replies or is_success(replies[-1]):
                raise
    if deadline.has_passed:
        raise errors.read_timeout(_TOO_LATE)
    return replies[-1]


async def awalk(session: Any, errors: Errors, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """`walk` for a session that is awaited.

    Args:
        session: the session.
        errors: the library's exceptions.
        auth: signs the leg.
        leg: what is sent.
        options: what the library takes.

    Raises:
        TypeError: an option that the leg decides itself.
        TokenResponseError: the answer is in a content coding that is not read.
        Exception: the library's own, where there is no answer or no time left.
    """
    import asyncio  # Only sessions that are awaited need it.

    replies: list[Reply] = []

    async def keep(response: Any, **_: Any) -> None:
        is_read = _is_read(response)
        try:
            async with aclosing(await _undecoded(response).iter_content(CHUNK)) as chunks:
                replies.append(await aread(leg, response.status_code, response.headers.items(), chunks, is_read))
        finally:
            await response.raw.close()
        _show_to_hooks(response, replies[-1])

    settings = _settings(session, auth, options, keep)
    try:
        async with asyncio.timeout(total_time(settings["timeout"])):
            await _alone(session).request(leg.method, leg.url, **settings)
    except TimeoutError as late:
        raise errors.read_timeout(_TOO_LATE) from late
    except errors.request:
        if not replies or is_success(replies[-1]):
            raise
    return replies[-1]


def _alone(session: Any) -> Any:
    """``session`` for one leg: its connections and settings are shared, its cookies neither sent nor added to."""
    alone = object.__new__(session.__class__)
    alone.__dict__.update(session.__dict__)
    alone.cookies = session.cookies.__class__()
    alone.headers = session.headers.copy()
    alone.headers["Accept-Encoding"] = IDENTITY
    alone.multiplexed = False  # The answer is wanted at once.
    return alone


def _settings(session: Any, auth: SigningAuth, options: dict[str, Any], keep: Callable[..., Any]) -> dict[str, Any]:
    refuse_own_options(options, "auth", "allow_redirects", "stream")
    given: Any = options.get("hooks") or session.hooks
    hooks = {event: [hooked] if callable(hooked) else list(hooked) for event, hooked in given.items()}
    hooks["response"] = [keep, *hooks.get("response", ())]
    return {
        "timeout": LEG_TIMEOUT,
        **options,
        "hooks": hooks,
        "auth": auth,
        "allow_redirects": False,
        "stream": True,
    }


def _is_read(response: Any) -> bool:
    """Whether a cache or a hook of an adapter has read the body before, and decoded it."""
    return bool(response.__dict__["_content_consumed"])


def _undecoded(response: Any) -> Any:
    """``response``, whose body comes as it was sent."""
    headers: Any = getattr(response.raw, "headers", None)
    if headers is not None:
        headers.pop("Content-Encoding", None)
    return response


def _show_to_hooks(response: Any, reply: Reply) -> None:
    """Give the hooks that follow the body that was read; the rest is not to be had."""
    response.__dict__.update(_content=reply.body, _content_consumed=True)
