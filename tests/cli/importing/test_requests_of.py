"""Requests of curl, HAR and Postman, and the credentials of a collection."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from oauthone.cli.importing.requests_of import profiles_of_postman, requests_of
from oauthone.cli.output import CommandError


def auth(**values: str) -> dict[str, Any]:
    return {"type": "oauth1", "oauth1": [{"key": key, "value": value} for key, value in values.items()]}


COLLECTION: dict[str, Any] = {
    "info": {"name": "Photos"},
    "auth": auth(consumerKey="top", consumerSecret="ts"),
    "item": [
        {
            "name": "folder",
            "item": [
                {
                    "name": "list photos",
                    "request": {
                        "method": "GET",
                        "url": {"raw": "https://api.example/photos?a=1"},
                        "auth": auth(
                            consumerKey="ck", consumerSecret="cs", token="t", tokenSecret="tsec",
                            signatureMethod="HMAC-SHA256", realm="",
                        ),
                    },
                }
            ],
        },
        {"name": "again", "request": {"url": "https://api.example/", "auth": auth(consumerKey="ck")}},
        {"name": "variable", "request": {"url": "{{base}}/x", "auth": auth(consumerKey="{{key}}")}},
        {"name": "variable host", "request": {"url": "{{base}}/x", "auth": auth(consumerKey="other")}},
        {"name": "short", "request": "https://api.example/short"},
    ],
}  # fmt: skip


def test_requests_of_curl() -> None:
    (found,) = requests_of("curl", "curl https://api.example/a -d x=1")
    assert (found.method, found.url, found.body) == ("POST", "https://api.example/a", b"x=1")


def entry(url: str, *headers: tuple[str, str], text: str | None = None) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": "POST" if text else "GET",
        "url": url,
        "headers": [{"name": name, "value": value} for name, value in headers],
    }
    return {"request": {**request, **({"postData": {"text": text}} if text else {})}}


def test_the_signed_requests_of_a_har_file() -> None:
    entries = [
        entry("https://api.example/a", ("authorization", "OAuth oauth_token=x")),
        entry("https://api.example/b", ("Authorization", "Bearer x")),
        entry("https://api.example/c?oauth_signature=x"),
        entry("https://api.example/d", text="a=1&oauth_signature=x"),
        entry("https://api.example/e"),
    ]
    found = requests_of("har", json.dumps({"log": {"entries": entries}}))
    assert [one.url[-1] if "?" not in one.url else "c" for one in found] == ["a", "c", "d"]


def test_requests_of_a_collection() -> None:
    found = requests_of("postman", json.dumps(COLLECTION))
    assert [one.url for one in found][:2] == ["https://api.example/photos?a=1", "https://api.example/"]
    assert len(found) == 5


def test_profiles_of_a_collection() -> None:
    top, photos, other = profiles_of_postman(json.dumps(COLLECTION))
    assert (top.name, top.profile.client_id, top.item) == ("Photos", "top", {"client_secret": "ts"})
    assert photos.name == "list photos"
    assert photos.item == {"client_secret": "cs", "token": "t", "token_secret": "tsec"}
    assert (photos.profile.base_url, photos.profile.origins) == ("https://api.example", ("https://api.example",))
    assert (photos.profile.method, photos.profile.realm) == ("HMAC-SHA256", None)
    assert (other.profile.client_id, other.profile.base_url) == ("other", None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("curl", "wget x"),
        ("har", "{}"),
        ("har", "x"),
        ("postman", "{}"),
        ("postman", "x"),
        ("postman", '{"item": [{"request": 1}]}'),
        ("postman", '{"item": 1}'),
        ("postman", '{"item": [null]}'),
        ("postman", "[" * 100_000),
        ("har", "[" * 100_000),
        ("har", '{"log": {"entries": 1}}'),
    ],
    ids=str.split("curl har har2 postman postman2 request item null deep deep-har entries"),
)
def test_another_file_is_refused(kind: str, text: str) -> None:
    with pytest.raises(CommandError, match="This is not a"):
        requests_of(kind, text)


def collection(auth: Any) -> str:
    return json.dumps({"info": {}, "item": [{"name": "a", "request": {"url": "https://a.example", "auth": auth}}]})


@pytest.mark.parametrize("listed", [[1], [{"key": "consumerKey", "value": 1}], 1])
def test_odd_credentials_in_a_collection_are_refused(listed: Any) -> None:
    with pytest.raises(CommandError, match="This is not a"):
        profiles_of_postman(collection({"type": "oauth1", "oauth1": listed}))


@pytest.mark.parametrize("auth", [1, None, {"type": "oauth1"}, {"type": "bearer", "oauth1": 1}])
def test_a_request_without_credentials_has_no_profile(auth: Any) -> None:
    assert profiles_of_postman(collection(auth)) == []


def test_a_collection_with_odd_information() -> None:
    with pytest.raises(CommandError, match="This is not a"):
        profiles_of_postman('{"info": [], "item": []}')


def har(number: int) -> str:
    entries = [
        {"request": {"method": "GET", "url": f"https://a.example/{one}?oauth_signature=a", "headers": []}}
        for one in range(number)
    ]
    return json.dumps({"log": {"entries": entries}})


def postman(number: int) -> str:
    items = [{"name": "same", "request": {"method": "GET", "url": f"https://a.example/{one}"}} for one in range(number)]
    return json.dumps({"item": [{"name": "same", "item": items}]})


@pytest.mark.parametrize(("kind", "make"), [("har", har), ("postman", postman)])
def test_the_work_grows_with_the_file(kind: str, make: Callable[[int], str]) -> None:
    """The text that is parsed, counted by its characters, and not the square of it."""
    parsed: list[int] = []
    loads = json.loads
    for number in (10, 100):
        text = make(number)
        with pytest.MonkeyPatch.context() as counted:
            counted.setattr(json, "loads", lambda given: parsed.append(len(given)) or loads(given))
            found = requests_of(kind, text)
        assert [one.url.partition("?")[0] for one in found] == [f"https://a.example/{one}" for one in range(number)]
        assert sum(parsed) < 3 * len(text) + 100
        parsed.clear()


def test_an_address_that_is_none_is_an_error() -> None:
    with pytest.raises(CommandError, match="This is not a curl command: its address has no host"):
        requests_of("curl", "curl 'http://['")
