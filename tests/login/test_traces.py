"""What one process remembers of logins."""

from oauthone.login import _recent_logins as recent_logins
from oauthone.login._hosts import host_name, host_of
from oauthone.login._recent_logins import RecentLogins

from .sites import Clock


def test_a_login_is_used_once() -> None:
    """Whether it began here or in another process."""
    clock = Clock()
    known = RecentLogins(clock)
    known.begun("here", "localhost", clock.now + 600)

    assert [known.use(name, clock.now + 600) for name in ("here", "here", "elsewhere", "elsewhere")] == [
        True,
        False,
        True,
        False,
    ]
    found = known.find("here")
    assert found is not None
    assert (found.host, found.is_used) == ("localhost", True)


def test_memory_is_bounded() -> None:
    """By time, and by number."""
    clock = Clock()
    known = RecentLogins(clock)
    known.begun("old", "localhost", clock.now + 600)
    clock.now += 600
    known.begun("new", "localhost", clock.now + 600)
    assert known.find("old") is None

    for number in range(recent_logins.MOST):
        known.begun(str(number), "localhost", clock.now + 600)
    assert known.find("new") is None
    assert known.find("0") is not None


def test_hosts_as_cookies_see_them() -> None:
    """Without a port, in lower case; what is no host is none."""
    assert [host_name(given) for given in ("LOCALHOST:5000", "[::1]:80", "", "[", "app.example")] == [
        "localhost",
        "::1",
        "",
        "",
        "app.example",
    ]
    assert [
        host_of(url)
        for url in ("https://App.example:8443/cb?x", "oob", "", "http://a\\@b/", "myapp://back", "http://[")
    ] == [
        "app.example",
        "",
        "",
        "a",
        "",
        "",
    ]
