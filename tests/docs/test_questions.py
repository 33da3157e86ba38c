"""Questions that users of OAuth 1.0 asked in public, in our own words, and the sections that answer them."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from .pages import DOCS
from .test_pages import anchors_of

QUESTIONS: list[dict[str, str]] = json.loads((DOCS.parent / "tests" / "docs" / "questions.json").read_text("utf-8"))


def test_there_are_enough_questions() -> None:
    """Each was asked in another place, so that no place counts twice."""
    assert len(QUESTIONS) >= 60
    assert len({question["at"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["words"] for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["words"])
def test_a_section_answers(question: Any) -> None:
    """The section exists, and so does the address where it was asked."""
    page, _, section = question["answer"].partition("#")
    assert section in anchors_of((DOCS / page).with_suffix(".md")), question["answer"]
    assert urlsplit(question["at"]).netloc
    assert question["asks"]
