"""Requests in a command of curl, a HAR file or a Postman collection, and the profiles of a collection."""

import json
from collections.abc import Iterator
from typing import Any

from oauthone.cli.explaining import check_url
from oauthone.cli.importing.found import FoundProfile, NotUnderstood, item_of, reason_of
from oauthone.cli.private_files import is_object
from oauthone.cli.profiles import CHOICES, Profile
from oauthone.core.urls import origin
from oauthone.diagnosis import Evidence
from oauthone.diagnosis.curl_command import left_out_of
from oauthone.errors import SigningError

_KINDS = {"curl": "a curl command", "har": "a HAR file", "postman": "a Postman collection"}


def requests_of(kind: str, text: str) -> list[Evidence]:
    """Return the requests in a text.

    Args:
        kind: ``"curl"``, ``"har"`` or ``"postman"``.
        text: the content of the file.

    Raises:
        CommandError: it is something else.
    """
    try:
        if kind == "curl":
            found = [Evidence.from_curl(text)]
        elif kind == "har":
            found = [*_of_har(text)]
        else:
            found = [*_of_postman(text)]
        for one in found:
            check_url(one.url)
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as failure:
        raise NotUnderstood(_KINDS[kind], reason_of(failure)) from None


def left_out(kind: str, text: str, found: list[Evidence]) -> list[str]:
    """Return what the commands for these requests lack: options of curl, and headers that give access.

    Args:
        kind: that of `requests_of`.
        text: likewise.
        found: the requests in it.
    """
    names = [name for one in found for name, value in one.headers if _gives_access(name, value)]
    headers = [f"the header {name.title()}" for name in dict.fromkeys(map(str.lower, names))]
    return [*(left_out_of(text) if kind == "curl" else ()), *headers]


def _gives_access(name: str, value: str) -> bool:
    """Return whether a header gives access by another way than OAuth 1.0, and is not taken over."""
    return name.lower() == "authorization" and not value.lower().startswith("oauth ")


def _of_har(text: str) -> Iterator[Evidence]:
    """The requests of a HAR file that are signed with OAuth 1.0."""
    for entry in json.loads(text)["log"]["entries"]:
        found = Evidence.from_har(json.dumps({"log": {"entries": [entry]}}))
        in_header = any(
            name.lower() == "authorization" and value.lower().startswith("oauth ") for name, value in found.headers
        )
        if (
            in_header
            or "oauth_signature=" in found.url
            or (isinstance(found.body, bytes) and b"oauth_signature=" in found.body)
        ):
            yield found


def _of_postman(text: str) -> Iterator[Evidence]:
    """The requests of a collection, each of which is read from a collection of its own: names may be the same."""
    for name, item in _items(_collection(text)):
        yield Evidence.from_postman(json.dumps({"item": [{**item, "name": name, "item": []}]}), name)


def profiles_of_postman(text: str) -> list[FoundProfile]:
    """Return a profile for each set of OAuth 1.0 credentials in a collection.

    Raises:
        CommandError: it is something else.
    """
    try:
        return _profiles(_collection(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as failure:
        raise NotUnderstood(_KINDS["postman"], reason_of(failure)) from None


def _profiles(collection: dict[str, Any]) -> list[FoundProfile]:
    found: dict[str, FoundProfile] = {}
    top = str(collection.get("info", {}).get("name", "postman"))
    for name, item in [(top, collection), *_items(collection)]:
        request: Any = item.get("request", item)
        auth: Any = request.get("auth") if is_object(request) else None
        if is_object(auth) and auth.get("type") == "oauth1":
            values = {str(one["key"]): one.get("value") for one in auth.get("oauth1", ())}
            client_id = str(values.get("consumerKey", ""))
            if client_id and "{{" not in client_id:
                found.setdefault(client_id, _profile(name, values, _url(request)))
    return [*found.values()]


def _profile(name: str, values: dict[str, Any], url: str | None) -> FoundProfile:
    texts = {key: value for key, value in values.items() if isinstance(value, str)}
    profile = Profile(
        client_id=texts["consumerKey"],
        method=texts.get("signatureMethod") if texts.get("signatureMethod") in CHOICES["method"] else None,
        realm=texts.get("realm") or None,
        base_url=url,
        origins=(url,) if url else (),
        store="file",
    )
    return FoundProfile(
        name, profile, item_of(texts.get("consumerSecret"), texts.get("token"), texts.get("tokenSecret"))
    )


def _url(request: dict[str, Any]) -> str | None:
    """The origin of a request, if it is known without the variables of the collection."""
    url: Any = request.get("url", "")
    text = str(url.get("raw", "")) if is_object(url) else str(url)
    try:
        return None if "{{" in text.partition("/")[0] else str(origin(text))
    except SigningError:
        return None


def _collection(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not is_object(found) or "item" not in found:
        raise NotUnderstood("a Postman collection", "it is not JSON with a member 'item'")
    return found


def _items(collection: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The requests of a collection, and of the folders in it."""
    for item in collection.get("item", ()):
        if "request" in item:
            yield str(item.get("name", "request")), item
        yield from _items(item)
