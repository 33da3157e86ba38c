"""`run` and `arun` pass each effect that a generator yields to a handler and send the result back in.

An exception of the handler is raised in the generator where it yielded the effect, so that it can clean up or recover.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar

Effect = TypeVar("Effect")
Outcome = TypeVar("Outcome")
Result = TypeVar("Result")


def run(effects: Generator[Effect, Outcome, Result], handler: Callable[[Effect], Outcome]) -> Result:
    """Run a generator to its end and return its result.

    Args:
        effects: the generator; it yields effects and receives their outcomes.
        handler: performs one effect and returns its outcome.
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
    """Run a generator to its end with a handler that is awaited, and return its result.

    Args:
        effects: the generator; it yields effects and receives their outcomes.
        handler: performs one effect and returns an awaitable of its outcome.
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
