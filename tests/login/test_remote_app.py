"""A login and a signed request of one provider, over every framework."""

from typing import Any

import pytest

from oauthone.errors import ConfigurationError
from oauthone.login import OAuth, StandaloneApp
from oauthone.testing import Faults, ProviderBox

from .conftest import Opener
from .sites import OPTIONS, registration

TOKEN = {"oauth_token": "t", "oauth_token_secret": "s"}


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


def test_a_callback_at_another_host_is_logged(
    open_site: Opener, box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    """www.app.example and app.example may share a cookie, so it is not an error."""
    browser = open_site().browser()

    browser.begin("www.app.example", to="https://app.example/callback")

    assert any("'www.app.example'" in record.getMessage() for record in caplog.records)


def test_options_are_attributes_that_can_be_changed() -> None:
    """Any other attribute does not exist."""
    app = OAuth().register("box", **OPTIONS)
    assert (app.client_id, app.client_secret, app.client_kwargs) == ("c", None, {})
    app.client_id = "changed"
    assert app.client_id == "changed"
    assert "'changed'" in repr(app.settings)
    with pytest.raises(AttributeError, match="no attribute 'clientid'"):
        _ = app.clientid


def test_an_assigned_option_is_used(box: ProviderBox) -> None:
    """In the login and in requests; on the object, or as an attribute of its class."""
    oauth = OAuth(secret_key="secret")
    app = oauth.register("box", **OPTIONS, api_base_url="https://other.example/api/")
    for name, value in registration(box).items():
        setattr(app, name, value)
    session: dict[str, Any] = {}

    token = app.finish(session, box.visit(app.begin(session, "http://localhost/callback")))
    assert app.get("x", token=token).json()["user"] == "alice"
    with pytest.raises(ConfigurationError, match="leads away"):
        app.get("//other.example/api/x", token=token)

    class Own(StandaloneApp):
        user_agent = "own/1"

    own = oauth.register("own", **registration(box), client_cls=Own)
    assert own.get("x", token=token).status_code == 200
    assert box.requests[-1].header("user-agent") == "own/1"
