"""Who a token is for, as the provider tells it."""

from typing import Any

from oauthone.clients.requests import OAuth1Session

#: The members of JSON that name an account, where no catalogue tells which one does.
_NAMES = ("username", "screen_name", "login", "user", "name", "id")


def user_of(session: OAuth1Session, url: str | None) -> str | None:
    """Return the name of the account, or None if nothing tells it.

    Args:
        session: a session with the token.
        url: a URL that tells, as JSON, for a provider that is not in the catalogue.
    """
    if session.provider is not None and session.provider.identity is not None:
        account = session.fetch_identity()
        return account.name or account.id
    if url is None:
        return None
    response = session.get(url, timeout=30)
    response.raise_for_status()
    found: Any = response.json()
    return next((str(found[name]) for name in _NAMES if isinstance(found.get(name), str | int)), None)
