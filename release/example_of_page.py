"""Runs the first example of a page with another interpreter, against a provider in this one.

    python example_of_page.py SDIST PAGE PYTHON [OLD NEW]

Of ``README.md`` all examples run. If the first block of a page is a file, all its files are written, and the first one
is tested or imported. This interpreter needs the package with the extra ``testing``, and pytest.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SDIST, PAGE, PYTHON, *REPLACED = sys.argv[1:]
sys.path[:0] = [str(Path(SDIST, "tests"))]

from docs.environment import PageEnvironment  # noqa: E402 (the path is set above)
from docs.pages import Block, blocks_of  # noqa: E402 (the path is set above)

from oauthone.testing import ProviderBox  # noqa: E402 (the path is set above)

READER = Path(__file__).with_name("reader.py")


def examples(page: Path) -> tuple[list[Block], list[Block]]:
    """Return the files that a page shows, and the blocks to run with what they should print."""
    blocks = [block for block in blocks_of(page) if block.language in ("python", "output") and not block.excuse]
    files = [block for block in blocks if block.file]
    if blocks[0].file:
        return files, []
    if page.name == "README.md":
        return files, blocks
    return files, blocks[: 2 if len(blocks) > 1 and blocks[1].language == "output" else 1]


def main() -> int:
    """Run the example; return the exit status."""
    page = Path(SDIST, PAGE)
    files, blocks = examples(page)
    with tempfile.TemporaryDirectory(prefix="oauthone-") as folder, ProviderBox() as box:
        surroundings = PageEnvironment(box, Path(folder))
        os.environ.update(surroundings.environment())
        for block in files:
            path = Path(folder, str(block.file))
            path.parent.mkdir(exist_ok=True)
            path.write_text(surroundings.here(block.text), "utf-8")
        if blocks:
            return _converse(folder, box, surroundings, blocks)
        first = str(files[0].file)
        code = f"import sys; sys.path.insert(0, ''); import {first.removesuffix('.py')}"
        how = ["-I", "-m", "pytest", "-q", first] if first.startswith("test_") else ["-I", "-c", code]
        return subprocess.run([PYTHON, *how], cwd=folder, check=False, timeout=120).returncode


def _converse(folder: str, box: ProviderBox, surroundings: PageEnvironment, blocks: list[Block]) -> int:
    """Send each block to the other interpreter, open the addresses that it prints, and compare what it says."""
    names = {name: value for name, value in surroundings.names().items() if isinstance(value, str)}
    command = [PYTHON, "-I", str(READER)]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        _send(running, names)
        for block, following in zip(blocks, [*blocks[1:], None], strict=True):
            if block.language != "python":
                continue
            _send(running, {"line": block.line, "text": surroundings.here(_replaced(block.text))})
            said = _answers(running, box)
            expected = following.text if following is not None and following.language == "output" else None
            if expected is not None:
                _compare(expected, said.replace(box.origin, "https://provider.example"))
    return running.returncode


def _replaced(text: str) -> str:
    if not (REPLACED and REPLACED[0]):
        return text
    if REPLACED[0] not in text:
        raise SystemExit(f"{PAGE} does not contain {REPLACED[0]!r}")
    return text.replace(*REPLACED)


def _send(running: subprocess.Popen[str], message: Any) -> None:
    assert running.stdin is not None
    running.stdin.write(json.dumps(message) + "\n")
    running.stdin.flush()


def _answers(running: subprocess.Popen[str], box: ProviderBox) -> str:
    assert running.stdout is not None
    said = ""
    for line in running.stdout:
        match json.loads(line):
            case {"print": text}:
                said += text
            case {"input": _}:
                _send(running, box.visit(re.findall(r"https?://\S+", said)[-1]))
            case {"done": True}:
                return said
    raise SystemExit(f"an example of {PAGE} failed after it had printed {said!r}")


def _compare(expected: str, said: str) -> None:
    pattern = re.escape(expected.strip()).replace("…", ".*?")
    if not re.fullmatch(pattern, said.strip(), re.DOTALL):
        raise SystemExit(f"{PAGE} says\n{expected}\nbut what came is\n{said}")


if __name__ == "__main__":
    sys.exit(main())
