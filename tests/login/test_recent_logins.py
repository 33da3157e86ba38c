"""What one process remembers of recent logins."""

from oauthone.login import _recent_logins as recent_logins
from oauthone.login._recent_logins import RecentLogins


def test_only_the_first_use_of_a_login_counts() -> None:
    """Whether it began here or in another process."""
    known = RecentLogins()
    known.started("here", "localhost", 600, 0)

    assert [known.mark_used(name, 600, 0) for name in ("here", "here", "elsewhere", "elsewhere")] == [
        True,
        False,
        True,
        False,
    ]
    found = known.find("here")
    assert found is not None
    assert (found.host, found.is_used) == ("localhost", True)


def test_old_logins_are_forgotten() -> None:
    """After their time, and when there are too many."""
    known = RecentLogins()
    known.started("old", "localhost", 600, 0)
    known.started("new", "localhost", 1200, 600)
    assert known.find("old") is None

    for number in range(recent_logins.MAX_REMEMBERED):
        known.started(str(number), "localhost", 1200, 600)
    assert known.find("new") is None
    assert known.find("0") is not None
