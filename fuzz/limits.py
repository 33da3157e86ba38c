"""What every execution of a target has to keep to, and how an input is stretched to the size of an attack."""

import time
from collections.abc import Callable

#: Seconds of CPU that one execution may take.
LIMIT = 0.1
#: Stretched inputs have this many octets: as a header may have by default. What is watched for coverage runs several
#: times slower, so that more would be slow without being at fault.
STRETCHED = 16 * 1024
#: Each so-many-th execution is stretched too. All of them would leave no time for anything else.
STRETCH_EVERY = 2_000

Target = Callable[[bytes], None]


class TooSlowError(AssertionError):
    """An execution took longer than the limit, also when it was tried again."""


def keep_time(target: Target, data: bytes) -> None:
    """Execute ``target``. A slow execution is tried twice more, since the first may have loaded or collected something.

    Raises:
        TooSlowError: all of them were slow.
    """
    took = _cpu_seconds(target, data)
    if took > LIMIT:
        took = min(took, _cpu_seconds(target, data), _cpu_seconds(target, data))
    if took > LIMIT:
        raise TooSlowError(f"{took:.3f} s of CPU for {len(data)} octets: {data[:60]!r}")


def stretched(data: bytes) -> bytes:
    """``data`` over and over, which shows what grows faster than its input."""
    return (data * (STRETCHED // len(data) + 1))[:STRETCHED] if data else data


def limited(target: Target, *, stretch_every: int = STRETCH_EVERY) -> Target:
    """``target`` within the limits; each so-many-th input is executed stretched as well."""
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
