"""The session of one browser, and the cookies that hold one login each."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oauthone.login._browser_session import MAX_LOGIN_COOKIE_CHARS, MAX_LOGIN_COOKIES, LoginCookies

IDENTIFIERS = st.integers(0, 15).map(lambda number: f"{number:040x}")


class Response:
    """What a framework's response does with cookies."""

    def __init__(self) -> None:
        self.jar: dict[str, tuple[str, int]] = {}

    def set_cookie(self, name: str, value: str, *, max_age: int, **attributes: Any) -> None:
        self.jar[name] = (value, max_age)


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
