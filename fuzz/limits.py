"""The limits for every run of a target, and the stretching of an input to the size of an attack."""

import time
from collections.abc import Callable

#: Seconds of CPU that one run may take.
LIMIT = 0.1
#: Stretched inputs have this many bytes, the default limit of a header. Coverage instrumentation makes code several
#: times slower, so a longer input would be slow without a fault.
STRETCHED = 16 * 1024
#: One run of this many is stretched too. Stretching every run would take all the time.
STRETCH_EVERY = 2_000

Target = Callable[[bytes], None]


class TooSlowError(AssertionError):
    """A run took longer than the limit, and so did its repetitions."""


def keep_time(target: Target, data: bytes) -> None:
    """Run ``target``. Repeat a slow run twice, because the first may have loaded a module or collected garbage.

    Raises:
        TooSlowError: all three runs were slow.
    """
    took = _cpu_seconds(target, data)
    if took > LIMIT:
        took = min(took, _cpu_seconds(target, data), _cpu_seconds(target, data))
    if took > LIMIT:
        raise TooSlowError(f"{took:.3f} s of CPU for {len(data)} bytes: {data[:60]!r}")


def stretched(data: bytes) -> bytes:
    """Repeat ``data``, to reveal work that grows faster than its input."""
    return (data * (STRETCHED // len(data) + 1))[:STRETCHED] if data else data


def limited(target: Target, *, stretch_every: int = STRETCH_EVERY) -> Target:
    """Run ``target`` within the limits, and one input in ``stretch_every`` stretched as well."""
    executions = 0

    def execute(data: bytes) -> None:
        nonlocal executions
        executions += 1
        keep_time(target, data)
        if executions % stretch_every == 0:
            keep_time(target, stretched(data))

    return execute


def _cpu_seconds(target: Target, data: bytes) -> float:
    started = time.thread_time()
    target(data)
    return time.thread_time() - started
