"""The file of twurl, against a real reader of YAML."""

import pytest
import yaml

from oauthone.cli.importing.twurlrc import profiles_of_twurlrc
from oauthone.cli.output import CommandError

FILE = """---
profiles:
  alice:
    ck1:
      username: alice
      consumer_key: ck1
      consumer_secret: 'cs 1''s'
      token: 12-abc
      secret: "ts1"
  bot:
    ck2:
      username: bot
      consumer_key: ck2
      consumer_secret: cs2
      token: 13-abc
      secret: ts2
configuration:
  default_profile:
  - alice
  - ck1
"""


def test_each_account_is_a_profile() -> None:
    found, default = profiles_of_twurlrc(FILE)
    judge = yaml.safe_load(FILE)["profiles"]
    assert [(one.name, one.profile.user, one.profile.client_id) for one in found] == [
        ("x-alice", "alice", "ck1"),
        ("x-bot", "bot", "ck2"),
    ]
    for one in found:
        fields = judge[one.profile.user][one.profile.client_id]
        assert one.item == {
            "client_secret": fields["consumer_secret"],
            "token": fields["token"],
            "token_secret": fields["secret"],
        }
        assert one.profile.provider == "x"
    assert default == "x-alice"


def test_two_keys_of_one_account_have_two_names() -> None:
    more = FILE.replace("  bot:\n", "").replace("    ck2:", "    ck2:")
    found, default = profiles_of_twurlrc(more.replace("  - alice\n  - ck1\n", ""))
    assert [one.name for one in found] == ["x-alice", "x-alice-2"]
    assert default is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "profiles:\n  alice:\n    ck1: &anchor\n",
        "profiles:\n  alice:\n    ck1:\n      token: !!binary x\n",
        "profiles:\n  alice:\n    ck1:\n      token: only\n",
        "profiles: {alice: {ck: {token: a}}}\n",
        "[a, b]",
    ],
)
def test_what_twurl_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="not a file of twurl") as refused:
        profiles_of_twurlrc(text)
    assert refused.value.exit_status == 2
