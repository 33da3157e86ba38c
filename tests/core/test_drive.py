"""`run` and `arun`, which pass effects to a handler: sync and async, with the same rules."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any

import pytest

from oauthone.core.drive import arun, run

Steps = Generator[str, int, list[int]]


def sums(log: list[str]) -> Steps:
    """Yields ``a`` and ``b``, and ``c`` if ``b`` fails; records that it was closed."""
    try:
        first = yield "a"
        try:
            second = yield "b"
        except LookupError:
            second = yield "c"
        return [first, second]
    finally:
        log.append("closed")


def run_sync(steps: Steps, answer: Callable[[str], int]) -> list[int]:
    return run(steps, answer)


def run_async(steps: Steps, answer: Callable[[str], int]) -> list[int]:
    async def awaited(question: str) -> int:
        await asyncio.sleep(0)
        return answer(question)

    return asyncio.run(arun(steps, awaited))


BOTH = pytest.mark.parametrize("runner", [run_sync, run_async])


@BOTH
def test_answers_are_sent_in_and_the_result_comes_back(runner: Any) -> None:
    log: list[str] = []
    assert runner(sums(log), {"a": 1, "b": 2}.__getitem__) == [1, 2]
    assert log == ["closed"]


@BOTH
def test_a_failing_answer_is_thrown_in_at_the_question(runner: Any) -> None:
    """The generator can choose another way."""
    assert runner(sums([]), {"a": 1, "c": 3}.__getitem__) == [1, 3]


@BOTH
def test_a_failure_that_the_generator_does_not_take_comes_out_and_closes_it(runner: Any) -> None:
    log: list[str] = []
    with pytest.raises(KeyError, match="a"):
        runner(sums(log), {}.__getitem__)
    assert log == ["closed"]


@BOTH
def test_a_generator_that_ends_on_a_failure_has_a_result(runner: Any) -> None:
    def steps() -> Steps:
        try:
            yield "a"
        except KeyError:
            return [0]
        return [1]

    assert runner(steps(), {}.__getitem__) == [0]


@BOTH
def test_a_generator_without_questions_has_a_result(runner: Any) -> None:
    def steps() -> Steps:
        yield from ()
        return [7]

    assert runner(steps(), {}.__getitem__) == [7]


@BOTH
def test_an_interruption_is_not_answered_but_closes_the_generator(runner: Any) -> None:
    """The generator cannot handle an exception that is not an ``Exception``. It is closed, so that ``finally`` runs."""
    log: list[str] = []

    def interrupted(question: str) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner(sums(log), interrupted)
    assert log == ["closed"]


def test_a_cancelled_task_closes_the_generator() -> None:
    log: list[str] = []

    async def cancelled() -> None:
        async def for_ever(question: str) -> int:
            await asyncio.Event().wait()
            return 0

        task = asyncio.create_task(arun(sums(log), for_ever))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert log == ["closed"]
