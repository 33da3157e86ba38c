"""Whatever a browser holds, and whatever is printed or logged, no secret can be read from it."""

import base64
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

import pytest

from oauthone.testing import ProviderBox

from ..caches import SyncCache
from ..conftest import Opener
from ..sites import SECRET, Site, temporary_secret

#: Each test tries every framework, with the login in its session or in a cache.
pytestmark = pytest.mark.covering


def readings(text: bytes, depth: int = 4) -> Iterator[bytes]:
    """Everything that can be read from a cookie without a key: as it stands, decoded, decompressed, and so on."""
    yield text
    if depth == 0:
        return
    for part in filter(None, re.split(rb"[^A-Za-z0-9+/=_-]+", text)):
        for alphabet in (b"+/", b"-_"):
            with suppress(ValueError):
                yield from readings(base64.b64decode(part + b"=" * (-len(part) % 4), alphabet), depth - 1)
    for start in range(3):
        with suppress(zlib.error):
            yield from readings(zlib.decompress(text[start:]), depth - 1)


def found_in(cookies: list[str], needle: str) -> bool:
    wanted = needle.encode()
    return any(wanted in read for cookie in cookies for read in readings(unquote(cookie).encode()))


@pytest.mark.parametrize("text", ["plain", "base64", "zlib"])
def test_badly_hidden_secrets_are_found(text: str) -> None:
    """The search below reads what Flask, Django and Starlette make of a session."""
    from itsdangerous import TimestampSigner, URLSafeTimedSerializer

    secret = "s3cr3t-" * 8
    hidden = {
        "plain": secret,
        "base64": TimestampSigner("k").sign(base64.b64encode(f'{{"a": "{secret}"}}'.encode())).decode(),
        "zlib": URLSafeTimedSerializer("k").dumps({"a": secret * 9}),
    }[text]

    assert found_in([hidden], secret)


@pytest.mark.seen_in("authlib#23")
@pytest.mark.seen_in("flask-oauthlib#205")
def test_no_secret_is_in_a_cookie(site: Site, box: ProviderBox) -> None:
    """Before and after the callback: neither a temporary secret, nor the token's, nor the client's."""
    browser = site.browser()
    address = browser.begin()
    secrets = [temporary_secret(box, address), temporary_secret(box, browser.begin())]
    token = browser.come_back(box.visit(address)).json
    secrets += [token["oauth_token_secret"], box.client.client_secret, SECRET]

    assert len(secrets) >= 5
    assert browser.cookies or not site.has_cookies
    for secret in secrets:
        assert not found_in(browser.cookies, secret)


def test_public_parts_of_a_login_are_found_in_a_cookie(open_site: Opener, framework: str, box: ProviderBox) -> None:
    """So the search above reads the right cookies."""
    site = open_site()
    browser = site.browser()
    browser.begin()

    assert found_in(browser.cookies, "_oauthone") == (site.readable)


def test_with_a_cache_the_session_does_not_hold_the_login(open_site: Opener, box: ProviderBox) -> None:
    """The cache holds it for ten minutes, and until the login has finished."""
    cache = SyncCache()
    browser = open_site(cache=cache).browser()
    address = browser.begin()

    (key,) = cache.kept
    assert re.fullmatch("oauthone_login_[0-9a-f]{40}", key)
    assert cache.seconds == [600]
    assert browser.come_back(box.visit(address)).status == 200
    assert cache.kept == {}


def test_a_session_holds_at_most_five_logins_in_the_cache(open_site: Opener, box: ProviderBox) -> None:
    cache = SyncCache()
    browser = open_site(cache=cache).browser()
    for _ in range(8):
        browser.begin()

    assert len(cache.kept) == 5


def test_a_denied_login_is_deleted_from_the_cache(open_site: Opener, box: ProviderBox) -> None:
    cache = SyncCache()
    box.decision = "deny"

    assert open_site(cache=cache).browser().log_in(box).error == "AccessDenied"
    assert cache.kept == {}


def test_the_session_cookie_stays_small(open_site: Opener, box: ProviderBox) -> None:
    """Browsers drop cookies of more than 4,096 octets, and with them the login."""
    browser = open_site().browser()
    for _ in range(9):
        browser.begin()

    assert all(len(cookie) < 3800 for cookie in browser.cookies)


def test_no_secret_is_logged(site: Site, box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    """Neither secrets, nor verifiers, nor signatures."""
    caplog.set_level(logging.DEBUG)
    browser = site.browser()
    address = browser.begin()
    secret = temporary_secret(box, address)
    callback = box.visit(address)
    token = browser.come_back(callback).json
    browser.come_back(callback)

    said = "\n".join(record.getMessage() for record in caplog.records if record.name == "oauthone")
    for hidden in (secret, token["oauth_token_secret"], callback.partition("oauth_verifier=")[2], SECRET):
        assert hidden not in said
