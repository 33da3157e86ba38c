"""For each rejected spelling, a similar valid request is accepted, and the application sees what was signed."""

from collections.abc import Sequence

import pytest
from sampling import portion

from .exchange import Outcome
from .judging import differences
from .servers import APPLICATIONS, HIDING_THE_TARGET, PAIRS, SERVERS, WITH_HOSTS, Pool
from .signing import CLIENT
from .spellings import LEGITIMATE, Spelling

#: A server that replaces non-UTF-8 in a path.
REPLACING_OCTETS = {"werkzeug"}

#: The application of the same framework without our code, which shows what the server can pass on.
WITHOUT_GLUE = {
    "flask": "open-flask",
    "django": "open-django",
    "starlette": "open-starlette",
    "fastapi": "open-starlette",
}

CASES = [(*pair, group) for pair in PAIRS for group in LEGITIMATE] + [
    (*pair, group) for pair in WITH_HOSTS for group in LEGITIMATE if group.startswith("host")
]


def spellings(server: str, application: str, group: str) -> Sequence[Spelling]:
    """Return those to try here. Each is tried on each server, and in each application on a third of the servers."""
    if (server, application) in WITH_HOSTS:
        return LEGITIMATE[group]
    names = APPLICATIONS[SERVERS[server].interface]
    return portion(LEGITIMATE[group], [*SERVERS].index(server) + names.index(application))


def has_to_pass(pool: Pool, server: str, application: str, spelling: Spelling) -> bool:
    """Return whether this server passes on what was signed."""
    if spelling.must == "pass where the target is shown":
        return server not in HIDING_THE_TARGET
    if spelling.must == "pass where octets are kept":
        return server not in HIDING_THE_TARGET | REPLACING_OCTETS
    if spelling.must == "pass where it is seen so":
        seen = Outcome(pool, server, WITHOUT_GLUE.get(application, "open"), spelling)
        return seen.view is not None and not differences(seen.view, spelling.meant)
    return spelling.must == "pass"


def wrong(pool: Pool, server: str, application: str, spelling: Spelling) -> str | None:
    """Return what is wrong with the outcome of a valid request."""
    outcome = Outcome(pool, server, application, spelling)
    fault = outcome.fault
    if fault is None and (outcome.view is None or outcome.view["verified"] != CLIENT):
        fault = f"refused with {outcome.said}" if has_to_pass(pool, server, application, spelling) else None
    return fault and f"{spelling.name}: {fault}"


@pytest.mark.parametrize(("server", "application", "group"), CASES, ids=map("/".join, CASES))
def test_a_legitimate_request_passes(pool: Pool, server: str, application: str, group: str) -> None:
    found = [wrong(pool, server, application, spelling) for spelling in spellings(server, application, group)]
    assert not (failed := list(filter(None, found))), f"of {len(found)} requests:\n" + "\n".join(failed)
