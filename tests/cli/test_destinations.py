"""Where a request goes, and where the credentials of a profile may go."""

from urllib.parse import quote

import pytest
from requests import Request

from oauthone.cli.destinations import absolute, check_origin, without_user
from oauthone.cli.output import CommandError, Common
from oauthone.cli.settings import resolve

from .conftest import keep_profile

GIVEN = {"client_id": "a", "client_secret": "b"}


@pytest.fixture(autouse=True)
def in_command(context: Common) -> None:
    """Each of these tests is inside a command."""


def test_a_relative_url_needs_a_base() -> None:
    keep_profile("one", base_url="https://api.example/v1/")
    assert absolute(resolve({}), "/a?b") == "https://api.example/v1/a?b"
    assert absolute(resolve({}), "https://other.example/") == "https://other.example/"
    assert absolute(resolve({}), "/a?u=http://x.example/") == "https://api.example/v1/a?u=http://x.example/"
    with pytest.raises(CommandError, match="no profile has a base_url"):
        absolute(resolve(GIVEN), "/a")


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:8500/photos", "127.0.0.1/photos", "localhost:8500", "localhost/a", "localhost", "[::1]:80/a",
        "[::1]",
        "api.example/photos", "api.example.com", "api.example.com?a=b", "www.example.co.uk/", "host:80?a", "https:/a/b",
        "http:a",
    ],
)  # fmt: skip
def test_a_host_without_its_scheme_is_no_path(text: str) -> None:
    keep_profile("one", base_url="https://api.example/v1/")
    with pytest.raises(CommandError, match="lacks http:// or https://") as refused:
        absolute(resolve({}), text)
    assert refused.value.exit_status == 2
    assert absolute(resolve({}), f"/{text}") == f"https://api.example/v1/{quote(text, safe=':/?=')}"


@pytest.mark.parametrize(
    "text",
    [
        "photos", "photos.json", "1.1/statuses/update.json", "v1.1/a", "update.xml?a=b", "a:b", "?a=b",
        "searchCriteria:1x",
        "localhosts/a", "photos/127.0.0.1:80", "a?u=api.example/x", "",
    ],
)  # fmt: skip
def test_a_path_needs_no_slash(text: str) -> None:
    keep_profile("one", base_url="https://api.example/v1/")
    assert absolute(resolve({}), text) == f"https://api.example/v1/{text}"


@pytest.mark.parametrize("text", ["https://api.example/photos?file=a b&x=ü", "http://[::1]:80/p[0]/%2F?a[0]=%20&b=<>|"])
def test_what_no_url_may_hold_is_encoded_as_requests_does(text: str) -> None:
    """So ``sign`` prints, and signs, what ``get`` sends."""
    assert absolute(resolve(GIVEN), text) == Request("GET", text).prepare().url


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://api.example/any", True),
        ("https://API.example:443/", True),
        ("http://api.example/", False),
        ("https://api.example:8443/", False),
        ("https://api.example.evil.example/", False),
        ("https://other.example/", False),
    ],
)
def test_a_profile_signs_for_its_own_origins_only(url: str, allowed: bool) -> None:
    keep_profile("one", origins=("https://api.example",))
    found = resolve({})
    check_origin(found, url, any_origin=True)
    if allowed:
        check_origin(found, url, any_origin=False)
        return
    with pytest.raises(CommandError, match="are not for") as refused:
        check_origin(found, url, any_origin=False)
    assert (refused.value.exit_status, refused.value.code) == (2, "forbidden_origin")
    assert "profiles set one origins+=" in refused.value.hint


def test_the_origins_of_the_catalogue_count() -> None:
    keep_profile("one", provider="discogs")
    check_origin(resolve({}), "https://api.discogs.com/x", any_origin=False)
    with pytest.raises(CommandError):
        check_origin(resolve({}), "https://discogs.com.evil.example/x", any_origin=False)


@pytest.mark.parametrize("given", [GIVEN, {}], ids=["options", "environment"])
def test_a_base_url_of_the_environment_is_the_only_origin(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "e")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "es")
    check_origin(resolve(given), "https://other.example/x", any_origin=False)
    monkeypatch.setenv("OAUTHONE_BASE_URL", "https://api.example/v1")
    found = resolve(given)
    check_origin(found, "https://api.example/x", any_origin=False)
    check_origin(found, "https://other.example/x", any_origin=True)
    with pytest.raises(CommandError, match="as OAUTHONE_BASE_URL says, and not for") as refused:
        check_origin(found, "https://other.example/x", any_origin=False)
    assert (refused.value.exit_status, refused.value.code) == (2, "forbidden_origin")
    assert "--any-origin" in refused.value.hint


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@a.example/b?c", "https://a.example/b?c"),
        ("https://u:p@q@a.example", "https://a.example"),
        ("https://a.example/u:p@b", "https://a.example/u:p@b"),
        ("https://a.example?u@b", "https://a.example?u@b"),
        ("/a@b", "/a@b"),
    ],
)
def test_user_information_is_left_out(url: str, shown: str) -> None:
    assert without_user(url) == shown
