"""What stores do when their process forks, as with ``gunicorn --preload`` and ``multiprocessing``.

Two processes that use one connection read each other's replies. So the child neither uses nor closes the connections
that it inherited.
"""

import os
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

#: The functions to call with each store, before and after a fork.
_hooks: "WeakKeyDictionary[Forkable, tuple[Callable[[Any], None], Callable[[Any], None]]]" = WeakKeyDictionary()
#: The connections that this process inherited. A connection that is garbage-collected would say goodbye to its server.
_inherited: list[object] = []


class Forkable:
    """A store that has to act when its process forks."""

    def _watch_forks(self) -> None:
        """Call the two methods below at each fork, as long as this store exists."""
        _hooks[self] = type(self)._before_fork, type(self)._after_fork_in_child

    def _before_fork(self) -> None:
        """Called in the parent."""

    def _after_fork_in_child(self) -> None:
        """Called in the child."""


def keep_inherited(connections: object) -> None:
    """Keep the parent's connections, so that this process does not close them.

    Args:
        connections: the pool or client that holds them.
    """
    _inherited.append(connections)


def _before_fork() -> None:
    for store, (before, _) in list(_hooks.items()):
        before(store)


def _after_fork_in_child() -> None:
    for store, (_, after) in list(_hooks.items()):
        after(store)


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
