"""The event loop to which the connections of an asynchronous store belong."""

import asyncio
import os

from oauthone.errors import StoreError


class LoopBinding:
    """Remembers the event loop and process in which a store was first used, and rejects all others."""

    def __init__(self) -> None:
        # A dictionary, because `dict.setdefault` is atomic: of two threads, only one sets the loop.
        self._first: dict[str, tuple[int, asyncio.AbstractEventLoop]] = {}

    def check(self) -> None:
        """Bind the store to the running loop, or make sure that it is bound to it.

        Raises:
            StoreError: it was first used in another event loop, or before the process forked.
        """
        process, loop = self._first.setdefault("", (os.getpid(), asyncio.get_running_loop()))
        if loop is not asyncio.get_running_loop() or process != os.getpid():
            raise StoreError(
                "this store was first used in another event loop or process, to which its connections belong: create a "
                "store in each event loop, or call aclose() before the first loop ends"
            )

    def release(self) -> None:
        """Forget the loop, because the store no longer holds connections."""
        self._first.clear()
