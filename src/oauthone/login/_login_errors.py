"""The errors of a login, each with the cause and what to do."""

from oauthone.errors import (
    CallbackReused,
    LoginExpired,
    LoginLost,
    OtherBrowser,
    SessionMissing,
    UnknownLogin,
    WrongHost,
)

#: How many seconds a login may take.
LIFETIME = 600
#: How many logins may wait in one session.
NEWEST = 5


def wrong_host(began: str, ended: str) -> WrongHost:
    """The error for a callback whose session holds no login, and whose host is not the one where the login began."""
    return WrongHost(
        "wrong_host",
        f"the session does not hold this login, which began at the host {began!r}, while the callback came to "
        f"{ended!r}. If the browser sees these two names, it has a session at each: use one name in the address bar, "
        "in redirect_uri and in what is registered at the provider (localhost and 127.0.0.1 are two). Behind a proxy, "
        "pass the same Host header on for both",
    )


def lost(host: str) -> LoginLost:
    """The error for a browser that came back without its session."""
    return LoginLost(
        "login_lost",
        f"the browser came back{f' to {host!r}' if host else ''} without the session in which the login began. The "
        "session's cookie got lost (SameSite=Strict, Secure over plain http, another host name: localhost is not "
        "127.0.0.1; a cookie over 4 KB), or another browser opened the callback. Check the cookie, then begin again",
    )


def unreadable(*, has_cache: bool) -> LoginLost:
    """The error for a login that is known and cannot be read."""
    why = (
        "the cache no longer holds it: it was evicted, or this process has a cache of its own. Give all processes one "
        "cache, such as Redis"
        if has_cache
        else "it cannot be decrypted: the application's secret changed, or differs from process to process"
    )
    return LoginLost("login_lost", f"the session knows of this login, but {why}. Then begin again")


def unknown() -> UnknownLogin:
    """The error for a token that nobody here gave out."""
    return UnknownLogin(
        "unknown_login",
        "the callback's token was not given out to this browser: somebody made it up, or it belongs to another "
        f"browser, or {NEWEST} newer logins began since. Never go on with it; begin again",
    )


def other_browser() -> OtherBrowser:
    """The error for a login that began elsewhere."""
    return OtherBrowser(
        "other_browser",
        "the callback belongs to a login that began in another browser: a link that somebody passed on, perhaps to "
        "log this person in as somebody else. (Or it began here, and the session was cleared since, after a login in "
        "another tab.) Never go on with it; begin again in this browser",
    )


def expired() -> LoginExpired:
    """The error for a browser that took too long."""
    return LoginExpired(
        "login_expired", f"more than {LIFETIME // 60} minutes passed between login and callback: begin again"
    )


def reused() -> CallbackReused:
    """The error for a callback that came before."""
    return CallbackReused(
        "callback_reused",
        "this callback was used before: the page was loaded again, or the back button led to it. Redirect to another "
        "page after a login, so that no reload comes here; begin again if nobody is logged in",
    )


def missing_session(what: str) -> SessionMissing:
    """The error for an application that has nowhere to keep a login."""
    return SessionMissing("session_missing", what)


def missing_secret(where: str) -> SessionMissing:
    """The error for an application without a secret to encrypt with."""
    return SessionMissing(
        "secret_missing",
        f"a login that waits in the session is encrypted, and there is no secret for that: {where}give one with "
        "OAuth(secret_key=…), or a cache with OAuth(cache=…)",
    )
