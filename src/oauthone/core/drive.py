"""The two loops that know sync from async: they put a generator's questions to the world and bring back the answers.

A failing answer is thrown into the generator at the question, so that it can clean up or choose another way.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Result = TypeVar("Result")


def run(steps: Generator[Question, Answer, Result], answer: Callable[[Question], Answer]) -> Result:
    """Run ``steps`` to its end and return its result.

    Args:
        steps: a generator that yields questions.
        answer: answers one question.
    """
    try:
        question = next(steps)
        while True:
            try:
                reply = answer(question)
            except Exception as failure:
                question = steps.throw(failure)
            else:
                question = steps.send(reply)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        steps.close()


async def arun(steps: Generator[Question, Answer, Result], answer: Callable[[Question], Awaitable[Answer]]) -> Result:
    """`run` for answers that are awaited.

    Args:
        steps: a generator that yields questions.
        answer: answers one question.
    """
    try:
        question = next(steps)
        while True:
            try:
                reply = await answer(question)
            except Exception as failure:
                question = steps.throw(failure)
            else:
                question = steps.send(reply)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        steps.close()
