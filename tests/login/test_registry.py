"""Registering providers, over every framework: options, settings, and what is refused."""

from typing import Any

import pytest

from oauthone.errors import ConfigurationError, FlowError, SessionMissing
from oauthone.login import OAuth, RemoteApplication, StandaloneApp
from oauthone.login._browser_session import MappingSession
from oauthone.testing import Faults, ProviderBox

from .conftest import Opener
from .sites import SECRET, SITES, Clock, registration

CALLBACK = "http://localhost/callback"
TOKEN = {"oauth_token": "t", "oauth_token_secret": "s"}


def test_a_provider_is_an_attribute_and_found_by_name(open_site: Opener) -> None:
    """It is made once."""
    site = open_site()

    assert site.oauth.create_client("box") is site.oauth.box
    assert site.oauth.create_client("unknown") is None
    with pytest.raises(AttributeError, match="'unknown'"):
        _ = site.oauth.unknown
    assert "box" in repr(site.oauth.box)
    assert site.box.client.client_secret not in repr(site.oauth.box)


def test_registering_again_replaces_the_options(open_site: Opener, box: ProviderBox) -> None:
    site = open_site()
    site.oauth.register("box", **{**registration(box), "client_id": "another"})

    assert site.oauth.box.client_id == "another"


@pytest.mark.parametrize("option", ["tokn", "scope", "clientid"])
def test_a_misspelt_option_is_rejected(open_site: Opener, box: ProviderBox, option: str) -> None:
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{option}'"):
        open_site().oauth.register("other", **registration(box), **{option: "x"})


@pytest.mark.parametrize("option", ["server_metadata_url", "refresh_token_url", "jwks_uri", "update_token"])
def test_an_option_of_oauth_2_is_rejected(open_site: Opener, box: ProviderBox, option: str) -> None:
    """The error names the protocol."""
    with pytest.raises(TypeError, match=r"OAuth 2.*only for OAuth 1\.0"):
        open_site().oauth.register("other", **registration(box), **{option: "x"})


def test_a_provider_without_request_token_url_is_rejected(open_site: Opener, box: ProviderBox) -> None:
    """It would be a provider of OAuth 2."""
    given = {**registration(box), "request_token_url": None}

    with pytest.raises(ConfigurationError, match=r"request_token_url.*only for OAuth 1\.0.*OAuth 2"):
        open_site().oauth.register("other", **given)


def test_a_provider_without_client_id_is_rejected(open_site: Opener, box: ProviderBox) -> None:
    with pytest.raises(ConfigurationError, match="client_id"):
        open_site().oauth.register("other", **{**registration(box), "client_id": None})


@pytest.mark.parametrize("option", ["authorize_url", "access_token_url"])
def test_a_missing_endpoint_is_reported_when_it_is_needed(open_site: Opener, box: ProviderBox, option: str) -> None:
    """Some applications only send requests."""
    browser = open_site(registered={option: None}).browser()

    page = browser.open("/login?to=http://localhost/callback")
    if page.status == 302:
        page = browser.come_back(box.visit(page.location or ""))

    assert page.error == "ConfigurationError"
    assert option in page.json["message"]


def test_each_leg_gets_its_own_options(open_site: Opener, box: ProviderBox) -> None:
    """Options of the HTTP library go to the legs, further parameters to the provider's page."""
    browser = open_site(
        registered={
            "request_token_params": {"params": {"scope": "read"}},
            "access_token_params": {"headers": {"User-Agent": "photo-printer"}},
            "authorize_params": {"perms": "write", "scope": "all"},
        }
    ).browser()

    address = browser.begin(page="/split")
    assert browser.come_back(box.visit(address)).status == 200

    first, last = (one for one in box.requests if one.method == "POST")
    assert first.url.endswith("?scope=read")
    assert last.header("user-agent") == "photo-printer"
    assert "perms=write" in address
    assert "scope=read" in address


def test_client_kwargs_reach_the_http_client(framework: str, box: ProviderBox, clock: Clock) -> None:
    """Such as the signature method."""
    client = box.clients["RSA-SHA256"]
    registered = {
        "client_id": client.client_id,
        "client_secret": None,
        "client_kwargs": {"signature_method": "RSA-SHA256", "rsa_key": client.rsa_key},
    }

    page = SITES[framework](box, registered, clock=clock).browser().log_in(box)

    assert page.status == 200


def test_client_cls_makes_the_requests(open_site: Opener, box: ProviderBox) -> None:
    site = open_site()
    if site.is_async:
        from oauthone.clients.httpx import AsyncOAuth1Client as Base
    else:
        from oauthone.clients.requests import OAuth1Session as Base

    class Counting(Base):
        made = 0

        def __init__(self, *arguments: Any, **options: Any) -> None:
            Counting.made += 1
            super().__init__(*arguments, **options)

    assert open_site(registered={"client_cls": Counting}).browser().log_in(box).status == 200
    assert Counting.made == 2


def test_a_subclass_of_the_application_can_be_registered_as_client_cls(open_site: Opener, box: ProviderBox) -> None:
    site = open_site()
    kind: Any = type(site.app)
    box_options = registration(box)

    class Box(kind):
        OAUTH_APP_CONFIG = {**box_options, "client_id": "from the class"}  # noqa: RUF012

        def greeting(self) -> str:
            return f"Log in with {self.name}"

    made = site.oauth.register("own", client_cls=Box, client_id="from the call")

    assert made.greeting() == "Log in with own"
    assert made.client_id == "from the call"
    assert made.request_token_url == box.request_token_url


def test_the_callbacks_token_may_have_another_name(open_site: Opener, box: ProviderBox) -> None:
    """Then ``oauth_token`` is ignored."""
    browser = open_site(registered={"callback_token_name": "request_token"}).browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(callback).error == "CallbackError"
    renamed = callback.replace("oauth_token=", "request_token=") + "&oauth_token=other"
    assert browser.come_back(renamed).status == 200


def test_a_missing_verifier_is_an_error_unless_it_is_allowed(open_site: Opener, box: ProviderBox) -> None:
    """The error names the option. With it, the provider is asked."""
    browser = open_site().browser()
    callback = box.visit(browser.begin()).partition("&oauth_verifier")[0]
    page = browser.come_back(callback)
    assert page.json["message"].startswith("missing_verifier")

    browser = open_site(registered={"client_kwargs": {"require_verifier": False}}).browser()
    page = browser.come_back(box.visit(browser.begin()).partition("&oauth_verifier")[0])
    assert page.error == "TokenResponseError"


def test_further_fields_of_the_providers_response_are_kept(open_site: Opener, box: ProviderBox) -> None:
    browser = open_site().browser()
    callback = box.visit(browser.begin())
    box.faults = Faults(padding="none", token_response="json")

    assert set(browser.come_back(callback).json) >= {"oauth_token", "oauth_token_secret"}


def test_a_relative_url_stays_at_the_origin_of_api_base_url(open_site: Opener, box: ProviderBox) -> None:
    issued = box.issue_token()
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}
    browser = open_site(fetch_token=lambda *_: token).browser()

    for path in ("photos?size=1", "/doors/1", f"{box.origin}/absolute"):
        assert browser.open(f"/account?path={path.replace('?', '%3F')}").json["user"] == "alice"

    urls = [one.url for one in box.requests]
    assert urls == [f"{box.origin}/api/photos?size=1", f"{box.origin}/doors/1", f"{box.origin}/absolute"]
    page = browser.open(f"/account?path=//{box.other_origin.partition('//')[2]}/x")
    assert page.error == "ConfigurationError"
    assert "leads away" in page.json["message"]


def test_a_relative_url_needs_api_base_url(open_site: Opener) -> None:
    page = open_site(registered={"api_base_url": None}, fetch_token=lambda *_: TOKEN).browser().open("/account?path=x")

    assert page.error == "ConfigurationError"
    assert "api_base_url" in page.json["message"]


def test_a_request_needs_a_token(open_site: Opener) -> None:
    """The error names both ways to pass one."""
    for site in (open_site(), open_site(fetch_token=lambda *_: None)):
        page = site.browser().open("/account?path=x")

        assert page.error == "FlowError"
        assert "token=…" in page.json["message"]
        assert "fetch_token=…" in page.json["message"]


def test_fetch_token_of_register_wins_and_gets_no_name(open_site: Opener, box: ProviderBox) -> None:
    issued = box.issue_token()
    seen: list[int] = []

    def fetch(*arguments: object) -> dict[str, str]:
        seen.append(sum(argument == "box" for argument in arguments))
        return {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}

    site = open_site(fetch_token=lambda *_: TOKEN, registered={"fetch_token": fetch})

    assert site.browser().open("/account?path=x").json["user"] == "alice"
    assert seen == [0]


def test_the_secret_may_be_text_or_octets(box: ProviderBox) -> None:
    """Both give the same key."""
    session: dict[str, Any] = {}
    callback = box.visit(OAuth(secret_key=SECRET).register("box", **registration(box)).begin(session, CALLBACK))

    again = OAuth(secret_key=SECRET.encode()).register("box", **registration(box))

    assert again.finish(session, callback)["oauth_token"]


@pytest.mark.parametrize("oauth", [OAuth(), OAuth(secret_key="")], ids=["none", "empty"])
def test_a_missing_secret_is_reported_before_the_provider_is_asked(box: ProviderBox, oauth: OAuth) -> None:
    """The error says where to pass one."""
    with pytest.raises(SessionMissing, match=r"secret_missing.*OAuth\(secret_key=…\)"):
        oauth.register("box", **registration(box)).begin({})

    assert box.requests == []


def test_a_login_cannot_be_finished_with_another_secret(box: ProviderBox) -> None:
    """The error says that the secret changed."""
    session: dict[str, Any] = {}
    begun = OAuth(secret_key="one").register("box", **registration(box))
    callback = box.visit(begun.begin(session, "http://localhost/callback"))

    with pytest.raises(FlowError, match="secret changed"):
        OAuth(secret_key="two").register("box", **registration(box)).finish(session, callback)


def test_unreadable_lines_of_a_session_are_ignored(box: ProviderBox) -> None:
    app = OAuth(secret_key="one").register("box", **registration(box))
    for rubbish in ("text", 1, {"a": 1}, [1, None, ["box"], ["box", "id", "soon", ""]]):
        session: dict[str, Any] = {"_oauthone": rubbish}

        callback = box.visit(app.begin(session, "http://localhost/callback"))

        assert app.finish(session, callback)["oauth_token"]


@pytest.mark.seen_in("django-rest-social-auth#97")
def test_two_providers_can_share_a_session(box: ProviderBox) -> None:
    """A token of one is not accepted as a token of the other."""
    oauth = OAuth(secret_key="one")
    one, two = (oauth.register(name, **registration(box)) for name in ("one", "two"))
    session: dict[str, Any] = {}
    callback = box.visit(one.begin(session, "http://localhost/callback"))

    with pytest.raises(FlowError, match="unknown_login"):
        two.finish(session, callback)
    assert one.finish(session, callback)["oauth_token"]


def test_fewer_logins_are_pending_if_their_tokens_are_long(box: ProviderBox) -> None:
    """A cookie has to stay under 4,096 octets."""
    oauth = OAuth(secret_key="one")
    app = oauth.register("box", **registration(box))
    session: dict[str, Any] = {}
    for number in range(5):
        token = {"oauth_token": f"{number}" * 500, "oauth_token_secret": "s" * 500}
        app._run(app.save_login(None, token, None, ""), MappingSession(session))

    waiting = [entry for entry in session["_oauthone"] if entry[3]]
    assert len(waiting) == 1
    assert sum(len(entry[3]) for entry in waiting) < 4096


def test_a_callback_at_another_host_is_logged(
    open_site: Opener, box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    """www.app.example and app.example may share a cookie, so it is not an error."""
    browser = open_site().browser()

    browser.begin("www.app.example", to="https://app.example/callback")

    assert any("'www.app.example'" in record.getMessage() for record in caplog.records)


def test_the_configuration_fills_in_missing_options(box: ProviderBox) -> None:
    """It is a dict of dicts. A misspelt key is reported."""
    settings = registration(box)
    oauth = OAuth({"box": {**settings, "client_kwargs": {"realm": "a", "version": None}}, "bad": {"clientid": "x"}})

    app = oauth.register("box", client_kwargs={"realm": "b"})

    assert app.client_kwargs == {"realm": "b", "version": None}
    assert oauth.register("box", overwrite=True, client_kwargs={"realm": "b"}).client_kwargs["realm"] == "a"
    with pytest.raises(TypeError, match="clientid"):
        oauth.register("bad")


def test_each_verb_sends_its_method(box: ProviderBox) -> None:
    issued = box.issue_token()
    app = OAuth().register("box", **registration(box))
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}

    for verb in ("get", "post", "put", "patch", "delete"):
        assert getattr(app, verb)("x", token=token).json()["user"] == "alice"

    assert [one.method for one in box.requests] == ["GET", "POST", "PUT", "PATCH", "DELETE"]


@pytest.mark.seen_in("authlib#819")
@pytest.mark.parametrize("framework", ["django-async", "starlette", "plain-async"], indirect=True)
def test_each_asynchronous_verb_sends_its_method(open_site: Opener, box: ProviderBox, framework: str) -> None:
    """In Starlette, the names have no prefix."""
    import asyncio

    issued = box.issue_token()
    app = open_site().app
    token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}
    prefix = "" if framework == "starlette" else "a"

    async def scenario() -> list[str]:
        verbs = ("get", "post", "put", "patch", "delete")
        return [(await getattr(app, prefix + verb)("x", token=token)).json()["user"] for verb in verbs]

    assert asyncio.run(scenario()) == ["alice"] * 5
    assert [one.method for one in box.requests] == ["GET", "POST", "PUT", "PATCH", "DELETE"]


def test_the_base_classes_are_public() -> None:
    assert issubclass(StandaloneApp, RemoteApplication)
    assert issubclass(ConfigurationError, ValueError)


def test_names_and_tokens_are_not_confused_at_their_border(box: ProviderBox) -> None:
    """Provider "a" with token "bc" and provider "ab" with token "c" are two logins of one session."""
    oauth = OAuth(secret_key="one")
    session: dict[str, Any] = {}
    for name, token in (("a", "bc"), ("ab", "c")):
        app = oauth.register(name, **registration(box))
        temporary = {"oauth_token": token, "oauth_token_secret": "s"}
        app._run(app.save_login(None, temporary, None, ""), MappingSession(session))

    assert len({entry[1] for entry in session["_oauthone"]}) == 2
    with pytest.raises(FlowError, match="unknown_login"):
        oauth.a.finish(session, "?oauth_token=c&oauth_verifier=v")
    with pytest.raises(FlowError, match="the provider answered"):
        oauth.ab.finish(session, "?oauth_token=c&oauth_verifier=v")


def test_each_login_is_decrypted_with_the_secret_that_encrypted_it(box: ProviderBox) -> None:
    oauth = OAuth()
    secrets = ["one"]
    oauth.framework_secrets = lambda request: list(secrets)  # type: ignore[method-assign]
    app = oauth.register("box", **registration(box))
    session: dict[str, Any] = {}
    before, forgotten = box.visit(app.begin(session, CALLBACK)), box.visit(app.begin(session, CALLBACK))

    secrets[:] = ["two", "one"]
    after = box.visit(app.begin(session, CALLBACK))
    assert app.finish(session, before)["oauth_token"]
    secrets[:] = ["two"]
    with pytest.raises(FlowError, match="secret changed"):
        app.finish(session, forgotten)
    assert app.finish(session, after)["oauth_token"]


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example/callback?{query}",
        "/callback?{query}",
        "callback?{query}",
        "?{query}",
        "{query}",
        "https://app.example/callback?back=/a?b&{query}#_=_",
    ],
)
@pytest.mark.parametrize("verifier", ["a?b", "?", "a?oauth_token=x", "plain"])
def test_a_verifier_may_hold_a_question_mark(box: ProviderBox, address: str, verifier: str) -> None:
    """The query begins at the first one."""
    from urllib.parse import parse_qs, quote

    app = OAuth(secret_key="one").register("box", **registration(box))
    session: dict[str, Any] = {}
    query = box.visit(app.begin(session, CALLBACK)).partition("?")[2]
    token = quote(parse_qs(query)["oauth_token"][0], safe="")
    sent = address.format(query=f"oauth_token={token}&oauth_verifier={quote(verifier, safe='?')}")
    box.requests.clear()

    with pytest.raises(FlowError, match="401"):
        app.finish(session, sent)

    header = next(one.header("authorization") or "" for one in box.requests)
    assert f'oauth_verifier="{quote(verifier, safe="")}"' in header
