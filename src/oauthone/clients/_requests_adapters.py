"""What stands between a session of requests or niquests and the adapter that is mounted: it signs what is retried."""

from typing import Any, ClassVar

from oauthone.clients._requests_deadlines import watched
from oauthone.clients._requests_plans import unsigned
from oauthone.clients._requests_retries import (
    Attempt,
    Drain,
    Errors,
    Pause,
    Rewind,
    Step,
    attempts,
    position,
    seek,
    without_retries,
)
from oauthone.clients._requests_sessions import TwinSession
from oauthone.core.drive import arun, run


class _Between:
    """Signs, and leaves the rest to the adapter that is mounted.

    Args:
        inner: the adapter that is mounted.
        session: knows how a request is to be signed.
    """

    #: The library's ``urllib3.Retry``.
    retry: ClassVar[Any]
    #: The library's exceptions.
    errors: ClassVar[Errors]

    def __init__(self, inner: Any, session: TwinSession) -> None:
        self.__dict__.update(_inner=watched(inner), _session=session)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._inner, name, value)

    def _retries(self, request: Any) -> Any:
        """The ``Retry`` for ``request``; None where it is sent once, or where nothing of it is to be signed anew."""
        retries: Any = getattr(self._inner, "max_retries", None)
        if self._session.plan_for(request).auth is None or not isinstance(retries, self.retry) or retries.total == 0:
            return None
        return retries


class SigningAdapter(_Between):
    """Signs each attempt after the first, of a session that waits."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send what the session signed, with a new signature again where ``max_retries`` of the adapter say so."""
        retries = self._retries(request)
        if retries is None:
            return self._inner.send(request, *args, **kwargs)
        return self._send_with_retries(retries, request, args, kwargs)

    def _send_with_retries(self, retries: Any, request: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        once = without_retries(self._inner, self.retry)
        is_for_leg = self._session.plan_for(request).is_for_leg
        _wait_for_each_answer(kwargs)

        def do(step: Step) -> Any:
            match step:
                case Attempt(signed):
                    return once.send(signed, *args, **kwargs)
                case Drain(response):
                    response.close() if is_for_leg else response.raw.drain_conn()
                case Rewind(body, start):
                    return seek(body, start)
                case Pause(left, response):
                    left.sleep(*() if response is None else (response.raw,))
                case _:
                    step.response.close()
            return None

        return run(attempts(self.errors, retries, request, position(unsigned(request).body)), do)


class AsyncSigningAdapter(_Between):
    """Signs each attempt after the first, of a session that awaits."""

    async def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send what the session signed, with a new signature again where ``max_retries`` of the adapter say so."""
        retries = self._retries(request)
        if retries is None:
            return await self._inner.send(request, *args, **kwargs)
        return await self._send_with_retries(retries, request, args, kwargs)

    async def _send_with_retries(
        self, retries: Any, request: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        once = without_retries(self._inner, self.retry)
        is_for_leg = self._session.plan_for(request).is_for_leg
        _wait_for_each_answer(kwargs)

        async def do(step: Step) -> Any:
            match step:
                case Attempt(signed):
                    return await once.send(signed, *args, **kwargs)
                case Drain(response):
                    await (response.close() if is_for_leg else response.raw.drain_conn())
                case Rewind(body, start):
                    return await _aseek(body, start)
                case Pause(left, response):
                    await left.async_sleep(*() if response is None else (response.raw,))
                case _:
                    await step.response.close()
            return None

        return await arun(attempts(self.errors, retries, request, await _aposition(unsigned(request).body)), do)


def _wait_for_each_answer(kwargs: dict[str, Any]) -> None:
    """What comes back has to be seen before it is known whether to try again: nothing is multiplexed."""
    if "multiplexed" in kwargs:
        kwargs["multiplexed"] = False


async def _aposition(body: Any) -> Any:
    """`position` of a file that may be asynchronous."""
    tell = getattr(body, "tell", None)
    try:
        found: Any = None if tell is None else tell()
        return await found if hasattr(found, "__await__") else found
    except OSError:
        return None


async def _aseek(body: Any, start: Any) -> bool:
    """`seek` in a file that may be asynchronous."""
    if start is None or not hasattr(body, "seek"):
        return False
    try:
        done = body.seek(start)
        if hasattr(done, "__await__"):
            await done
    except OSError:
        return False
    return True
