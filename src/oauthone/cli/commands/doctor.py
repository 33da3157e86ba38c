"""``oauthone doctor``: what this machine has, and what is in the way of a signed request."""

import os
import platform
import stat
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import click

from oauthone import __version__
from oauthone.cli import profiles
from oauthone.cli.browser import has_browser
from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Exit, common, result, write_object
from oauthone.cli.places import secrets_folder, settings_folder, shown
from oauthone.cli.vault import has_keyring, keyring_backend
from oauthone.errors import OAuth1Error

_LIBRARIES = ("requests", "keyring", "cryptography", "click", "platformdirs")
_PROXIES = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)
#: A provider refuses a timestamp that differs by more than five minutes; half a minute is worth a word.
_WINDOW, _WORD = 300, 30


class Finding(NamedTuple):
    """One line: ``ok``, ``note`` or ``problem``, what was looked at, and what was found."""

    grade: str
    subject: str
    text: str


@click.command()
@click.argument("name", required=False, metavar="[PROFILE]")
@click.option("--offline", is_flag=True, help="Send nothing.")
@common_options
def command(name: str | None, offline: bool) -> None:
    """Look at this machine, and at a profile: extras, keyring, files, clock, proxy, browser.

    With a PROFILE, it also finds out by a few harmless requests (at most six, pausing) which way of
    signing the provider takes. Exit 9 if something is in the way.
    """
    common().profile = name or common().profile
    found = [*_machine(), *_files(), *_profile(name, offline)]
    status = Exit.ANSWER_NO if any(one.grade == "problem" for one in found) else Exit.DONE
    marks = {"ok": "✓", "note": "·", "problem": "✗"}
    if common().json:
        write_object({"ok": status == Exit.DONE, "exit": int(status), "findings": [one._asdict() for one in found]})
    else:
        result("\n".join(f"{marks[one.grade]} {one.subject:<12} {one.text}" for one in found))
    click.get_current_context().exit(status)


def _machine() -> Iterator[Finding]:
    yield Finding("ok", "oauthone", f"{__version__}, Python {platform.python_version()}, {platform.system()}")
    for name in _LIBRARIES:
        try:
            yield Finding("ok", name, version(name))
        except PackageNotFoundError:
            yield Finding("note", name, "is not installed")
    if has_keyring():
        backend = type(keyring_backend()).__module__
        yield Finding("ok", "keyring", f"answers: {backend}")
        if platform.system() == "Darwin":
            yield Finding("note", "keyring", "grants access to this Python, and so to each script that it runs")
    else:
        yield Finding("note", "keyring", "none answers: tokens can be kept in a file (--store file)")
    yield Finding("ok" if has_browser() else "note", "browser", "found" if has_browser() else "none: paste codes")
    yield _sha1()
    for name in _PROXIES:
        if value := os.environ.get(name) or os.environ.get(name.lower()):
            yield Finding("note", name, value.rpartition("@")[2])


def _sha1() -> Finding:
    """Whether the policy of this system lets HMAC-SHA1 and RSA-SHA1 be made."""
    import hashlib
    import hmac

    try:
        hmac.new(b"key", b"text", hashlib.sha1).digest()
    except ValueError:
        return Finding(
            "problem", "SHA-1", "this system's crypto policy forbids it: use HMAC-SHA256, if your provider does"
        )
    return Finding("ok", "SHA-1", "is available")


def _files() -> Iterator[Finding]:
    yield Finding("ok", "settings", shown(settings_folder()))
    path = secrets_folder() / "credentials.json"
    if path.exists():
        is_open = os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
        text = (
            f"others can read {shown(path)}: chmod 600 {path}" if is_open else f"{shown(path)}, readable by you alone"
        )
        yield Finding("problem" if is_open else "ok", "secrets", text)
    for rescued in sorted(secrets_folder().glob("rescued-*.json")):
        yield Finding("problem", "rescued", f"a token waits there: oauthone import rescued {shown(rescued)}")


def _profile(name: str | None, offline: bool) -> Iterator[Finding]:
    from oauthone.cli.settings import profile_name, resolve

    if profile_name() is None and not os.environ.get("OAUTHONE_CLIENT_ID"):
        yield Finding("note", "profiles", f"{len(profiles.names())}; none is in use")
        return
    try:
        settings = resolve({})
    except (CommandError, OAuth1Error) as failure:
        yield Finding("problem", "profile", str(failure))
        return
    whose = settings.owner or settings.described
    yield Finding("ok", "profile", f"{whose}, signing with {settings.options['signature_method']}")
    if not offline and settings.base_url:
        yield from _clock(settings.base_url)
    if not offline and name is not None:
        yield from _probe(settings)


def _clock(url: str) -> Iterator[Finding]:
    """Compare the clock with the Date of the provider."""
    import requests

    from oauthone.cli.failures import in_words

    try:
        date = requests.head(url, timeout=10, allow_redirects=False).headers.get("Date", "")
        apart = time.time() - parsedate_to_datetime(date).timestamp()
    except (requests.RequestException, ValueError) as failure:
        yield Finding(
            "problem" if isinstance(failure, requests.RequestException) else "note",
            "clock",
            f"{url}: {in_words(failure)}",
        )
        return
    text = f"{abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} the provider's"
    yield Finding("problem" if abs(apart) > _WINDOW else "note" if abs(apart) > _WORD else "ok", "clock", text)


def _probe(settings: Any) -> Iterator[Finding]:
    from oauthone.cli.sending import session_of
    from oauthone.diagnosis import probe

    facts = settings.provider.identity if settings.provider else None
    url = settings.profile.identity_url or (facts.url if facts else None)
    if url is None:
        yield Finding("note", "probe", "no URL to try: oauthone profiles set NAME identity_url=URL")
        return
    with session_of(settings) as session:
        found = probe(session, url)
    yield Finding("ok" if found.options == {} else "problem", "probe", found.explanation)
