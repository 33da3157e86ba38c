"""The errors of a login, each with the cause and what to do."""

from oauthone.errors import (
    CallbackError,
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
#: How many logins may be pending in one session.
MAX_PENDING = 5


def wrong_host(began: str, ended: str) -> WrongHost:
    """The error for a callback whose login is not in the session and began at another host."""
    return WrongHost(
        "wrong_host",
        f"the session does not hold this login, which began at the host {began!r}, while the callback came to "
        f"{ended!r}. If the browser sees these two names, it has a session at each: use one name in the address bar, "
        "in redirect_uri and in the registration at the provider (localhost and 127.0.0.1 are two). Behind a proxy, "
        "forward the same Host header for both",
    )


def lost(host: str) -> LoginLost:
    """The error for a browser that came back without its session."""
    return LoginLost(
        "login_lost",
        f"the browser came back{f' to {host!r}' if host else ''} without the session in which the login began. The "
        "session's cookie was lost (SameSite=Strict, Secure over plain http, another host name: localhost is not "
        "127.0.0.1; a cookie over 4 KB), or another browser opened the callback. Check the cookie, then begin again",
    )


def unreadable(*, has_cache: bool) -> LoginLost:
    """The error for a login that the session knows but that cannot be read."""
    why = (
        "the cache no longer holds it: it was evicted, or this process has a cache of its own. Give all processes one "
        "cache, such as Redis"
        if has_cache
        else "it cannot be decrypted: the application's secret changed, or differs from process to process"
    )
    return LoginLost("login_lost", f"the session knows this login, but {why}. Then begin again")


def unknown() -> UnknownLogin:
    """The error for a token that no login here was given."""
    return UnknownLogin(
        "unknown_login",
        "the callback's token was not given out to this browser: it was made up, it belongs to another browser, or "
        f"{MAX_PENDING} newer logins began since. Never continue this login; begin again",
    )


def other_browser() -> OtherBrowser:
    """The error for a login that began in another browser."""
    return OtherBrowser(
        "other_browser",
        "the callback belongs to a login that began in another browser: somebody passed on a link, perhaps to log "
        "this user in to another account. (Or it began here, and the session was cleared since, by a login in another "
        "tab.) Never continue this login; begin again in this browser",
    )


def expired() -> LoginExpired:
    """The error for a browser that took too long."""
    return LoginExpired(
        "login_expired", f"more than {LIFETIME // 60} minutes passed between login and callback: begin again"
    )


def reused() -> CallbackReused:
    """The error for a callback that came a second time."""
    return CallbackReused(
        "callback_reused",
        "this callback was used before: the page was loaded again, or the user pressed the back button. Redirect to "
        "another page after a login, so that no reload comes here; begin again if the user is not logged in",
    )


def missing_session(problem: str) -> SessionMissing:
    """The error for an application that has no session to store a login in."""
    return SessionMissing("session_missing", problem)


def missing_secret(hint: str) -> SessionMissing:
    """The error for an application that has no secret to encrypt a login with."""
    return SessionMissing(
        "secret_missing",
        f"a login in the session is encrypted, but the application has no secret for that: {hint}pass one with "
        "OAuth(secret_key=…), or pass a cache with OAuth(cache=…)",
    )


def callback_without_token(name: str) -> CallbackError:
    """The error for a callback without a token, which providers call ``name``."""
    return CallbackError(
        "missing_token",
        f"the callback holds no {name}: is it the address that the provider sent the browser to? If the provider uses "
        "another name for it, pass callback_token_name=… to register()",
    )
