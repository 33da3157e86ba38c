"""No spelling of a request lets an application see an unsigned value, or leaves a connection out of step."""

from collections.abc import Sequence

import pytest
from sampling import portion

from .exchange import Outcome
from .servers import APPLICATIONS, HIDING_THE_TARGET, PAIRS, SERVERS, WITH_HOSTS, Pool
from .spellings import ATTACKS, Spelling

CASES = [(*pair, group) for pair in PAIRS for group in ATTACKS] + [
    (*pair, group) for pair in WITH_HOSTS for group in ATTACKS if group.startswith("host")
]


def spellings(server: str, application: str, group: str) -> Sequence[Spelling]:
    """Return those to try here. Each is tried on every second server, and in each application on some of them.

    An application that lists its hosts is the only one on its server that does, so it takes all.
    """
    if (server, application) in WITH_HOSTS:
        return ATTACKS[group]
    names = APPLICATIONS[SERVERS[server].interface]
    return portion(ATTACKS[group], [*SERVERS].index(server) + names.index(application) * 2, of=6)


def looks_like_what_was_signed(pool: Pool, server: str, spelling: Spelling) -> bool:
    """Return whether the server hides from the application that the request was spelled differently."""
    views = [Outcome(pool, server, "open", one).view for one in (spelling, Spelling("signed", spelling.meant))]
    return None not in views and views[0]["shown"] == views[1]["shown"]


def is_respelled_by_django(server: str, application: str, spelling: Spelling) -> bool:
    """Return whether Django replaced an empty path by a slash, on a server that hides the target."""
    target = spelling.target or "/"
    is_empty = target.startswith("?") or (server == "granian-wsgi" and not target.startswith("/"))
    return application == "django" and server in HIDING_THE_TARGET and is_empty


def wrong(pool: Pool, server: str, application: str, spelling: Spelling) -> str | None:
    """Return what is wrong with the outcome of an attack."""
    outcome = Outcome(pool, server, application, spelling)
    is_taken = outcome.fault is None and outcome.view is not None and spelling.must == "be refused"
    if is_respelled_by_django(server, application, spelling):
        return outcome.fault
    if is_taken and not looks_like_what_was_signed(pool, server, spelling):
        return f"{spelling.name}: taken, though it was seen as it was signed"
    return outcome.fault and f"{spelling.name}: {outcome.fault}"


@pytest.mark.parametrize(("server", "application", "group"), CASES, ids=map("/".join, CASES))
def test_an_attack_is_refused(pool: Pool, server: str, application: str, group: str) -> None:
    found = [wrong(pool, server, application, spelling) for spelling in spellings(server, application, group)]
    assert not (failed := list(filter(None, found))), f"of {len(found)} requests:\n" + "\n".join(failed)
