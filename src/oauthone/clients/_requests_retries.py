"""Retries in requests and niquests: what ``HTTPAdapter`` and urllib3 do, but with a new signature for each attempt.

The driver does no I/O: it yields what is to be done, and an adapter does it, waiting or awaiting.
"""

from collections.abc import Generator
from functools import lru_cache
from typing import Any, NamedTuple

from oauthone.clients._requests_plans import unsigned


class Errors(NamedTuple):
    """The exceptions of one library and of its urllib3."""

    request: Any
    connection: Any
    read_timeout: Any
    retry: Any
    unrewindable: Any
    http: Any
    max_retry: Any


class Attempt(NamedTuple):
    """Send this request once; the answer is the response."""

    request: Any


class Rewind(NamedTuple):
    """Put this file back to where it was; the answer is whether that was possible."""

    body: Any
    start: Any


class Drain(NamedTuple):
    """Read the rest of this response, so that its connection is free again."""

    response: Any


class Pause(NamedTuple):
    """Wait as ``retries`` says, after this response, if there was one."""

    retries: Any
    response: Any


class Close(NamedTuple):
    """Close this response."""

    response: Any


Step = Attempt | Drain | Rewind | Pause | Close


def attempts(errors: Errors, retries: Any, signed: Any, start: Any) -> Generator[Step, Any, Any]:
    """Send a request until ``retries`` has enough, and return the response.

    Args:
        errors: the exceptions of the library.
        retries: the ``urllib3.Retry``.
        signed: the request as it is signed for the first attempt.
        start: where the file that was its body before it was signed stands.

    Raises:
        UnrewindableBodyError: the library's own; the body can be read only once.
    """
    request = unsigned(signed)
    method, path = str(request.method), request.path_url
    while True:
        try:
            response = yield Attempt(signed)
        except errors.request as failure:
            retries = _after_failure(errors, retries, method, path, signed, failure)
            yield from _rewind(errors, request, start, failure)
            yield Pause(retries, None)
            signed = request.plan.signed_copy(request)
            continue
        if not retries.is_retry(method, response.status_code, "Retry-After" in response.headers):
            return response
        try:
            retries = retries.increment(method, path, response=response.raw)
        except errors.max_retry as exhausted:
            if retries.raise_on_status:
                yield Close(response)
                raise errors.retry(exhausted, request=signed) from exhausted
            return response
        yield Drain(response)
        yield from _rewind(errors, request, start, None)
        yield Pause(retries, response)
        signed = request.plan.signed_copy(request)


def _after_failure(errors: Errors, retries: Any, method: str, path: str, signed: Any, failure: Any) -> Any:
    """What is left of ``retries``; raises where that is nothing, or where trying again makes no sense."""
    error: Any = failure.args[0] if failure.args else None
    if isinstance(error, errors.max_retry):
        error = error.reason
    if not isinstance(error, errors.http):
        raise failure
    try:
        return retries.increment(method, path, error=error)
    except errors.max_retry as exhausted:
        # HTTPAdapter's words for it: a timeout of the last of several attempts is a ConnectionError.
        kind = errors.connection if isinstance(failure, errors.read_timeout) else failure.__class__
        raise kind(exhausted, request=signed) from failure
    except errors.http:
        raise failure from None


def _rewind(errors: Errors, request: Any, start: Any, failure: Any) -> Generator[Step, Any, None]:
    """Put the body back to where it was before it was sent."""
    body = request.body
    if body is None or isinstance(body, (str, bytes, bytearray)):
        return
    if (yield Rewind(body, start)) or (start is None and _can_be_read_again(body)):
        return
    raise errors.unrewindable(
        f"the request is not tried again: its body ({type(body).__name__}) can be read only once. "
        "Pass bytes or a file that can seek, or send it without retries",
        request=request,
    ) from failure


def refuse_to_send_rest(body: Any, start: Any, unrewindable: Any, response: Any) -> None:
    """See to it that the hop of a redirect does not sign, and send, what is left of a body: nothing.

    Args:
        body: what the request had that was redirected, and the hop has.
        start: where the library found a file to begin.
        unrewindable: the library's ``UnrewindableBodyError``.
        response: the redirect.

    Raises:
        UnrewindableBodyError: ``body`` can be read only once, and was.
    """
    if body is None or isinstance(body, (str, bytes, bytearray)) or start is not None or _can_be_read_again(body):
        return
    raise unrewindable(
        f"the redirect is not followed: its status {response.status_code} asks for the body again, which "
        f"({type(body).__name__}) can be read only once. Pass bytes or a file that can seek, or say "
        "allow_redirects=False",
        request=response.request,
        response=response,
    )


def _can_be_read_again(body: Any) -> bool:
    """Whether ``body`` is no file, and iterating over it begins anew each time."""
    if hasattr(body, "read"):
        return False
    iterator = body.__aiter__() if hasattr(body, "__aiter__") else iter(body)
    return iterator is not body


def without_retries(adapter: Any, no_retries: Any) -> Any:
    """``adapter`` as it is, with its state shared, but trying once."""
    once = object.__new__(_once(adapter.__class__, no_retries))
    once.__dict__ = adapter.__dict__
    return once


@lru_cache(maxsize=32)
def _once(kind: Any, no_retries: Any) -> Any:
    """A subclass of ``kind`` whose property hides the ``max_retries`` in its instances' shared state."""
    return type(kind.__name__, (kind,), {"max_retries": property(lambda _: no_retries(0, read=False))})


def position(body: Any) -> Any:
    """Where a file stands before it is sent; None for what is no file or cannot tell."""
    try:
        return int(body.tell())
    except (AttributeError, OSError):
        return None


def seek(body: Any, start: Any) -> bool:
    """Put a file back to ``start``; False where that is not known or cannot be."""
    try:
        body.seek(start)
    except (AttributeError, OSError, TypeError):
        return False
    return True
