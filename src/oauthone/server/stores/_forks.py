"""What stores do when their process forks, as ``gunicorn --preload`` and ``multiprocessing`` do.

Two processes that use one connection read each other's replies. So the child leaves alone what it inherited: it neither
uses nor closes those connections.
"""

import os
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

#: What to call with each store, before and after.
_hooks: "WeakKeyDictionary[Forkable, tuple[Callable[[Any], None], Callable[[Any], None]]]" = WeakKeyDictionary()
#: What this process inherited. Kept, for a connection that is collected is closed, and says so to its server.
_inherited: list[object] = []


class Forkable:
    """A store that has something to do when its process forks."""

    def _watch_forks(self) -> None:
        """Call the two methods below, for as long as this store lives."""
        _hooks[self] = type(self)._before_fork, type(self)._after_fork_in_child

    def _before_fork(self) -> None:
        """Called in the parent."""

    def _after_fork_in_child(self) -> None:
        """Called in the child."""


def keep_inherited(connections: object) -> None:
    """Keep the parent's connections from being closed by this process."""
    _inherited.append(connections)


def _before_fork() -> None:
    for store, (before, _) in list(_hooks.items()):
        before(store)


def _after_fork_in_child() -> None:
    for store, (_, after) in list(_hooks.items()):
        after(store)


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
