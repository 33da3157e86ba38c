"""Retries in requests and niquests: as ``HTTPAdapter`` and urllib3 do them, but with a new signature for each attempt.

`attempts` does no I/O: it yields effects, and the adapters are their handlers, one that blocks and one that awaits.
"""

from collections.abc import Generator
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from oauthone.clients._requests_bodies import aposition, aseek, can_be_read_again, position, seek
from oauthone.clients._requests_deadlines import watched
from oauthone.clients._requests_signing import without_signature
from oauthone.core.drive import arun, run


class LibraryErrors(NamedTuple):
    """The exceptions of one library and of its urllib3."""

    request: Any
    connection: Any
    read_timeout: Any
    retry: Any
    unrewindable: Any
    http: Any
    max_retry: Any


class SendAttempt(NamedTuple):
    """Send this request once; the outcome is the response."""

    request: Any


class RewindBody(NamedTuple):
    """Set this file back to ``start``; the outcome is whether that was possible."""

    body: Any
    start: Any


class DrainResponse(NamedTuple):
    """Read the rest of this response, so that its connection can be used again."""

    response: Any


class Backoff(NamedTuple):
    """Wait as long as ``retries`` requires after this response, or after a failure if that is None."""

    retries: Any
    response: Any


class CloseResponse(NamedTuple):
    """Close this response."""

    response: Any


RetryEffect = SendAttempt | RewindBody | DrainResponse | Backoff | CloseResponse


def attempts(errors: LibraryErrors, retries: Any, signed: Any, start: Any) -> Generator[RetryEffect, Any, Any]:
    """Send a request until it succeeds or ``retries`` is exhausted, and return the response.

    Args:
        errors: the exceptions of the library.
        retries: the ``urllib3.Retry``.
        signed: the request as it is signed for the first attempt.
        start: the position of the file that was the body before the request was signed.

    Raises:
        UnrewindableBodyError: the library's own; the body can be read only once.
    """
    request = without_signature(signed)
    method, path = str(request.method), request.path_url
    while True:
        try:
            response = yield SendAttempt(signed)
        except errors.request as failure:
            retries = _after_failure(errors, retries, method, path, signed, failure)
            yield from _rewind(errors, request, start, failure)
            yield Backoff(retries, None)
            signed = request.signing_context.signed_copy(request)
            continue
        if not retries.is_retry(method, response.status_code, "Retry-After" in response.headers):
            return response
        try:
            retries = retries.increment(method, path, response=response.raw)
        except errors.max_retry as exhausted:
            if retries.raise_on_status:
                yield CloseResponse(response)
                raise errors.retry(exhausted, request=signed) from exhausted
            return response
        yield DrainResponse(response)
        yield from _rewind(errors, request, start, None)
        yield Backoff(retries, response)
        signed = request.signing_context.signed_copy(request)


def _after_failure(errors: LibraryErrors, retries: Any, method: str, path: str, signed: Any, failure: Any) -> Any:
    """The ``Retry`` that remains after ``failure``; raises if it is exhausted, or if another attempt cannot help."""
    error: Any = failure.args[0] if failure.args else None
    if isinstance(error, errors.max_retry):
        error = error.reason
    if not isinstance(error, errors.http):
        raise failure
    try:
        return retries.increment(method, path, error=error)
    except errors.max_retry as exhausted:
        # As HTTPAdapter does: if the last of several attempts timed out, that is a ConnectionError.
        kind = errors.connection if isinstance(failure, errors.read_timeout) else failure.__class__
        raise kind(exhausted, request=signed) from failure
    except errors.http:
        raise failure from None


def _rewind(errors: LibraryErrors, request: Any, start: Any, failure: Any) -> Generator[RetryEffect, Any, None]:
    """Set the body back to its position before it was sent."""
    body = request.body
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return
    if (yield RewindBody(body, start)) or (start is None and can_be_read_again(body)):
        return
    raise errors.unrewindable(
        f"the request is not tried again: its body ({type(body).__name__}) can be read only once. "
        "Pass bytes or a file that can seek, or send it without retries",
        request=request,
    ) from failure


class _AdapterWrapper:
    """Signs each attempt after the first, and leaves everything else to the mounted adapter.

    Args:
        inner: the mounted adapter.
        session: its ``context_for`` returns how a request is signed.
    """

    #: The library's ``urllib3.Retry``.
    retry: ClassVar[Any]
    #: The library's exceptions.
    errors: ClassVar[LibraryErrors]

    def __init__(self, inner: Any, session: Any) -> None:
        self.__dict__.update(_inner=inner, _session=session)

    @classmethod
    def wrap(cls, inner: Any, session: Any) -> Any:
        """``inner`` for ``session``: in this wrapper if it retries, and watched while a leg has a deadline."""
        inner = watched(inner)
        retries: Any = getattr(inner, "max_retries", None)
        return cls(inner, session) if isinstance(retries, cls.retry) and retries.total != 0 else inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._inner, name, value)

    def _retries(self, request: Any) -> Any:
        """The ``Retry`` for ``request``; None if no attempt needs a new signature."""
        return None if self._session._context_for(request).auth is None else self._inner.max_retries


class SigningAdapter(_AdapterWrapper):
    """The wrapper for a session that blocks."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send a request that the session signed; if the adapter's ``max_retries`` require it, sign and send again."""
        retries = self._retries(request)
        if retries is None:
            return self._inner.send(request, *args, **kwargs)
        return self._send_with_retries(retries, request, args, kwargs)

    def _send_with_retries(self, retries: Any, request: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        single = once(self._inner, self.retry)
        is_for_leg = self._session._context_for(request).is_for_leg
        _disable_multiplexing(kwargs)

        def handler(effect: RetryEffect) -> Any:
            match effect:
                case SendAttempt(signed):
                    return single.send(signed, *args, **kwargs)
                case DrainResponse(response):
                    response.close() if is_for_leg else response.raw.drain_conn()
                case RewindBody(body, start):
                    return seek(body, start)
                case Backoff(left, response):
                    left.sleep(*() if response is None else (response.raw,))
                case _:
                    effect.response.close()
            return None

        return run(attempts(self.errors, retries, request, position(without_signature(request).body)), handler)


class AsyncSigningAdapter(_AdapterWrapper):
    """The wrapper for a session that awaits."""

    async def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """See `SigningAdapter.send`; awaited."""
        retries = self._retries(request)
        if retries is None:
            return await self._inner.send(request, *args, **kwargs)
        return await self._send_with_retries(retries, request, args, kwargs)

    async def _send_with_retries(self, retries: Any, request: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        single = once(self._inner, self.retry)
        is_for_leg = self._session._context_for(request).is_for_leg
        _disable_multiplexing(kwargs)

        async def handler(effect: RetryEffect) -> Any:
            match effect:
                case SendAttempt(signed):
                    return await single.send(signed, *args, **kwargs)
                case DrainResponse(response):
                    await (response.close() if is_for_leg else response.raw.drain_conn())
                case RewindBody(body, start):
                    return await aseek(body, start)
                case Backoff(left, response):
                    await left.async_sleep(*() if response is None else (response.raw,))
                case _:
                    await effect.response.close()
            return None

        start = await aposition(without_signature(request).body)
        return await arun(attempts(self.errors, retries, request, start), handler)


def once(adapter: Any, retry: Any) -> Any:
    """``adapter`` with its state shared, but for a single attempt; itself if it has no ``max_retries``."""
    if not hasattr(adapter, "max_retries"):
        return adapter
    single = object.__new__(_single_attempt_class(adapter.__class__, retry))
    single.__dict__ = adapter.__dict__
    return single


@lru_cache(maxsize=32)
def _single_attempt_class(kind: Any, retry: Any) -> Any:
    """A subclass of ``kind`` whose property hides the ``max_retries`` in its instances' shared state."""
    return type(kind.__name__, (kind,), {"max_retries": property(lambda _: retry(0, read=False))})


def _disable_multiplexing(kwargs: dict[str, Any]) -> None:
    """Wait for each response: it decides whether there is another attempt."""
    if "multiplexed" in kwargs:
        kwargs["multiplexed"] = False
