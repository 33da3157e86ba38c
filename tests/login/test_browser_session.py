"""The session of one browser, and the cookies that hold one login each."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.login._browser_session import (
    MAX_LOGIN_COOKIE_CHARS,
    MAX_LOGIN_COOKIES,
    SESSION_KEY,
    LoginCookies,
    MappingSession,
)

LOGIN = "a" * 40
IDENTIFIERS = st.integers(0, 15).map(lambda number: f"{number:040x}")


class Response:
    """What a framework's response does with cookies."""

    def __init__(self) -> None:
        self.jar: dict[str, tuple[str, int]] = {}
        self.attributes: dict[str, dict[str, Any]] = {}

    def set_cookie(self, name: str, value: str, *, max_age: int, **attributes: Any) -> None:
        self.jar[name] = (value, max_age)
        self.attributes[name] = attributes


@given(st.dictionaries(IDENTIFIERS, st.text("x", max_size=1500), max_size=12), st.data())
def test_login_cookies_stay_few_and_small(held: dict[str, str], data: st.DataObject) -> None:
    """The new cookie is always set. Cookies of logins that are pending in the session are deleted last."""
    waiting = tuple(data.draw(st.lists(st.sampled_from(sorted(held)), unique=True))) if held else ()
    received = {f"oauthone_login_{name}": value for name, value in held.items()}
    cookies = LoginCookies({**received, "session": "s"}, secure=False)

    new = "f" * 40
    cookies.write(new, "y" * 300, 600, (*waiting, new))
    jar = cookies.add_to(Response()).jar

    given_up = {name for name, (_, age) in jar.items() if age == 0}
    left = {name: value for name, value in received.items() if name not in given_up}
    assert jar[f"oauthone_login_{new}"] == ("y" * 300, 600)
    assert len(left) + 1 <= MAX_LOGIN_COOKIES
    assert sum(map(len, left.values())) + 300 <= MAX_LOGIN_COOKIE_CHARS or not left
    assert not {f"oauthone_login_{name}" for name in waiting} & given_up or all(
        name.removeprefix("oauthone_login_") in waiting for name in left
    )


@pytest.mark.parametrize(("secure", "is_protected"), [(True, False), (False, True), (True, True)])
def test_a_cookie_for_tls_has_the_prefix_that_only_this_host_can_set(secure: bool, is_protected: bool) -> None:
    cookies = LoginCookies({}, secure=secure)

    cookies.write(LOGIN, "v", 600, (), is_protected)
    response = cookies.add_to(Response())

    assert response.jar == {f"__Host-oauthone_login_{LOGIN}": ("v", 600)}
    (attributes,) = response.attributes.values()
    assert attributes == {"path": "/", "secure": True, "httponly": True, "samesite": "Lax"}


def test_a_cookie_without_tls_is_hidden_from_scripts_too() -> None:
    cookies = LoginCookies({}, secure=False)

    cookies.write(LOGIN, "v", 600, ())
    response = cookies.add_to(Response())

    (attributes,) = response.attributes.values()
    assert attributes == {"path": "/", "secure": False, "httponly": True, "samesite": "Lax"}


def test_a_cookie_is_read_by_its_login_and_by_its_prefix() -> None:
    cookies = LoginCookies(
        {f"oauthone_login_{LOGIN}": "plain", f"__Host-oauthone_login_{LOGIN}": "protected"}, secure=False
    )

    assert (cookies.read(LOGIN, False), cookies.read(LOGIN, True)) == ("plain", "protected")
    assert cookies.read("b" * 40, False) is None


def test_over_tls_a_cookie_without_the_prefix_is_not_read() -> None:
    """A neighbouring host may have set it."""
    cookies = LoginCookies({f"oauthone_login_{LOGIN}": "planted"}, secure=True)

    assert cookies.read(LOGIN, False) is None


@pytest.mark.parametrize("name", ["oauthone_login_", "oauthone_login_" + "A" * 40, "xoauthone_login_" + LOGIN])
def test_a_cookie_with_another_name_is_neither_read_nor_deleted(name: str) -> None:
    received = {name + str(number): "x" * 1000 for number in range(9)} | {name: "x"}
    cookies = LoginCookies(received, secure=False)

    cookies.write(LOGIN, "v", 600, ())

    assert cookies.add_to(Response()).jar == {f"oauthone_login_{LOGIN}": ("v", 600)}


def test_a_mapping_is_a_session() -> None:
    """A login leaves the other keys of the application alone."""
    mapping: dict[str, Any] = {}
    session = MappingSession(mapping)
    assert session.is_empty()
    assert session.read() is None

    mapping["user"] = "ann"
    session.write([["box"]], at_once=True)

    assert session.read() == [["box"]]
    assert mapping == {"user": "ann", SESSION_KEY: [["box"]]}
    assert not session.is_empty()


def test_a_session_without_a_response_sets_no_cookies() -> None:
    session, response = MappingSession({}), Response()

    assert session.cookies is None
    assert session.add_cookies_to(response) is response
    assert response.jar == {}


def test_a_session_with_the_requests_cookies_sets_those_of_its_logins() -> None:
    session = MappingSession({}, {}, secure=True)
    assert session.cookies is not None

    session.cookies.write(LOGIN, "v", 600, ())

    assert session.add_cookies_to(Response()).jar == {f"__Host-oauthone_login_{LOGIN}": ("v", 600)}
