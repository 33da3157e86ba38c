"""The limit on log records: counted under load, with a clock that the tests set."""

from threading import Barrier, Thread

import pytest

from oauthone.core.record_limit import EACH, TOTAL, RecordLimit, Withheld


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def counted(limit: RecordLimit, sources: list[str]) -> tuple[int, list[Withheld]]:
    """Return how many events of ``sources`` got a record, and the summaries."""
    outcomes = [limit.admit(source) for source in sources]
    return sum(admitted for admitted, _ in outcomes), [one for _, one in outcomes if one is not None]


def test_a_source_gets_so_many_records_a_second_and_a_summary_of_the_others() -> None:
    clock = Clock()
    limit = RecordLimit(clock=clock)
    assert counted(limit, ["a"] * 1000) == (EACH, [])
    clock.now += 0.999
    assert counted(limit, ["a"] * 10) == (0, [])
    clock.now += 3
    assert counted(limit, ["b"]) == (1, [Withheld(1005, {"a": 1005}, 3)])
    assert counted(limit, ["a"] * 1000) == (EACH, [])


def test_another_source_keeps_its_records() -> None:
    limit = RecordLimit(clock=Clock())
    counted(limit, ["a"] * 1000)
    assert counted(limit, ["b"] * 3) == (3, [])


def test_a_quiet_second_has_no_summary() -> None:
    clock = Clock()
    limit = RecordLimit(clock=clock)
    for _ in range(100):
        assert counted(limit, ["a"] * EACH) == (EACH, [])
        clock.now += 1


@pytest.mark.parametrize("events", [TOTAL, 100_000])
def test_neither_records_nor_memory_grow_with_the_number_of_sources(events: int) -> None:
    """An attacker sends each request with another identifier."""
    clock = Clock()
    limit = RecordLimit(clock=clock)
    assert counted(limit, [f"source {number}" for number in range(events)]) == (TOTAL, [])
    assert len(limit._records) == TOTAL
    assert limit._withheld == {}
    clock.now += 1
    more = counted(limit, [f"source {number}" for number in range(events)])
    assert more == ((TOTAL, []) if events == TOTAL else (TOTAL - 1, [Withheld(events - TOTAL, {}, 1)]))


def test_the_summary_counts_toward_the_total() -> None:
    clock = Clock()
    limit = RecordLimit(each=3, total=3, clock=clock)
    assert counted(limit, ["a"] * 9) == (3, [])
    clock.now += 1
    records, summaries = counted(limit, ["a"] * 9)
    assert records + len(summaries) == 3


def test_in_a_long_flood_each_second_has_its_records_and_one_summary() -> None:
    clock = Clock()
    limit = RecordLimit(clock=clock)
    per_second: dict[int, int] = {}
    total = 0
    for _ in range(10_000):  # a thousand a second, for ten seconds
        admitted, withheld = limit.admit("a")
        second = int(clock.now + 1e-6)
        per_second[second] = per_second.get(second, 0) + admitted + (withheld is not None)
        total += admitted + (0 if withheld is None else withheld.total)
        clock.now += 0.001
    assert max(per_second.values()) <= EACH + 1
    assert total > 10_000 - 1001  # all but those of the last second, which nothing has summarized yet


def test_threads_share_the_limit() -> None:
    limit, admitted, start = RecordLimit(clock=Clock()), list[bool](), Barrier(8)

    def flood() -> None:
        start.wait()
        admitted.extend(limit.admit("a")[0] for _ in range(2000))

    threads = [Thread(target=flood) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(admitted), sum(admitted)) == (16_000, EACH)


def test_a_forked_process_can_admit_though_another_thread_held_the_lock() -> None:
    limit = RecordLimit(clock=Clock())
    limit._lock.acquire()
    limit.reset()
    assert limit.admit("a") == (True, None)
