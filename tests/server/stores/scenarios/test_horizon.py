"""With any clocks, each nonce is accepted at most once. With correct clocks, it is accepted once."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import examples

from oauthone.errors import StoreError
from oauthone.server import MemoryStore
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

from ...setting import NOW, Clock
from ..backends import empty_file

WINDOW = 20
KINDS = ["memory", "sqlite"]
#: The process to call, the time of its clock, the age of the timestamp, and the nonce.
asked = st.tuples(
    st.integers(0, 1), st.integers(NOW - 400, NOW + 400), st.integers(-WINDOW, WINDOW), st.sampled_from("ab")
)


class Processes:
    """Two processes with a clock each; for a store in memory one, because processes do not share memory."""

    def __init__(self, kind: str, folder: str) -> None:
        self.clocks = [Clock(), Clock()]
        if kind == "memory":
            self.stores: list[Any] = [MemoryStore(window=WINDOW, clock=self.clocks[0])]
            return
        (file := Path(folder, "store.db")).write_bytes(empty_file())
        url = f"sqlite:///{file}"
        self.stores = [SQLAlchemyStore(url, window=WINDOW, purge_batch=2, clock=clock) for clock in self.clocks]

    def use(self, number: int, now: int, timestamp: int, nonce: str) -> bool | None:
        """Return the store's result; None for an error."""
        number %= len(self.stores)
        self.clocks[number].now = now
        try:
            outcome: bool = self.stores[number].use_nonce("client", "t", timestamp, nonce)
        except StoreError:
            return None
        return outcome


@pytest.mark.parametrize("kind", KINDS)
@examples(60)
@given(requests=st.lists(asked, max_size=25))
def test_no_clock_makes_a_store_accept_a_request_twice(kind: str, requests: list[tuple[int, int, int, str]]) -> None:
    with TemporaryDirectory() as folder:
        processes = Processes(kind, folder)
        accepted: Counter[tuple[int, str]] = Counter()
        for number, now, age, nonce in requests:
            for timestamp in {now - age, NOW}:
                accepted[timestamp, nonce] += processes.use(number, now, timestamp, nonce) is True
        close(processes)
    assert max(accepted.values(), default=0) <= 1


@pytest.mark.parametrize("kind", KINDS)
@examples(60)
@given(requests=st.lists(asked, max_size=25))
def test_right_clocks_accept_each_request_once(kind: str, requests: list[tuple[int, int, int, str]]) -> None:
    """However much time passes between them."""
    with TemporaryDirectory() as folder:
        processes, seen = Processes(kind, folder), set[tuple[int, str]]()
        for number, now, age, nonce in sorted(requests, key=lambda one: one[1]):
            first = (now - age, nonce) not in seen
            assert processes.use(number, now, now - age, nonce) is first
            seen.add((now - age, nonce))
        close(processes)


def close(processes: Processes) -> None:
    for store in processes.stores:
        if hasattr(store, "close"):
            store.close()
