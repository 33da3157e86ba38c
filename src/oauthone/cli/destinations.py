"""Where a request goes: a URL made absolute, and whether the credentials of a profile may go there."""

import re
from urllib.parse import quote

from oauthone.cli.output import CommandError, Exit
from oauthone.cli.settings import Settings
from oauthone.core.urls import origin

_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_USER = re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*+://)[^/?#]*@")
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
#: A host whose ``http://`` was left out; a name alone is one of a file, if it ends like one.
_HOST = re.compile(
    r"""https?:
    |(?:[\w.-]+|\[[0-9a-f:.]+]):[0-9]+(?=[/?#]|\Z)
    |(?:localhost|[0-9]+(?:\.[0-9]+){3}|\[[0-9a-f:.]+])(?=[/?#]|\Z)
    |(?:[\w-]+\.)+[a-z][a-z0-9-]+(?=/)
    |(?:[\w-]+\.)+(?!(?:json|xml|html?|php|txt|csv|js|ya?ml|rss|atom|pdf|png|jpe?g|gif|svg)\b)[a-z][a-z0-9-]+(?=[?#]|\Z)
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: What may follow the origin as it is: RFC 3986's characters for path and query, and escapes.
_OF_URLS = "!#$%&'()*+,/:;=?@~"


def escaped(text: bytes) -> str:
    """Return a part of a URL after the origin. What no URL may hold is encoded; escapes stay as they are.

    So is a percent sign that begins no escape: for one of those, requests encodes all escapes again.
    """
    return quote(_NO_ESCAPE.sub(b"%25", text), safe=_OF_URLS)


def without_user(url: str) -> str:
    """Return a URL without the user information before its host, which is neither signed nor sent."""
    return _USER.sub(r"\1", url)


def absolute(settings: Settings, url: str) -> str:
    """Return an absolute URL; a path is relative to the base URL of the profile. What no URL may hold is encoded.

    Raises:
        CommandError: there is no base URL, or the text begins with a host.
    """
    found = _ORIGIN.match(url)
    if not found and (host := _HOST.match(url)):
        raise CommandError(
            Exit.USAGE, f"{host[0]!r} looks like a host, and the address lacks http:// or https://.",
            f"For a path below the base URL: /{url}",
        )  # fmt: skip
    start = found[0] if found else ""
    url = start + escaped(url[len(start) :].encode("utf-8", "surrogateescape"))
    if found:
        return url
    if settings.base_url is None:
        raise CommandError(Exit.USAGE, f"{url!r} is not an absolute URL, and no profile has a base_url for it.")
    return f"{settings.base_url.rstrip('/')}/{url.lstrip('/')}"


def check_origin(settings: Settings, url: str, *, any_origin: bool) -> None:
    """Raise if the credentials are not for this URL, so that a wrong paste leaks nothing.

    Raises:
        CommandError: they are not.
    """
    if any_origin or settings.origins is None or is_allowed(settings, url):
        return
    found = origin(url)
    if settings.name is None:
        message = f"The credentials are for {settings.base_url}, as OAUTHONE_BASE_URL says, and not for {found}."
        hint = "If they are: --any-origin"
    else:
        message = f"The credentials of {settings.name!r} are not for {found}."
        hint = f"If they are: oauthone profiles set {settings.name} origins+={found}, or once: --any-origin"
    raise CommandError(Exit.USAGE, message, hint, code="forbidden_origin")


def is_allowed(settings: Settings, url: str) -> bool:
    """Return whether the credentials may be sent to this URL."""
    if settings.provider is not None:
        return settings.provider.allows(url)
    return any(origin(one) == origin(url) for one in settings.origins or ())
