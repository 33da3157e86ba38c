"""Error reports show the local variables of every frame: none of ours keeps a secret there."""

import asyncio
from collections.abc import Iterator, Mapping
from inspect import isawaitable
from traceback import walk_tb
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from oauthone.login import OAuth
from oauthone.login._private_frames import clear_locals, drain
from oauthone.testing import Faults, ProviderBox

from . import sites
from .caches import BrokenCache, SyncCache
from .conftest import Opener
from .sites import Clock, temporary_secret


def texts(value: object, depth: int = 4) -> Iterator[str]:
    """What an error report shows of a value: its ``repr``, and those of what containers and tuples hold."""
    yield repr(value)
    if depth and isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one, depth - 1)
    elif depth and isinstance(value, (list, tuple, set)):
        for one in value:
            yield from texts(one, depth - 1)


def shown(error: BaseException | None) -> Iterator[str]:
    """The local variables in the frames of this package, of an error and of what led to it."""
    while error is not None:
        for frame, _ in walk_tb(error.__traceback__):
            if str(frame.f_globals.get("__name__", "")).startswith(("oauthone.", "authlib.")):
                for name, value in list(frame.f_locals.items()):
                    if name != "request":  # the framework's, which shows its own address, also in the application
                        yield from texts(value)
        error = error.__cause__ or error.__context__


class Raised:
    """What an error report shows of the errors that pages told about, taken while they are told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from . import django_site

        self.shown: list[str] = []
        told = sites.told

        def tell(error: Exception) -> dict[str, str]:
            self.shown += shown(error)
            return told(error)

        for module in (sites, django_site):
            monkeypatch.setattr(module, "told", tell)

    def holds(self, wanted: str) -> bool:
        """Whether it can be read there, as it stands or escaped by ``repr``."""
        return any(wanted in text or repr(wanted)[1:-1] in text for text in self.shown)


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> Raised:
    return Raised(monkeypatch)


@pytest.mark.covering(times=2)
@pytest.mark.parametrize("fault", ["refused", "late", "reused", "broken cache", "twice"])
def test_a_failed_callback_leaves_no_secret_in_its_frames(
    open_site: Opener, box: ProviderBox, raised: Raised, clock: Clock, fault: str
) -> None:
    """Neither the verifier nor a secret, wherever the login stopped."""
    cache = BrokenCache("get") if fault == "broken cache" else None
    site = open_site(cache=SyncCache() if cache else None)
    browser = site.browser()
    address = browser.begin()
    callback, secret = box.visit(address), temporary_secret(box, address)
    (verifier,) = parse_qs(urlsplit(callback).query)["oauth_verifier"]
    if fault == "refused":
        box.faults = Faults(problem="token_rejected")
    elif fault == "late":
        clock.now += 601
    elif fault == "reused":
        assert browser.come_back(callback).status == 200
    elif fault == "twice":
        callback += "&oauth_token=other"
    elif cache is not None:
        site.oauth.cache = cache

    assert browser.come_back(callback).status == 400

    assert raised.shown
    for wanted in (verifier, secret, box.client.client_secret, sites.SECRET):
        assert not raised.holds(wanted)


def test_a_failed_start_leaves_no_secret_in_its_frames(open_site: Opener, box: ProviderBox, raised: Raised) -> None:
    site = open_site()
    box.faults = Faults(problem="consumer_key_rejected")

    assert site.browser().open("/login?to=http://localhost/callback").error == "TokenResponseError"

    assert raised.shown
    assert not raised.holds(box.client.client_secret)


def test_a_login_that_cannot_be_saved_leaves_no_secret_in_its_frames(
    open_site: Opener, box: ProviderBox, raised: Raised
) -> None:
    """If the program asks for the temporary credentials and saves them itself."""
    site = open_site(cache=BrokenCache("set"))
    made = list[dict[str, str]]()
    store, save = box.store, box.store.save_pending

    def note(pending: Any) -> None:
        made.append(pending.token_secret)
        save(pending)

    store.save_pending = note  # type: ignore[method-assign]
    try:
        assert site.browser().open("/split?to=http://localhost/callback").error == "StoreError"
    finally:
        del store.save_pending  # type: ignore[method-assign]

    assert raised.shown
    assert len(made) == 1
    assert not raised.holds(str(made[0]))


async def awaited(answer: Any) -> Any:
    return await answer


def failure_of(oauth: Any, method: str, *arguments: Any, **options: Any) -> list[str]:
    """What an error report shows of a method that fails, awaited where it has to be."""
    flask = Flask("failing")
    if hasattr(oauth, "init_app"):
        oauth.init_app(flask)
    with flask.app_context():
        try:
            answer = getattr(oauth.box, method)(*arguments, **options)
            if isawaitable(answer):
                asyncio.run(awaited(answer))
        except Exception as error:
            return list(shown(error))
    return []


def registries() -> dict[str, Any]:
    """The registry of each framework, and those of the drop-in."""
    from authlib.integrations.flask_client import OAuth as DropInFlask
    from authlib.integrations.starlette_client import OAuth as DropInStarlette

    from oauthone.login import django, flask, starlette

    frameworks = {"plain": OAuth, "django": django.OAuth, "flask": flask.OAuth, "starlette": starlette.OAuth}
    return {**frameworks, "drop-in flask": DropInFlask, "drop-in starlette": DropInStarlette}


METHODS = ["get", "post", "put", "patch", "delete", "request"]
CASES = [
    *((name, method) for name in ("plain", "django", "flask", "starlette") for method in METHODS),
    *((name, method) for name in ("drop-in flask", "drop-in starlette") for method in METHODS),
    *((name, f"a{method}") for name in ("plain", "django", "starlette") for method in METHODS),
]


@pytest.mark.covering
@pytest.mark.parametrize(("name", "method"), CASES)
def test_a_failed_request_leaves_no_secret_in_its_frames(name: str, method: str, box: ProviderBox) -> None:
    """Neither the token's secret nor a secret header. The error is the HTTP library's own."""
    token = {"oauth_token": "t", "oauth_token_secret": "hunter2"}
    oauth = registries()[name](fetch_token=lambda *who: token)
    oauth.register("box", **{**sites.registration(box), "api_base_url": "http://127.0.0.1:1/"})
    arguments = ["GET", "x"] if "request" in method else ["x"]
    given: dict[str, Any] = {"token": token}
    found: dict[str, Any] = {} if "flask" in name else {"request": "the framework's"}

    for options in (given, found):
        texts_shown = failure_of(oauth, method, *arguments, headers={"X-Key": "hunter3"}, **options)

        assert texts_shown
        assert not [text for text in texts_shown if "hunter2" in text or "hunter3" in text]


@pytest.mark.parametrize("name", ["drop-in flask", "drop-in starlette"])
def test_a_failed_exchange_of_the_drop_in_leaves_no_secret_in_its_frames(name: str, box: ProviderBox) -> None:
    """Neither the temporary secret nor the verifier."""
    oauth = registries()[name]()
    oauth.register("box", **{**sites.registration(box), "access_token_url": "http://127.0.0.1:1/"})
    temporary = {"oauth_token": "t", "oauth_token_secret": "hunter2"}

    texts_shown = failure_of(oauth, "fetch_access_token", temporary, oauth_verifier="hunter3")

    assert texts_shown
    assert not [text for text in texts_shown if "hunter2" in text or "hunter3" in text]


def test_frames_of_the_application_keep_their_variables(box: ProviderBox) -> None:
    def fetch(name: str) -> dict[str, str]:
        mine = "a value of the application"
        raise LookupError(mine[:0])

    app = OAuth(fetch_token=lambda name, request: fetch(name)).register("box", **sites.registration(box))

    with pytest.raises(LookupError) as caught:
        app.get("x", request=object())

    frames = [frame for frame, _ in walk_tb(caught.tb)]
    assert frames[-1].f_locals["mine"] == "a value of the application"
    assert any(frame.f_code.co_name == "find_token" for frame in frames)


def test_a_circle_of_causes_is_followed_once() -> None:
    first, second = KeyError(), ValueError()
    first.__context__, second.__cause__ = second, first

    clear_locals(second)


def test_a_running_frame_keeps_its_variables() -> None:
    namespace: dict[str, Any] = {"__name__": "oauthone.somewhere", "clear_locals": clear_locals}
    exec(
        "def ask():\n"
        "    kept = 1\n"
        "    try:\n        raise ValueError\n"
        "    except ValueError as error:\n        clear_locals(error)\n"
        "    return kept\n",
        namespace,
    )
    assert namespace["ask"]() == 1


def test_options_are_drained_into_a_copy() -> None:
    """The original, which a running frame may hold, is empty afterwards."""
    options = {"headers": {"X-Key": "hunter3"}}

    copy = drain(options)

    assert copy == {"headers": {"X-Key": "hunter3"}}
    assert options == {}
