"""Variables under the names that programs use."""

import pytest

from oauthone.cli.importing.env import profiles_of_env
from oauthone.cli.output import CommandError


@pytest.mark.parametrize(
    "names",
    [
        ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"),
        ("TWITTER_API_KEY", "TWITTER_API_SECRET_KEY", "TWITTER_ACCESS_TOKEN", "TWITTER_ACCESS_TOKEN_SECRET"),
        ("OAUTHONE_CLIENT_ID", "OAUTHONE_CLIENT_SECRET", "OAUTHONE_TOKEN", "OAUTHONE_TOKEN_SECRET"),
        ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "OAUTH_TOKEN", "OAUTH_TOKEN_SECRET"),
    ],
    ids=lambda names: names[0],
)
def test_each_family_of_names_is_known(names: tuple[str, ...]) -> None:
    key, secret, token, token_secret = names
    text = f"# mine\nexport {key}=ck\n{secret}='c s'\n{token} = \"t\"\n{token_secret}=ts # it\nOTHER=1\n\nnonsense\n"
    (found,) = profiles_of_env(text, "mine")
    assert (found.name, found.profile.client_id) == ("mine", "ck")
    assert found.item == {"client_secret": "c s", "token": "t", "token_secret": "ts"}


@pytest.mark.parametrize("text", ["", "TOKEN=x", "CONSUMER_KEY=a\nX_CONSUMER_KEY=b"])
def test_a_file_without_one_set_of_credentials_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="This is not a file of"):
        profiles_of_env(text, "mine")


def test_the_same_value_twice_is_one() -> None:
    assert profiles_of_env("CONSUMER_KEY=a\nAPI_KEY=a", "mine")[0].profile.client_id == "a"


@pytest.mark.parametrize("line", ["export {}x", "A{}=x", "A=x{}y", "A={}'x", "{}#", '"{}"'])
def test_a_long_line_is_read_once(line: str) -> None:
    """Otherwise this takes minutes."""
    found = profiles_of_env(f"CONSUMER_KEY=a\n{line.format(' ' * 100_000)}\n", "mine")
    assert found[0].profile.client_id == "a"
