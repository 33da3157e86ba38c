"""What a client remembers between the legs, asked and answered without a network."""

from oauthone.clients._auth import SigningAuth
from oauthone.clients._dance import Dance, Settings
from oauthone.core.drive import run
from oauthone.core.flow import Leg, Reply

ENDPOINT = "https://provider.example/oauth"


def dance() -> Dance:
    return Dance(SigningAuth("client", "secret"), None, None, None, None, Settings(True, True, False))


def answering(token: str, secret: str) -> Reply:
    body = f"oauth_token={token}&oauth_token_secret={secret}&oauth_callback_confirmed=true"
    return Reply(200, [], body.encode())


def test_what_came_last_is_the_newest() -> None:
    """It brings its verifier once a callback had one, and is gone after the exchange."""
    steps = dance()
    assert steps.newest_pending is None
    for number in (1, 2):
        run(steps.request_temporary(ENDPOINT, "POST"), lambda leg, n=number: answering(f"t{n}", f"s{n}"))
    assert steps.newest_pending == {"oauth_token": "t2", "oauth_token_secret": "s2"}
    steps.parse_callback("?oauth_token=t2&oauth_verifier=v")
    assert steps.newest_pending == {"oauth_token": "t2", "oauth_token_secret": "s2", "oauth_verifier": "v"}
    run(steps.request_token(ENDPOINT, None, "t2", "POST"), lambda leg: answering("t", "s"))
    assert steps.newest_pending == {"oauth_token": "t1", "oauth_token_secret": "s1"}


def test_each_leg_is_asked_with_its_own_credentials() -> None:
    """The verifier and the temporary secret are in the last question, the callback in the first alone."""
    steps = dance()
    asked: list[Leg] = []

    def answer(leg: Leg) -> Reply:
        asked.append(leg)
        return answering("t", "s")

    steps.redirect_uri = "https://app.example/done"
    run(steps.request_temporary(ENDPOINT, "POST"), answer)
    run(steps.request_token(ENDPOINT, "v", None, "GET"), answer)
    assert asked == [
        Leg("POST", ENDPOINT, callback="https://app.example/done"),
        Leg("GET", ENDPOINT, "t", "s", verifier="v"),
    ]
