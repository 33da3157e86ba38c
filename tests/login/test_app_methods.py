"""The methods that the applications of all frameworks share, synchronous and asynchronous."""

import pytest

from oauthone.login import OAuth
from oauthone.testing import ProviderBox

from .conftest import Opener
from .sites import registration


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
