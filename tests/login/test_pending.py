"""A login ends once, for the provider that it began with."""

from typing import Any

import pytest
from clients.servers import ScriptedServer, answer

from oauthone.errors import AccessDenied, FlowError
from oauthone.login import OAuth
from oauthone.testing import ProviderBox

from .caches import SyncCache
from .sites import registration

CALLBACK = "http://localhost/callback"
ISSUED = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"


@pytest.mark.parametrize("has_cache", [False, True], ids=["session", "cache"])
def test_a_login_that_lies_in_the_place_of_another_providers_is_refused(box: ProviderBox, has_cache: bool) -> None:
    """Also where both providers issued the same token, so that only the provider's name tells them apart."""
    cache, session = SyncCache(), {}
    oauth = OAuth(secret_key="one", cache=cache if has_cache else None)
    with ScriptedServer(answer(ISSUED)) as server:
        urls = {"request_token_url": server.origin, "access_token_url": server.origin}
        apps = [oauth.register(name, **{**registration(box), **urls}) for name in ("one", "two")]
        for app in apps:
            app.begin(session, CALLBACK)
        swap(cache.kept if has_cache else session["_oauthone"])
        for app in apps:
            with pytest.raises(FlowError, match="login_lost"):
                app.finish(session, "?oauth_token=t&oauth_verifier=v")
        assert len(server.seen) == 2

        session.clear()
        apps[0].begin(session, CALLBACK)
        assert apps[0].finish(session, "?oauth_token=t&oauth_verifier=v")["oauth_token"] == "t"


def swap(waiting: Any) -> None:
    """Put what waits for each of two providers in the other's place."""
    if isinstance(waiting, dict):
        (one, first), (two, second) = waiting.items()
        waiting.update({one: second, two: first})
    else:
        one, two = waiting
        waiting[:] = [[*one[:3], two[3]], [*two[:3], one[3]]]


@pytest.mark.parametrize("has_cache", [False, True], ids=["session", "cache"])
def test_a_login_that_was_refused_cannot_be_finished(box: ProviderBox, has_cache: bool) -> None:
    """Nor where the browser kept its session as it was before: a cookie cannot be taken back."""
    oauth = OAuth(secret_key="one", cache=SyncCache() if has_cache else None)
    app = oauth.register("box", **registration(box))
    session: dict[str, Any] = {}
    callback = box.visit(app.begin(session, CALLBACK))
    before = dict(session)
    box.requests.clear()
    with pytest.raises(AccessDenied):
        app.finish(session, callback + "&oauth_problem=user_refused")
    for kept in (session, before):
        with pytest.raises(FlowError, match="callback_reused"):
            app.finish(kept, callback)
    assert box.requests == []
