"""The page about each provider, made from its data file."""

import re

import pytest

from oauthone import providers
from oauthone.providers import Provider
from oauthone.providers._catalogue import entry
from oauthone.providers._model import Source, Table
from oauthone.providers._page import page
from oauthone.providers._program import program
from oauthone.providers._provider import facts_without_source


def facts_about(name: str) -> Provider:
    found = entry(name)
    assert isinstance(found, Provider)
    return found


def points(text: str) -> set[str]:
    """Return the points of all lists."""
    return set(re.findall(r"^- (.+)$", text, re.M))


@pytest.mark.parametrize("name", providers.names())
def test_each_page_has_the_program_every_quirk_and_every_source(name: str) -> None:
    facts = facts_about(name)
    text = page(facts)
    assert f"```python\n{program(facts)}```\n" in text
    assert text.count("\n# ") + text.startswith("# ") == 1
    assert len(re.findall(r"^\| (?!facts|---)", text, re.M)) == len(
        facts.sources.keys() | set(facts_without_source(facts))
    )
    assert len(points(text.partition("## What else to know")[2])) == len(facts.quirks) + bool(facts.libraries)
    assert "None" not in text.partition("## Sources")[0]
    assert facts.status_as_of in text


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("flickr", "`user_nsid` in the token response: account id."),
        (
            "flickr",
            "`perms` (or `permissions`) may be passed: `read`, `write` and `delete`; "
            "each level includes the ones before it.",
        ),
        ("hatena", "The realm is sent, and empty."),
        (
            "netsuite",
            "`account`: what stands before .app.netsuite.com in the address of NetSuite, in upper case and with "
            "\\_ for -; for example `1234567_SB1`.",
        ),
        ("cardmarket", "The realm is the URL of the request."),
        ("cardmarket", "Without a token, `oauth_token` is sent empty."),
        ("launchpad", "The realm is `https://api.launchpad.net/`."),
        ("launchpad", "A verifier is not sent."),
        ("launchpad", "The callback is sent on the authorization address, as before OAuth 1.0a."),
        ("launchpad", '`variant="staging"` of `providers.get` is another installation.'),
        ("telldus", "A verifier is optional."),
        ("mastercard", "Requests have an `oauth_body_hash` (always)."),
        ("woocommerce", "`oauth_version` is left out."),
        ("woocommerce", "Requests are signed with HMAC-SHA256, in the query."),
        (
            "fatsecret",
            "Timestamps are signed in order, even if the clock of the machine goes back by up to an hour. Requests of "
            "several threads or processes may arrive in another order: send those of one key one after the other.",
        ),
        ("fatsecret", "The request for the token is a GET, signed in the query."),
        ("maas", "Over plain http, PLAINTEXT shows the secrets: the client needs `allow_insecure_transport=True`."),
        ("etrade", "The authorization address has `oauth_consumer_key` as `key` and `oauth_token` as `token`."),
        ("etrade", "A token ends each day at midnight, US/Eastern. It ends after 7200 idle seconds, too."),
        ("etrade", "`renew_token()` renews the token."),
        ("evernote", "A token ends when `edam_expires` says."),
        ("schoology", "A token ends after 7776000 seconds."),
        ("schoology", "`domain`: the host name of the school's own Schoology; without it, `app.schoology.com`."),
        ("usos", "A token ends soon, unless it has the scope `offline_access`."),
        ("trello", "The application chooses how long a token is valid, with `expiration`."),
        ("zotero", "`fetch_identity()` reads the account from the token response."),
        ("wikimedia", "`fetch_identity()` reads `sub` and `username` of the account (JWT)."),
        ("x", '`create_authorization_url(page="sign_in")` leads to another page.'),
        ("plurk", '`create_authorization_url(page="mobile")` leads to another page.'),
        ("wordpress-oauth1", "`discover_endpoints()` reads the addresses that the provider publishes."),
    ],
)
def test_what_a_page_says(name: str, point: str) -> None:
    assert point in points(page(facts_about(name)))


def test_a_provider_about_which_nothing_else_is_known() -> None:
    assert "## What else" not in page(facts_about("flickr")._replace(quirks=(), libraries=()))


def test_a_provider_that_ends() -> None:
    assert page(facts_about("garmin")).splitlines()[2].startswith("**Garmin ends OAuth 1.0 on 2026-12-31;")


def test_a_registered_callback() -> None:
    facts = facts_about("flickr")
    assert facts.callback is not None
    registered = facts._replace(callback=facts.callback._replace(registered="prefix"))
    assert "A callback that is registered with the provider, at least its beginning." in points(page(registered))


def test_each_name_of_a_page_is_explained() -> None:
    text = page(facts_about("netsuite"))
    assert "`{account_host}` in an address follows from `account`" in text
    assert "`{account_host}`" not in page(facts_about("flickr"))


@pytest.mark.parametrize("name", providers.names())
def test_no_part_of_a_page_is_empty(name: str) -> None:
    parts = page(facts_about(name)).split("\n## ")[1:]
    assert all(part.partition("\n\n")[2].strip() for part in parts)


def test_a_page_says_what_has_no_source_and_what_only_programs_show() -> None:
    text = page(facts_about("flickr"))
    assert "| token_lifetime | unknown | | no source on record |" in text
    flickr = facts_about("flickr")
    unsourced = flickr._replace(sources=Table({**flickr.sources, "errors": Source("unknown", "2026-11-26")}))
    assert "| errors | unknown | 2026-11-26 | no source on record |" in page(unsourced)
    assert "| quirks | single | 2026-11-26 | public programs alone: sybrenstuvel/flickrapi: " in text
    assert "| signature | verified | 2026-11-26 | https://www.flickr.com/" in text


def test_a_fact_whose_group_has_no_source_is_named_once() -> None:
    facts = facts_about("flickr")
    sources = Table({**facts.sources, "token_lifetime": Source("unknown", "2026-11-26")})
    assert page(facts._replace(sources=sources)).count("| token_lifetime | unknown |") == 1
