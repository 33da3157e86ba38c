"""The table of mistakes: each entry is complete, and every word that the code uses is in it."""

import re
from pathlib import Path

import pytest

from oauthone.diagnosis import mistakes
from oauthone.diagnosis.mistake import Party
from oauthone.diagnosis.mistakes import MISTAKES, described, described_ways, entry_of

SOURCES = sorted(Path(str(mistakes.__file__)).parent.glob("*.py"))


@pytest.mark.parametrize("word", MISTAKES)
def test_each_entry_is_complete(word: str) -> None:
    entry = MISTAKES[word]
    assert re.fullmatch("[a-z]+[a-z0-9]*(-[a-z0-9]+)*", word)
    assert entry.description
    assert not entry.description.endswith(".")
    assert entry.advice
    assert isinstance(entry.party, Party)


def test_every_word_in_the_code_is_in_the_table() -> None:
    used = {
        word.partition(":")[0]
        for path in SOURCES
        for word in re.findall(
            r'(?:yield|return mistake\(\[\(|\[\(|^ {4}\()f?"([a-z]+(?:-[a-z]+)+[^"{ ]*)', path.read_text(), re.M
        )
    }
    assert len(used) > 30
    assert used <= set(MISTAKES)


def test_no_entry_is_there_twice() -> None:
    text = "".join(path.read_text() for path in SOURCES if path.stem.endswith("_mistakes"))
    words = re.findall(r'Mistake\(\s*"([a-z-]+)"', text)
    assert len(words) == len(set(words)) > 60


def test_a_detail_is_part_of_the_description() -> None:
    assert described("parameter-unsigned:oauth_token") == "did not sign oauth_token, which it sent"
    assert entry_of("parameter-unsigned:oauth_token").word == "parameter-unsigned"
    assert described("slash-left-unencoded:in-secrets") == "left slashes unencoded, in the secrets of the key too"
    assert entry_of("slash-left-unencoded:in-secrets").word == "slash-left-unencoded"


def test_what_all_ways_share_is_said_once() -> None:
    ways = [("query-left-out", "form-left-out"), ("query-left-out", "realm-signed")]
    assert described_ways(ways) == (
        "left the query out, and left the form body out, or signed the realm of the Authorization header"
    )


def test_ways_that_cannot_be_told_apart_are_all_described() -> None:
    ways = [("query-left-out", "form-left-out"), ("realm-signed",)]
    assert described_ways(ways) == (
        "left the query out, and left the form body out, or signed the realm of the Authorization header"
    )


def test_more_than_two_ways_are_a_list() -> None:
    ways = [("query-left-out",), ("form-left-out",), ("realm-signed",)]
    assert described_ways(ways) == (
        "did one of these: left the query out; left the form body out; or signed the realm of the Authorization header"
    )
