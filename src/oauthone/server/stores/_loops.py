"""The event loop to which the connections of a store of coroutines belong."""

import asyncio
import os

from oauthone.errors import StoreError


class LoopBinding:
    """Remembers in which event loop, of which process, a store was first used, and refuses all others."""

    def __init__(self) -> None:
        # A dictionary, because `dict.setdefault` is atomic: of two threads that come first, one is.
        self._first: dict[str, tuple[int, asyncio.AbstractEventLoop]] = {}

    def check(self) -> None:
        """Bind the store to the running loop, or make sure that it is bound to it.

        Raises:
            StoreError: it was first used in another event loop, or before the process forked.
        """
        process, loop = self._first.setdefault("", (os.getpid(), asyncio.get_running_loop()))
        if loop is not asyncio.get_running_loop() or process != os.getpid():
            raise StoreError(
                "this store was first used in another event loop or process, to which its connections belong: make a "
                "store in each event loop, or call aclose() before the first loop ends"
            )

    def release(self) -> None:
        """Forget the loop: the store holds no connections any more."""
        self._first.clear()
