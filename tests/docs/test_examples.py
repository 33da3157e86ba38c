"""Run every example in README and docs against a provider on this machine, in the order of its page.

One page is one test: its blocks share a namespace, and an event loop in which they may await.
``https://provider.example`` means the provider's URL. A block ``output`` is what the block before it prints, and ``…``
matches anything. A comment ``check`` contains assertions that readers do not see. A block whose first line names a file
is written to that file, and run with pytest if its name is ``test_….py``. If a block cannot be run, a comment
``not run: …`` before it gives the reason.
"""

import ast
import asyncio
import inspect
import re
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from oauthone.testing import ProviderBox

from .environment import PageEnvironment
from .pages import PAGES, Block, blocks_of, page_name, python_of

#: The page of niquests runs in the environment of niquests, and all others run in the main environment.
HAS_NIQUESTS = find_spec("niquests") is not None
WITH_PYTHON = [page for page in PAGES if python_of(page) and (page.stem == "niquests") == HAS_NIQUESTS]
RUN = ("python", "check", "output")
#: Importing the plugins of others takes each pytest a second.
WITHOUT_PLUGINS = [f"-pno:{one.name}" for one in entry_points(group="pytest11") if one.name != "oauthone"]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=page_name)
def test_the_examples_of(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = [block for block in blocks_of(page) if block.language in RUN and block.excuse is None]
    monkeypatch.chdir(tmp_path)
    with ProviderBox() as box, asyncio.Runner() as runner:
        surroundings = PageEnvironment(box, tmp_path)
        for name, value in surroundings.environment().items():
            monkeypatch.setenv(name, value)
        namespace = surroundings.names()
        named: dict[int, Any] = {}  # every object that ever had a name, because a later block may rebind the name
        try:
            for block, following in zip(blocks, [*blocks[1:], None], strict=True):
                named |= {id(value): value for value in namespace.values()}
                _run(block, following, surroundings, namespace, runner)
        finally:
            named |= {id(value): value for value in namespace.values()}
            runner.run(_close(list(named.values())))


def _run(
    block: Block,
    following: Block | None,
    surroundings: PageEnvironment,
    namespace: dict[str, Any],
    runner: asyncio.Runner,
) -> None:
    expected = following.text if following is not None and following.language == "output" else None
    if block.language == "check":
        _execute(block, surroundings, {**namespace, **surroundings.for_checks()}, runner)
    elif block.language == "python" and block.file is not None:
        Path(block.file).write_text(block.text, "utf-8")
        if block.file.startswith("test_"):
            _compare(following or block, expected, *_pytest(block.file, fails=expected is not None), partly=True)
    elif block.language == "python":
        _execute(block, surroundings, namespace, runner)
        printed = surroundings.said()
        if expected is not None:
            _compare(following or block, expected, printed)


def _execute(block: Block, surroundings: PageEnvironment, namespace: dict[str, Any], runner: asyncio.Runner) -> None:
    """Run a block so that tracebacks and pytest show the page's own lines."""
    text = "\n" * block.line + surroundings.here(block.text)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(text, str(block.page), "exec", flags=flags)
    if code.co_flags & inspect.CO_COROUTINE:
        runner.run(eval(code, namespace))
    else:
        exec(code, namespace)


def _pytest(name: str, *, fails: bool) -> tuple[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *WITHOUT_PLUGINS, "--rootdir", ".", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert done.returncode == fails, done.stdout + done.stderr
    return (done.stdout,)


def _compare(block: Block, expected: str | None, printed: str, *, partly: bool = False) -> None:
    if expected is None:
        return
    pattern = re.escape(expected.strip()).replace("…", ".*?")
    found = (re.search if partly else re.fullmatch)(pattern, printed.strip(), re.DOTALL)
    assert found, f"{page_name(block.page)}, line {block.line}: the page says\n{expected}\nbut what came is\n{printed}"


async def _close(values: list[Any]) -> None:
    for value in values:
        with suppress(RuntimeError):  # a proxy for the current request has no attributes outside of a request
            await _close_one(value)


async def _close_one(value: Any) -> None:
    if not isinstance(value, type | ModuleType) and not getattr(value, "is_closed", False):
        close = getattr(value, "aclose", None) or getattr(value, "close", None)
        if close is not None and inspect.isawaitable(closing := close()):
            await closing


PAGE = """\
````{container} frame
```python
one = 1
```
````

- in a list

  ```{code-block} python
  two = 2
  ```

<!-- not run: it needs
another machine -->

```python
three = 3
```

<!-- check
assert one
-->
<!-- just a remark about ```python -->

~~~text
```python
~~~
"""


def test_what_is_read(tmp_path: Path) -> None:
    """Blocks in directives and lists are found, blocks in code are not, and a comment applies to the block after it."""
    page = tmp_path / "page.md"
    page.write_text(PAGE, "utf-8")
    assert [block[1:] for block in blocks_of(page)] == [
        (2, "python", "one = 1\n", None),
        (9, "python", "two = 2\n", None),
        (16, "python", "three = 3\n", "it needs\nanother machine"),
        (20, "check", "assert one\n", None),
        (25, "text", "```python\n", None),
    ]


def test_pages_are_found() -> None:
    expected = {"docs/niquests.md"} if HAS_NIQUESTS else {"README.md", "docs/getting-started.md", "docs/requests.md"}
    assert {page_name(page) for page in WITH_PYTHON} >= expected


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_no_block_is_passed_over(page: Path) -> None:
    """Each fence that names Python, counted in another way than the reader's, is run or has a reason not to be."""
    fences = re.findall(
        r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*(?:\{[\w-]+\}[ \t]*)?(?:py\w*|ipython\w*)\b",
        page.read_text("utf-8"),
        re.M | re.I,
    )
    blocks = python_of(page)
    assert len(blocks) == len(fences), f"of {len(fences)} blocks {len(blocks)} were read: write them as ```python"
    assert [block.line for block in blocks if block.excuse == ""] == [], "an excuse says why"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_outputs_follow_examples(page: Path) -> None:
    """An output without an executed block before it would never be compared."""
    blocks = [block for block in blocks_of(page) if block.language in RUN]
    for before, block in zip([None, *blocks], blocks, strict=False):
        if block.language == "output":
            assert before is not None, block.line
            assert (before.language, before.excuse) == ("python", None), block.line
