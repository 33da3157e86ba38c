"""The time of a diagnosis: nothing wrong, one mistake, two, and a signature that nothing explains; and how it grows.

Where nothing is found, a thorough search is timed beside the quick one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from oauthone import Signer
from oauthone.diagnosis import diagnose

from .measure import Effort, Run, compare
from .report import OVER, Goal, Row, Style

TITLE = "diagnose: ms of CPU for a refused request; ratio: that figure, or the figure as a multiple of the one before"

_CREDENTIALS: dict[str, Any] = {
    "client_id": "client",
    "client_secret": "s3cret & kd94hf93k423kf44",
    "token": "t",
    "token_secret": "t0/k pfkkdhi9sl3r4s00",
}
_GOAL = Goal(Style("{:.3g} ms", False), 20, 10)
_THOROUGH_GOAL = Goal(Style("{:.3g} ms", False), 250, 200)
_LINEAR = Goal(OVER, 6, 5)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: Values that show every way of encoding wrongly.
_ODD = ("x y", "a~b", "ü", "1/2", "(*)!'", "a+b", "", "A:b,c@d", "100%", "line\r\nend")


def run(effort: Effort) -> Iterator[Row]:
    """Yield rows for requests of 20 parameters, and for growing ones."""
    effort = effort.fewer(9)
    for name, refused in _requests(20).items():
        yield _row(f"20 parameters, {name}", refused, effort, _GOAL)
    for name, refused in _requests(20, thorough=True).items():
        if name.startswith("nothing found"):
            yield _row(f"20 parameters, {name}, thorough", refused, effort, _THOROUGH_GOAL)
    for count, before in ((100, 20), (500, 100)):
        yield _growth(count, before, effort)
        yield _growth(count, before, effort, thorough=True)


def _row(name: str, refused: Run, effort: Effort, goal: Goal) -> Row:
    samples = compare({"ours": refused}, effort)
    milliseconds = samples.median("ours") / 1000
    return Row(name, "ms", {"ours": milliseconds}, milliseconds, goal, samples=samples)


def _growth(count: int, before: int, effort: Effort, *, thorough: bool = False) -> Row:
    name = "nothing found"
    ours, fewer = (_requests(number, thorough=thorough)[name] for number in (count, before))
    samples = compare({"ours": ours, "fewer": fewer}, effort)
    name += ", thorough" if thorough else ""
    ratio = samples.ratio("ours", "fewer")
    figures = {"ours": samples.median("ours") / 1000}
    return Row(f"{count} parameters, {name}, × {before}", "ms", figures, ratio, _LINEAR, samples=samples)


def _requests(count: int, *, thorough: bool = False) -> dict[str, Run]:
    """Return diagnoses of requests with so many parameters, by what is wrong with them."""
    pairs = [f"{quote(f'n{number}')}={quote(_ODD[number % len(_ODD)])}" for number in range(count // 2)]
    query, form = "&".join(pairs), "&".join(f"f{pair}" for pair in pairs)
    url = f"https://api.example/photos/1?{query}"
    plain = f"https://api.example/photos/1?{'&'.join(f'n{number}=v{number}' for number in range(count // 2))}"
    plain_form = "&".join(f"f{number}=v{number}" for number in range(count // 2))
    bare = url.partition("?")[0]
    search = {"thorough": thorough}
    return {
        "nothing wrong": _diagnosis(search, url, form, url, form),
        "one mistake": _diagnosis(search, url, form, bare, form),
        "two mistakes": _diagnosis(search, url, form, bare, form, token_secret=""),
        "nothing found": _diagnosis(search, url, form, url, form, client_secret="another"),
        "nothing found, plain values": _diagnosis(
            search, plain, plain_form, plain, plain_form, client_secret="another"
        ),
    }


def _diagnosis(
    search: dict[str, bool], url: str, form: str, signed_url: str, signed_form: str, **signed_with: Any
) -> Run:
    signed = Signer(**{**_CREDENTIALS, **signed_with}).sign("POST", signed_url, _FORM, signed_form)
    headers = {**_FORM, "Authorization": signed.authorization or ""}

    def refused() -> object:
        return diagnose("POST", url, headers, form, **_CREDENTIALS, answer=(401, (), b""), **search)

    return refused
