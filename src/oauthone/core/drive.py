"""The two loops that know sync from async: they put a generator's questions to the world and bring back the answers.

A failing answer is thrown into the generator at the effect, so that it can clean up or choose another way.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

Effect = TypeVar("Effect")
Outcome = TypeVar("Outcome")
Result = TypeVar("Result")


def run(effects: Generator[Effect, Outcome, Result], handler: Callable[[Effect], Outcome]) -> Result:
    """Run ``effects`` to its end and return its result.

    Args:
        effects: a generator that yields effects.
        handler: carries out one effect and returns its outcome.
    """
    try:
        effect = next(effects)
        while True:
            try:
                outcome = handler(effect)
            except Exception as failure:
                effect = effects.throw(failure)
            else:
                effect = effects.send(outcome)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        effects.close()


async def arun(effects: Generator[Effect, Outcome, Result], handler: Callable[[Effect], Awaitable[Outcome]]) -> Result:
    """`run` for answers that are awaited.

    Args:
        effects: a generator that yields effects.
        handler: carries out one effect and returns its outcome.
    """
    try:
        effect = next(effects)
        while True:
            try:
                outcome = await handler(effect)
            except Exception as failure:
                effect = effects.throw(failure)
            else:
                effect = effects.send(outcome)
    except StopIteration as done:
        result: Result = done.value
        return result
    finally:
        effects.close()
