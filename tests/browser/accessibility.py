"""What people who listen to a page, or enlarge it, meet: axe-core's findings, and Chromium's accessibility tree."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

TREES = Path(__file__).with_name("trees")
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
#: Nodes without a meaning of their own.
_PLAIN = ("InlineTextBox", "ListMarker", "LineBreak", "generic", "none")
_STATES = ("checked", "disabled", "expanded", "level", "live", "multiline", "pressed", "required", "selected")
#: What differs from run to run: ports, times and what is signed with them.
_CHANGING = (
    (r"(127\.0\.0\.1(?::|%3A))\d+", r"\1PORT"),
    (r"\b\d\d:\d\d:\d\d\b", "TIME"),
    (r'(signature=")[^"]+', r"\1…"),
)


def axe_findings(page: Any) -> list[tuple[str, str]]:
    """Return what axe-core finds to improve: the rule, and the first element."""
    devtools = page.context.new_cdp_session(page)  # whose scripts the policy of the page does not stop
    devtools.send("Runtime.evaluate", {"expression": _AXE})
    expression = "axe.run().then((all) => JSON.stringify(all.violations))"
    found = devtools.send("Runtime.evaluate", {"expression": expression, "awaitPromise": True})
    devtools.detach()
    return [(one["id"], one["nodes"][0]["html"]) for one in json.loads(found["result"]["value"])]


def check_without_script(chromium: Any, address: str) -> None:
    """Check that a page without its script shows a sentence, and nothing else."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    sentence = page.locator("noscript p")
    assert (sentence.is_visible(), "needs its script" in sentence.inner_text()) == (True, True)
    assert not page.get_by_role("main").is_visible()
    context.close()


def check_tree(page: Any, name: str) -> None:
    """Compare the accessibility tree of a page with the committed one.

    To accept a change, delete the file: the test writes it anew, and fails once.
    """
    tree = "\n".join(_lines(page)) + "\n"
    path = TREES / f"{name}.txt"
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        path.write_text(tree, "utf-8", newline="\n")
        pytest.fail(f"{path.name} was missing, and is written now")
    assert tree == path.read_text("utf-8")


def _lines(page: Any) -> Iterator[str]:
    devtools = page.context.new_cdp_session(page)
    nodes = {one["nodeId"]: one for one in devtools.send("Accessibility.getFullAXTree")["nodes"]}
    devtools.detach()

    def walk(node: dict[str, Any], depth: int, said: str) -> Iterator[str]:
        role, name = node["role"]["value"], node.get("name", {}).get("value", "")
        for pattern, replacement in _CHANGING:
            name = re.sub(pattern, replacement, name)
        is_shown = not (node["ignored"] or role in _PLAIN or (role == "StaticText" and name.strip() in said))
        if is_shown:
            yield "  " * depth + " ".join(
                [role, *([json.dumps(name, ensure_ascii=False)] if name else []), *_states(node)]
            )
        for child in node["childIds"]:
            yield from walk(nodes[child], depth + is_shown, said + name if is_shown else said)

    yield from walk(next(one for one in nodes.values() if "parentId" not in one), 0, "")


def _states(node: dict[str, Any]) -> Iterator[str]:
    for one in node.get("properties", ()):
        value = one["value"].get("value")
        if one["name"] in _STATES and value not in (False, "false") and value is not None:
            yield one["name"] if value is True or value == "true" else f"{one['name']}={value}"
        elif one["name"] in ("expanded", "checked", "pressed") and value in (False, "false"):
            yield f"not {one['name']}"
