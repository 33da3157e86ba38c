"""Plays the reader of a page: executes the blocks that come as lines of JSON, in an interpreter without our tools."""

import ast
import asyncio
import inspect
import json
import sys
from typing import Any


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _print(*values: object, sep: str = " ", end: str = "\n") -> None:
    _say({"print": sep.join(map(str, values)) + end})


def _input(prompt: str = "") -> str:
    _say({"input": prompt})
    answer: str = json.loads(sys.stdin.readline())
    return answer


def main() -> None:
    """Execute each block in one namespace, and in one event loop where it awaits."""
    names = {**json.loads(sys.stdin.readline()), "__name__": "example", "print": _print, "input": _input}
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            block = json.loads(line)
            text = "\n" * block["line"] + block["text"]
            code = compile(text, "the page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            if code.co_flags & inspect.CO_COROUTINE:
                runner.run(eval(code, names))
            else:
                exec(code, names)
            _say({"done": True})


if __name__ == "__main__":
    main()
