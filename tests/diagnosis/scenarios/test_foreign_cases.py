"""Requests that programs in other languages made, and what other servers answered: each has its right diagnosis.

`cases/*.json` keeps them as they were sent and answered; the programs and servers stand in `cases/make`.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from oauthone.diagnosis import Diagnosis, diagnose
from oauthone.diagnosis.mistakes import MISTAKES

FOLDER = Path(__file__).parent.parent / "cases"
CASES: list[dict[str, Any]] = [
    case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text("utf-8"))
]


@cache
def diagnosis_of(number: int) -> Diagnosis:
    """Diagnose a case of `CASES`, once for several tests."""
    return diagnosed(CASES[number])


def diagnosed(case: dict[str, Any], **options: Any) -> Diagnosis:
    request = {**case["request"], "body": case["request"]["body"].encode("latin-1")}
    return diagnose(**request, **case["credentials"], now=case["now"], **{"answer": case["answer"], **options})


def names(found: Diagnosis, words: list[str]) -> bool:
    """Return whether a diagnosis names mistakes, be it among others that lead to the same signature."""
    if set(found.mistakes) == set(words):
        return True
    described = [MISTAKES[word].description.partition("{")[0] for word in words]
    return (", or " in found.explanation or "; or " in found.explanation) and all(
        text in found.explanation for text in described
    )


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_the_mistake_of_another_program_is_named_or_nobody_can_tell(number: int) -> None:
    expected, found = CASES[number]["expected"], diagnosis_of(number)
    assert found.verdict == expected["verdict"], found
    assert names(found, expected["mistakes"]), found


def secrets_of(case: dict[str, Any]) -> set[str]:
    secrets = {value for name, value in case["credentials"].items() if name.endswith("secret")}
    return {spelled for one in secrets for spelled in (one, quote(one, safe=""), quote(quote(one, safe="")), one[:10])}


@pytest.mark.parametrize("language", sorted({case["language"] for case in CASES}))
def test_no_secret_is_in_the_diagnosis(language: str) -> None:
    for number, case in enumerate(CASES):
        if case["language"] != language:
            continue
        secrets = secrets_of(case)
        told = f"invalid signature: {' '.join(secrets)} {quote_plus(' '.join(secrets))}"
        for found in (diagnosis_of(number), diagnosed(case, answer=(401, {}, told))):
            for text in (str(found), repr(found), str(found.as_dict()), found.line()):
                assert not [one for one in secrets if one in text], case["name"]


def test_a_request_that_was_taken_has_no_mistake() -> None:
    taken = [(number, case) for number, case in enumerate(CASES) if case["answer"][0] == 200]
    assert len(taken) >= 25
    for number, case in taken:
        assert diagnosis_of(number).verdict == "right", case["name"]
        without = diagnosed(case, answer=None)
        loose = without.mistake == "timestamp-in-milliseconds"  # which one of the servers takes
        assert without.verdict == "unknown" or loose, case["name"]


def test_the_cases_are_many_and_of_many_hands() -> None:
    counts = Counter(case["expected"]["verdict"] for case in CASES)
    assert counts["mistake"] >= 120
    assert counts["right"] >= 40
    assert counts["unknown"] >= 16
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert len({case["language"] for case in CASES}) == 7
    assert len({case["server"] for case in CASES}) == 5
    assert sum(len(case["expected"]["mistakes"]) == 2 for case in CASES) >= 12
    assert len({word for case in CASES for word in case["expected"]["mistakes"]}) >= 50
    refused = [case for case in CASES if case["expected"]["verdict"] == "mistake"]
    assert all(case["answer"][0] >= 400 for case in refused)
