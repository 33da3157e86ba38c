"""A client that signs by hand makes one mistake, or two: they are named, or the diagnosis says that it cannot tell."""

import base64
import random
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling import FULL

from oauthone.diagnosis import Diagnosis, diagnose
from oauthone.diagnosis.sent_request import read_request

from .careless_client import CLIENT, ENCODERS, EVERYWHERE, MISTAKES, SECRET, TOKEN, TOKEN_SECRET, escape, send

URL = "https://API.example:8443/a%20b/c?q=x%20y+z&q=1&B=%C3%A9&a=%2F~&e=&p!=it's(*)#frag"
BODY = "f=1+2&g=%2B&f=0&h=&a-b=1&a=0&i10=1&i9=2"
CREDENTIALS: dict[str, Any] = {
    "client_id": CLIENT,
    "client_secret": SECRET,
    "token": TOKEN,
    "token_secret": TOKEN_SECRET,
}
#: Each set of mistakes here leads to the signature of another one, with as few mistakes or fewer.
SAME = {
    frozenset({"secrets-swapped", "client-secret-with-white-space"}): {
        "secrets-swapped",
        "token-secret-with-white-space",
    },
    frozenset({"secrets-swapped", "token-secret-with-white-space"}): {
        "secrets-swapped",
        "client-secret-with-white-space",
    },
    frozenset({"secrets-swapped", "client-secret-with-quotes"}): {"secrets-swapped", "token-secret-with-quotes"},
    frozenset({"secrets-swapped", "token-secret-left-out"}): {"client-secret-left-out", "secrets-swapped"},
    frozenset({"secrets-swapped", "client-secret-left-out"}): {"token-secret-left-out", "secrets-swapped"},
    frozenset({"uri-not-encoded", "parameters-not-encoded"}): {"parts-not-encoded"},
}


#: The pairs of mistakes that one client can make: it has one encoder.
PAIRS = [pair for pair in combinations(MISTAKES, 2) if not set(pair) <= set(ENCODERS)]


def diagnosed(wrong: Iterable[str], url: str = URL, body: str = BODY, *, thorough: bool = False) -> Diagnosis:
    return diagnose(**send("POST", url, body, set(wrong)), **CREDENTIALS, thorough=thorough)


def signature(wrong: Iterable[str], url: str = URL, body: str = BODY) -> str:
    """Return the signature as it was sent."""
    sent = send("POST", url, body, set(wrong))
    return str(read_request(**sent).signatures[0].raw[1])


@pytest.mark.parametrize("word", MISTAKES)
def test_each_mistake_is_named(word: str) -> None:
    found = diagnosed({word})
    if signature({word}) == signature(()):
        assert found.verdict == "unknown", "this signature does not show the mistake"
    else:
        assert found.mistakes == (word,), found


def test_a_client_without_a_mistake_is_told_so() -> None:
    found = diagnosed(())
    assert found.verdict == "unknown"
    assert found.explanation.startswith("The signature is right for the credentials that were given")


@settings(max_examples=50 if FULL else 20)  # a thorough search of these 18 parameters takes a third of a second
@given(st.sampled_from(PAIRS))
def test_two_mistakes_are_named_and_never_a_third(pair: tuple[str, str]) -> None:
    quick, found = diagnosed(pair), diagnosed(pair, thorough=True)
    if quick.verdict != "unknown":
        assert found == quick, "a thorough search names what a quick one names"
    assert found.verdict == "unknown" or _is_named(found, pair), found


#: All pairs are tried in so many turns.
TURNS = 12


class Sample(NamedTuple):
    """A request, and which share of the pairs of mistakes that it shows is named at least."""

    url: str
    body: str
    quick: float
    thorough: float


#: With three parameters, and with eight.
SAMPLES = (
    Sample("https://API.example:8443/a%20b/c?q=x%20y+z&B=%C3%A9~#frag", "f=1+2%2F", 0.4, 0.93),
    Sample("https://API.example:8443/a%20b/c?q=x%20y+z&q=1&B=%C3%A9&e=&a=%2F~#frag", "f=1+2&a-b=it's&g=%2B", 0.4, 0.93),
)


@cache
def shown_pairs(url: str, body: str) -> list[tuple[str, str]]:
    """Return the pairs that a request shows, always in the same order, which mixes them."""
    others = {signature(wrong, url, body) for wrong in ((), *((word,) for word in MISTAKES))}
    shown = [pair for pair in PAIRS if signature(pair, url, body) not in others]
    return random.Random(1).sample(shown, len(shown))


@pytest.mark.parametrize("turn", range(TURNS if FULL else 1))
@pytest.mark.parametrize("sample", SAMPLES, ids=["three", "eight"])
def test_most_pairs_are_named(sample: Sample, turn: int) -> None:
    """A quick search names about half of them. All are tried in the full profile, and else a few."""
    request = sample.url, sample.body
    tried = shown_pairs(*request)[turn::TURNS] if FULL else shown_pairs(*request)[:15]
    for thorough, least in ((False, sample.quick), (True, sample.thorough)):
        found = {pair: diagnosed(pair, *request, thorough=thorough) for pair in tried}
        named = [pair for pair in tried if found[pair].verdict == "mistake"]
        assert all(_is_named(found[pair], pair) for pair in named)
        assert len(named) >= least * len(tried), set(tried) - set(named)


def _is_named(found: Diagnosis, pair: tuple[str, str]) -> bool:
    """Return whether the mistakes of a diagnosis are those of a pair, or lead to the same signature."""
    named = set(found.mistakes)
    return named <= set(pair) or named <= SAME.get(frozenset(pair), set()) or _all_described(found, pair)


@pytest.mark.parametrize("other", [None, "form-left-out", "other-scheme-signed", "port-left-out"])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_one_wrong_encoder_for_names_values_parts_and_secrets_is_one_mistake(encoder: str, other: str | None) -> None:
    """So another one that comes with it is named too, and the sentence says that the secrets show it."""
    words = {encoder, other} if other else {encoder}
    sent = send("POST", "https://api.example:8443/a?q=x%20y~%2F!&n=1", "f=1", {*words, EVERYWHERE})
    found = diagnose(**sent, **CREDENTIALS, thorough=True)
    assert set(found.mistakes) == words, found
    assert "in the secrets of the key too" in found.explanation


def _all_described(found: Diagnosis, pair: tuple[str, str]) -> bool:
    """Return whether the explanation names the pair among ways that cannot be told apart."""
    from oauthone.diagnosis.mistakes import MISTAKES as TABLE

    return all(TABLE[word].description.partition("{")[0] in found.explanation for word in pair)


ODD = st.text("aZ09-._~ +%&=/?\"'!*()éß漢\U0001f600\n", min_size=1, max_size=12)


@given(ODD, ODD, st.lists(st.tuples(ODD, ODD), max_size=4), st.sampled_from(MISTAKES))
def test_no_secret_is_in_any_output(secret: str, token_secret: str, form: list[tuple[str, str]], word: str) -> None:
    body = "&".join(f"{escape(name)}={escape(value)}" for name, value in form)
    canary = f"canary{secret}canary"
    sent = send("POST", URL, body, {word})
    found = diagnose(
        **sent,
        client_id=CLIENT,
        client_secret=canary,
        token=TOKEN,
        token_secret=f"canary{token_secret}",
        answer=(401, {}, f"wrong signature {canary} {escape(canary)}"),
    )
    for text in (str(found), repr(found), str(found.as_dict())):
        assert "canary" not in text


def test_a_signature_in_the_base64_of_urls_is_named_where_it_shows() -> None:
    for number in range(50):
        sent = send("POST", URL, f"n={number}", {"signature-in-url-base64"})
        if {"-", "_"} & set(str(read_request(**sent).signatures[0].value)):
            break
    assert diagnose(**sent, **CREDENTIALS).mistakes == ("signature-in-url-base64",)
    assert base64.urlsafe_b64decode(read_request(**sent).signatures[0].value)
