"""The effects of a login, performed against a provider."""

from collections.abc import Callable, Generator
from typing import Any

import pytest

from oauthone.cli import dance, dancer
from oauthone.cli.dancer import Dancer
from oauthone.cli.login_plan import plan_login
from oauthone.cli.output import CommandError, Common
from oauthone.cli.vault import FileVault
from oauthone.errors import TokenResponseError
from oauthone.providers._model import Callback
from oauthone.testing import ProviderBox

Make = Callable[..., Dancer]


@pytest.fixture
def make(context: Common, box: ProviderBox) -> Generator[Make, None, None]:
    made: list[Dancer] = []

    def one(provider: str | None = None, **options: Any) -> Dancer:
        urls = {
            "request_token_url": box.request_token_url,
            "authorize_url": box.authorize_url,
            "access_token_url": box.access_token_url,
        }
        known = {"client_id": box.client.client_id, "client_secret": box.client.client_secret, **urls}
        plan = plan_login(provider, {"param": (), **known, **options})
        made.append(Dancer(plan, FileVault(), options))
        return made[-1]

    yield one
    for found in made:
        found.close()


def test_the_listener_has_a_free_port(make: Make) -> None:
    callback = make()(dance.Listen())
    assert callback.startswith("http://127.0.0.1:")
    assert callback.endswith("/callback")


@pytest.mark.parametrize("callback", ["oob", "https://app.example/back"])
def test_without_a_listener_somebody_has_to_paste(make: Make, monkeypatch: pytest.MonkeyPatch, callback: str) -> None:
    with pytest.raises(CommandError, match="Nobody can paste"):
        make(callback=callback)(dance.Listen())
    assert make(callback=callback, begin=True)(dance.Listen()) == callback
    monkeypatch.setattr(Common, "asks", True)
    assert make(callback=callback)(dance.Listen()) == callback


def test_a_callback_that_is_no_address_is_refused(make: Make) -> None:
    with pytest.raises(CommandError, match="--callback wants auto, oob or a URL, not 'foo'"):
        make(callback="foo")(dance.Listen())


def test_a_provider_without_callbacks_gets_none(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Common, "asks", True)
    found = make("discogs")
    assert found._plan.provider is not None
    registered = found._plan.provider._replace(callback=Callback(sent="registered"))
    found._plan = found._plan._replace(provider=registered)
    assert found(dance.Listen()) == "oob"


def test_a_refused_callback_is_explained(make: Make, box: ProviderBox) -> None:
    """In the words of providers that take registered callbacks only."""
    for body in ('{"errors":[{"code":415}]}', "only 'oob' is supported", "callback not approved"):
        failure = TokenResponseError("token_rejected", "no", status=403, body=body)
        found = dancer._refused_callback(failure, "http://127.0.0.1:5/callback")
        assert found is not None
        assert found.exit_status == 7
        assert "--callback URL" in found.hint
    for body in ("wrong secret", "timestamp 1415000000", "base string: POST&u&oauth_callback%3Doob%26a%3Db"):
        assert dancer._refused_callback(TokenResponseError("x", "no", status=401, body=body), "oob") is None


def test_another_refusal_comes_as_it_is(make: Make, box: ProviderBox) -> None:
    box.faults = box.faults._replace(problem="permission_denied")
    with pytest.raises(TokenResponseError) as refused:
        make()(dance.FetchTemporary("oob"))
    assert refused.value.problem == "permission_denied"


@pytest.mark.parametrize(("secret", "said"), [("wrong", "it has 5 characters)"), ("wrong ", "ends in white space")])
def test_a_secret_that_does_not_fit_is_described_by_its_shape(make: Make, secret: str, said: str) -> None:
    with pytest.raises(CommandError, match="the consumer secret does not fit the key") as refused:
        make(client_secret=secret)(dance.FetchTemporary("oob"))
    assert said in refused.value.message
    assert "wrong" not in refused.value.message
    assert (refused.value.exit_status, refused.value.code) == (7, "signature_invalid")


def test_parameters_go_to_the_leg_that_knows_them(make: Make, context: Common) -> None:
    context.profile = "one"
    found = make("x", param=("force_login=true", "x_auth_access_type=read"))
    assert found._chosen() == ({"x_auth_access_type": "read"}, {"force_login": "true"})


@pytest.mark.parametrize("connection", ["", "192.0.2.1 1 192.0.2.2 22"])
def test_the_way_through_ssh_is_named_over_ssh_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], connection: str
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", connection)
    monkeypatch.delenv("SSH_TTY", raising=False)
    found = make(no_browser=True)
    callback = found(dance.Listen())
    found(dance.Show({"oauth_token": "t"}, callback))
    port = callback.rpartition(":")[2].partition("/")[0]
    assert (f"run there: ssh -L {port}:127.0.0.1:{port} HOST\n" in capsys.readouterr().err) is bool(connection)


def test_after_three_wrong_texts_only_the_listener_waits(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Common, "asks", True)
    waits: list[bool] = []
    found = make(callback="oob")
    found._race.wait = lambda seconds: waits.append(found._race.reads_stdin) or "x"  # type: ignore[method-assign]
    found(dance.Listen())
    assert [found(dance.AwaitAnswer(wrong)) for wrong in (0, 1, 2)] == ["x"] * 3
    with pytest.raises(CommandError, match="Three texts held no code"):
        found(dance.AwaitAnswer(3))
    found = make()
    found._race.wait = lambda seconds: waits.append(found._race.reads_stdin) or "x"  # type: ignore[method-assign]
    found(dance.Listen())
    found._listener.start()  # type: ignore[union-attr]
    found(dance.AwaitAnswer(3))
    assert waits == [True, True, True, False]


def test_a_provider_without_codes_needs_only_a_word(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Common, "asks", True)
    assert make("tripit")(dance.ReadAnswer("")) is None


def test_what_is_said_is_on_stderr(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make()(dance.Say("words"))
    assert capsys.readouterr() == ("", "words\n")
