"""How a person uses a page without a script. Each look and each click is one question to the browser.

Playwright's locators load a program of their own into each page, which is most of the work of a short visit.
"""

from typing import Any

_FIND = """name => {
  const button = [...document.querySelectorAll("button, a")].find((one) => one.innerText.trim() === name);
  button.scrollIntoViewIfNeeded();
  const { x, y, width, height } = button.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""


def heading(page: Any) -> str:
    """Return the heading that the page shows."""
    return str(page.evaluate("document.querySelector('h1').innerText"))


def press(page: Any, button: str) -> None:
    """Click on a button or a link with the mouse, and wait for its page. What covers it would get the click."""
    x, y = page.evaluate(_FIND, button)
    with page.expect_navigation():
        page.mouse.click(x, y)
