"""What the page of a box may ask, without a browser."""

import asyncio
import http.client
import json
import math
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone.testing import Faults, ProviderBox
from oauthone.testing.eyes import Eyes, addresses
from oauthone.testing.identities import BoxToken

from .by_hand import Request, send

TOKEN = BoxToken("token-of-hmac", "c2VjcmV0c2VjcmV0")


@pytest.fixture
def eyes(box: ProviderBox) -> Eyes:
    box.faults = Faults()
    box.canned.clear()
    return Eyes(box, {"HMAC-SHA1": TOKEN})


def result(coroutine: Awaitable[Any]) -> Any:
    async def wait() -> Any:
        return await coroutine

    return asyncio.run(wait())


def test_the_start_holds_no_secret(box: ProviderBox, eyes: Eyes) -> None:
    first = result(eyes.start({}))
    assert (first["urls"], first["like"]) == (addresses(box), None)
    assert [client["method"] for client in first["clients"]] == list(box.clients)
    secrets = [client.client_secret for client in box.clients.values() if client.client_secret]
    assert not any(secret in str(first) for secret in [*secrets, TOKEN.token_secret, "PRIVATE KEY"])
    assert first["clients"][0]["token"] == TOKEN.token


def test_secrets_are_told_to_who_asks(box: ProviderBox, eyes: Eyes) -> None:
    told = result(eyes.credentials({"method": "HMAC-SHA1", "reveal": True}))
    assert (told["client_secret"], told["token_secret"]) == (box.client.client_secret, TOKEN.token_secret)
    assert len(told["programs"]) == 1 + len(result(eyes.credentials({"method": "HMAC-SHA1"}))["programs"])
    assert result(eyes.credentials({"method": "RSA-SHA1", "reveal": True}))["token"] is None


def test_requests_are_listed_as_they_are_answered(box: ProviderBox, eyes: Eyes) -> None:
    """A slow one comes when it is done, and none is skipped."""
    slow = threading.Thread(target=lambda: Request(box, "/slow", method="GET", query=[("seconds", "0.3")]).send())
    slow.start()
    while not box.requests:
        time.sleep(0.01)
    send(box, "GET", box.open_url)
    (quick,) = result(eyes.requests({"after": 0}))["requests"]
    assert quick["url"] == box.open_url
    (late,) = result(eyes.requests({"after": quick["id"], "wait": 5}))["requests"]
    slow.join()
    assert "/slow" in late["url"]
    assert result(eyes.requests({"after": late["id"]})) == {"requests": []}
    assert result(eyes.request({"id": late["id"]}))["status"] == 200
    assert result(eyes.curl({"id": late["id"]}))["text"].startswith("curl -X GET -H ")


def test_a_request_that_is_gone(eyes: Eyes, box: ProviderBox) -> None:
    send(box, "GET", box.open_url)
    number = box.requests[-1].number
    assert result(eyes.clear({})) == {}
    with pytest.raises(ValueError, match="no longer in the history"):
        result(eyes.request({"id": number}))


def test_the_behaviour_is_changed(box: ProviderBox, eyes: Eyes) -> None:
    assert result(eyes.set({"name": "decision", "value": "ask"}))["decision"] == "ask"
    assert box.decision is None
    changed = result(eyes.set({"name": "clock_skew", "value": "3600"}))
    assert changed["faults"][7]["value"] == box.faults.clock_skew == 3600
    for name, value in (("decision", "maybe"), ("delay", "x")):
        with pytest.raises(ValueError, match=f"{value!r}: use"):
            result(eyes.set({"name": name, "value": value}))


def test_answers_are_set_and_removed(box: ProviderBox, eyes: Eyes) -> None:
    given = {"path": "/photos", "method": "GET", "status": "404", "body": "{}", "content_type": "application/json"}
    assert result(eyes.answer(given))["answers"] == [{"method": "GET", "path": "/photos", "status": 404, "size": 2}]
    assert Request(box, "/photos", method="GET").send().status == 404
    assert result(eyes.answer({"path": "/photos", "method": "GET", "remove": True})) == {"answers": []}
    result(eyes.answer({"path": "/all", "status": 200, "body": "x"}))
    assert Request(box, "/all", method="PUT").send().text == "x"


def test_a_box_like_a_provider_says_so() -> None:
    with ProviderBox(like="discogs") as like:
        first = result(Eyes(like, {}).start({}))
    assert (first["like"], first["urls"]["request_token_url"]) == ("Discogs", f"{like.origin}/oauth/request_token")
    assert [client["method"] for client in first["clients"]] == [*like.clients]


def test_its_page_has_an_origin_of_its_own(box: ProviderBox, eyes: Eyes) -> None:
    with eyes.page() as page:
        assert not page.new_address().startswith((box.origin, box.other_origin))


#: What a call may hold by mistake: values of another type, beyond all bounds, or that no header can carry.
ODD_TEXTS = st.sampled_from(["", "\r\nX-Injected: 1", "text/html\r\n\r\n", "\x00", "\ud800", " a", "é", "日", "a\x7f"])
ODD = (
    ODD_TEXTS
    | st.text(max_size=5)
    | st.sampled_from([None, True, [], {}, [1], -1, 10**400, math.inf, -math.inf, math.nan])
)
RIGHT: dict[str, dict[str, Any]] = {
    "credentials": {"method": "HMAC-SHA1", "reveal": True},
    "requests": {"after": 0, "wait": 0},
    "request": {"id": 1, "reveal": True},
    "curl": {"id": 1},
    "set": {"name": "problem", "value": "token_expired"},
    "answer": {"path": "/open/photos", "method": "GET", "status": 200, "body": "[]", "content_type": "text/plain"},
}


@pytest.fixture(scope="module")
def served(shared_box: ProviderBox) -> Iterator[Callable[..., tuple[int, Any]]]:
    """Return a function that sends a call to the page of a box by a socket, and returns status and answer."""
    with Eyes(shared_box, {}).page() as page:
        token = page.new_address().partition("#")[2]
        connection = http.client.HTTPConnection("127.0.0.1", page.port)

        def call(name: str, given: object, key: str = "") -> tuple[int, Any]:
            connection.request("POST", f"/call/{name}", json.dumps(given), {"Authorization": f"Bearer {key}"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

        key = call("session", {"token": token})[1]["key"]
        yield partial(call, key=key)
        connection.close()


@given(changed=st.sampled_from([(name, member) for name, right in RIGHT.items() for member in right]), odd=ODD)
@example(changed=("answer", "content_type"), odd="text/html\r\nX-Injected: 1")
@example(changed=("set", "value"), odd="\ud800")
def test_no_call_is_an_error_of_the_page(
    changed: tuple[str, str], odd: object, served: Callable[..., tuple[int, Any]], shared_box: ProviderBox
) -> None:
    """Each is done, or refused with a sentence; and the page and the box answer afterwards as before."""
    name, member = changed
    shared_box.requests.clear()
    send(shared_box, "GET", shared_box.open_url)
    shared_box.requests[0] = shared_box.requests[0]._replace(number=1)
    status, said = served(name, RIGHT[name] | {member: odd})
    assert status == 200 or (status == 400 and isinstance(said["error"], str) and said["error"])
    assert served("start", {})[0] == 200
    answered = send(shared_box, "GET", f"{shared_box.origin}/open/photos")
    assert (answered.status < 500, "x-injected" in answered.headers) == (True, False)
    shared_box.faults, shared_box.decision = Faults(), "approve"
    shared_box.canned.clear()


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("requests", {"after": math.inf}, "after is not a number"),
        ("requests", {"after": 0, "wait": "x"}, "wait is not a number"),
        ("answer", {**RIGHT["answer"], "status": 1e400}, "status is not a number"),
        ("answer", {**RIGHT["answer"], "status": "20.5"}, "the status 20.5 is not a whole number"),
        ("answer", {**RIGHT["answer"], "content_type": "a\r\nb"}, "'a\\r\\nb' is not one line of printable text"),
        ("answer", {**RIGHT["answer"], "body": []}, "body is not a text"),
        ("answer", {"path": "/a"}, "This call is not complete."),
        ("set", {"name": "problem", "value": "a\r\nb"}, "use printable characters"),
        ("credentials", {"method": "BREW"}, "there is no client for the method 'BREW'"),
    ],
)
def test_a_refused_call_is_told_why(
    name: str, given: dict[str, Any], words: str, served: Callable[..., tuple[int, Any]]
) -> None:
    status, said = served(name, given)
    assert (status, words in said["error"]) == (400, True)
