"""The contrast of the pages, computed from their style sheets: 4.5 to 1 for text, in light and dark."""

import re

import pytest

from oauthone.testing import plain_page
from oauthone.testing.private_page import PAGES

SHEETS = {"page.css": (PAGES / "page.css").read_text("utf-8"), "plain page": plain_page._STYLE}
GROUNDS = ("paper", "ground")


def colors(sheet: str, scheme: str) -> dict[str, str]:
    """Return the colours by their names: those for light, and what is different for dark."""
    light, dark = re.findall(r":root\s*{([^}]*)}", sheet)
    found = dict(re.findall(r"--([\w-]+):\s*(#\w+)", light))
    return found | dict(re.findall(r"--([\w-]+):\s*(#\w+)", dark)) if scheme == "dark" else found


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_is_that_of_the_guidelines() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SHEETS)
def test_each_colour_of_text_is_legible_on_each_ground(name: str, scheme: str) -> None:
    found = colors(SHEETS[name], scheme)
    texts = [one for one in found if one not in (*GROUNDS, "line", "accent-ink")]
    assert len(texts) >= 3
    pairs = [(text, ground) for text in texts for ground in GROUNDS] + [("accent-ink", "accent")]
    too_low = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in too_low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("name", SHEETS)
def test_text_has_no_other_colour(name: str) -> None:
    """So the colours above are all that there are."""
    given = re.findall(r"(?<![\w-])(?:color|background):\s*([^;}]+)", SHEETS[name])
    assert given
    known = re.compile(r"var\(--[\w-]+\)|transparent|inherit|Button(Face|Text)")
    assert [one for one in given if known.fullmatch(one.strip()) is None] == []
